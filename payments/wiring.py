"""Everything the pages, commands and jobs are given: built once by the composition root."""

from __future__ import annotations

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
from payments.ports.world import Clock


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
        noise = secrets.randbits(74)
        high, low = noise >> 62, noise & ((1 << 62) - 1)
        value = (milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low
        return f"{value:032x}"

    def token(self) -> str:
        """Return 192 random bits as text that may stand in an address."""
        return secrets.token_urlsafe(24)

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
