"""The kept deliveries of banks: listed, filtered, shown byte for byte, and read again."""

from __future__ import annotations

import json
from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.bank_messages import ReplyKind
from payments.domain.errors import Invalid, NotFound
from payments.domain.staff import Actor, Permission
from payments.services.replay_delivery import replay_delivery
from payments.store import queries_deliveries as queries
from payments.store.queries_settings import endpoint_rows
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence, sentence_of_problem

pages = Blueprint("deliveries", __name__, url_prefix="/quan-tri/ket-noi/thong-diep")

ROWS = 50
VERDICTS = (
    ReplyKind.ACCEPTED,
    ReplyKind.REPEATED,
    ReplyKind.UNKNOWN_REFERENCE,
    ReplyKind.WRONG_AMOUNT,
    ReplyKind.UNREADABLE,
)
"""The verdicts of deliveries that are kept; of refused ones there is a line in the log."""
_LONGEST = 128


@pages.get("/")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """List deliveries, the newest first."""
    wanted = queries.DeliveryFilter(
        endpoint_id=_asked("address"),
        verdict=_asked("verdict"),
        day=_day(_asked("day")),
        event_id=_asked("event"),
        before=_asked("before"),
    )
    centre_id = current_user().centre_id
    with SqlUnitOfWork(current_wiring().engine, write=False) as uow:
        rows = queries.delivery_list(uow.session, centre_id, wanted, limit=ROWS + 1)
        endpoints = endpoint_rows(uow.session, centre_id)
    return render_template(
        "admin/deliveries.html",
        deliveries=rows[:ROWS],
        has_more=len(rows) > ROWS,
        wanted=wanted,
        endpoints=endpoints,
        verdicts=VERDICTS,
        verdict_of=_verdict,
        problem_of=sentence_of_problem,
    )


@pages.get("/<message_id>")
@requires(Permission.SEE_SETTINGS)
def show(message_id: str) -> str:
    """Show a delivery: what came, what it was answered, and which transfers it speaks of."""
    centre_id = current_user().centre_id
    with SqlUnitOfWork(current_wiring().engine, write=False) as uow:
        message = queries.delivery(uow.session, centre_id, message_id)
        transfers = queries.told_transfers(uow.session, centre_id, message_id)
    return render_template(
        "admin/delivery.html",
        message=message,
        headers=json.loads(message.headers),
        body=message.body.decode("utf-8", "backslashreplace"),
        reply=message.reply_body.decode("utf-8", "backslashreplace"),
        transfers=transfers,
        verdict=_verdict(message.verdict),
        problem=sentence_of_problem(message.problem),
    )


@pages.post("/<message_id>/doc-lai")
@requires(Permission.MANAGE_STAFF)
def replay(message_id: str) -> Response:
    """Read a delivery again; transfers that are known already are left alone."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    here = redirect(url_for("deliveries.show", message_id=message_id), HTTPStatus.SEE_OTHER)
    with SqlUnitOfWork(wiring.engine) as uow:
        message = queries.delivery(uow.session, actor.centre_id, message_id)
        adapter = wiring.adapters.get(uow.centres.endpoint(message.endpoint_id).adapter)
        if adapter is None:
            raise NotFound("endpoints_unknown")
        try:
            done = replay_delivery(uow, wiring.world, wiring.secret_box, actor, adapter, message)
        except Invalid as error:
            flash(sentence(error), "bad")
            return here
        uow.commit()
    if done.recorded:
        flash(_("Transfers recorded: %(count)s.", count=len(done.recorded)), "good")
    else:
        flash(_("Everything in this message is known already. Nothing was changed."), "quiet")
    return here


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()[:_LONGEST]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _verdict(verdict: str) -> ReplyKind | None:
    """Return the kind of answer that a delivery was given; of old ones nobody knows it."""
    return ReplyKind(verdict) if verdict in set(ReplyKind) else None
