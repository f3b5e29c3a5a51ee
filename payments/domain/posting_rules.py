"""Which accounts an event moves: one function an event, debit positive, credit negative."""

from __future__ import annotations

from collections.abc import Sequence

from payments.domain.bank_messages import Direction
from payments.domain.ledger import Account, Leg
from payments.domain.receipts import PaymentMethod
from payments.domain.requests import LinePart


def transfer_announced(amount: int, direction: Direction, bank_account_id: str) -> tuple[Leg, ...]:
    """Say that a bank has announced a transfer: clearing against suspense, until it is placed."""
    signed = amount if direction is Direction.IN else -amount
    return (
        Leg(Account.BANK_CLEARING, signed, bank_account_id=bank_account_id),
        Leg(Account.SUSPENSE, -signed, bank_account_id=bank_account_id),
    )


def transfer_allocated(parts: Sequence[LinePart], bank_account_id: str) -> tuple[Leg, ...]:
    """Say that money of a transfer was given to a request: out of suspense into fee income."""
    total = sum(part.amount for part in parts)
    return (
        Leg(Account.SUSPENSE, total, bank_account_id=bank_account_id),
        *(_income(part, PaymentMethod.TRANSFER, bank_account_id=bank_account_id) for part in parts),
    )


def cash_taken(parts: Sequence[LinePart], staff_id: str) -> tuple[Leg, ...]:
    """Say that cash went into the drawer for a request."""
    total = sum(part.amount for part in parts)
    return (
        Leg(Account.CASH_DRAWER, total, staff_id=staff_id),
        *(_income(part, PaymentMethod.CASH, staff_id=staff_id) for part in parts),
    )


def till_counted(expected_takings: int, difference: int, staff_id: str) -> tuple[Leg, ...]:
    """Say that a drawer was counted and handed over.

    The takings as counted leave the drawer for the safe (cash in transit to the bank), and the
    difference is kept on its own account: over is credited there, short is debited.
    """
    return (
        Leg(Account.CASH_IN_TRANSIT, expected_takings + difference, staff_id=staff_id),
        Leg(Account.CASH_OVER_SHORT, -difference, staff_id=staff_id),
        Leg(Account.CASH_DRAWER, -expected_takings, staff_id=staff_id),
    )


def transfer_settled(amount: int, direction: Direction, bank_account_id: str) -> tuple[Leg, ...]:
    """Say that a statement entry proves a transfer: from clearing to bank."""
    signed = amount if direction is Direction.IN else -amount
    return (
        Leg(Account.BANK, signed, bank_account_id=bank_account_id),
        Leg(Account.BANK_CLEARING, -signed, bank_account_id=bank_account_id),
    )


def opening_balance(amount: int, bank_account_id: str) -> tuple[Leg, ...]:
    """Say what the bank account held before its first statement: remitted is its counterpart."""
    return (
        Leg(Account.BANK, amount, bank_account_id=bank_account_id),
        Leg(Account.REMITTED, -amount, bank_account_id=bank_account_id),
    )


def statement_differs(amount: int, bank_account_id: str) -> tuple[Leg, ...]:
    """Say that an accepted statement opens elsewhere: the bank moves, what moved it is unknown."""
    return (
        Leg(Account.BANK, amount, bank_account_id=bank_account_id),
        Leg(Account.BANK_DIFFERENCE, -amount, bank_account_id=bank_account_id),
    )


def _income(
    part: LinePart, method: PaymentMethod, *, staff_id: str = "", bank_account_id: str = ""
) -> Leg:
    """Return the income leg of one part, with the words that reports group by."""
    return Leg(
        Account.FEE_INCOME,
        -part.amount,
        kind=part.kind,
        field_code=part.field_code,
        method=method,
        staff_id=staff_id,
        bank_account_id=bank_account_id,
    )
