"""Dossiers at the counter: registered by hand, and what their procedure's fees come to."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payments.domain.business_day import local
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.errors import Conflict, Invalid, InvalidFile, PaymentsError
from payments.domain.fees import Channel, FeeItem, PayerClass, fees_due
from payments.domain.requests import RequestStanding, RequestState
from payments.domain.staff import Actor, Permission
from payments.ports import UnitOfWork
from payments.services.issue_request import issue_request
from payments.services.register_dossiers import NewDossier, register_dossiers
from payments.services.show_on_counter import show_on_counter
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence, status_of
from payments.web.forms import Filled, text

pages = Blueprint("dossiers", __name__, url_prefix="/quay/ho-so")

W = TypeVar("W", bound=StrEnum)


@pages.get("/moi")
@requires(Permission.REGISTER_DOSSIER)
def new() -> str:
    """Show the empty form of a dossier, with the code that was searched in vain."""
    values = {"dossier_code": request.args.get("code", ""), "received_on": ""}
    return _dossier_form(Filled(values))


@pages.post("")
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
    dossier_id = registered.dossier.dossier_id
    return redirect(url_for("dossiers.show", dossier_id=dossier_id), HTTPStatus.SEE_OTHER)


@pages.get("/<dossier_id>")
@requires(Permission.SEE_COUNTER)
def show(dossier_id: str) -> str:
    """Show a dossier with its requests, and the fees that can be asked for."""
    return _dossier_page(dossier_id, Filled())


@pages.post("/<dossier_id>/yeu-cau")
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
    shown = url_for("counter.payment", request_id=standing.request.request_id)
    return redirect(shown, HTTPStatus.SEE_OTHER)


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


def _choice(kind: type[W], field: str) -> W:
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
        raise Invalid("number_wanted", field=name)
    return int(typed)


def _by_field(error: PaymentsError) -> dict[str, str]:
    """Return the sentences of what is wrong with a dossier by the field of our form."""
    problems = error.problems if isinstance(error, InvalidFile) else [error]
    fields = {"code": "dossier_code"}
    return {
        fields.get(where := str(problem.facts.get("field", "")), where): sentence(problem)
        for problem in problems
    }
