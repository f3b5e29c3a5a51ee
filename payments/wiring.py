"""Everything the pages, commands and jobs are given: built once by the composition root."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from payments.config import Settings
from payments.ports import (
    BankAdapter,
    BankSimulator,
    OpenUnitOfWork,
    Passwords,
    ReadTable,
    SecretBox,
    StatementReader,
    World,
)
from payments.ports.network import Network
from payments.ports.world import Clock
from payments.services.open_feed import Poller

# The bits of a UUID that are drawn at random, and those that say version 7 and variant 2.
_UUID_NOISE = (0xFFF << 64) | ((1 << 62) - 1)
_UUIDS_DRAWN = 256
_UUID_7 = (0x7 << 76) | (0b10 << 62)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return this instant in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Identifiers from the operating system's randomness.

    The noise of many identifiers is drawn at once: each draw lets go of the interpreter, and a
    thread that holds a centre's lock would wait a dozen times a payment to have it back.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the clock that time-ordered identifiers begin with."""
        self._clock = clock
        self._noise: Iterator[int] = iter(())
        self._drawn_by = os.getpid()

    def new(self) -> str:
        """Return a UUID version 7 (RFC 9562) in 32 hexadecimal digits."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        # A forked process must not go on with what its parent has drawn.
        is_ours = self._drawn_by == os.getpid()
        noise = next(self._noise, None) if is_ours else None
        return f"{milliseconds << 80 | (self._drawn() if noise is None else noise):032x}"

    def _drawn(self) -> int:
        """Draw the noise of many identifiers, and return the first."""
        bits = os.urandom(_UUIDS_DRAWN * 10)
        places = range(0, len(bits), 10)
        noise = [int.from_bytes(bits[at : at + 10], "big") & _UUID_NOISE | _UUID_7 for at in places]
        # Set in this order, threads of a fresh process meet either both or a draw of their own.
        self._noise, self._drawn_by = iter(noise[1:]), os.getpid()
        return noise[0]

    def token(self) -> str:
        """Return 192 random bits as text that may stand in an address or behind a command."""
        # A command would take a word that begins with a hyphen for an option.
        while (token := secrets.token_urlsafe(24)).startswith("-"):
            pass
        return token

    def below(self, limit: int) -> int:
        """Return a uniformly random number in ``range(limit)``."""
        return secrets.randbelow(limit)


def wait(span: timedelta) -> None:
    """Let time pass, between two calls of a provider."""
    time.sleep(span.total_seconds())


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts of a running thuphi, handed to pages, commands and jobs."""

    settings: Settings
    engine: Engine
    open_uow: OpenUnitOfWork
    world: World
    secret_box: SecretBox
    passwords: Passwords
    adapters: Mapping[str, BankAdapter]
    statement_readers: Mapping[str, StatementReader]
    simulators: Mapping[str, BankSimulator]
    read_table: ReadTable
    network: Network
    wait: Callable[[timedelta], None] = wait


def poller_of(wiring: Wiring) -> Poller:
    """Return the parts that polling takes."""
    return Poller(wiring.open_uow, wiring.world, wiring.secret_box, wiring.network, wiring.wait)
