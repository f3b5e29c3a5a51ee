"""Everything that stands on a printed receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from payments.domain.centres import Centre
from payments.domain.dossiers import Dossier
from payments.domain.errors import NotFound
from payments.domain.fees import FeeKind
from payments.domain.receipts import Receipt, ReceiptSeries, SeriesKind
from payments.domain.requests import RequestLine, RequestStanding
from payments.store import tables_registry as kept
from payments.store.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """A receipt with its series, centre, dossier and lines. ``collector`` is "" for a transfer."""

    receipt: Receipt
    series: ReceiptSeries
    centre: Centre
    dossier: Dossier
    procedure: str
    lines: tuple[RequestLine, ...]
    collector: str


def receipt_sheet(uow: SqlUnitOfWork, token: str) -> ReceiptSheet:
    """Return the sheet of the receipt that a link shows. Raises NotFound."""
    receipt = uow.receipts.by_token(token)
    standing = uow.requests.standing(receipt.centre_id, receipt.request_id)
    procedure = uow.centres.procedure(receipt.centre_id, standing.dossier.procedure_code)
    return ReceiptSheet(
        receipt=receipt,
        series=_series(uow, receipt),
        centre=uow.centres.get(receipt.centre_id),
        dossier=standing.dossier,
        procedure=procedure.name,
        lines=_lines(standing, receipt),
        collector=_collector(uow, receipt),
    )


def _series(uow: SqlUnitOfWork, receipt: Receipt) -> ReceiptSeries:
    """Return the series that the receipt is numbered in. Raises NotFound."""
    table = kept.receipt_series
    same = (table.c.centre_id == receipt.centre_id) & (table.c.series_id == receipt.series_id)
    series = uow.session.first(ReceiptSeries, select(table).where(same))
    if series is None:
        raise NotFound("receipt_unknown")
    return series


def _lines(standing: RequestStanding, receipt: Receipt) -> tuple[RequestLine, ...]:
    """Return the lines that the receipt is for: those of its kind, or all of an exemption."""
    if receipt.kind is SeriesKind.EXEMPT:
        return standing.lines
    kind = FeeKind.PHI if receipt.kind is SeriesKind.PHI else FeeKind.LE_PHI
    return tuple(line for line in standing.lines if line.kind is kind and line.amount)


def _collector(uow: SqlUnitOfWork, receipt: Receipt) -> str:
    """Return the name of the person who issued the receipt, or "" when a program did."""
    who, _, staff_id = receipt.issued_by.partition(":")
    return uow.staff.get(receipt.centre_id, staff_id).display_name if who == "staff" else ""
