"""Everything the pages, commands and jobs are given: built once by the composition root."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

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

# The bits of a UUID that are drawn at random, and those that say version 7 and variant 2.
_UUID_NOISE = (0xFFF << 64) | ((1 << 62) - 1)
_UUID_7 = (0x7 << 76) | (0b10 << 62)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return this instant in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Identifiers from the operating system's randomness."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock that time-ordered identifiers begin with."""
        self._clock = clock

    def new(self) -> str:
        """Return a UUID version 7 (RFC 9562) in 32 hexadecimal digits."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        noise = int.from_bytes(os.urandom(10), "big")
        return f"{milliseconds << 80 | noise & _UUID_NOISE | _UUID_7:032x}"

    def token(self) -> str:
        """Return 192 random bits as text that may stand in an address or behind a command."""
        # A command would take a word that begins with a hyphen for an option.
        while (token := secrets.token_urlsafe(24)).startswith("-"):
            pass
        return token

    def below(self, limit: int) -> int:
        """Return a uniformly random number in ``range(limit)``."""
        return secrets.randbelow(limit)


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
