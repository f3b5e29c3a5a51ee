"""Record what a page of a poll tells: what is not known yet, once, as a webhook would tell it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from payments.domain.adapters import OutgoingRequest, PollSpan
from payments.domain.bank_messages import (
    BankRequest,
    ReplyKind,
    TransferNotice,
    TransferStatus,
    storable,
)
from payments.domain.breaks import BreakKind
from payments.domain.errors import Invalid
from payments.domain.polling import Poll
from payments.domain.staff import Actor
from payments.domain.transfers import BankMessage, Teller
from payments.ports import UnitOfWork
from payments.services.begin_transfer import Context, digest
from payments.services.hear_delivery import Delivery, hear, open_once
from payments.services.keep_headers import kept_text
from payments.services.open_feed import Feed, Poller
from payments.services.record_event import record
from payments.services.record_tellings import Recorded, record_tellings

POLLED: Final = "POLL"
"""What stands for the method of a kept message that came as the answer to a poll."""


class Unreadable(Invalid):
    """A page that could not be read, with its bytes, which a person will want to see."""

    def __init__(self, code: str, *, body: bytes, **facts: object) -> None:
        super().__init__(code, **facts)
        self.body = body


def record_page(
    poller: Poller,
    feed: Feed,
    request: OutgoingRequest,
    body: bytes,
    notices: Sequence[TransferNotice],
) -> list[Recorded]:
    """Record what a page says that is not known, and the bytes of a page that says news."""
    booked = tuple(
        one for one in notices if one.status is TransferStatus.BOOKED and not one.is_test
    )
    if not booked:
        return []
    with poller.open_uow() as uow:
        context = _context(uow, poller, feed)
        message = _message(context, feed, request, body)
        delivery = Delivery(
            feed.endpoint,
            feed.account,
            BankRequest(POLLED, "", (), body, ""),
            booked,
            known_as=feed.known_as,
        )
        heard = hear(context, delivery, message.message_id)
        known = uow.transfers.tellings(
            feed.endpoint.centre_id,
            feed.account.account_id,
            feed.endpoint.adapter,
            [told.event_id for told in heard.tellings],
        )
        told = [
            replace(one, message_id=None) if one.event_id in known else one
            for one in heard.tellings
            if not any(
                earlier.teller is Teller.POLL and earlier.content_sha256 == digest(one)
                for earlier in known.get(one.event_id, ())
            )
        ]
        recorded = record_tellings(context, told)
        # What is not a telling is money of another currency, whose difference shows the bytes.
        if any(one.message_id for one in told) or len(heard.tellings) < len(booked):
            uow.add(message)
        uow.commit()
    return recorded


def _context(uow: UnitOfWork, poller: Poller, feed: Feed) -> Context:
    """Return what stays the same over a page. The centre is locked from here to the commit."""
    centre = uow.centres.lock(feed.endpoint.centre_id)
    actor = Actor(centre.centre_id, f"endpoint:{feed.endpoint.endpoint_id}")
    world = poller.world.at_one_instant()
    return Context(uow, world, actor, centre, feed.account, Teller.POLL)


def _message(
    context: Context,
    feed: Feed,
    request: OutgoingRequest,
    body: bytes,
    problem: Invalid | None = None,
) -> BankMessage:
    """Return a page as it is kept, without the secrets that it was asked for with."""
    address = urlsplit(request.url)
    hidden = tuple(value for values in feed.credentials.secrets.values() for value in values)
    why = f"{problem.code} {problem.facts.get('field', '')}" if problem else ""
    return BankMessage(
        centre_id=feed.endpoint.centre_id,
        message_id=context.world.ids.new(),
        endpoint_id=feed.endpoint.endpoint_id,
        received_at=context.world.clock.now(),
        method=POLLED,
        path=storable(address.path, 200),
        query=storable(kept_text(address.query, hidden)),
        remote_address=(address.hostname or "")[:64],
        headers="[]",
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        verdict=ReplyKind.UNREADABLE if problem else ReplyKind.ACCEPTED,
        problem=storable(why.strip(), 200),
        reply_status=0,
        reply_type="",
        reply_body=b"",
        handled_ms=0,
    )


def keep_unreadable(poller: Poller, feed: Feed, poll: Poll, error: Unreadable) -> None:
    """Keep the bytes of a page that nobody could read, and put it in the work list."""
    span = PollSpan(poll.since, poll.until)
    account = feed.known_as or feed.account.account_number
    request = feed.adapter.poll_request(span, account, feed.credentials)
    with poller.open_uow() as uow:
        context = _context(uow, poller, feed)
        message = _message(context, feed, request, error.body, error)
        uow.add(message)
        open_once(uow, context.world, context.actor, BreakKind.UNREADABLE, message.message_id, 0)
        record(
            uow, context.world, context.actor, "message.unreadable", message.message_id,
            code=error.code, field=str(error.facts.get("field", "body")),
        )  # fmt: skip
        uow.commit()
