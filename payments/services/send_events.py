"""Tell other software of payments: make messages of the audit log, send them, keep what came of it.

The audit log is the outbox: an event is written in the transaction of the change that it tells of,
so nothing is told that did not happen, and nothing that happened is left out.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from payments.domain.adapters import OutgoingRequest
from payments.domain.audit import AuditEvent, canonical_json
from payments.domain.bank_messages import storable
from payments.domain.errors import Conflict, NotFound, Unavailable
from payments.domain.outgoing import (
    EVENT_TYPES,
    KEPT_TRYING,
    DeliveryAttempt,
    DeliveryResult,
    OutgoingMessage,
    Subscription,
    Waiting,
    signature,
)
from payments.ports import OpenUnitOfWork, SecretBox, UnitOfWork, World
from payments.ports.network import Network
from payments.services.manage_subscriptions import secret_row

_AT_ONCE = 200
_MOST_ANSWER_BYTES = 4096
_LONGEST_ERROR = 200
_LONGEST_ANSWER = 1000


def send_events(
    open_uow: OpenUnitOfWork, world: World, box: SecretBox, network: Network, centre_id: str
) -> int:
    """Send every message of a centre that is due; return how many were delivered."""
    with open_uow(write=False) as uow:
        known = uow.outgoing.subscriptions(centre_id)
    if not any(one.is_enabled for one in known):
        # Nobody is to be told, so nobody waits for the centre's lock.
        return 0
    with open_uow() as uow:
        _collect(uow, world, centre_id)
        uow.commit()
    now = world.clock.now()
    with open_uow(write=False) as uow:
        waiting = uow.outgoing.waiting(centre_id, since=now - KEPT_TRYING, limit=_AT_ONCE)
        told = {one.subscription_id: one for one in uow.outgoing.subscriptions(centre_id)}
    delivered = 0
    for one in waiting:
        subscription = told[one.message.subscription_id]
        if subscription.is_enabled and one.is_due(now):
            result = _attempt(open_uow, world, box, network, subscription, one)
            delivered += result is not None and result.is_delivered
    return delivered


def resend(
    open_uow: OpenUnitOfWork,
    world: World,
    box: SecretBox,
    network: Network,
    *,
    centre_id: str,
    message_id: str,
) -> DeliveryResult | None:
    """Send a message once more, whatever became of it before. None when another process does it.

    Raises NotFound for a message of no subscriber of this centre, Conflict for a subscriber that
    is told nothing any more.
    """
    with open_uow(write=False) as uow:
        message = uow.outgoing.message(centre_id, message_id)
        subscription = uow.outgoing.subscription(centre_id, message.subscription_id)
        attempts = uow.outgoing.attempts(centre_id, message_id)
    if not subscription.is_enabled:
        raise Conflict("subscription_ended")
    return _attempt(
        open_uow, world, box, network, subscription, Waiting(message, attempts, None, None)
    )


def _collect(uow: UnitOfWork, world: World, centre_id: str) -> None:
    """Make messages of the events that each subscription has not been told of."""
    uow.centres.lock(centre_id)
    for subscription in uow.outgoing.subscriptions(centre_id):
        if not subscription.is_enabled:
            continue
        events = uow.outgoing.events_after(centre_id, subscription.read_through, _AT_ONCE)
        for event in events:
            if subscription.wants(EVENT_TYPES.get(event.action, "")):
                uow.add(_message(uow, world, subscription, event))
        if events:
            uow.replace(replace(subscription, read_through=events[-1].seq))


def _message(
    uow: UnitOfWork, world: World, subscription: Subscription, event: AuditEvent
) -> OutgoingMessage:
    """Say an event in the form that others are told it in."""
    told = EVENT_TYPES[event.action]
    data = {"id": event.subject_id, **json.loads(event.detail), **_about(uow, event)}
    body = canonical_json({"type": told, "timestamp": event.at.isoformat(), "data": data})
    return OutgoingMessage(
        centre_id=event.centre_id,
        message_id=world.ids.new(),
        subscription_id=subscription.subscription_id,
        seq=event.seq,
        event_type=told,
        body=body,
        created_at=world.clock.now(),
    )


def _about(uow: UnitOfWork, event: AuditEvent) -> dict[str, object]:
    """Return the dossier and the reference that an event of a request is about."""
    try:
        standing = uow.requests.standing(event.centre_id, event.subject_id)
    except NotFound:
        return {}
    return {
        "dossier_code": standing.dossier.code,
        "reference": standing.request.reference,
        "total": standing.request.total,
        "paid": standing.paid,
    }


def _attempt(
    open_uow: OpenUnitOfWork,
    world: World,
    box: SecretBox,
    network: Network,
    subscription: Subscription,
    waiting: Waiting,
) -> DeliveryResult | None:
    """Send a message once; None when another process has taken this attempt."""
    message, number = waiting.message, waiting.attempts + 1
    started = world.clock.now()
    try:
        with open_uow() as uow:
            uow.add(DeliveryAttempt(message.centre_id, message.message_id, number, started))
            uow.commit()
    except Conflict:
        return None
    status, error, answer = _send(box, network, subscription, message, int(started.timestamp()))
    ended = world.clock.now()
    result = DeliveryResult(
        centre_id=message.centre_id,
        message_id=message.message_id,
        attempt=number,
        status=status,
        error=error[:_LONGEST_ERROR],
        milliseconds=max(0, (ended - started) // timedelta(milliseconds=1)),
        ended_at=ended,
        answer=storable(answer, _LONGEST_ANSWER),
    )
    with open_uow() as uow:
        uow.add(result)
        if result.wants_no_more:
            uow.centres.lock(message.centre_id)
            known = uow.outgoing.subscription(message.centre_id, subscription.subscription_id)
            uow.replace(replace(known, is_enabled=False))
        uow.commit()
    return result


def _send(
    box: SecretBox,
    network: Network,
    subscription: Subscription,
    message: OutgoingMessage,
    timestamp: int,
) -> tuple[int, str, str]:
    """Send a message; return status and answer, or 0 and between them why no answer came."""
    body = message.body.encode()
    try:
        secret = box.open(subscription.secret_box, row=secret_row(subscription.subscription_id))
        headers = (
            ("Content-Type", "application/json"),
            ("webhook-id", message.message_id),
            ("webhook-timestamp", str(timestamp)),
            ("webhook-signature", signature(secret.decode(), message.message_id, timestamp, body)),
        )
        request = OutgoingRequest("POST", subscription.url, headers, body)
        answer = network.send(request, most_bytes=_MOST_ANSWER_BYTES)
    except Unavailable as problem:
        return 0, problem.code, ""
    return answer.status, "", answer.body.decode("utf-8", "replace")
