"""A receipt for its holder: the page that proves it is real, and the document to keep."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from payments.domain.masking import masked_name
from payments.domain.receipts import printed_number
from payments.exports.receipt_pdf import receipt_pdf
from payments.store.queries_receipts import ReceiptSheet, receipt_sheet
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import current_wiring, public
from payments.web.qr_image import qr_svg

pages = Blueprint("receipts", __name__)


@pages.get("/r/<token>")
@public
def check(token: str) -> str:
    """Show what the receipt of a link says, so that a paper can be compared with it."""
    sheet = _sheet(token)
    return render_template(
        "receipts/check.html",
        sheet=sheet,
        number=printed_number(sheet.receipt.number),
        payer=masked_name(sheet.receipt.payer),
    )


@pages.get("/r/<token>.pdf")
@public
def pdf(token: str) -> Response:
    """Return the receipt as a PDF."""
    sheet = _sheet(token)
    address = current_wiring().settings.base_url + url_for("receipts.check", token=token)
    document = receipt_pdf(sheet, check_address=address, qr_svg=qr_svg(address))
    name = f"bien-lai-{sheet.series.serial}-{printed_number(sheet.receipt.number)}.pdf"
    response = Response(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _sheet(token: str) -> ReceiptSheet:
    """Read a receipt. Raises NotFound."""
    with SqlUnitOfWork(current_wiring().engine, write=False) as uow:
        return receipt_sheet(uow, token)
