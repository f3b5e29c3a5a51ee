"""What the use cases read about sources of statements, and the places where files lie."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from reconciliation.domain.sources import Offered, StatementSource, TakenFile, TakeOutcome


class SourcesRepository(Protocol):
    """Sources of statements, and the files that were taken from them."""

    def all(self, centre_id: str) -> list[StatementSource]:
        """Return a centre's sources, the oldest first, closed ones too."""
        ...

    def get(self, centre_id: str, source_id: str) -> StatementSource:
        """Return a source. Raises NotFound."""
        ...

    def has_taken(
        self, centre_id: str, source: str, name: str, size: int, modified_at: datetime
    ) -> bool:
        """Say whether a file with this name, size and time was taken from a source."""
        ...

    def is_kept(self, row: TakenFile) -> bool:
        """Say whether a row says the same already, whenever it was written."""
        ...

    def last_period(
        self, centre_id: str, account_id: str, reader: str, through: date
    ) -> tuple[date, date] | None:
        """Return the days of the newest statement ending on a day that one reader brought."""
        ...


class Target(Protocol):
    """Takes the bytes of a file in their order."""

    def write(self, some: bytes, /) -> object:
        """Take some bytes."""
        ...


class Place(Protocol):
    """Where files lie that somebody else puts there: a folder here or on a server."""

    def offered(self) -> list[Offered]:
        """Return the files in it by name; none that is hidden, a link, or still being written.

        Raises Unavailable when it cannot be looked into.
        """
        ...

    def set_apart(self) -> list[Offered]:
        """Return the files that were put apart as a problem, where the place has them."""
        ...

    def copy(self, offered: Offered, target: Target) -> None:
        """Write a file's bytes to a target as they come, never more than were offered.

        Raises Unavailable when it has changed or cannot be read whole: then what was written is
        not the file. What the target raises ends the copying.
        """
        ...

    def put_away(self, offered: Offered, outcome: TakeOutcome, body_sha256: str) -> None:
        """Move a file that was taken out of the way, where the place allows it.

        Raises Unavailable when it stays; then what was kept of it says that it was taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """How to reach a folder on a server. ``host_key`` is the one key it may prove itself with.

    ``host_key`` is an OpenSSH public key; either ``password`` or ``private_key`` is empty.
    ``pattern`` picks file names as a shell does. ``removes`` lets imported files be deleted there.
    """

    host: str
    port: int
    user: str
    host_key: str
    folder: str
    pattern: str = "*"
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    removes: bool = False


class OpenServer(Protocol):
    """Connects with a server for one visit."""

    def __call__(self, access: ServerAccess) -> AbstractContextManager[Place]:
        """Return the folder on the server.

        Entering raises Unavailable when the server is not reached, is not the one that was named,
        or does not let us in.
        """
        ...
