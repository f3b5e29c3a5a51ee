"""The cashier's counter: find or register a dossier, ask for its fees, take cash, show the QR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payments.domain.business_day import local
from payments.domain.cash import CashPayment, TillSession
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.errors import Conflict, Invalid, InvalidFile, PaymentsError
from payments.domain.fees import Channel, FeeItem, PayerClass, fees_due
from payments.domain.money import read_dong
from payments.domain.requests import RequestCancellation, RequestStanding, RequestState
from payments.domain.staff import Actor, Permission
from payments.ports import UnitOfWork
from payments.services.issue_request import cancel_request, issue_request
from payments.services.register_dossiers import NewDossier, register_dossiers
from payments.services.show_on_counter import show_on_counter
from payments.services.take_cash import take_cash
from payments.store import queries_counter
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence, status_of
from payments.web.forms import Filled, text
from payments.web.payment_page import PaymentPage, payment_page
from payments.web.qr_image import qr_svg

pages = Blueprint("counter", __name__, url_prefix="/counter")

QUICK_NOTES = (50_000, 100_000, 200_000, 500_000)
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
        return _to_dossier(rows[0].dossier_id, rows[0].request_id)
    return render_template("counter/index.html", rows=rows, wanted=wanted, till=till)


@pages.get("/dossiers/new")
@requires(Permission.REGISTER_DOSSIER)
def new_dossier() -> str:
    """Show the empty form of a dossier, with the code that was searched in vain."""
    values = {"dossier_code": request.args.get("code", ""), "received_on": ""}
    return _dossier_form(Filled(values))


@pages.post("/dossiers")
@requires(Permission.REGISTER_DOSSIER)
def register() -> Response | tuple[str, HTTPStatus]:
    """Register a dossier by hand."""
    wiring, user = current_wiring(), current_user()
    try:
        item = NewDossier(
            where="form",
            code=text("dossier_code"),
            procedure_code=text("procedure"),
            applicant=text("applicant"),
            second_factor=text("second_factor"),
            received_on=local(wiring.world.clock.now()).date(),
            channel=_choice(Channel, "channel"),
            payer_class=_choice(PayerClass, "payer_class"),
        )
        with wiring.open_uow() as uow:
            [registered] = register_dossiers(
                uow, wiring.world, Actor.of(user), DossierSource.COUNTER, [item]
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        form = Filled(request.form.to_dict(), _by_field(error))
        return _dossier_form(form), status_of(error)
    standing = registered.standing
    return _to_dossier(
        registered.dossier.dossier_id, standing.request.request_id if standing else None
    )


@pages.get("/dossiers/<dossier_id>")
@requires(Permission.SEE_COUNTER)
def dossier(dossier_id: str) -> str:
    """Show a dossier with its requests, and the fees that can be asked for."""
    return _dossier_page(dossier_id, Filled())


@pages.post("/dossiers/<dossier_id>/requests")
@requires(Permission.REGISTER_DOSSIER)
def issue(dossier_id: str) -> Response | tuple[str, HTTPStatus]:
    """Ask for the fees of a dossier, and show the request on the counter's display."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            found = uow.requests.dossier(user.centre_id, dossier_id)
            quantities = {
                item.fee_code: quantity
                for item in _fees(uow, found)
                if (quantity := _quantity(item.fee_code))
            }
            standing = issue_request(
                uow,
                wiring.world,
                Actor.of(user),
                found,
                quantities,
                expires_in=timedelta(days=wiring.settings.request_days),
            )
            if uow.tills.open_session(user.centre_id, user.staff_id):
                show_on_counter(uow, wiring.world, user, standing.request.request_id)
            uow.commit()
    except (Invalid, Conflict) as error:
        form = Filled(request.form.to_dict(), {"": sentence(error)})
        return _dossier_page(dossier_id, form), status_of(error)
    return _to_request(standing.request.request_id)


@pages.get("/requests/<request_id>")
@requires(Permission.SEE_COUNTER)
def payment(request_id: str) -> str:
    """Show everything about one request: fees, QR, cash box, receipts."""
    return _desk_page(request_id, Filled())


