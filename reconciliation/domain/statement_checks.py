"""The rules every statement passes before its entries are believed: does it add up.

The sources of the rules are the banks' own printed arithmetic: a statement is opening plus entries
equals closing, and every running balance is the one before it plus its row. A statement that breaks
a rule is kept whole and apart, with the rule and the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementProblem,
)
from payments.domain.money import MAX_AMOUNT
from payments.domain.statement_parts import EntryBatch
from reconciliation.domain.entry_contents import entry_contents
from reconciliation.domain.entry_sums import EntrySums
from reconciliation.domain.row_chain import broken_links

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
    batch = EntryBatch.of(statement.entries)
    sums = EntrySums()
    sums.add(batch)
    return (
        *check_sums(
            statement, sums, account_number=account_number, previous_closing=previous_closing
        ),
        *_days_outside(statement),
        *check_amounts(batch),
        *broken_links(statement),
    )


def check_sums(
    statement: Statement, sums: EntrySums, *, account_number: str, previous_closing: int | None
) -> tuple[StatementProblem, ...]:
    """Return the rules that a statement breaks as a whole, its entries known by their sums alone.

    The parameters are those of check_statement.
    """
    return (
        *_identity(statement, account_number),
        *_equation(statement, sums.moved, previous_closing),
        *_chain(statement, previous_closing),
        *_printed_totals(statement, sums),
        *_period(statement, sums),
    )


def check_amounts(batch: EntryBatch) -> Iterator[StatementProblem]:
    """Yield the entries whose amount no transfer can have."""
    if batch and min(batch.amount) > 0 and max(batch.amount) <= MAX_AMOUNT:
        return
    for where, amount in zip(batch.where, batch.amount, strict=True):
        if amount <= 0:
            message = f"an amount of {amount} moves nothing"
            yield _problem("zero_amount", where, message, amount=amount)
        if amount > MAX_AMOUNT:
            message = f"an amount of {amount} is more than any transfer moves"
            yield _problem("amount_too_large", where, message, amount=amount)


def outside_period(where: str, day: date) -> StatementProblem:
    """Return what is wrong with an entry of a day that its statement does not cover."""
    return _problem(
        "date_outside_period", where, f"{day} is outside the statement's period", day=day
    )


def entry_keys(entries: Sequence[StatementEntry]) -> tuple[str, ...]:
    """Return the key that makes each entry one, whichever file brings it, in the order given.

    The key is the digest of the entry's content and the nth time that content stands in this
    statement. So n equal payments stay n, and a file read again or overlapping adds nothing.
    """
    seen: Counter[str] = Counter()
    keys = []
    for content in entry_contents(EntryBatch.of(entries)):
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


def _equation(statement: Statement, moved: int, previous: int | None) -> Iterator[StatementProblem]:
    """Opening and entries make the closing; without a printed opening, the closing before opens."""
    opening, closing = statement.opening, statement.closing
    if opening is None and not statement.prints_opening:
        opening = previous if closing is not None else None
    elif (opening is None) != (closing is None):
        absent = "opening" if opening is None else "closing"
        yield _problem("balance_missing", absent, f"the {absent} balance is missing", absent=absent)
    if opening is None or closing is None:
        return
    reached = opening + moved
    difference = closing - reached
    if difference:
        message = f"opening and entries make {reached}, but {closing} is printed"
        yield _problem("equation", "closing", message, difference=difference)


def _chain(statement: Statement, previous: int | None) -> Iterator[StatementProblem]:
    if previous is None or statement.opening is None or previous == statement.opening:
        return
    message = f"the statement before closed at {previous}, this one opens at {statement.opening}"
    yield _problem("previous_closing", "opening", message, difference=statement.opening - previous)


def _printed_totals(statement: Statement, sums: EntrySums) -> Iterator[StatementProblem]:
    for rule, printed, counted in (
        ("printed_credits", statement.printed_credits, sums.credits),
        ("printed_debits", statement.printed_debits, sums.debits),
        ("printed_count", statement.printed_count, sums.count),
    ):
        if printed is not None and printed != counted:
            message = f"{printed} is printed, {counted} was read"
            yield _problem(rule, "totals", message, printed=printed, read=counted)


def _period(statement: Statement, sums: EntrySums) -> Iterator[StatementProblem]:
    first, last = statement.period_from, statement.period_to
    if first and last and first > last:
        yield _problem("period", "period", f"the period ends on {last}, before it begins")
    if not sums.count and statement.opening is None and statement.closing is None:
        yield _problem("nothing_read", "", "no entry and no balance was read")


def _days_outside(statement: Statement) -> Iterator[StatementProblem]:
    first, last = statement.period_from, statement.period_to
    for entry in statement.entries:
        if (first and entry.booked_on < first) or (last and entry.booked_on > last):
            yield outside_period(entry.where, entry.booked_on)
