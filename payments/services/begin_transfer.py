"""Record a transfer nobody has told of before, and let it pay the request that it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from payments.domain.allocation import Assessment, assess
from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.business_day import business_date
from payments.domain.centres import BankAccount, Centre
from payments.domain.posting_rules import transfer_announced
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor
from payments.domain.transfers import Evidence, Outcome, Teller, Transfer, content_digest
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_break, open_day, post, record, tell_screens
from payments.services.settle_request import settle

# A bank's clock may run ahead of ours, but not by more than a day.
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What one teller says of one transfer. ``source`` and ``event_id`` make the telling unique.

    ``is_reversal`` says that the bank takes an earlier transfer back, in either direction.
    ``is_provisional`` says that the teller proves nothing: the transfer waits for a statement.
    ``balance_after`` is the account's balance that the teller names with it.
    """

    source: str
    event_id: str
    direction: Direction
    amount: int
    occurred_at: datetime
    text: str
    bank_reference: str
    message_id: str | None = None
    is_reversal: bool = False
    is_provisional: bool = False
    balance_after: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What stays the same over all tellings of one call."""

    uow: UnitOfWork
    world: World
    actor: Actor
    centre: Centre
    account: BankAccount
    teller: Teller


def begin(context: Context, told: Told, standing: RequestStanding | None) -> Transfer:
    """Record a transfer nobody has told of before, and let it pay what it names."""
    uow, world, centre = context.uow, context.world, context.centre
    verdict = assess(
        amount=told.amount,
        direction=told.direction,
        standing=standing,
        occurred_at=told.occurred_at,
        is_reversal=told.is_reversal,
    )
    claims = standing is not None and told.direction is Direction.IN and not told.is_reversal
    transfer = Transfer(
        centre_id=centre.centre_id,
        transfer_id=world.ids.new(),
        account_id=context.account.account_id,
        transfer_key=content_digest(told.source, told.event_id),
        direction=told.direction,
        amount=told.amount,
        occurred_at=told.occurred_at,
        business_date=_counted_on(context, told),
        remittance_information=told.text,
        bank_reference=told.bank_reference,
        reference=standing.request.reference if standing and claims else "",
        request_id=standing.request.request_id if standing and claims else None,
        outcome=verdict.outcome,
        told_by=context.teller,
        recorded_at=world.clock.now(),
    )
    uow.add(transfer)
    bear_witness(context, told, transfer)
    post(
        uow,
        world,
        centre_id=centre.centre_id,
        event="transfer_announced",
        subject_id=transfer.transfer_id,
        business_date=transfer.business_date,
        legs=transfer_announced(told.amount, told.direction, transfer.account_id),
    )
    record(
        uow, world, context.actor, "transfer.received", transfer.transfer_id,
        amount=told.amount, direction=told.direction, outcome=verdict.outcome,
        reference=transfer.reference,
    )  # fmt: skip
    place(context, transfer, standing, verdict)
    return transfer


def place(
    context: Context, transfer: Transfer, standing: RequestStanding | None, verdict: Assessment
) -> None:
    """Let a transfer settle the request that it names, or put it in the work list."""
    uow, world = context.uow, context.world
    if standing and verdict.settles:
        held = [(transfer, transfer.amount)]
        if standing.held:
            held = uow.transfers.held(transfer.centre_id, standing.request.request_id)
        settle(
            uow,
            world,
            context.actor,
            standing,
            held=held,
            business_date=transfer.business_date,
        )
    elif standing:
        tell_screens(uow, world, transfer.centre_id, "request", standing.request.request_id)
    if verdict.outcome is not Outcome.EXACT:
        open_about(context, BreakKind(verdict.outcome.value), transfer, transfer.amount)


def open_about(context: Context, kind: BreakKind, transfer: Transfer, amount: int) -> None:
    """Put a transfer in the work list."""
    open_break(
        context.uow,
        context.world,
        centre_id=transfer.centre_id,
        kind=kind,
        subject_id=transfer.transfer_id,
        amount=amount,
        business_date=transfer.business_date,
    )


def _counted_on(context: Context, told: Told) -> date:
    """Return the business date: of the bank's time, unless it runs ahead of any clock."""
    now = context.world.clock.now()
    moment = told.occurred_at if told.occurred_at <= now + _CLOCKS_DIFFER else now
    natural = business_date(moment, context.centre.cutoff_minutes)
    return open_day(context.uow, context.centre.centre_id, natural)


def bear_witness(
    context: Context, told: Told, transfer: Transfer, *, telling: int = 1, agrees: bool = True
) -> None:
    """Add a telling as evidence of a transfer."""
    context.uow.add(
        Evidence(
            centre_id=context.centre.centre_id,
            evidence_id=context.world.ids.new(),
            transfer_id=transfer.transfer_id,
            account_id=context.account.account_id,
            teller=context.teller,
            source=told.source,
            event_id=told.event_id,
            telling=telling,
            message_id=told.message_id,
            direction=told.direction,
            amount=told.amount,
            occurred_at=told.occurred_at,
            content_sha256=digest(told),
            agrees=agrees,
            recorded_at=context.world.clock.now(),
            balance_after=told.balance_after,
        )
    )


def digest(told: Told) -> str:
    """Return the digest of what a repeat must say in the same way."""
    return content_digest(
        told.direction, told.amount, told.occurred_at.isoformat(), told.text, told.bank_reference
    )
