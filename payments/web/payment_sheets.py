"""The sheets to pay by, as files to print: one for a request, one for a counter or an account."""

from __future__ import annotations

from flask import Response, url_for

from payments.domain.centres import BankAccount, Centre
from payments.exports.payment_sheet import Paper, PaymentSheet, payment_sheet_pdf
from payments.web.access import current_wiring
from payments.web.payment_page import PaymentPage
from payments.web.qr_image import qr_svg


def request_sheet(page: PaymentPage, paper: str) -> Response:
    """Return the sheet of a request. Raises Conflict when no money is asked for.

    It names the dossier and nobody: it is the same for the cashier and for whoever has the link.
    """
    page.refuse_unless_asking()
    asked = page.standing.request
    address = url_for("public.payment", token=asked.token)
    sheet = PaymentSheet(
        centre=page.centre.name,
        bin=page.account.bank_bin,
        account=page.account.account_number,
        holder=page.account.holder,
        amount=page.standing.due,
        text=asked.reference,
        expires_at=asked.expires_at,
        dossier=page.standing.dossier.code,
        link=current_wiring().settings.base_url + address,
    )
    return _file(sheet, Paper(paper), f"phieu-thanh-toan-{asked.reference}")


def static_sheet(centre: Centre, account: BankAccount, place: str, paper: str) -> Response:
    """Return the sheet of an account, to be put up at ``place``; the payer types the sum."""
    return _file(
        static_code(centre, account, place), Paper(paper), f"ma-qr-{account.account_number}"
    )


def static_code(centre: Centre, account: BankAccount, place: str = "") -> PaymentSheet:
    """Return what the sheet of an account says."""
    return PaymentSheet(
        centre=centre.name,
        bin=account.bank_bin,
        account=account.account_number,
        holder=account.holder,
        place=place,
    )


def _file(sheet: PaymentSheet, paper: Paper, name: str) -> Response:
    """Return a sheet as a PDF that browsers show."""
    document = payment_sheet_pdf(sheet, paper=paper, qr_svg=qr_svg(sheet.qr_payload))
    response = Response(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{paper.value}.pdf"'
    return response
