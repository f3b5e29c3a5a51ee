"""The cashier's counter: find or register a dossier, ask for its fees, take cash, show the QR."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payments.domain.cash import CashPayment, TillSession
from payments.domain.errors import Conflict, Invalid, PaymentsError
from payments.domain.money import read_dong
from payments.domain.requests import REPLACED, RequestCancellation, RequestState
from payments.domain.staff import Actor, Permission
from payments.services.issue_request import cancel_request
from payments.services.show_on_counter import show_on_counter
from payments.services.take_cash import take_cash
from payments.store import queries_counter
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence, status_of
from payments.web.forms import Filled, text
from payments.web.payment_page import PaymentPage, payment_page
from payments.web.payment_sheets import request_sheet
from payments.web.qr_image import qr_svg

pages = Blueprint("counter", __name__, url_prefix="/quay")

QUICK_NOTES = (50_000, 100_000, 200_000, 500_000)
W = TypeVar("W", bound=StrEnum)
_PAYABLE = frozenset({RequestState.OPEN, RequestState.SHORT, RequestState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Desk:
    """What the cashier's page shows beside the payment itself."""

    page: PaymentPage
    qr: str
    till: TillSession | None
    cash: CashPayment | None
    cancellation: RequestCancellation | None
    form_key: str

    @property
    def can_take_cash(self) -> bool:
        """Whether cash may still be taken: an expired request can be paid at the counter."""
        return self.page.state in _PAYABLE

    @property
    def can_cancel(self) -> bool:
        """Whether the request may be withdrawn: no money for it has come."""
        return self.page.state in {RequestState.OPEN, RequestState.EXPIRED}

    @property
    def is_replaced(self) -> bool:
        """Whether the request was withdrawn because the dossier has a newer one."""
        return self.cancellation is not None and self.cancellation.reason == REPLACED


@pages.get("")
@requires(Permission.SEE_COUNTER)
def index() -> str | Response:
    """Show the search box with what it found, or today's requests."""
    wiring, user = current_wiring(), current_user()
    wanted = request.args.get("q", "").strip()
    now = wiring.world.clock.now()
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        if wanted:
            prefix = uow.centres.get(user.centre_id).reference_prefix
            rows = queries_counter.search(
                uow.session, user.centre_id, wanted, prefix=prefix, now=now
            )
        else:
            rows = queries_counter.requests_of_day(uow.session, user.centre_id, now)
        till = uow.tills.open_session(user.centre_id, user.staff_id)
    # A scanner ends its code with Enter: one hit is opened at once.
    if wanted and len(rows) == 1:
        return redirect(_address(rows[0]), HTTPStatus.SEE_OTHER)
    return render_template(
        "counter/index.html", rows=rows, wanted=wanted, till=till, most=queries_counter.MOST_ROWS
    )


@pages.get("/yeu-cau/<request_id>")
@requires(Permission.SEE_COUNTER)
def payment(request_id: str) -> str:
    """Show everything about one request: fees, QR, cash box, receipts."""
    return _desk_page(request_id, Filled())


@pages.get("/yeu-cau/<request_id>/phieu")
@requires(Permission.SEE_COUNTER)
def slip(request_id: str) -> str:
    """Show the slip that the citizen takes home: how to pay, and the link to follow it."""
    desk = _desk(request_id)
    address = current_wiring().settings.base_url + url_for(
        "public.payment", token=desk.page.standing.request.token
    )
    return render_template(
        "counter/slip.html", page=desk.page, qr=desk.qr, address=address, link_qr=qr_svg(address)
    )


@pages.get("/yeu-cau/<request_id>/phieu-<any(a5,a6):paper>.pdf")
@requires(Permission.SEE_COUNTER)
def sheet(request_id: str, paper: str) -> Response:
    """Return the sheet to pay by as a PDF. Refused when no money is asked for."""
    return request_sheet(_desk(request_id).page, paper)


@pages.post("/yeu-cau/<request_id>/tien-mat")
@requires(Permission.TAKE_CASH)
def cash(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Take cash. The same form sent twice is one payment."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            take_cash(
                uow,
                wiring.world,
                user,
                request_id=request_id,
                tendered=read_dong(text("tendered"), "tendered"),
                form_key=text("form_key"),
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(request_id, error)
    return _to_request(request_id)


@pages.post("/yeu-cau/<request_id>/huy")
@requires(Permission.REGISTER_DOSSIER)
def cancel(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Withdraw a request that no money has come for."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            cancel_request(uow, wiring.world, Actor.of(user), request_id, text("reason"))
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(request_id, error)
    return _to_request(request_id)


@pages.post("/yeu-cau/<request_id>/hien")
@requires(Permission.TAKE_CASH)
def show(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Show the request on the display of the cashier's counter."""
    return _show(request_id, request_id)


@pages.post("/yeu-cau/<request_id>/an")
@requires(Permission.TAKE_CASH)
def hide(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Clear the display of the cashier's counter."""
    return _show(request_id, None)


def _show(request_id: str, shown: str | None) -> Response | tuple[str, HTTPStatus]:
    wiring = current_wiring()
    try:
        with wiring.open_uow() as uow:
            show_on_counter(uow, wiring.world, current_user(), shown)
            uow.commit()
    except Conflict as error:
        return _refused(request_id, error)
    return _to_request(request_id)


def _refused(request_id: str, error: PaymentsError) -> tuple[str, HTTPStatus]:
    """Show the request again with what is wrong, keeping what was typed."""
    form = Filled(request.form.to_dict(), {str(error.facts.get("field", "")): sentence(error)})
    return _desk_page(request_id, form), status_of(error)


def _desk_page(request_id: str, form: Filled) -> str:
    return render_template(
        "counter/request.html", desk=_desk(request_id), form=form, quick_notes=QUICK_NOTES
    )


def _desk(request_id: str) -> Desk:
    """Read what the cashier's page shows. Raises NotFound for a request of another centre."""
    wiring, user = current_wiring(), current_user()
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        standing = uow.requests.standing(user.centre_id, request_id)
        page = payment_page(uow, standing, wiring.world.clock.now())
        return Desk(
            page=page,
            qr=qr_svg(page.qr_payload) if page.is_asking else "",
            till=uow.tills.open_session(user.centre_id, user.staff_id),
            cash=queries_counter.cash_of(uow.session, user.centre_id, request_id),
            cancellation=queries_counter.cancellation_of(uow.session, user.centre_id, request_id),
            form_key=wiring.world.ids.token(),
        )


def _address(row: queries_counter.DossierRow) -> str:
    """Return the page of a dossier's newest request, or of the dossier when it has none."""
    if row.request_id is not None:
        return url_for("counter.payment", request_id=row.request_id)
    return url_for("dossiers.show", dossier_id=row.dossier_id)


def _to_request(request_id: str) -> Response:
    return redirect(url_for("counter.payment", request_id=request_id), HTTPStatus.SEE_OTHER)
