"""Statements that seem to be missing: numbers left out of a series, open days without a statement.

Where the balances join, nothing can be missing in sum, and the gap is only noticed. Where no
balance tells, the statement waits for the missing one, or for two people who accept the gap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from payments.domain.bank_messages import Statement, StatementProblem
from payments.domain.calendar import open_days_between
from reconciliation.domain.statement_chain import Chain

MISSING_NUMBERS = "missing_numbers"
MISSING_DAYS = "missing_days"

# MT940 field 28C is ``5n[/5n]``, number and page; camt's ElctrncSeqNb is plain digits. Longer ones
# are identifiers, and the zeros that a converter writes into every file count nothing.
_COUNTED = re.compile(r"0*([1-9][0-9]{0,4})(?:/[0-9]{1,5})?")
_WIDEST = 366
"""A day has a statement at most; a wider jump is another numbering."""
_LISTED = 10


@dataclass(slots=True)
class Series:
    """What an account's statements have been so far.

    ``numbers`` holds the last ones, oldest first, each with the year its period ends in; ``said``
    the days of which the centre says whether it works.
    """

    numbers: list[tuple[str, int]]
    said: Mapping[date, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing before a statement: what keeps it apart, and what is only noticed."""

    problems: tuple[StatementProblem, ...] = ()
    noticed: tuple[StatementProblem, ...] = ()


def gaps_before(
    series: Series,
    chain: Chain,
    statement: Statement,
    period: tuple[date, date],
    expected: int | None,
) -> Gaps:
    """Return what is missing between an account's last statement and this one.

    ``chain`` stands before this statement, ``expected`` is the opening that would follow from it.
    A statement of days that are covered already tells nothing about gaps.
    """
    if chain.through is None or period[1] < chain.through:
        return Gaps()
    numbers = _numbers(series, statement.number, period[1].year)
    days = _days(open_days_between(chain.through, period[0], series.said))
    if _joins(chain, statement, expected):
        return Gaps(noticed=(*numbers, *days))
    if statement.period_from is None:
        # A list without a printed period begins with its first row: days before it say nothing.
        return Gaps(problems=numbers, noticed=days)
    return Gaps(problems=(*numbers, *days))


def missing_numbers(number: str, year: int, before: Sequence[tuple[str, int]]) -> range:
    """Return the numbers left out of a series before this one.

    Only a series that has counted is one: its last two numbers follow each other. It goes on, or
    begins again at 1 with a new year; the same number again is a further page or a reprint.
    """
    current, known = _counted(number), _counted_run(before)
    if current is None or len(known) < 2:
        return range(0)
    (older, older_year), (last, last_year) = known[-2:]
    if last != older + 1 and not (last == 1 and last_year > older_year):
        return range(0)
    if current > last:
        left_out = range(last + 1, current)
    elif year > last_year:
        left_out = range(1, current)
    else:
        left_out = range(0)
    return left_out if len(left_out) < _WIDEST else range(0)


def _counted(number: str) -> int | None:
    found = _COUNTED.fullmatch(number.strip())
    return int(found[1]) if found else None


def _counted_run(before: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
    """Return each number once with its year, since the last one that counts nothing."""
    run: dict[tuple[int, int], None] = {}
    for text, year in before:
        number = _counted(text)
        if number is None:
            run.clear()
        else:
            run[number, year] = None
    return list(run)


def _joins(chain: Chain, statement: Statement, expected: int | None) -> bool:
    """Whether balances prove that nothing is missing in sum."""
    if expected is not None and statement.opening is not None:
        return statement.opening == expected
    if expected is not None:
        # The equation of the statement is told from the closing balance before.
        return not statement.prints_opening and statement.closing is not None
    return chain.balance is not None and statement.closing == chain.balance


def _numbers(series: Series, number: str, year: int) -> tuple[StatementProblem, ...]:
    left_out = missing_numbers(number, year, series.numbers)
    if not left_out:
        return ()
    first, last = left_out[0], left_out[-1]
    names = str(first) if first == last else f"{first}-{last}"
    return (_gap(MISSING_NUMBERS, "number", names, len(left_out)),)


def _days(days: Sequence[date]) -> tuple[StatementProblem, ...]:
    if not days:
        return ()
    names = [day.isoformat() for day in days]
    if len(names) > _LISTED:
        names = [*names[: _LISTED - 1], "…", names[-1]]
    return (_gap(MISSING_DAYS, "period", ", ".join(names), len(days)),)


def _gap(rule: str, where: str, names: str, count: int) -> StatementProblem:
    facts = (("missing", names), ("count", str(count)))
    return StatementProblem(rule, where, f"no statement: {names}", facts)
