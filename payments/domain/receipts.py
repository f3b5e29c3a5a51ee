"""Proof for the citizen: receipts, numbered without gaps in series of phí, lệ phí and exemption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from payments.domain.fees import FeeKind
from payments.domain.requests import RequestLine


class SeriesKind(StrEnum):
    """phí and lệ phí never share a series; an exemption has a document series of its own."""

    PHI = "phi"
    LE_PHI = "le_phi"
    EXEMPT = "exempt"


class PaymentMethod(StrEnum):
    """How the money came. MIXED when one request was paid partly each way."""

    CASH = "cash"
    TRANSFER = "transfer"
    MIXED = "mixed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReceiptSeries:
    """A book of receipts. ``pattern`` and ``serial`` are printed (mẫu số, ký hiệu)."""

    centre_id: str
    series_id: str
    kind: SeriesKind
    pattern: str
    serial: str
    year: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A numbered receipt. ``issue_no`` counts the receipts of one request and kind from 1.

    ``token`` opens the page on which anyone can check it.
    """

    centre_id: str
    receipt_id: str
    series_id: str
    number: int
    request_id: str
    kind: SeriesKind
    issue_no: int
    amount: int
    method: PaymentMethod
    payer: str
    token: str
    issued_at: datetime
    issued_by: str
    business_date: date


def printed_number(number: int) -> str:
    """Return a receipt number as it is printed: seven digits with leading zeros."""
    return f"{number:07d}"


def receipt_amounts(lines: Sequence[RequestLine]) -> dict[SeriesKind, int]:
    """Return what a settled request is receipted for, by series.

    A request of nothing but zeros is receipted once, in the exemption series.
    """
    sums: dict[SeriesKind, int] = {}
    for line in lines:
        if line.amount:
            kind = SeriesKind.PHI if line.kind is FeeKind.PHI else SeriesKind.LE_PHI
            sums[kind] = sums.get(kind, 0) + line.amount
    return sums or {SeriesKind.EXEMPT: 0}
