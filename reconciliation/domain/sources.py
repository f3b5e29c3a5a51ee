"""Where statement files come from by themselves, and what became of each one that was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FOLDER = "folder"
"""The source of what lies in the centre's watched folder, which no row describes."""

LONGEST_FILE_NAME = 255

# What programs call a file that they are still writing.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")


class SourceKind(StrEnum):
    """A folder on a bank's server, or the transactions API of a connection's provider."""

    SFTP = "sftp"
    FEED = "feed"


class TakeOutcome(StrEnum):
    """What became of a file. A refused one is no statement that anybody here can read."""

    IMPORTED = "imported"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StatementSource:
    """A source of statements, visited before the days are closed.

    ``settings`` is a JSON object of texts; ``secret_box`` holds the secrets, encrypted and bound to
    this row, and is empty for a feed, which has those of its connection. ``visited_at`` is the last
    visit and ``problem`` what went wrong in it, as JSON, empty when nothing did.
    """

    centre_id: str
    source_id: str
    kind: SourceKind
    name: str
    account_id: str | None
    settings: str
    secret_box: bytes
    is_enabled: bool
    created_at: datetime
    visited_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that was taken from a source, once for each outcome.

    ``size`` in bytes and ``modified_at`` are as the source told them. ``body_sha256`` is empty for
    a file that was refused unread. ``file_id`` is the kept file, ``problem`` JSON: why it was
    refused.
    """

    centre_id: str
    taken_id: str
    source: str
    name: str
    size: int
    modified_at: datetime
    body_sha256: str
    outcome: TakeOutcome
    file_id: str | None
    problem: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that a place shows. ``mark`` changes whenever the file does, in ways of the place.

    ``apart`` says that it lies where the place keeps problems.
    """

    name: str
    size: int
    modified_at: datetime
    mark: str = ""
    apart: bool = False


def is_finished(name: str) -> bool:
    """Say whether a name is that of a whole file: not hidden, and not one still being written."""
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED)
