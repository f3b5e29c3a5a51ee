"""A statement is believed only when it adds up; what is wrong is named with its row."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem
from reconciliation.domain.statement_checks import check_statement, entry_keys

OWN = "0011000000001"


def an_entry(amount: int = 25_000, *, row: int = 1, **changes: object) -> StatementEntry:
    """An entry into the account; a negative amount is one out of it."""
    entry = StatementEntry(
        where=f"row {row}",
        booked_on=date(2026, 3, 2),
        amount=abs(amount),
        direction=Direction.IN if amount >= 0 else Direction.OUT,
        text="nop phi",
        bank_reference=f"5307.{row}",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # tests change any field by name


def a_statement(*amounts: int, opening: int = 10_000, balances: bool = True) -> Statement:
    """A statement that adds up, with running balances or without."""
    balance = opening
    entries = []
    for row, amount in enumerate(amounts, start=1):
        balance += amount
        after = balance if balances else None
        entries.append(an_entry(amount, row=row, balance_after=after))
    return Statement(
        account_number=OWN,
        currency="VND",
        entries=tuple(entries),
        opening=opening,
        closing=balance,
        period_from=date(2026, 3, 1),
        period_to=date(2026, 3, 4),
    )


def check(statement: Statement, previous: int | None = None) -> tuple[StatementProblem, ...]:
    return check_statement(statement, account_number=OWN, previous_closing=previous)


def rules(statement: Statement, previous: int | None = None) -> list[str]:
    return [problem.rule for problem in check(statement, previous)]


def without(statement: Statement, place: int) -> Statement:
    entries = statement.entries
    return replace(statement, entries=entries[:place] + entries[place + 1 :])


def test_a_statement_that_adds_up_has_no_problem() -> None:
    assert rules(a_statement(25_000, -5_500, 100_000), previous=10_000) == []


def test_an_empty_day_has_no_problem() -> None:
    assert rules(a_statement()) == []


def test_a_closing_that_entries_do_not_reach_is_named_with_the_difference() -> None:
    statement = replace(a_statement(25_000, balances=False), closing=36_000)

    (problem,) = check(statement)

    assert (problem.rule, problem.facts) == ("equation", (("difference", "1000"),))


def test_charges_move_the_balance_and_are_not_in_the_banks_totals() -> None:
    statement = a_statement(25_000, -2_000, -1_100, balances=False)
    charge = replace(statement.entries[2], is_charge=True)
    statement = replace(statement, entries=(*statement.entries[:2], charge))
    statement = replace(statement, printed_debits=2_000, printed_credits=25_000)

    assert rules(statement) == []


def test_a_pending_entry_is_never_money() -> None:
    statement = a_statement(25_000, balances=False)
    pending = an_entry(99_000, row=2, is_pending=True)

    assert rules(replace(statement, entries=(*statement.entries, pending))) == []


def test_the_opening_is_the_closing_of_the_statement_before() -> None:
    assert rules(a_statement(25_000), previous=9_000) == ["previous_closing"]


@pytest.mark.parametrize("absent", ["opening", "closing"])
def test_one_balance_without_the_other_is_a_cut_statement(absent: str) -> None:
    statement = replace(a_statement(25_000), **{absent: None})  # type: ignore[arg-type]  # by name

    assert rules(statement) == ["balance_missing"]


def test_a_missing_row_is_named_with_its_amount_and_place() -> None:
    statement = without(a_statement(25_000, 15_000, 30_000), 1)

    problem = next(p for p in check(statement) if p.rule == "row_chain")

    assert (problem.where, problem.facts) == ("row 3", (("missing", "15000"),))


def test_the_last_row_missing_shows_at_the_closing() -> None:
    statement = without(a_statement(25_000, 15_000, 30_000), 2)

    problem = next(p for p in check(statement) if p.rule == "row_chain")

    assert (problem.where, problem.facts) == ("closing", (("missing", "30000"),))


def test_two_missing_rows_are_both_named() -> None:
    statement = without(without(a_statement(1, 20, 300, 4_000, 50_000), 3), 1)

    chain = [problem for problem in check(statement) if problem.rule == "row_chain"]

    assert [(p.where, p.facts[0][1]) for p in chain] == [("row 3", "20"), ("row 5", "4000")]


def test_rows_newest_first_name_the_same_gap() -> None:
    statement = without(without(a_statement(1, 20, 300, 4_000, 50_000), 3), 1)
    turned = replace(statement, entries=statement.entries[::-1])

    chain = [problem for problem in check(turned) if problem.rule == "row_chain"]

    assert [(p.where, p.facts[0][1]) for p in chain] == [("row 3", "20"), ("row 5", "4000")]


def test_a_row_without_an_amount_in_the_file_is_recovered_from_the_balances() -> None:
    statement = without(a_statement(100_000, 15_000, 200_000, opening=1_724_700), 1)

    missing = [p.facts[0][1] for p in check(statement) if p.rule == "row_chain"]

    assert missing == ["15000"]


@given(
    amounts=st.lists(st.integers(-(10**6), 10**6).filter(bool), min_size=1, max_size=12),
    seed=st.integers(0, 10**6),
)
def test_rows_in_any_order_are_one_chain(amounts: list[int], seed: int) -> None:
    statement = a_statement(*amounts)
    entries = list(statement.entries)
    random.Random(seed).shuffle(entries)

    assert rules(replace(statement, entries=tuple(entries))) == []
    alone = replace(statement, entries=tuple(entries), opening=None, closing=None)
    assert rules(alone) == []


@given(
    amounts=st.lists(st.integers(1, 10**6), min_size=2, max_size=8, unique=True),
    place=st.integers(0, 7),
    added=st.integers(1, 999),
)
def test_a_changed_amount_is_always_found(amounts: list[int], place: int, added: int) -> None:
    statement = a_statement(*amounts)
    place %= len(amounts)
    entries = list(statement.entries)
    entries[place] = replace(entries[place], amount=entries[place].amount + added)

    found = rules(replace(statement, entries=tuple(entries)))

    assert "equation" in found
    assert "row_chain" in found


def test_a_balance_printed_once_a_day_links_the_days() -> None:
    statement = a_statement(1_000, 2_000, 4_000, 8_000)
    entries = tuple(
        replace(entry, balance_after=entry.balance_after if row in {2, 4} else None)
        for row, entry in enumerate(statement.entries, start=1)
    )
    daily = replace(statement, entries=entries)

    assert rules(daily) == []
    assert "row_chain" in rules(without(daily, 0))


def test_printed_totals_and_counts_are_compared() -> None:
    statement = replace(
        a_statement(25_000, -5_500), printed_credits=25_000, printed_debits=5_000, printed_count=3
    )

    assert rules(statement) == ["printed_debits", "printed_count"]


def test_a_date_outside_the_period_names_the_row() -> None:
    statement = a_statement(25_000)
    entry = replace(statement.entries[0], booked_on=date(2002, 3, 20))

    (problem,) = check(replace(statement, entries=(entry,)))

    assert (problem.rule, problem.where) == ("date_outside_period", "row 1")


def test_an_amount_of_zero_is_refused() -> None:
    assert rules(a_statement(0)) == ["zero_amount"]


def test_another_currency_and_another_account_are_refused() -> None:
    statement = replace(a_statement(25_000), currency="USD", account_number="0011000000002")

    assert rules(statement) == ["account", "currency"]


@pytest.mark.parametrize("printed", ["BFTVVNVX/0011000000001", "0011 000 000 001"])
def test_the_account_is_the_same_as_banks_print_it(printed: str) -> None:
    assert rules(replace(a_statement(25_000), account_number=printed)) == []


def test_nothing_read_is_a_failure() -> None:
    statement = replace(a_statement(), opening=None, closing=None)

    assert rules(statement) == ["nothing_read"]


def test_equal_entries_stay_as_many_as_they_are() -> None:
    twice = (an_entry(), an_entry(), an_entry(30_000))

    assert len(set(entry_keys(twice))) == 3


def test_keys_do_not_depend_on_the_file() -> None:
    entries = (an_entry(), an_entry(), an_entry(30_000))
    moved = tuple(replace(entry, where="line 99", balance_after=1) for entry in entries)

    assert entry_keys(entries) == entry_keys(moved)


def test_a_longer_file_over_the_same_rows_adds_only_the_new_ones() -> None:
    morning = (an_entry(), an_entry())
    evening = (an_entry(30_000), *morning, an_entry())

    assert len(set(entry_keys(evening)) - set(entry_keys(morning))) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 25_001},
        {"direction": Direction.OUT},
        {"booked_on": date(2026, 3, 3)},
        {"booked_at": datetime(2026, 3, 2, 1, tzinfo=UTC)},
        {"text": "nop phi 2"},
        {"bank_reference": "5307.2"},
        {"is_pending": True},
        {"is_reversal": True},
        # The same letters with the border moved: lengths keep the parts apart.
        {"bank_reference": "5307.1n", "text": "op phi"},
    ],
)
def test_other_content_is_another_key(change: dict[str, object]) -> None:
    changed = replace(an_entry(), **change)  # type: ignore[arg-type]  # tests change any field

    assert entry_keys((an_entry(),)) != entry_keys((changed,))


def test_a_format_without_an_opening_opens_where_the_statement_before_closed() -> None:
    statement = replace(a_statement(5_000), opening=None, prints_opening=False)

    assert rules(statement) == []
    assert rules(statement, 10_000) == []
    assert rules(statement, 9_000) == ["equation"]


def test_a_missing_opening_that_the_format_knows_is_named() -> None:
    assert rules(replace(a_statement(5_000), opening=None)) == ["balance_missing"]
