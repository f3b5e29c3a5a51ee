"""A file too large for one transaction, on its way into the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

IN_ONE_GO = 1024 * 1024
"""Bytes up to which a file is taken in by one transaction while whoever gave it waits."""

PART_BYTES = 1024 * 1024
"""A large file is kept in parts of so many bytes."""


class Phase(StrEnum):
    """How far the import of a large file has come. Until it is proving, nothing of it counts."""

    KEEPING = "keeping"
    TAKING = "taking"
    CHECKING = "checking"
    BOOKING = "booking"
    PROVING = "proving"
    DONE = "done"
    QUARANTINED = "quarantined"


UNDER_WAY = (Phase.CHECKING, Phase.BOOKING, Phase.PROVING)
"""Phases in which no day may be closed: what the file brings is not all in the books yet."""

CHAINING = (Phase.CHECKING, Phase.BOOKING)
"""Phases in which no other statement of the centre may follow the ones before it."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """Some bytes of a large file, kept for ever under the hash of the whole; counted from 0."""

    centre_id: str
    body_sha256: str
    part_no: int
    body: bytes


@dataclass(frozen=True, slots=True)
class LargeFile:
    """The progress of a large file's import; one row for the same bytes, however often they come.

    ``kept`` and ``looked_at`` count bytes, ``lines`` booked lines taken in, ``buckets`` the parts
    of the key space that have been booked, ``proven`` lines that are settled or were known before.
    ``bucket_line`` is the first line of the last lot of the next bucket that is booked as well.
    The other counts are those of the result. ``openings`` is JSON: what accounts held before their
    first statement, by statement, posted when the file is whole.
    """

    centre_id: str
    body_sha256: str
    file_id: str
    name: str
    reader: str
    size: int
    phase: Phase
    kept: int
    looked_at: int
    lines: int
    buckets: int
    bucket_line: int
    proven: int
    statements: int
    entries_new: int
    entries_known: int
    settled: int
    openings: str
    received_by: str
    received_at: datetime
    worked_at: datetime

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to be done."""
        return self.phase is Phase.DONE or (self.phase is Phase.QUARANTINED and not self.lines)

    @property
    def percent(self) -> int:
        """How much of the present phase is done, in whole percent."""
        done, whole = {
            Phase.KEEPING: (self.kept, self.size),
            Phase.TAKING: (self.looked_at, self.size),
            Phase.CHECKING: (self.buckets, BUCKETS),
            Phase.BOOKING: (self.buckets, BUCKETS),
            Phase.PROVING: (self.proven, self.lines),
        }.get(self.phase, (0, 1))
        return 100 * done // max(whole, 1)


BUCKETS = 256
"""Lines are booked by the first byte of their content's digest.

So equal lines come together, whatever their place in the file, and the index of keys grows at its
end instead of everywhere: a million entries in random order would rewrite each of its pages often.
"""


def statement_id_of(file: LargeFile, number: int) -> str:
    """Return the identifier of the nth statement of a file: a restart finds the same."""
    return f"{file.file_id[:26]}{number:06x}"


def statement_no_of(statement_id: str) -> int:
    """Return the number of a statement in its file, by its identifier."""
    return int(statement_id[26:], 16)


def entry_id_of(file: LargeFile, bucket: str, line: int) -> str:
    """Return the identifier of the entry that a line brings; its bucket is two hex digits."""
    return f"{file.file_id[:22]}{bucket}{line:08x}"
