"""What a citizen is asked to pay, with its lines, and what state it is in.

A request is paid whole or not at all: a transfer that is too small is held for the request in
suspense until the rest has come, and only then is money given to it and receipted. The state is
computed from facts and stored nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from payments.domain.dossiers import Dossier
from payments.domain.fees import FeeKind


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A request for payment (ISO 20022 pain.013). ``total`` is whole đồng, zero included.

    ``token`` opens the citizen's page; ``reference`` is the text quoted in the transfer;
    ``attempt`` counts the requests of one dossier from 1.
    """

    centre_id: str
    request_id: str
    dossier_id: str
    attempt: int
    account_id: str
    reference: str
    token: str
    total: int
    issued_at: datetime
    expires_at: datetime
    issued_by: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One fee of a request, frozen at the rate of the day it was issued."""

    centre_id: str
    request_id: str
    line_no: int
    fee_item_id: str
    fee_code: str
    field_code: str
    name: str
    kind: FeeKind
    quantity: int
    unit_amount: int
    amount: int


REPLACED = "replaced"
"""The reason of a cancellation that came with a newer request of the same dossier."""


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """The fact that a request is no longer asked for. ``reason`` is words, or ``REPLACED``."""

    centre_id: str
    request_id: str
    reason: str
    cancelled_at: datetime
    cancelled_by: str


class RequestState(StrEnum):
    """What the citizen and the cashier see."""

    OPEN = "open"
    SHORT = "short"
    PAID = "paid"
    EXEMPT = "exempt"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """A request of a dossier with the sums that decide its state.

    ``paid`` is allocations plus cash; ``held`` is money in suspense that names this request.
    """

    request: PaymentRequest
    dossier: Dossier
    lines: tuple[RequestLine, ...]
    paid: int
    held: int
    is_cancelled: bool

    @property
    def due(self) -> int:
        """Đồng that are still to come: the total less what is paid and what is held."""
        return max(self.request.total - self.paid - self.held, 0)

    @property
    def is_paid(self) -> bool:
        """Whether all of a request that asks for money has been given to it."""
        return self.request.total > 0 and self.paid == self.request.total

    def state(self, now: datetime) -> RequestState:
        """Return the state at an instant. Money decides first, then a person, then the clock."""
        if self.request.total == 0:
            return RequestState.EXEMPT
        if self.is_paid:
            return RequestState.PAID
        if self.is_cancelled:
            return RequestState.CANCELLED
        if self.held > 0:
            return RequestState.SHORT
        if now >= self.request.expires_at:
            return RequestState.EXPIRED
        return RequestState.OPEN


@dataclass(frozen=True, slots=True)
class LinePart:
    """A part of a payment that belongs to one line; the parts of a payment add up to it."""

    kind: FeeKind
    field_code: str
    amount: int


def split_over_lines(
    lines: Sequence[RequestLine], payments: Sequence[int]
) -> tuple[tuple[LinePart, ...], ...]:
    """Lay payments over lines in order, each đồng once; one tuple of parts a payment.

    When the payments add up to the lines, so do the parts of each kind and field.
    """
    ordered = sorted(lines, key=lambda line: line.line_no)
    answer: list[tuple[LinePart, ...]] = []
    paid = 0
    for payment in payments:
        parts: dict[tuple[FeeKind, str], int] = {}
        line_start = 0
        for line in ordered:
            # What this payment and this line have in common, both laid out on one long tape.
            start = max(paid, line_start)
            end = min(paid + payment, line_start + line.amount)
            if end > start:
                key = (line.kind, line.field_code)
                parts[key] = parts.get(key, 0) + end - start
            line_start += line.amount
        paid += payment
        answer.append(tuple(LinePart(kind, code, amount) for (kind, code), amount in parts.items()))
    return tuple(answer)
