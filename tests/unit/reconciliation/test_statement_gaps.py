"""Which statements seem to be missing before one, and when that keeps it apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from payments.domain.bank_messages import Statement
from payments.domain.calendar import open_days_between
from reconciliation.domain.statement_chain import Chain
from reconciliation.domain.statement_gaps import Gaps, Series, gaps_before, missing_numbers

FRIDAY = date(2021, 3, 5)
TUESDAY = date(2021, 3, 9)


@pytest.mark.parametrize(
    ("before", "number", "year", "missing"),
    [
        (["1", "2"], "3", 2021, []),
        (["1", "2"], "4", 2021, [3]),
        (["00011/001", "00012/001"], "00015/001", 2021, [13, 14]),
        # A page more of the same statement, and a reprint.
        (["1/1", "2/1"], "2/2", 2021, []),
        (["1", "2", "3"], "2", 2021, []),
        # The pages of the last statement do not hide that the series counts.
        (["1/1", "2/1", "2/2", "2/3"], "4/1", 2021, [3]),
        # One number is no series yet, and neither is one that jumps or stands still.
        (["1"], "4", 2021, []),
        (["1", "7"], "9", 2021, []),
        (["7", "7", "7"], "9", 2021, []),
        # What a converter writes into every file, an identifier, and words.
        (["00000/001", "00000/001"], "00000/001", 2021, []),
        (["20210308", "20210309"], "20210311", 2021, []),
        (["SK 1", "SK 2"], "SK 4", 2021, []),
        (["1", "2", ""], "4", 2021, []),
        # A new year begins again, or goes on.
        (["250", "251"], "1", 2022, []),
        (["250", "251"], "3", 2022, [1, 2]),
        (["250", "251"], "253", 2022, [252]),
        # Without a new year a smaller number is not this series.
        (["250", "251"], "1", 2021, []),
        # Another numbering, not a year of missing statements.
        (["1", "2"], "4000", 2021, []),
    ],
)
def test_numbers_left_out_are_named_only_of_a_series_that_counts(
    before: list[str], number: str, year: int, missing: list[int]
) -> None:
    assert list(missing_numbers(number, year, [(one, 2021) for one in before])) == missing


def test_a_series_that_began_again_with_the_year_counts_from_its_first_number() -> None:
    before = [("251", 2021), ("1", 2022)]

    assert list(missing_numbers("3", 2022, before)) == [2]


def test_saturdays_sundays_and_holidays_need_no_statement() -> None:
    monday = FRIDAY + timedelta(days=3)
    saturday = FRIDAY + timedelta(days=1)

    assert open_days_between(FRIDAY, TUESDAY, {}) == (monday,)
    assert open_days_between(FRIDAY, TUESDAY, {monday: False}) == ()
    assert open_days_between(FRIDAY, TUESDAY, {saturday: True}) == (saturday, monday)
    assert open_days_between(FRIDAY, FRIDAY, {}) == open_days_between(TUESDAY, FRIDAY, {}) == ()


def _gaps(
    *, opening: int | None, closing: int | None, printed: bool = True, balance: int | None = 100
) -> Gaps:
    """A statement of Tuesday after one that ended on Friday; its number leaves out one."""
    statement = Statement(
        "1", "VND", (), "12", opening, closing, TUESDAY if printed else None, TUESDAY
    )
    chain = Chain(balance, 0, FRIDAY)
    series = Series([("9", 2021), ("10", 2021)])
    expected = balance if closing is None or opening != closing else None
    return gaps_before(series, chain, statement, (TUESDAY, TUESDAY), expected)


def _rules(gaps: Gaps) -> tuple[list[str], list[str]]:
    return [one.rule for one in gaps.problems], [one.rule for one in gaps.noticed]


def test_a_gap_over_which_the_balances_join_is_only_noticed() -> None:
    gaps = _gaps(opening=100, closing=150)

    assert _rules(gaps) == ([], ["missing_numbers", "missing_days"])
    assert dict(gaps.noticed[0].facts) == {"missing": "11", "count": "1"}
    assert dict(gaps.noticed[1].facts) == {"missing": "2021-03-08", "count": "1"}


def test_an_empty_statement_that_ends_where_the_books_stand_joins_too() -> None:
    assert _rules(_gaps(opening=100, closing=100)) == ([], ["missing_numbers", "missing_days"])


@pytest.mark.parametrize(("opening", "closing"), [(120, 150), (None, None)])
def test_a_gap_that_no_balance_bridges_keeps_the_statement_apart(
    opening: int | None, closing: int | None
) -> None:
    gaps = _gaps(opening=opening, closing=closing, balance=100 if opening else None)

    assert _rules(gaps) == (["missing_numbers", "missing_days"], [])


def test_a_list_without_a_printed_period_says_nothing_of_days_before_its_first_row() -> None:
    gaps = _gaps(opening=None, closing=None, printed=False, balance=None)

    assert _rules(gaps) == (["missing_numbers"], ["missing_days"])


def test_a_long_absence_names_its_first_days_its_last_and_how_many() -> None:
    chain = Chain(None, 0, date(2020, 12, 31))
    statement = Statement("1", "VND", (), period_from=TUESDAY, period_to=TUESDAY)

    gaps = gaps_before(Series([]), chain, statement, (TUESDAY, TUESDAY), None)

    facts = dict(gaps.problems[0].facts)
    assert facts["count"] == "47"
    assert facts["missing"].startswith("2021-01-01, 2021-01-04, ")
    assert facts["missing"].endswith("2021-01-13, …, 2021-03-08")


def test_an_older_statement_and_the_first_one_tell_nothing_about_gaps() -> None:
    statement = Statement("1", "VND", (), "12", period_from=FRIDAY, period_to=FRIDAY)
    series = Series([("9", 2021), ("10", 2021)])

    older = gaps_before(series, Chain(None, 0, TUESDAY), statement, (FRIDAY, FRIDAY), None)
    first = gaps_before(series, Chain(None, 0, None), statement, (FRIDAY, FRIDAY), None)

    assert older == first == Gaps()
