"""What the use cases need of large statement files: their progress, parts and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from reconciliation.domain.keyed_lines import NewEntries
from reconciliation.domain.large_files import LargeFile, Phase
from reconciliation.domain.statements import StatementEntryRecord
from reconciliation.domain.taken_lines import Lot, Stretch


class LargeFilesRepository(Protocol):
    """The imports of large files."""

    def of(self, centre_id: str, body_sha256: str) -> LargeFile | None:
        """Return the import of some bytes."""
        ...

    def named(self, centre_id: str, file_id: str) -> LargeFile | None:
        """Return the import of a file by its identifier."""
        ...

    def take(self, file: LargeFile) -> None:
        """Hold an import until the transaction ends.

        Raises Conflict when it no longer stands where ``file`` says: somebody else goes on with it.
        """
        ...

    def unfinished(self, centre_id: str) -> list[LargeFile]:
        """Return the imports of a centre that are not finished, in the order they came."""
        ...

    def any_in(self, centre_id: str, phases: Iterable[Phase], *, but: str = "") -> bool:
        """Say whether a file of the centre, other than ``but`` by its hash, is in some phases."""
        ...

    def part(self, centre_id: str, body_sha256: str, part_no: int) -> bytes:
        """Return a part of a file's bytes, counted from 0; empty behind the last one."""
        ...

    def take_in(self, lots: Sequence[Lot], stretches: Sequence[Stretch]) -> None:
        """Keep some lines of a file until they are booked and proven."""
        ...

    def lots(self, file: LargeFile, bucket: int, line: int, most: int) -> list[Lot]:
        """Return the lots behind the one that begins in a bucket on a line, in their order.

        They are at least one, if there is any, and hold about so many lines at most.
        """
        ...

    def stretches(self, file: LargeFile, first: int, last: int) -> Iterator[Stretch]:
        """Yield the stretches that hold some lines of a file, in its order, one read at a time."""
        ...

    def accounts_of(self, file: LargeFile) -> dict[str, str]:
        """Return the account of each statement of a file that is believed."""
        ...

    def days_booked(
        self, centre_id: str, account_id: str, first: date, last: date
    ) -> tuple[date, date] | None:
        """Return the first and the last day of a period on which an account has entries."""
        ...

    def book(self, file: LargeFile, new: NewEntries, now: datetime) -> None:
        """Add statement entries of a file."""
        ...

    def entries(self, centre_id: str, entry_ids: Sequence[str]) -> dict[str, StatementEntryRecord]:
        """Return those of some entries that there are, by their identifiers."""
        ...

    def forget_lots(self, file: LargeFile, before: int) -> None:
        """Drop the lots of the first buckets."""
        ...

    def forget_stretches(self, file: LargeFile, through: int) -> None:
        """Drop the stretches that end with a line or earlier."""
        ...

    def forget_behind(self, file: LargeFile, line: int) -> None:
        """Drop the lots and stretches that begin behind a line."""
        ...
