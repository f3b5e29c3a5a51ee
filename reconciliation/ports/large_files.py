"""What the use cases need of large statement files: their progress, parts and lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from payments.domain.bank_messages import StatementEntry
from payments.domain.statement_parts import EntryBatch
from reconciliation.domain.large_files import LargeFile, Phase
from reconciliation.domain.statement_chain import Brought
from reconciliation.domain.statements import StatementEntryRecord


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A line that has been taken in; ``row`` and ``entry`` are None when it was known before."""

    line_no: int
    row: StatementEntryRecord | None
    entry: StatementEntry | None


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

    def add_lines(
        self,
        file: LargeFile,
        money: EntryBatch,
        *,
        behind: int,
        statement_no: int,
        account_id: str,
        contents: Sequence[str],
        befores: Sequence[int | None],
    ) -> None:
        """Take booked entries of a statement in, behind so many lines of the file."""
        ...

    def learn_lines(self) -> None:
        """Let the database look at the lines that have come, so that it plans for them."""
        ...

    def brought(self, file: LargeFile, bucket: int) -> dict[int, Brought]:
        """Return what the lines of a bucket bring, by the number of their statement."""
        ...

    def book(self, file: LargeFile, bucket: int, now: datetime) -> None:
        """Make statement entries of the fresh lines of a bucket."""
        ...

    def lines_to_prove(self, file: LargeFile, most: int) -> list[TakenLine]:
        """Return the first lines that are left, with their entries where they brought one."""
        ...

    def forget_lines(self, file: LargeFile, through: int) -> None:
        """Drop the working rows up to a line."""
        ...

    def forget_lines_behind(self, file: LargeFile, line_no: int) -> None:
        """Drop the working rows behind a line."""
        ...

    def outside(
        self, file: LargeFile, statement_no: int, first: date | None, last: date | None, most: int
    ) -> list[tuple[str, date]]:
        """Return the places and days of lines that lie outside a period."""
        ...

    def loose_balances(self, file: LargeFile, statement_no: int, most: int) -> dict[int, int]:
        """Return the balances on which not as many lines begin as end, with the surplus begun."""
        ...

    def place_before(self, file: LargeFile, statement_no: int, balance: int) -> str | None:
        """Return the place of a line that begins on a balance."""
        ...
