"""Take in what a bank has posted: keep the bytes, record the transfers, pay the requests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from payments.domain.adapters import Answer, TokenRequest
from payments.domain.bank_messages import (
    BankReply,
    ReplyKind,
    TransferNotice,
    checked,
    storable,
)
from payments.domain.breaks import BreakKind
from payments.domain.centres import Centre
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.domain.transfers import BankMessage, Outcome
from payments.ports import Clock, UnitOfWork, World
from payments.services.hear_delivery import Delivery, Heard, hear, open_once
from payments.services.keep_headers import kept_headers, kept_text
from payments.services.record_event import record
from payments.services.record_tellings import Context, Recorded, Told, record_tellings

_KINDS = {
    Outcome.UNKNOWN: ReplyKind.UNKNOWN_REFERENCE,
    Outcome.SHORT: ReplyKind.WRONG_AMOUNT,
    Outcome.OVER: ReplyKind.WRONG_AMOUNT,
}


@dataclass(frozen=True, slots=True)
class Received:
    """What to answer a delivery after the commit, and what became of its notices.

    ``said`` is the answer in the provider's words; ``unreadable`` says why nothing was recorded.
    """

    reply: ReplyKind
    recorded: tuple[Recorded, ...] = ()
    said: BankReply | None = None
    unreadable: Invalid | None = None


def receive_deliveries(
    uow: UnitOfWork, world: World, deliveries: Sequence[Delivery]
) -> list[Received]:
    """Take in authenticated deliveries of one centre together; the caller commits.

    Every delivery is kept with what it is answered. One answer a delivery, in the same order.
    """
    if not deliveries:
        return []
    centre = uow.centres.lock(deliveries[0].endpoint.centre_id)
    clock, world = world.clock, world.at_one_instant()
    deliveries = [_checked(delivery) for delivery in deliveries]
    ids = [world.ids.new() for _ in deliveries]
    answers: list[Received | None] = [None] * len(deliveries)
    groups: dict[str, list[int]] = {}
    for position, delivery in enumerate(deliveries):
        if delivery.unreadable is not None:
            answers[position] = _unreadable(uow, world, clock, delivery, ids[position])
        else:
            groups.setdefault(delivery.endpoint.endpoint_id, []).append(position)
    for positions in groups.values():
        context = context_of(uow, world, centre, deliveries[positions[0]])
        heard = [hear(context, deliveries[at], ids[at]) for at in positions]
        recorded = iter(record_tellings(context, [told for one in heard for told in one.tellings]))
        for position, one in zip(positions, heard, strict=True):
            own = tuple(islice(recorded, len(one.tellings)))
            kind = _kind_of(one, own)
            answer = Answer(kind, deliveries[position].events, one.bill)
            said = _keep(uow, clock, deliveries[position], ids[position], answer)
            answers[position] = Received(kind, own, said)
    return [answer for answer in answers if answer is not None]


def context_of(uow: UnitOfWork, world: World, centre: Centre, delivery: Delivery) -> Context:
    """Return what stays the same over all that one connection tells."""
    actor = Actor(centre.centre_id, f"endpoint:{delivery.endpoint.endpoint_id}")
    return Context(uow, world, actor, centre, delivery.account, delivery.teller)


def _checked(delivery: Delivery) -> Delivery:
    """Return a delivery whose notices can be kept, or one that says which field cannot."""
    try:
        events = tuple(
            checked(event) if isinstance(event, TransferNotice) else event
            for event in delivery.events
        )
    except Invalid as error:
        return replace(delivery, events=(), unreadable=error)
    return replace(delivery, events=events)


def _keep(
    uow: UnitOfWork, clock: Clock, delivery: Delivery, message_id: str, answer: Answer
) -> BankReply | None:
    """Keep the bytes as they came, with what they are answered; return the answer.

    The answer to a request for a token is a secret of the provider's, so it is not kept.
    """
    said = delivery.speak(answer) if delivery.speak else None
    shown = said or BankReply(0, b"", "")
    is_secret = any(isinstance(event, TokenRequest) for event in answer.events)
    request, now = delivery.request, clock.now()
    came_at = delivery.came_at or now
    message = BankMessage(
        centre_id=delivery.endpoint.centre_id,
        message_id=message_id,
        endpoint_id=delivery.endpoint.endpoint_id,
        received_at=came_at,
        method=request.method,
        path=request.path,
        query=storable(kept_text(request.query, delivery.hidden)),
        remote_address=request.remote_address[:64],
        headers=kept_headers(request, delivery.hidden),
        body=request.body,
        body_sha256=hashlib.sha256(request.body).hexdigest(),
        verdict=answer.kind,
        problem=storable(f"{answer.problem} {answer.field}".strip(), 200),
        reply_status=shown.status,
        reply_type=shown.content_type[:100],
        reply_body=b"" if is_secret else shown.body,
        handled_ms=max(0, (now - came_at) // timedelta(milliseconds=1)),
    )
    uow.add(message)
    return said


def _kind_of(heard: Heard, recorded: Sequence[Recorded]) -> ReplyKind:
    """Return what a provider is told, which is one thing even if it told of several."""
    kinds = set(heard.kinds)
    for told, one in zip(heard.tellings, recorded, strict=True):
        kinds.add(_kind_of_one(told, one))
    return kinds.pop() if len(kinds) == 1 else ReplyKind.ACCEPTED


def _kind_of_one(told: Told, recorded: Recorded) -> ReplyKind:
    """Return what a provider is told of a transfer that has been recorded."""
    if told.is_provisional:
        return ReplyKind.ACCEPTED
    if recorded.is_repeat:
        return ReplyKind.REPEATED if recorded.agrees else ReplyKind.WRONG_AMOUNT
    return _KINDS.get(recorded.transfer.outcome, ReplyKind.ACCEPTED)


def _unreadable(
    uow: UnitOfWork, world: World, clock: Clock, delivery: Delivery, message_id: str
) -> Received:
    """Keep bytes that nobody could read, once however often they are sent, and tell a person."""
    problem = delivery.unreadable or Invalid("nothing_read")
    field_name = str(problem.facts.get("field", "body"))
    answer = Answer(ReplyKind.UNREADABLE, field=field_name, problem=problem.code)
    centre_id = delivery.endpoint.centre_id
    digest = hashlib.sha256(delivery.request.body).hexdigest()
    if uow.transfers.message_seen(centre_id, digest) is None:
        actor = Actor(centre_id, f"endpoint:{delivery.endpoint.endpoint_id}")
        said = _keep(uow, clock, delivery, message_id, answer)
        open_once(uow, world, actor, BreakKind.UNREADABLE, message_id, 0)
        record(
            uow, world, actor, "message.unreadable", message_id,
            code=problem.code, field=field_name,
        )  # fmt: skip
    else:
        said = delivery.speak(answer) if delivery.speak else None
    return Received(ReplyKind.UNREADABLE, said=said, unreadable=problem)
