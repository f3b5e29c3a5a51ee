"""The administrator's page of lasting QR codes: one an account, without a sum, to put up."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from payments.domain.banks import Bank, bank
from payments.domain.centres import BankAccount
from payments.domain.staff import Permission
from payments.web.access import current_user, current_wiring, requires
from payments.web.payment_sheets import static_code, static_sheet
from payments.web.qr_image import qr_png, qr_svg

pages = Blueprint("qr_codes", __name__, url_prefix="/quan-tri/ma-qr")


@dataclass(frozen=True, slots=True)
class LastingCode:
    """An account of the centre and its code."""

    account: BankAccount
    bank: Bank
    payload: str
    picture: str


@pages.get("/")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """Show the code of every account, virtual ones too, with sheets for every counter."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with wiring.open_uow(write=False) as uow:
        centre = uow.centres.get(centre_id)
        accounts = uow.centres.accounts(centre_id)
        counters = uow.centres.counters(centre_id)
    codes = [
        LastingCode(account, bank(account.bank_bin), payload, qr_svg(payload))
        for account in accounts
        for payload in [static_code(centre, account).qr_payload]
    ]
    return render_template("admin/qr_codes.html", codes=codes, counters=counters)


@pages.get("/<account_id>/ma-qr.png")
@requires(Permission.SEE_SETTINGS)
def picture(account_id: str) -> Response:
    """Return the code of an account as a picture."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with wiring.open_uow(write=False) as uow:
        centre = uow.centres.get(centre_id)
        account = uow.centres.account(centre_id, account_id)
    return Response(qr_png(static_code(centre, account).qr_payload), content_type="image/png")


@pages.get("/<account_id>/phieu-<any(a5,a6):paper>.pdf")
@requires(Permission.SEE_SETTINGS)
def sheet(account_id: str, paper: str) -> Response:
    """Return the sheet of an account; ``?quay=`` is the counter that it is put up at."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    counter_id = request.args.get("quay", "")
    with wiring.open_uow(write=False) as uow:
        centre = uow.centres.get(centre_id)
        account = uow.centres.account(centre_id, account_id)
        place = uow.centres.counter(centre_id, counter_id).name if counter_id else ""
    return static_sheet(centre, account, place, paper)
