"""Find the lines of a large file that break a rule, once its sums say that there are some."""

from __future__ import annotations

from payments.domain.bank_messages import Statement
from reconciliation.domain.large_files import LargeFile
from reconciliation.domain.running_links import gap, gaps
from reconciliation.domain.statement_checks import outside_period
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.take_in import MOST_PROBLEMS, Problems, Sheet

MOST_LOOSE = 1_000
"""Balances that lead nowhere which are looked at: a file with more of them is not worth more."""


def look_at_days(
    uow: BooksUnitOfWork, file: LargeFile, sheet: Sheet, statement: Statement, problems: Problems
) -> None:
    """Find the lines outside the period, where the first or the last day says that there are."""
    first, last, sums = statement.period_from, statement.period_to, sheet.sums
    beside = [
        day
        for day in (sums.first, sums.last)
        if day is not None and ((first and day < first) or (last and day > last))
    ]
    if beside:
        found = uow.large_files.outside(file, sheet.number, first, last, MOST_PROBLEMS)
        # A pending entry is not taken in, but its day counts as well.
        problems.add(*(outside_period(*one) for one in found or [("", beside[0])]))


def look_at_balances(
    uow: BooksUnitOfWork, file: LargeFile, sheet: Sheet, statement: Statement, problems: Problems
) -> None:
    """Find where the running balances break, if the rows do not follow from their neighbours.

    The rule is that of ``row_chain``: rows may follow each other in any order.
    """
    opening = statement.opening
    closing = statement.closing if sheet.links.ends else None
    if sheet.links.follows(opening, closing):
        return
    surplus = uow.large_files.loose_balances(file, sheet.number, MOST_LOOSE)
    for balance, n in ((opening, -1), (closing, 1)):
        if balance is not None:
            surplus[balance] = surplus.get(balance, 0) + n
    unreached = {balance: n for balance, n in surplus.items() if n > 0}
    unused = {balance: -n for balance, n in surplus.items() if n < 0}
    # Without a printed end, one value may be left over on its side: it is that end.
    if sum(unreached.values()) <= (opening is None) and sum(unused.values()) <= (closing is None):
        return
    if sum(unreached.values()) == sum(unused.values()) == 1:
        before, after = next(iter(unreached)), next(iter(unused))
        place = uow.large_files.place_before(file, sheet.number, before)
        problems.add(gap(place or "closing", before - after))
    else:
        problems.add(*gaps(sheet.links, unreached, opening, closing))
