"""Double entry: an entry that does not balance cannot be built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from payments.domain.errors import Invalid


class Account(StrEnum):
    """The accounts of the books."""

    CASH_DRAWER = "cash_drawer"
    CASH_IN_TRANSIT = "cash_in_transit"
    CASH_OVER_SHORT = "cash_over_short"
    BANK_CLEARING = "bank_clearing"
    BANK = "bank"
    BANK_DIFFERENCE = "bank_difference"
    BANK_CHARGES = "bank_charges"
    FEE_INCOME = "fee_income"
    SUSPENSE = "suspense"
    REFUNDS_PAYABLE = "refunds_payable"
    REMITTED = "remitted"


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of an entry: ``amount`` is whole đồng, positive for debit and negative for credit.

    The other words say what the money was for, so that reports need no joins by guess.
    """

    centre_id: str
    entry_id: str
    line_no: int
    account: Account
    amount: int
    business_date: date
    kind: str = ""
    field_code: str = ""
    method: str = ""
    staff_id: str = ""
    bank_account_id: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One movement. ``event`` names what happened, ``subject_id`` to which fact."""

    centre_id: str
    entry_id: str
    event: str
    subject_id: str
    business_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry with its postings. Raises Invalid when debits and credits differ."""

    entry: JournalEntry
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        """Refuse an entry that does not balance, or that has no postings."""
        if len(self.postings) < 2 or sum(posting.amount for posting in self.postings) != 0:
            raise Invalid("unbalanced_entry", event=self.entry.event)


@dataclass(frozen=True, slots=True)
class Leg:
    """A posting before it has its entry: what a posting rule returns."""

    account: Account
    amount: int
    kind: str = ""
    field_code: str = ""
    method: str = ""
    staff_id: str = ""
    bank_account_id: str = ""


def movement(entry: JournalEntry, legs: tuple[Leg, ...]) -> Movement:
    """Build the entry of some legs. Raises Invalid when they do not balance."""
    postings = tuple(
        Posting(
            centre_id=entry.centre_id,
            entry_id=entry.entry_id,
            line_no=number,
            account=leg.account,
            amount=leg.amount,
            business_date=entry.business_date,
            kind=leg.kind,
            field_code=leg.field_code,
            method=leg.method,
            staff_id=leg.staff_id,
            bank_account_id=leg.bank_account_id,
        )
        for number, leg in enumerate((leg for leg in legs if leg.amount != 0), start=1)
    )
    return Movement(entry, postings)
