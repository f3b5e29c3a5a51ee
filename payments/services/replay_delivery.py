"""Read a kept delivery again: after an adapter was mended, or when somebody doubts it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from payments.domain.adapters import Credentials, Event
from payments.domain.bank_messages import (
    BankRequest,
    TransferNotice,
    TransferStatus,
    checked,
)
from payments.domain.centres import Endpoint
from payments.domain.errors import Invalid, NotAuthenticated
from payments.domain.staff import Actor
from payments.domain.transfers import BankMessage, Teller
from payments.ports import AnswersOrders, BankAdapter, SecretBox, UnitOfWork, World
from payments.services.ask_about_order import ANSWER
from payments.services.authenticate_delivery import read_events
from payments.services.hear_delivery import Delivery, hear
from payments.services.keep_secrets import credentials_of
from payments.services.record_event import record
from payments.services.record_polled import POLLED
from payments.services.record_tellings import Context, Recorded, record_tellings


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a delivery says now: its events, and those of them that nobody had told before."""

    events: tuple[Event, ...]
    recorded: tuple[Recorded, ...]


def replay_delivery(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    message: BankMessage,
) -> Replayed:
    """Read a delivery's bytes again and record the booked transfers that nobody has told of yet.

    Its sender was proven when it came; what proved it is not kept. Events that are known already
    are left alone, so that a second replay does nothing. The caller commits. Raises Invalid naming
    the field when the bytes can still not be read, and for the answer to a poll: ask again instead.
    """
    if message.method == POLLED:
        raise Invalid("message_polled", field="message")
    centre = uow.centres.lock(actor.centre_id)
    world = world.at_one_instant()
    endpoint = uow.centres.endpoint(message.endpoint_id)
    credentials = credentials_of(box, endpoint, world.clock.now())
    request = _request(message)
    events = tuple(
        checked(event) if isinstance(event, TransferNotice) else event
        for event in _events(adapter, request, credentials)
    )
    delivery = _delivery(uow, adapter, endpoint, credentials, request)
    context = Context(uow, world, actor, centre, delivery.account, delivery.teller)
    heard = hear(
        context, replace(delivery, events=_new(context, endpoint, events)), message.message_id
    )
    recorded = tuple(record_tellings(context, heard.tellings))
    if recorded:
        record(
            uow, world, actor, "message.replayed", message.message_id,
            transfers=[one.transfer.transfer_id for one in recorded],
        )  # fmt: skip
    return Replayed(events, recorded)


def _delivery(
    uow: UnitOfWork,
    adapter: BankAdapter,
    endpoint: Endpoint,
    credentials: Credentials,
    request: BankRequest,
) -> Delivery:
    """Return the delivery as it would come today, without its events."""
    declared = adapter.declaration
    return Delivery(
        endpoint,
        uow.centres.account(endpoint.centre_id, endpoint.account_id),
        request,
        known_as=credentials.settings.get(declared.account_setting, ""),
        is_provisional=declared.way(endpoint.way).is_provisional,
        teller=Teller.POLL if request.method == ANSWER else Teller.WEBHOOK,
    )


def _events(
    adapter: BankAdapter, request: BankRequest, credentials: Credentials
) -> Sequence[Event]:
    """Return what a delivery says, or the answer to a question of ours.

    Raises Invalid, also when an answer is no longer proven by the secrets that are good now.
    """
    if request.method != ANSWER or not isinstance(adapter, AnswersOrders):
        return read_events(adapter, request, credentials)
    try:
        answer = adapter.order_answer(request.body, credentials)
    except NotAuthenticated as error:
        raise Invalid("answer_not_proven", field="body") from error
    return () if answer is None else (answer.notice,)


def _new(context: Context, endpoint: Endpoint, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the booked transfers that this provider has not told of yet."""
    notices = [
        event
        for event in events
        if isinstance(event, TransferNotice)
        and event.status is TransferStatus.BOOKED
        and not event.is_test
    ]
    known = context.uow.transfers.tellings(
        context.centre.centre_id,
        context.account.account_id,
        endpoint.adapter,
        [notice.event_id for notice in notices],
    )
    return tuple(notice for notice in notices if notice.event_id not in known)


def _request(message: BankMessage) -> BankRequest:
    """Return a kept delivery as a request, its secrets removed."""
    headers = tuple((str(name), str(value)) for name, value in json.loads(message.headers))
    return BankRequest(
        message.method, message.query, headers, message.body, message.remote_address, message.path
    )
