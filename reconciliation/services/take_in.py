"""Read a large file once: take its lines in by batches, and add up what each statement says.

Reading begins anew after an interruption, because a file may turn out to be unreadable at its end
and sums are cheap; lines that have been taken in are passed over.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import BinaryIO, cast

from payments.domain.bank_messages import Statement, StatementFile, StatementProblem
from payments.domain.centres import BankAccount
from payments.domain.errors import Invalid
from payments.domain.statement_parts import (
    EntryBatch,
    StatementHead,
    StatementPart,
    StatementTail,
    StreamsParts,
)
from payments.ports import StatementReader, World
from reconciliation.domain.entry_sums import EntrySums
from reconciliation.domain.large_files import LargeFile
from reconciliation.domain.running_links import RunningLinks
from reconciliation.domain.statement_checks import check_amounts
from reconciliation.domain.taken_lines import Piece, packed
from reconciliation.ports import OpenBooks
from reconciliation.services.advance_file import Tell, advance
from reconciliation.services.check_statement_file import account_of, problems_of_reading
from reconciliation.services.keep_file import KeptFile
from reconciliation.services.map_statement import reading_of

LINES_AT_ONCE = 10_000
"""Lines that are taken in by one short transaction; what they hold is kept in memory."""

MOST_PROBLEMS = 200
"""Problems of one file that are kept; who mends so many hands the file in again."""


@dataclass(slots=True)
class Sheet:
    """A statement of the file, its entries known by what they add up to."""

    number: int
    account: BankAccount | None
    sums: EntrySums = field(default_factory=EntrySums)
    links: RunningLinks = field(default_factory=RunningLinks)
    statement: Statement | None = None


@dataclass(slots=True)
class Problems:
    """What is wrong with a file: the first problems, and how many there are."""

    first: list[StatementProblem] = field(default_factory=list)
    count: int = 0

    def add(self, *found: StatementProblem) -> None:
        """Add some; beyond the first ones they are only counted."""
        self.count += len(found)
        self.first.extend(found[: max(MOST_PROBLEMS - len(self.first), 0)])

    def told(self) -> list[StatementProblem]:
        """Return the first problems, and one that says how many more there are."""
        rest = self.count - len(self.first)
        if not rest:
            return self.first
        facts = (("count", str(rest)),)
        return [*self.first, StatementProblem("more_problems", "", f"and {rest} more", facts)]


@dataclass(slots=True)
class Taken:
    """A file that has been read to its end."""

    file: LargeFile
    sheets: list[Sheet] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)


def take_in(
    open_books: OpenBooks,
    world: World,
    readers: Mapping[str, StatementReader],
    file: LargeFile,
    tell: Tell,
) -> Taken:
    """Read a kept file to its end and take in the lines that are not yet there.

    Once a line is known to be wrong no more are taken in, as nothing of the file will be booked.
    """
    with open_books(write=False) as uow:
        accounts = uow.centres.accounts(file.centre_id)
    raw = KeptFile(open_books, file)
    taking = _Taking(open_books, world, raw, tell, Taken(file))
    try:
        for part in _parts(open_books, readers, file, raw):
            taking.hear(part, accounts)
    except Invalid as error:
        taking.taken.problems.add(*problems_of_reading(error))
    taking.write()
    if not taking.taken.sheets and not taking.taken.problems.count:
        taking.taken.problems.add(StatementProblem("nothing_read", "", "no statement was read"))
    return taking.taken


class _Taking:
    """The reading of one file. Lines wait until there are enough of them for one transaction."""

    def __init__(
        self, open_books: OpenBooks, world: World, raw: KeptFile, tell: Tell, taken: Taken
    ) -> None:
        """Stand at the beginning of the file."""
        self.taken = taken
        self._open_books = open_books
        self._world = world
        self._raw = raw
        self._tell = tell
        self._to_pass_over = taken.file.lines
        self._waiting: list[Piece] = []
        self._waiting_lines = 0

    def hear(self, part: StatementPart, accounts: Sequence[BankAccount]) -> None:
        """Take one part of the file."""
        taken = self.taken
        if isinstance(part, StatementProblem):
            taken.problems.add(part)
        elif isinstance(part, StatementHead):
            account = account_of(accounts, part.account_number)
            if account is None:
                message = "the statement is not of the centre's account"
                taken.problems.add(StatementProblem("account", "", message))
            taken.sheets.append(Sheet(len(taken.sheets) + 1, account))
        elif isinstance(part, StatementTail):
            taken.sheets[-1].statement = part.statement
        else:
            for start in range(0, len(part), LINES_AT_ONCE):
                self._count(taken.sheets[-1], _part_of(part, start, start + LINES_AT_ONCE))

    def _count(self, sheet: Sheet, batch: EntryBatch) -> None:
        """Add entries to the sums of their statement, and let them wait to be written."""
        sheet.sums.add(batch)
        self.taken.problems.add(*check_amounts(batch))
        money = batch.booked()
        befores = sheet.links.add(money)
        passed = min(self._to_pass_over, len(money))
        self._to_pass_over -= passed
        if passed:
            money, befores = _part_of(money, passed, len(money)), befores[passed:]
        if money:
            self._waiting.append(Piece(sheet.number, money, befores))
            self._waiting_lines += len(money)
        if self._waiting_lines >= LINES_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Take in what waits, and say how far the file has been read."""
        pieces, self._waiting, self._waiting_lines = self._waiting, [], 0
        if not pieces or self.taken.problems.count:
            return
        before = self.taken.file
        lots, stretches = packed(before, before.lines, pieces)
        with self._open_books() as uow:
            file = advance(
                uow,
                self._world,
                before,
                lines=before.lines + sum(len(piece.money) for piece in pieces),
                looked_at=self._raw.tell(),
            )
            uow.large_files.take_in(lots, stretches)
            uow.commit()
        self.taken.file = file
        self._tell(file)


def parts_of(content: StatementFile) -> Iterator[StatementPart]:
    """Yield the parts of a file that a reader has read as a whole."""
    yield from content.problems
    for statement in content.statements:
        yield StatementHead(
            statement.account_number,
            statement.currency,
            statement.number,
            statement.opening,
            statement.decimals,
            statement.prints_opening,
        )
        for start in range(0, len(statement.entries), LINES_AT_ONCE):
            yield EntryBatch.of(statement.entries[start : start + LINES_AT_ONCE])
        yield StatementTail(statement)


def _parts(
    open_books: OpenBooks,
    readers: Mapping[str, StatementReader],
    file: LargeFile,
    raw: KeptFile,
) -> Iterator[StatementPart]:
    """Yield the parts of a kept file; what its reader cannot stream is small enough to be held."""
    reader = readers[file.reader]
    source = io.BufferedReader(raw, 64 * 1024)
    if isinstance(reader, StreamsParts):
        yield from reader.read_parts(cast("BinaryIO", source))
        return
    body = source.read()
    with open_books(write=False) as uow:
        read = reading_of(uow, file.centre_id, reader, body)
    yield from parts_of(read())


def _part_of(batch: EntryBatch, start: int, end: int) -> EntryBatch:
    """Return some entries of a batch."""
    if not start and end >= len(batch):
        return batch
    return EntryBatch(*(getattr(batch, each.name)[start:end] for each in fields(batch)))
