"""What a bank tells us, in ISO 20022 words: a notice of a transfer, a statement and its entries.

Adapters and statement readers build these values from bytes and decide nothing. The core compares
account, amount, currency and direction itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from payments.domain.errors import Invalid
from payments.domain.money import MAX_AMOUNT

LONGEST_NAME = 128
"""Characters of a bank's own name for a transfer that are kept."""

# NUL, which PostgreSQL stores in no text, and half surrogate pairs, which UTF-8 cannot write.
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Say whether every database can keep a text as it is."""
    return "\0" not in text if text.isascii() else _NOT_STORABLE.search(text) is None


def storable(text: str, most: int | None = None) -> str:
    """Return free text of a bank as it can be kept: no money is refused for a letter.

    What no database stores becomes U+FFFD; the rest is cut after ``most`` characters.
    """
    return (text if is_storable(text) else _NOT_STORABLE.sub("\ufffd", text))[:most]


class Direction(StrEnum):
    """Money into the centre's account (credit) or out of it (debit). ISO 20022 ``CdtDbtInd``."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class BankRequest:
    """One HTTP request from a bank, as it came over the wire.

    ``query`` is raw, ``headers`` keeps order and repetition, ``body`` is the raw bytes that
    signatures cover; ``path`` is what the address has behind our endpoint, without a slash.
    """

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    remote_address: str
    path: str = ""

    def header(self, name: str) -> str | None:
        """Return the only value of a header, or None when it is absent or stands there twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if len(values) == 1 else None


class ReplyKind(StrEnum):
    """What the core tells an adapter to answer. Each adapter has its provider's own form of it.

    The first four are all good news for a provider of an account's transfers; a payment gateway
    that asks about one order has a code of its own for each.
    """

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    UNKNOWN_REFERENCE = "unknown_reference"
    WRONG_AMOUNT = "wrong_amount"
    NOT_AUTHENTICATED = "not_authenticated"
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"


class TransferStatus(StrEnum):
    """What a provider says of a transfer (ISO 20022 ``Sts``). Only booked ones are money."""

    BOOKED = "booked"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BankReply:
    """The answer to a bank: HTTP status, content type and bytes."""

    status: int
    body: bytes
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class TransferNotice:
    """A bank's notice of one transfer (camt.054 entry, webhook event, polled transaction).

    ``event_id`` is the provider's own id of the transfer, equal on every repeat. ``amount`` is
    whole units of ``currency``, always positive. ``occurred_at`` is aware. ``account_number`` is
    the account as the provider names it: a merchant code where it names no account. ``is_test``
    marks the call by which a provider's console tries an address: answered, never booked.
    """

    event_id: str
    account_number: str
    direction: Direction
    amount: int
    currency: str
    occurred_at: datetime
    remittance_information: str
    bank_reference: str = ""
    virtual_account: str = ""
    balance_after: int | None = None
    status: TransferStatus = TransferStatus.BOOKED
    is_test: bool = False


def checked(notice: TransferNotice) -> TransferNotice:
    """Return a notice as it can be kept, its free text cleaned and cut.

    Raises Invalid naming the field when an id or the amount is one that no table holds: cut, it
    would stand for another transfer.
    """
    for name in ("event_id", "account_number", "currency"):
        value: str = getattr(notice, name)
        if not 1 <= len(value) <= LONGEST_NAME or not is_storable(value):
            raise Invalid("field_malformed", field=name)
    if not 0 < notice.amount <= MAX_AMOUNT:
        raise Invalid("amount_out_of_range", field="amount")
    return replace(
        notice,
        remittance_information=storable(notice.remittance_information),
        bank_reference=storable(notice.bank_reference, LONGEST_NAME),
    )


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A line of a statement. ``where`` is the line or row in the file that a person can find.

    ``amount`` is whole đồng and positive; ``direction`` already includes a reversal's sign
    (an MT940 ``RC`` is OUT with ``is_reversal``). A pending entry is never money. A charge is what
    the bank takes in columns of its own, outside its totals of debits and credits.
    """

    where: str
    booked_on: date
    amount: int
    direction: Direction
    text: str
    bank_reference: str = ""
    value_on: date | None = None
    booked_at: datetime | None = None
    balance_after: int | None = None
    is_reversal: bool = False
    is_pending: bool = False
    is_charge: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank's list for one account. Absent balances and printed totals are None, never zero.

    Amounts are whole units of ``10 ** -decimals`` of the currency: đồng has no decimals, so 0.
    ``account_number`` and ``currency`` are empty when the file does not say. ``prints_opening`` is
    False for a format that knows no opening balance: it opens where the one before it closed.
    ``fees`` and ``vat`` are what the entries marked as charges add up to; interest in the same
    column lowers them. ``preview`` names the message (camt.052, camt.054, MT942) when it tells of a
    running day: what it lists may still change, so it is no record.
    """

    account_number: str
    currency: str
    entries: tuple[StatementEntry, ...]
    number: str = ""
    opening: int | None = None
    closing: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    printed_credits: int | None = None
    printed_debits: int | None = None
    printed_count: int | None = None
    fees: int = 0
    vat: int = 0
    decimals: int = 0
    prints_opening: bool = True
    preview: str = ""


@dataclass(frozen=True, slots=True)
class StatementProblem:
    """A rule that a statement breaks, and the row where it breaks.

    ``message`` is for logs and the command line; pages say the sentence of ``rule`` with ``facts``.
    """

    rule: str
    where: str
    message: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What a reader found in a file. ``problems`` are those of reading; rules are checked after."""

    statements: tuple[Statement, ...]
    problems: tuple[StatementProblem, ...] = ()
