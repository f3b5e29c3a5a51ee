"""Audit events, journal entries, breaks and words to the screens, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from payments.domain.audit import chained
from payments.domain.breaks import Break, BreakKind
from payments.domain.days import FeedEvent
from payments.domain.ledger import JournalEntry, Leg, movement
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World


def record(
    uow: UnitOfWork, world: World, actor: Actor, action: str, subject_id: str, **detail: object
) -> None:
    """Add the audit event of a change to the centre's chain. The caller holds the centre's lock."""
    uow.add(
        chained(
            uow.last_audit_event(actor.centre_id),
            centre_id=actor.centre_id,
            at=world.clock.now(),
            actor=actor.actor_id,
            action=action,
            subject_id=subject_id,
            detail=detail,
        )
    )


def post(
    uow: UnitOfWork,
    world: World,
    *,
    centre_id: str,
    event: str,
    subject_id: str,
    business_date: date,
    legs: Sequence[Leg],
) -> None:
    """Add the journal entry of an event. Raises Invalid when it does not balance."""
    entry = JournalEntry(
        centre_id=centre_id,
        entry_id=world.ids.new(),
        event=event,
        subject_id=subject_id,
        business_date=business_date,
        recorded_at=world.clock.now(),
    )
    built = movement(entry, tuple(legs))
    uow.add(built.entry, *built.postings)


def open_break(
    uow: UnitOfWork,
    world: World,
    *,
    centre_id: str,
    kind: BreakKind,
    subject_id: str,
    amount: int,
    business_date: date,
) -> Break:
    """Put a difference in the work list. The caller knows that it is not there yet."""
    difference = Break(
        centre_id=centre_id,
        break_id=world.ids.new(),
        kind=kind,
        subject_id=subject_id,
        amount=amount,
        business_date=business_date,
        opened_at=world.clock.now(),
    )
    uow.add(difference)
    return difference


def tell_screens(uow: UnitOfWork, world: World, centre_id: str, kind: str, subject_id: str) -> None:
    """Tell the open screens that a request or a counter has changed."""
    uow.add(FeedEvent(centre_id, kind, subject_id, world.clock.now()))


def open_day(uow: UnitOfWork, centre_id: str, natural: date) -> date:
    """Return the business date a fact counts on: its own, or the first open one after it."""
    closed = uow.days.closed_through(centre_id)
    if closed is None or natural > closed:
        return natural
    return closed + timedelta(days=1)