@pages.get("/requests/<request_id>/slip")
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


@pages.post("/requests/<request_id>/cash")
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
                form_key=text("form_key")[:64],
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(request_id, error)
    return _to_request(request_id)


@pages.post("/requests/<request_id>/cancel")
@requires(Permission.REGISTER_DOSSIER)
def cancel(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Withdraw a request that no money has come for."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            cancel_request(uow, wiring.world, Actor.of(user), request_id, text("reason")[:400])
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(request_id, error)
    return _to_request(request_id)


@pages.post("/requests/<request_id>/show")
@requires(Permission.TAKE_CASH)
def show(request_id: str) -> Response | tuple[str, HTTPStatus]:
    """Show the request on the display of the cashier's counter."""
    return _show(request_id, request_id)


@pages.post("/requests/<request_id>/hide")
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


def _dossier_page(dossier_id: str, form: Filled) -> str:
    wiring, user = current_wiring(), current_user()
    now = wiring.world.clock.now()
    with wiring.open_uow(write=False) as uow:
        found = uow.requests.dossier(user.centre_id, dossier_id)
        standings = uow.requests.of_dossier(user.centre_id, dossier_id)
        fees = _fees(uow, found)
        procedure = uow.centres.procedure(user.centre_id, found.procedure_code)
    rows: list[tuple[RequestStanding, RequestState]] = [(one, one.state(now)) for one in standings]
    return render_template(
        "counter/dossier.html",
        dossier=found,
        procedure=procedure,
        rows=rows,
        fees=fees,
        can_issue=all(state not in {RequestState.OPEN, RequestState.SHORT} for _, state in rows),
        form=form,
    )


def _fees(uow: UnitOfWork, found: Dossier) -> tuple[FeeItem, ...]:
    """Return the fees in force today for a dossier's procedure, channel and payer."""
    return fees_due(
        uow.centres.fee_items(found.centre_id, found.procedure_code),
        day=local(current_wiring().world.clock.now()).date(),
        channel=found.channel,
        payer_class=found.payer_class,
    )


def _dossier_form(form: Filled) -> str:
    user = current_user()
    with current_wiring().open_uow(write=False) as uow:
        procedures = uow.centres.procedures(user.centre_id)
    return render_template(
        "counter/new_dossier.html",
        form=form,
        procedures=procedures,
        channels=[channel for channel in Channel if channel is not Channel.ANY],
        payer_classes=[payer for payer in PayerClass if payer is not PayerClass.ANY],
    )


def _choice(kind: type[Channel] | type[PayerClass], field: str) -> Channel | PayerClass:
    """Return the word of a list that was chosen. Raises Invalid."""
    chosen = text(field)
    if chosen == "any" or chosen not in list(kind):
        raise Invalid("field_missing", field=field)
    return kind(chosen)


def _quantity(fee_code: str) -> int:
    """Return how many units of a fee are asked for; an empty field or 0 leaves the fee out."""
    name = f"quantity_{fee_code}"
    typed = text(name) or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        raise Invalid("quantity_unreadable", field=name)
    return int(typed)


def _by_field(error: PaymentsError) -> dict[str, str]:
    """Return the sentences of what is wrong with a dossier by the field of our form."""
    problems = error.problems if isinstance(error, InvalidFile) else [error]
    fields = {"code": "dossier_code"}
    return {
        fields.get(where := str(problem.facts.get("field", "")), where): sentence(problem)
        for problem in problems
    }


def _to_dossier(dossier_id: str, request_id: str | None) -> Response:
    """Go to a dossier's request, or to the dossier when nothing has been asked for yet."""
    if request_id is not None:
        return _to_request(request_id)
    return redirect(url_for("counter.dossier", dossier_id=dossier_id), HTTPStatus.SEE_OTHER)


def _to_request(request_id: str) -> Response:
    return redirect(url_for("counter.payment", request_id=request_id), HTTPStatus.SEE_OTHER)
