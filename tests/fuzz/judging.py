"""Judges what a reader made of a file whose truth is known: all of it, or a problem, or a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from payments.domain.bank_messages import Direction, Statement, StatementFile, is_storable
from reconciliation.domain.statement_checks import check_statement, entry_keys
from tests.fuzz.truths import Truth

_NOT_IN_A_TEXT = frozenset("\r\n\0\x1b\u202e\u2066\u2028")


def moved(statement: Statement) -> list[int]:
    """What each booked entry adds to the balance, in whole đồng."""
    scale = 10**statement.decimals
    amounts = [
        one.amount if one.direction is Direction.IN else -one.amount
        for one in statement.entries
        if not one.is_pending
    ]
    assert not any(amount % scale for amount in amounts), "a part of a đồng"
    return [amount // scale for amount in amounts]


def assert_sound(content: StatementFile) -> None:
    """Whatever is read can be kept, keyed, checked and printed; what is clean adds up."""
    assert content.statements
    for statement in content.statements:
        entry_keys(statement.entries)
        for entry in statement.entries:
            assert type(entry.amount) is int
            assert entry.amount >= 0
            assert is_storable(entry.text + entry.bank_reference)
            assert not _NOT_IN_A_TEXT.intersection(entry.text + entry.bank_reference)
        is_clean = not content.problems and not any(
            check_statement(statement, account_number="", previous_closing=None)
        )
        if is_clean and statement.opening is not None and statement.closing is not None:
            signed = sum(
                (one.amount if one.direction is Direction.IN else -one.amount)
                * (not one.is_pending)
                for one in statement.entries
            )
            assert statement.opening + signed == statement.closing
            assert all(one.amount for one in statement.entries)


def is_clean(content: StatementFile, truth: Truth) -> bool:
    """Whether the centre would believe the file: it is of its account, follows, and adds up."""
    return not content.problems and not any(
        check_statement(
            statement,
            account_number=truth.account,
            previous_closing=truth.opening * 10**statement.decimals,
        )
        for statement in content.statements
    )


def assert_all(content: StatementFile, truth: Truth) -> None:
    """The one statement of the file says everything that the truth says."""
    (statement,) = content.statements
    rows = [line.movements for line in truth.lines]
    orders = [[one for row in order for one in row] for order in (rows, rows[::-1])]
    assert moved(statement) in orders, "clean, and not all of it"
    assert statement.opening in {None, truth.opening * 10**statement.decimals}
    assert statement.closing in {None, truth.closing * 10**statement.decimals}


def assert_true(content: StatementFile, truth: Truth, *, may_be_shorter: bool) -> None:
    """Every statement that shows both its balances is the truth, or its beginning where it may be.

    ``may_be_shorter`` is for what prints nothing that would tell where it ends.
    """
    for statement in content.statements:
        scale = 10**statement.decimals
        if statement.closing is None or (statement.opening is None and statement.prints_opening):
            continue
        assert statement.opening in {None, truth.opening * scale}
        told = Counter(moved(statement))
        beginnings = _beginnings(truth) if may_be_shorter else [_whole(truth)]
        assert (told, statement.closing) in [
            (rows, closing * scale) for rows, closing in beginnings
        ], "clean, and not the truth"


def assert_part(content: StatementFile, truth: Truth) -> None:
    """A clean reading of a file broken off has no row that is not in the truth, or not as there."""
    amounts = Counter(one for line in truth.lines for one in line.movements)
    for statement in content.statements:
        assert not Counter(moved(statement)) - amounts, "a row that was not written"


def _whole(truth: Truth) -> tuple[Counter[int], int]:
    return Counter(one for line in truth.lines for one in line.movements), truth.closing


def _beginnings(truth: Truth) -> Iterator[tuple[Counter[int], int]]:
    balances: Sequence[int] = [truth.opening, *truth.balances]
    for count, balance in enumerate(balances):
        yield Counter(one for line in truth.lines[:count] for one in line.movements), balance
