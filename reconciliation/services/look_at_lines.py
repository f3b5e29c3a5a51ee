"""Find the lines of a large file that break a rule, once its sums say that there are some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from payments.domain.bank_messages import Statement, StatementProblem
from reconciliation.domain.large_files import LargeFile
from reconciliation.domain.loose_balances import Ends, loose_balances
from reconciliation.domain.running_links import gap, gaps
from reconciliation.domain.statement_checks import outside_period
from reconciliation.domain.taken_lines import StretchLines, stretch_lines
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.take_in import MOST_PROBLEMS, Sheet

MOST_LOOSE = 1_000
"""Balances that lead nowhere which are looked at: a file with more of them is not worth more."""


def look_at_lines(
    uow: BooksUnitOfWork, file: LargeFile, sheets: Sequence[Sheet]
) -> dict[int, list[StatementProblem]]:
    """Return what is wrong with the lines of each statement, by its number."""
    found: dict[int, list[StatementProblem]] = {}
    behind = 0
    for sheet in sheets:
        if sheet.statement is not None:
            lines = _Lines(uow, file, behind + 1, behind + sheet.sums.booked)
            problems = [
                *_outside(lines, sheet, sheet.statement),
                *_loose(lines, sheet, sheet.statement),
            ]
            if problems:
                found[sheet.number] = problems
        behind += sheet.sums.booked
    return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one statement, which follow each other in the file."""

    uow: BooksUnitOfWork
    file: LargeFile
    first: int
    last: int

    def read(self) -> Iterator[StretchLines]:
        """Yield the lines by stretches."""
        for stretch in self.uow.large_files.stretches(self.file, self.first, self.last):
            yield stretch_lines(stretch, self.first, self.last)

    def ends(self) -> Ends:
        """Yield the balances before and after each line."""
        for lines in self.read():
            yield from zip(lines.befores, lines.afters, strict=True)

    def place_before(self, balance: int) -> str | None:
        """Return the place of the first line that begins on a balance."""
        for lines in self.read():
            if balance in lines.befores:
                return lines.places[lines.befores.index(balance)]
        return None


def _outside(lines: _Lines, sheet: Sheet, statement: Statement) -> Iterator[StatementProblem]:
    """Yield the lines outside the period, where the first or the last day says that there are."""
    first, last, sums = statement.period_from, statement.period_to, sheet.sums
    beside = [
        day
        for day in (sums.first, sums.last)
        if day is not None and ((first and day < first) or (last and day > last))
    ]
    if not beside:
        return
    count = 0
    for some in lines.read():
        for place, told in zip(some.places, some.days, strict=True):
            day = date.fromisoformat(told)
            if ((first and day < first) or (last and day > last)) and count < MOST_PROBLEMS:
                count += 1
                yield outside_period(place, day)
    if not count:
        # A pending entry is not taken in, but its day counts as well.
        yield outside_period("", beside[0])


def _loose(lines: _Lines, sheet: Sheet, statement: Statement) -> list[StatementProblem]:
    """Find where the running balances break, if the rows do not follow from their neighbours.

    The rule is that of ``row_chain``: rows may follow each other in any order.
    """
    opening = statement.opening
    closing = statement.closing if sheet.links.ends else None
    if sheet.links.follows(opening, closing):
        return []
    surplus = loose_balances(lines.ends, MOST_LOOSE)
    for balance, n in ((opening, -1), (closing, 1)):
        if balance is not None:
            surplus[balance] = surplus.get(balance, 0) + n
    unreached = {balance: n for balance, n in surplus.items() if n > 0}
    unused = {balance: -n for balance, n in surplus.items() if n < 0}
    # Without a printed end, one value may be left over on its side: it is that end.
    if sum(unreached.values()) <= (opening is None) and sum(unused.values()) <= (closing is None):
        return []
    if sum(unreached.values()) == sum(unused.values()) == 1:
        before, after = next(iter(unreached)), next(iter(unused))
        return [gap(lines.place_before(before) or "closing", before - after)]
    return gaps(sheet.links, unreached, opening, closing)
