"""The administrator's pages of other software that is told of payments: who, what, how it went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import Conflict, Invalid
from payments.domain.outgoing import EVENT_NAMES, DeliveryResult, MessageState
from payments.domain.staff import Actor, Permission
from payments.services import manage_subscriptions as service
from payments.services.send_events import resend
from payments.store import queries_outgoing as queries
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence_of_code, status_of
from payments.web.i18n import N_, sentence_of

pages = Blueprint("subscriptions", __name__, url_prefix="/quan-tri/ket-noi/nhan-thong-bao")

ROWS = 50
EVENT_WORDS: Mapping[str, str] = {
    "payment_request.paid": N_("A request has been paid"),
    "payment_request.cancelled": N_("A request has been cancelled"),
    "transfer.taken_back": N_("The bank has taken a transfer back"),
}


@pages.get("/")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """List who is told of payments."""
    return _list(forms.Filled(dict.fromkeys(EVENT_NAMES, "yes")))


@pages.post("/")
@requires(Permission.MANAGE_STAFF)
def add() -> str | tuple[str, int]:
    """Tell an address of payments from now on; its secret is shown in the answer, this once."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            made = service.subscribe(
                uow,
                wiring.world,
                wiring.secret_box,
                actor,
                url=forms.required("url"),
                secret=forms.text("secret") or service.new_secret(wiring.world),
                event_types=[name for name in EVENT_NAMES if forms.is_ticked(name)],
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        shown = {name: value for name, value in request.form.items() if name != "secret"}
        return _list(forms.Filled(shown, forms.Filled.sent(error).errors)), status_of(error)
    # The answer to the form shows the secret: a redirect would have to keep it somewhere.
    return _one(made.subscription_id, made.secret)


@pages.get("/<subscription_id>")
@requires(Permission.SEE_SETTINGS)
def show(subscription_id: str) -> str:
    """Show a subscriber and what it has been told."""
    return _one(subscription_id)


@pages.post("/<subscription_id>/dung")
@requires(Permission.MANAGE_STAFF)
def end(subscription_id: str) -> Response:
    """Tell a subscriber nothing more."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    here = redirect(url_for("subscriptions.show", subscription_id=subscription_id), 303)
    try:
        with wiring.open_uow() as uow:
            service.unsubscribe(uow, wiring.world, actor, subscription_id)
            uow.commit()
    except Conflict:
        # Two clicks end it once.
        return here
    flash(_("This address is told nothing any more."), "good")
    return here


@pages.get("/tin/<message_id>")
@requires(Permission.SEE_SETTINGS)
def message(message_id: str) -> str:
    """Show a message byte for byte, and every attempt with what it was answered."""
    centre_id = current_user().centre_id
    with SqlUnitOfWork(current_wiring().engine, write=False) as uow:
        told = uow.outgoing.message(centre_id, message_id)
        subscription = uow.outgoing.subscription(centre_id, told.subscription_id)
        attempts = queries.attempt_list(uow.session, centre_id, message_id)
    return render_template(
        "admin/outgoing_message.html",
        message=told,
        subscription=subscription,
        attempts=attempts,
        event_word=_event_word,
        result_of=_result,
    )


@pages.post("/tin/<message_id>/gui-lai")
@requires(Permission.MANAGE_STAFF)
def send_again(message_id: str) -> Response:
    """Send a message once more and say how it went."""
    wiring = current_wiring()
    here = redirect(url_for("subscriptions.message", message_id=message_id), HTTPStatus.SEE_OTHER)
    result: DeliveryResult | None = resend(
        wiring.open_uow,
        wiring.world,
        wiring.secret_box,
        wiring.network,
        centre_id=current_user().centre_id,
        message_id=message_id,
    )
    if result is None:
        flash(_("This message is being sent already."), "quiet")
    elif result.is_delivered:
        flash(_("The message has been taken."), "good")
    else:
        why = _result(result.status, result.error)
        flash(_("The message has not been taken: %(why)s", why=why), "bad")
    return here


def _list(form: forms.Filled) -> str:
    """Render the page of all subscribers with the form of a new one."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        known = uow.outgoing.subscriptions(centre_id)
        missing = queries.undelivered(uow.session, centre_id, wiring.world.clock.now())
    return render_template(
        "admin/subscriptions.html",
        subscriptions=sorted(known, key=lambda one: not one.is_enabled),
        missing=missing,
        event_names=EVENT_NAMES,
        event_word=_event_word,
        form=form,
    )


def _one(subscription_id: str, secret: str = "") -> str:
    """Render the page of a subscriber, with the secret that was just made."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    wanted = queries.MessageFilter(_state(request.args.get("state", "")), _before())
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        subscription = uow.outgoing.subscription(centre_id, subscription_id)
        rows = queries.message_list(
            uow.session,
            centre_id,
            subscription_id,
            wanted,
            now=wiring.world.clock.now(),
            limit=ROWS + 1,
        )
    return render_template(
        "admin/subscription.html",
        subscription=subscription,
        secret=secret,
        messages=rows[:ROWS],
        has_more=len(rows) > ROWS,
        wanted=wanted,
        states=tuple(MessageState),
        event_word=_event_word,
        reference_of=_reference,
        result_of=_result,
    )


def _state(text: str) -> MessageState | None:
    return MessageState(text) if text in set(MessageState) else None


def _before() -> int:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _event_word(name: str) -> str:
    """Return what an event is called on the screen."""
    return sentence_of(EVENT_WORDS[name]) if name in EVENT_WORDS else name


def _reference(body: str) -> str:
    """Return the payment code that a message is about, empty when it names none."""
    return str(json.loads(body)["data"].get("reference", ""))


def _result(status: int | None, error: str | None) -> str:
    """Return how an attempt ended: the status, or why no answer came; empty while it is on."""
    if error:
        return sentence_of_code(error, {})
    return str(status) if status else ""
