"""How statements follow each other: what is new, what is known, and what does not fit."""

from __future__ import annotations

from datetime import date

import pytest

from payments.domain.bank_messages import Direction, Statement, StatementEntry
from reconciliation.domain.statement_chain import (
    Chain,
    brought_by,
    expected_opening,
    follow,
    period_of,
)
from reconciliation.domain.statement_checks import entry_keys

_DAY = date(2021, 3, 9)


def _entry(amount: int, day: date = _DAY, direction: Direction = Direction.IN) -> StatementEntry:
    return StatementEntry(f"row {amount}", day, amount, direction, f"tien {amount}")


def _statement(opening: int | None, *entries: StatementEntry, vat: int = 0) -> Statement:
    moved = sum(e.amount if e.direction is Direction.IN else -e.amount for e in entries)
    return Statement(
        account_number="1",
        currency="VND",
        entries=entries,
        opening=opening,
        closing=None if opening is None else opening + moved,
        vat=vat,
    )


def _start() -> Chain:
    return Chain(balance=None, moved=0, through=None)


def test_the_first_statement_opens_the_account() -> None:
    chain = _start()
    statement = _statement(100, _entry(5))

    followed, problems = follow(chain, statement, entry_keys(statement.entries))

    assert problems == ()
    assert followed is not None
    assert followed.opening_to_post == 100
    assert (chain.balance, chain.through) == (105, _DAY)


def test_an_overlapping_statement_opens_where_its_new_entries_begin() -> None:
    chain = _start()
    first = _statement(100, _entry(5))
    follow(chain, first, entry_keys(first.entries))
    second = _statement(100, _entry(5), _entry(7))
    keys = entry_keys(second.entries)

    expected = expected_opening(chain, brought_by(chain, second, keys))
    followed, problems = follow(chain, second, keys)

    assert expected == 100
    assert problems == ()
    assert followed is not None
    assert [entry.amount for _, entry in followed.fresh] == [7]
    assert (followed.skipped, chain.balance) == (1, 112)


def test_balances_printed_late_open_the_account_before_its_first_entry() -> None:
    chain = _start()
    first = _statement(None, _entry(5))
    follow(chain, first, entry_keys(first.entries))
    second = _statement(105, _entry(7))

    followed, _ = follow(chain, second, entry_keys(second.entries))

    assert followed is not None
    assert followed.opening_to_post == 100
    assert chain.balance == 112


def test_new_entries_before_the_last_statement_do_not_fit() -> None:
    chain = _start()
    later = _statement(100, _entry(5))
    follow(chain, later, entry_keys(later.entries))
    earlier = _statement(100, _entry(3, date(2021, 3, 1)))

    _, problems = follow(chain, earlier, entry_keys(earlier.entries))

    assert [problem.rule for problem in problems] == ["previous_closing"]


def test_a_statement_without_any_day_cannot_be_placed() -> None:
    followed, problems = follow(_start(), _statement(100), ())

    assert followed is None
    assert [problem.rule for problem in problems] == ["period_missing"]


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        (None, None, (_DAY, _DAY)),
        (date(2021, 3, 1), None, (date(2021, 3, 1), _DAY)),
        (date(2021, 3, 1), date(2021, 3, 31), (date(2021, 3, 1), date(2021, 3, 31))),
    ],
)
def test_the_period_is_the_printed_one_or_that_of_the_entries(
    first: date | None, last: date | None, period: tuple[date, date]
) -> None:
    statement = Statement("1", "VND", (_entry(5),), period_from=first, period_to=last)

    assert period_of(statement) == period
