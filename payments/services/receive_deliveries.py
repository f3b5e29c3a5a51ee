"""Take in what a bank has posted: keep the bytes, record the transfers, pay the requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from payments.domain.bank_messages import BankRequest, ReplyKind, TransferNotice, checked
from payments.domain.breaks import BreakKind
from payments.domain.business_day import business_date
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.domain.transfers import BankMessage, Teller, content_digest
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_break, open_day, record
from payments.services.record_tellings import Context, Recorded, Told, record_tellings

CURRENCY = "VND"
# Headers that prove the sender are never kept: they are secrets, or made with them.
_SECRET_HEADERS = frozenset({"authorization", "cookie", "x-sepay-signature", "x-secret-key"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """An authenticated request of a bank, parsed; or, with ``unreadable``, why it could not be."""

    endpoint: Endpoint
    account: BankAccount
    request: BankRequest
    notices: tuple[TransferNotice, ...] = ()
    unreadable: Invalid | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What to answer a delivery after the commit, and what became of its notices.

    ``unreadable`` says why nothing did.
    """

    reply: ReplyKind
    recorded: tuple[Recorded, ...] = ()
    unreadable: Invalid | None = None


def receive_deliveries(
    uow: UnitOfWork, world: World, deliveries: Sequence[Delivery]
) -> list[Received]:
    """Take in authenticated deliveries of one centre together; the caller commits.

    Every delivery's bytes are kept. One answer a delivery, in the same order.
    """
    if not deliveries:
        return []
    centre = uow.centres.lock(deliveries[0].endpoint.centre_id)
    world = world.at_one_instant()
    deliveries = [_checked(delivery) for delivery in deliveries]
    messages = [_message(world, delivery) for delivery in deliveries]
    answers: list[Received | None] = [None] * len(deliveries)
    groups: dict[str, list[int]] = {}
    for position, (delivery, message) in enumerate(zip(deliveries, messages, strict=True)):
        if delivery.unreadable is not None:
            answers[position] = _unreadable(uow, world, delivery, message)
            continue
        uow.add(message)
        groups.setdefault(delivery.endpoint.endpoint_id, []).append(position)
    for positions in groups.values():
        first = deliveries[positions[0]]
        actor = Actor(centre.centre_id, f"endpoint:{first.endpoint.endpoint_id}")
        context = Context(uow, world, actor, centre, first.account, Teller.WEBHOOK)
        tellings: list[Told] = []
        owners: list[int] = []
        for position in positions:
            told = _tellings(context, deliveries[position], messages[position])
            tellings.extend(told)
            owners.extend([position] * len(told))
        recorded = record_tellings(context, tellings)
        for position in positions:
            own = tuple(
                item for item, owner in zip(recorded, owners, strict=True) if owner == position
            )
            answers[position] = Received(ReplyKind.ACCEPTED, own)
    return [answer for answer in answers if answer is not None]


def _checked(delivery: Delivery) -> Delivery:
    """Return a delivery whose notices can be kept, or one that says which field cannot."""
    try:
        return replace(delivery, notices=tuple(checked(notice) for notice in delivery.notices))
    except Invalid as error:
        return replace(delivery, notices=(), unreadable=error)


def kept_headers(request: BankRequest) -> str:
    """Return the headers as JSON, with the values of secret ones removed."""
    shown = [
        (name, "***" if name.lower() in _SECRET_HEADERS else value)
        for name, value in request.headers
    ]
    return json.dumps(shown, ensure_ascii=False)


def _message(world: World, delivery: Delivery) -> BankMessage:
    """Build the row that keeps the bytes as they came."""
    return BankMessage(
        centre_id=delivery.endpoint.centre_id,
        message_id=world.ids.new(),
        endpoint_id=delivery.endpoint.endpoint_id,
        received_at=world.clock.now(),
        method=delivery.request.method,
        headers=kept_headers(delivery.request),
        body=delivery.request.body,
        body_sha256=hashlib.sha256(delivery.request.body).hexdigest(),
    )


def _tellings(context: Context, delivery: Delivery, message: BankMessage) -> list[Told]:
    """Return what a delivery says of our account; money of other accounts goes to the work list."""
    told = []
    for notice in delivery.notices:
        if notice.account_number != delivery.account.account_number or notice.currency != CURRENCY:
            _foreign(context, delivery, notice, message)
            continue
        told.append(
            Told(
                source=delivery.endpoint.adapter,
                event_id=notice.event_id,
                direction=notice.direction,
                amount=notice.amount,
                occurred_at=notice.occurred_at,
                text=notice.remittance_information,
                bank_reference=notice.bank_reference,
                message_id=message.message_id,
            )
        )
    return told


def _foreign(
    context: Context, delivery: Delivery, notice: TransferNotice, message: BankMessage
) -> None:
    """Put a notice of another account or currency in the work list, once."""
    subject = content_digest(
        delivery.endpoint.adapter, notice.event_id, notice.account_number, notice.currency
    )
    _open_once(context.uow, context.world, context.actor, BreakKind.FOREIGN, subject, notice.amount)
    record(
        context.uow, context.world, context.actor, "notice.foreign", subject,
        message=message.message_id, amount=notice.amount, currency=notice.currency,
    )  # fmt: skip


def _unreadable(
    uow: UnitOfWork, world: World, delivery: Delivery, message: BankMessage
) -> Received:
    """Keep bytes that nobody could read, once however often they are sent, and tell a person."""
    problem = delivery.unreadable
    if (
        problem is not None
        and uow.transfers.message_seen(message.centre_id, message.body_sha256) is None
    ):
        actor = Actor(message.centre_id, f"endpoint:{message.endpoint_id}")
        uow.add(message)
        _open_once(uow, world, actor, BreakKind.UNREADABLE, message.message_id, 0)
        record(
            uow, world, actor, "message.unreadable", message.message_id,
            code=problem.code, field=str(problem.facts.get("field", "")),
        )  # fmt: skip
    return Received(ReplyKind.UNREADABLE, unreadable=problem)


def _open_once(
    uow: UnitOfWork, world: World, actor: Actor, kind: BreakKind, subject: str, amount: int
) -> None:
    """Open a break unless there is one of this kind about the subject."""
    if any(known.kind is kind for known in uow.breaks.known(actor.centre_id, [subject])):
        return
    centre = uow.centres.lock(actor.centre_id)
    natural = business_date(world.clock.now(), centre.cutoff_minutes)
    day = open_day(uow, actor.centre_id, natural)
    open_break(
        uow,
        world,
        centre_id=actor.centre_id,
        kind=kind,
        subject_id=subject,
        amount=amount,
        business_date=day,
    )
