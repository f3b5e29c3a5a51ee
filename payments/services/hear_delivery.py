"""Tell apart what a bank's delivery says: money of ours, money that is not, and questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from payments.domain.adapters import Answer, Bill, BillInquiry, Event, TokenRequest
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.breaks import BreakKind
from payments.domain.business_day import business_date
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.domain.transfers import Teller, content_digest
from payments.ports import UnitOfWork, World
from payments.services.answer_inquiry import answer_inquiry
from payments.services.begin_transfer import Context, Told
from payments.services.record_event import open_break, open_day, record

CURRENCY = "VND"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An authenticated request of a bank, parsed; or, with ``unreadable``, why it could not be.

    ``known_as`` is the account as the provider names it, empty where it uses the number.
    ``is_provisional`` says that the sender signs nothing: see decision 11. ``came_at`` is when the
    request came, ``speak`` puts an answer into the provider's words, and ``hidden`` are values that
    are not kept. ``teller`` is a poll where we have asked.
    """

    endpoint: Endpoint
    account: BankAccount
    request: BankRequest
    events: tuple[Event, ...] = ()
    unreadable: Invalid | None = None
    known_as: str = ""
    is_provisional: bool = False
    came_at: datetime | None = None
    speak: Callable[[Answer], BankReply] | None = None
    hidden: tuple[str, ...] = field(default=(), repr=False)
    teller: Teller = Teller.WEBHOOK


@dataclass(frozen=True, slots=True)
class Heard:
    """What a delivery says: transfers to record, and what is known of the answer without them."""

    tellings: list[Told]
    kinds: list[ReplyKind]
    bill: Bill | None = None


def hear(context: Context, delivery: Delivery, message_id: str) -> Heard:
    """Tell apart what a delivery says. Only booked money of our account is a transfer.

    Money of other accounts and currencies goes to the work list; what has failed or is not booked
    yet is recorded and pays nothing; the call by which a console tries the address is only kept.
    """
    heard = Heard([], [])
    own_account = delivery.known_as or delivery.account.account_number
    for event in delivery.events:
        if isinstance(event, BillInquiry):
            kind, bill = answer_inquiry(context.uow, context.world, context.centre, event)
            heard = replace(heard, kinds=[*heard.kinds, kind], bill=bill)
        elif isinstance(event, TokenRequest) or event.is_test:
            heard.kinds.append(ReplyKind.ACCEPTED)
        elif event.account_number != own_account or event.currency != CURRENCY:
            _foreign(context, delivery, event, message_id)
            heard.kinds.append(ReplyKind.UNKNOWN_REFERENCE)
        elif event.status is not TransferStatus.BOOKED:
            _not_booked(context, event, message_id)
            heard.kinds.append(ReplyKind.ACCEPTED)
        else:
            heard.tellings.append(_told(delivery, event, message_id))
    return heard


def _told(delivery: Delivery, notice: TransferNotice, message_id: str) -> Told:
    """Return a notice as the telling of a transfer."""
    return Told(
        source=delivery.endpoint.adapter,
        event_id=notice.event_id,
        direction=notice.direction,
        amount=notice.amount,
        occurred_at=notice.occurred_at,
        text=notice.remittance_information,
        bank_reference=notice.bank_reference,
        message_id=message_id,
        is_provisional=delivery.is_provisional,
        balance_after=notice.balance_after,
    )


def _not_booked(context: Context, notice: TransferNotice, message_id: str) -> None:
    """Record that a transfer has failed or is still under way; no money has moved."""
    record(
        context.uow, context.world, context.actor, "notice.not_booked", message_id,
        event=notice.event_id, status=notice.status, amount=notice.amount,
    )  # fmt: skip


def _foreign(context: Context, delivery: Delivery, notice: TransferNotice, message_id: str) -> None:
    """Put a notice of another account or currency in the work list, once."""
    subject = content_digest(
        delivery.endpoint.adapter, notice.event_id, notice.account_number, notice.currency
    )
    uow, world, actor = context.uow, context.world, context.actor
    if open_once(uow, world, actor, BreakKind.FOREIGN, subject, notice.amount):
        record(
            uow, world, actor, "notice.foreign", subject,
            message=message_id, amount=notice.amount, currency=notice.currency,
        )  # fmt: skip


def open_once(
    uow: UnitOfWork, world: World, actor: Actor, kind: BreakKind, subject: str, amount: int
) -> bool:
    """Open a break unless there is one of this kind about the subject; say whether it was new."""
    if any(known.kind is kind for known in uow.breaks.known(actor.centre_id, [subject])):
        return False
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
    return True
