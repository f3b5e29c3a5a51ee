"""A receipt as a PDF, in the layout of the printed fee receipt.

Source: the content that article 32 of Decree 123/2020/ND-CP asks of a receipt, and the layout of
the self-printed form: agency left, national title right, pattern, serial and number under it.
"""

from __future__ import annotations

from payments.domain.business_day import local
from payments.domain.money import in_digits, in_words
from payments.domain.receipts import PaymentMethod, SeriesKind, printed_number
from payments.exports.typeset import typeset
from payments.store.queries_receipts import ReceiptSheet

_TITLES = {
    SeriesKind.PHI: "Biên lai thu tiền phí",
    SeriesKind.LE_PHI: "Biên lai thu tiền lệ phí",
    SeriesKind.EXEMPT: "Phiếu xác nhận miễn phí, lệ phí",
}
_METHODS = {
    PaymentMethod.CASH: "Tiền mặt",
    PaymentMethod.TRANSFER: "Chuyển khoản",
    PaymentMethod.MIXED: "Tiền mặt và chuyển khoản",
    PaymentMethod.NONE: "Không thu tiền",
}


def receipt_pdf(sheet: ReceiptSheet, *, check_address: str, qr_svg: str) -> bytes:
    """Return the PDF of a receipt; the same sheet gives the same bytes.

    ``check_address`` is the page on which anyone can check it, ``qr_svg`` the picture of that.
    """
    return typeset(
        "receipt.typ",
        _words(sheet, check_address),
        qr_svg=qr_svg,
        timestamp=int(sheet.receipt.issued_at.timestamp()),
    )


def _words(sheet: ReceiptSheet, check_address: str) -> dict[str, object]:
    """Return every text of the receipt, ready to print."""
    receipt = sheet.receipt
    issued = local(receipt.issued_at)
    in_full = in_words(receipt.amount, even=receipt.amount > 0)
    return {
        "agency": sheet.centre.name,
        "address": sheet.centre.address,
        "tax_code": sheet.centre.tax_code,
        "title": _TITLES[receipt.kind],
        "pattern": sheet.series.pattern,
        "serial": sheet.series.serial,
        "number": printed_number(receipt.number),
        "payer": receipt.payer,
        "dossier": sheet.dossier.code,
        "procedure": sheet.procedure,
        "lines": [
            [
                line.name,
                in_digits(line.quantity),
                in_digits(line.unit_amount),
                in_digits(line.amount),
            ]
            for line in sheet.lines
        ],
        "total": in_digits(receipt.amount),
        "words": f"{in_full}./.",
        "method": _METHODS[receipt.method],
        "date": f"Ngày {issued:%d} tháng {issued:%m} năm {issued:%Y}",
        "moment": f"{issued:%d/%m/%Y %H:%M}",
        "collector": sheet.collector,
        "check": check_address,
    }
