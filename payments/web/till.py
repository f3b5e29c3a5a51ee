"""The cashier's till: open it with its float, count it blind, see the difference afterwards."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payments.domain.cash import DENOMINATIONS
from payments.domain.errors import Conflict, Invalid, NotFound, PaymentsError
from payments.domain.money import read_dong
from payments.domain.staff import Permission
from payments.services.run_till import close_till, open_till
from payments.store import queries_counter
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence, status_of
from payments.web.forms import Filled, text

pages = Blueprint("till", __name__, url_prefix="/ca-thu")

# More notes of one kind than any drawer holds.
_MOST_DIGITS = 6


@pages.get("")
@requires(Permission.TAKE_CASH)
def show() -> str:
    """Show the open session with its count form, or the form that opens one."""
    return _till_page(Filled())


@pages.post("/mo")
@requires(Permission.TAKE_CASH)
def open_session() -> Response | tuple[str, HTTPStatus]:
    """Open a session at a counter."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            open_till(
                uow,
                wiring.world,
                user,
                counter_id=text("counter"),
                float_amount=read_dong(text("float_amount") or "0", "float_amount"),
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(error)
    return redirect(url_for("counter.index"), HTTPStatus.SEE_OTHER)


@pages.post("/dong")
@requires(Permission.TAKE_CASH)
def close() -> Response | tuple[str, HTTPStatus]:
    """Close the session with the notes as counted; only then is the expected sum told."""
    wiring, user = current_wiring(), current_user()
    try:
        with wiring.open_uow() as uow:
            closing = close_till(
                uow,
                wiring.world,
                user,
                counts={note: _count(note) for note in DENOMINATIONS},
                reason=text("reason"),
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        return _refused(error)
    return redirect(url_for("till.sheet", session_id=closing.session_id), HTTPStatus.SEE_OTHER)


@pages.get("/<session_id>")
@requires(Permission.SEE_COUNTER)
def sheet(session_id: str) -> str:
    """Show the count sheet of a closed session, to print and sign.

    A cashier sees their own sheets, finance and auditors every one. Raises NotFound while the
    session is open: the count is blind.
    """
    user = current_user()
    with current_wiring().open_uow(write=False) as uow:
        session = uow.tills.session(user.centre_id, session_id)
        is_own = session.staff_id == user.staff_id
        closing = uow.tills.closing(user.centre_id, session_id)
        if closing is None or not (is_own or user.may(Permission.SEE_FINANCE)):
            raise NotFound("till_session_unknown")
        cashier = uow.staff.get(user.centre_id, session.staff_id)
        counter = uow.centres.counter(user.centre_id, session.counter_id)
        centre = uow.centres.get(user.centre_id)
    counts = {int(note): quantity for note, quantity in json.loads(closing.counts).items()}
    return render_template(
        "counter/till_sheet.html",
        session=session,
        closing=closing,
        cashier=cashier,
        counter=counter,
        centre=centre,
        counted=[(note, counts.get(note, 0)) for note in DENOMINATIONS],
    )


def _refused(error: PaymentsError) -> tuple[str, HTTPStatus]:
    """Show the page again with what is wrong, keeping what was typed."""
    form = Filled(request.form.to_dict(), {str(error.facts.get("field", "")): sentence(error)})
    return _till_page(form), status_of(error)


def _till_page(form: Filled) -> str:
    wiring, user = current_wiring(), current_user()
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        session = uow.tills.open_session(user.centre_id, user.staff_id)
        counters = uow.centres.counters(user.centre_id)
        taken = {one.counter_id for one in uow.tills.open_sessions(user.centre_id)}
        past = queries_counter.till_sessions(uow.session, user.centre_id, user.staff_id)
    return render_template(
        "counter/till.html",
        session=session,
        counters=counters,
        taken=taken,
        past=[row for row in past if row.closed_at],
        denominations=DENOMINATIONS,
        form=form,
    )


def _count(note: int) -> int:
    """Return how many of a note were counted; an empty field is none. Raises Invalid."""
    name = f"note_{note}"
    typed = text(name) or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS):
        raise Invalid("number_wanted", field=name)
    return int(typed)
