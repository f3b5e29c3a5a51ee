"""The world outside, injected: time, identifiers, passwords and secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, aware and in UTC."""

    def now(self) -> datetime:
        """Return this instant."""
        ...


class Ids(Protocol):
    """Identifiers and secrets. Injected, so that a simulation can repeat itself."""

    def new(self) -> str:
        """Return a fresh time-ordered identifier of 32 hexadecimal digits (UUID version 7)."""
        ...

    def token(self) -> str:
        """Return an unguessable token of at least 128 bits for an address or a session."""
        ...

    def below(self, limit: int) -> int:
        """Return a uniformly random whole number in ``range(limit)``."""
        ...


class Passwords(Protocol):
    """Slow hashes of passwords."""

    def hash(self, password: str) -> str:
        """Return the encoded Argon2id hash of a password."""
        ...

    def verify(self, password_hash: str, password: str) -> bool:
        """Say whether the password is the hashed one, in the same time either way."""
        ...


class SecretBox(Protocol):
    """Encryption of secrets at rest, bound to the row they belong to."""

    def seal(self, plain: bytes, *, row: str) -> bytes:
        """Encrypt for one row."""
        ...

    def open(self, box: bytes, *, row: str) -> bytes:
        """Decrypt a row's own box. Raises Unavailable when the key or the row is another one."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What every use case may ask the world for."""

    clock: Clock
    ids: Ids

    def at_one_instant(self) -> World:
        """Return this world with its clock stopped: what is recorded together happens at once."""
        return World(_StoppedClock(self.clock.now()), self.ids)


@dataclass(frozen=True, slots=True)
class _StoppedClock:
    """A clock that shows one instant."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant
