"""The rules every statement passes before its entries are believed: does it add up.

The sources of the rules are the banks' own printed arithmetic: a statement is opening plus entries
equals closing, and every running balance is the one before it plus its row. A statement that breaks
a rule is kept whole and apart, with the rule and the row.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementProblem,
)
from payments.domain.money import MAX_AMOUNT
from reconciliation.domain.row_chain import broken_links, movement

CURRENCY = "VND"
"""The currency of every account of a centre."""


def check_statement(
    statement: Statement, *, account_number: str, previous_closing: int | None
) -> tuple[StatementProblem, ...]:
    """Return every rule the statement breaks, with the row; nothing when it can be believed.

    ``account_number`` is the centre's own account; empty when there is none to compare with, as on
    the command line. ``previous_closing`` is the closing balance of the statement before, in the
    same units; None when there is no such statement.
    """
    return (
        *_identity(statement, account_number),
        *_equation(statement, previous_closing),
        *_chain(statement, previous_closing),
        *_printed_totals(statement),
        *_rows(statement),
        *broken_links(statement),
    )


def entry_keys(entries: Sequence[StatementEntry]) -> tuple[str, ...]:
    """Return the key that makes each entry one, whichever file brings it, in the order given.

    The key is the SHA-256 of the entry's content, each part with its length before it, and the nth
    time that content stands in this statement. So n equal payments stay n, and a file read again
    or overlapping another adds nothing. The row number and the running balance are left out: they
    differ between two files of one day.
    """
    seen: Counter[str] = Counter()
    keys = []
    for entry in entries:
        content = hashlib.sha256(_content(entry)).hexdigest()
        seen[content] += 1
        keys.append(f"{content}:{seen[content]}")
    return tuple(keys)


def listed(statement: Statement, side: Direction) -> int:
    """Return the sum of one side as banks print it: booked, and without charges apart."""
    return sum(
        entry.amount
        for entry in statement.entries
        if entry.direction is side and not entry.is_pending and not entry.is_charge
    )


def same_account(printed: str, own: str) -> bool:
    """Whether a statement's account is the centre's own, as banks print it.

    MT940 puts the bank's BIC and a slash before the number; blanks mean nothing.
    """
    return "".join(printed.rpartition("/")[2].split()) == "".join(own.split())


def _content(entry: StatementEntry) -> bytes:
    parts = (
        entry.booked_on.isoformat(),
        entry.booked_at.isoformat() if entry.booked_at else "",
        entry.direction.value,
        str(entry.amount),
        entry.bank_reference,
        entry.text,
        # A pending entry and the booked one it becomes are two tellings, and only one is money.
        "pending" if entry.is_pending else "reversal" if entry.is_reversal else "",
    )
    encoded = [part.encode("utf-8") for part in parts]
    return b"".join(b"%d:%s" % (len(part), part) for part in encoded)


def _problem(rule: str, where: str, message: str, **facts: object) -> StatementProblem:
    named = tuple((name, str(value)) for name, value in facts.items())
    return StatementProblem(rule, where, message, named)


def _identity(statement: Statement, account_number: str) -> Iterator[StatementProblem]:
    if not account_number:
        return
    if not same_account(statement.account_number, account_number):
        yield _problem("account", "", "the statement is not of the centre's account")
    if statement.currency != CURRENCY:
        yield _problem("currency", "", "the currency is not VND", currency=statement.currency)


def _equation(statement: Statement, previous: int | None) -> Iterator[StatementProblem]:
    """Opening and entries make the closing; without a printed opening, the closing before opens."""
    opening, closing = statement.opening, statement.closing
    if opening is None and not statement.prints_opening:
        opening = previous if closing is not None else None
    elif (opening is None) != (closing is None):
        absent = "opening" if opening is None else "closing"
        yield _problem("balance_missing", absent, f"the {absent} balance is missing", absent=absent)
    if opening is None or closing is None:
        return
    reached = opening + sum(map(movement, statement.entries))
    difference = closing - reached
    if difference:
        message = f"opening and entries make {reached}, but {closing} is printed"
        yield _problem("equation", "closing", message, difference=difference)


def _chain(statement: Statement, previous: int | None) -> Iterator[StatementProblem]:
    if previous is None or statement.opening is None or previous == statement.opening:
        return
    message = f"the statement before closed at {previous}, this one opens at {statement.opening}"
    yield _problem("previous_closing", "opening", message, difference=statement.opening - previous)


def _printed_totals(statement: Statement) -> Iterator[StatementProblem]:
    credited = listed(statement, Direction.IN)
    debited = listed(statement, Direction.OUT)
    for rule, printed, counted in (
        ("printed_credits", statement.printed_credits, credited),
        ("printed_debits", statement.printed_debits, debited),
        ("printed_count", statement.printed_count, len(statement.entries)),
    ):
        if printed is not None and printed != counted:
            message = f"{printed} is printed, {counted} was read"
            yield _problem(rule, "totals", message, printed=printed, read=counted)


def _rows(statement: Statement) -> Iterator[StatementProblem]:
    first, last = statement.period_from, statement.period_to
    if first and last and first > last:
        yield _problem("period", "period", f"the period ends on {last}, before it begins")
    if not statement.entries and statement.opening is None and statement.closing is None:
        yield _problem("nothing_read", "", "no entry and no balance was read")
    for entry in statement.entries:
        if (first and entry.booked_on < first) or (last and entry.booked_on > last):
            message = f"{entry.booked_on} is outside the statement's period"
            yield _problem("date_outside_period", entry.where, message, day=entry.booked_on)
        if entry.amount <= 0:
            message = f"an amount of {entry.amount} moves nothing"
            yield _problem("zero_amount", entry.where, message, amount=entry.amount)
        if entry.amount > MAX_AMOUNT:
            message = f"an amount of {entry.amount} is more than any transfer moves"
            yield _problem("amount_too_large", entry.where, message, amount=entry.amount)
