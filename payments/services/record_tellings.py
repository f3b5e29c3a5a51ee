"""Make one transfer of all that is told of it, whoever tells it and in whatever order.

Webhooks and statements both end here: a telling is recognised as a repeat, joined to a transfer
that another teller has announced, or becomes a new transfer, which then pays the request it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from payments.domain.allocation import Assessment, assess
from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.business_day import VIETNAM, business_date, local
from payments.domain.centres import BankAccount, Centre
from payments.domain.posting_rules import transfer_announced
from payments.domain.references import Found, find_references
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor
from payments.domain.transfers import (
    Evidence,
    KnownTransfers,
    Outcome,
    Teller,
    Telling,
    Transfer,
    content_digest,
)
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_break, open_day, post, record, tell_screens
from payments.services.settle_request import settle

# A bank's clock may run ahead of ours, but not by more than a day.
_CLOCKS_DIFFER = timedelta(days=1)
# Databases limit how many values one query may name.
_AT_ONCE = 500
_NO_BREAK = (Outcome.EXACT,)


@dataclass(frozen=True, slots=True)
class Told:
    """What one teller says of one transfer. ``source`` and ``event_id`` make the telling unique."""

    source: str
    event_id: str
    direction: Direction
    amount: int
    occurred_at: datetime
    text: str
    bank_reference: str
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a telling: its transfer, and whether the telling made it or repeated it."""

    transfer: Transfer
    is_new: bool
    is_repeat: bool
    agrees: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What stays the same over all tellings of one call."""

    uow: UnitOfWork
    world: World
    actor: Actor
    centre: Centre
    account: BankAccount
    teller: Teller


def noon(day: date) -> datetime:
    """Return the instant that stands for a day when the teller names no time."""
    return datetime.combine(day, time(12), tzinfo=VIETNAM).astimezone(UTC)


def record_tellings(context: Context, tellings: Sequence[Told]) -> list[Recorded]:
    """Record what a teller says. The caller holds the centre's lock and commits.

    The answer has one Recorded a telling, in the same order.
    """
    answer: list[Recorded] = []
    waiting = list(tellings)
    while waiting:
        batch = _independent(waiting, context.centre.reference_prefix)
        waiting = waiting[len(batch) :]
        answer.extend(_record_batch(context, batch))
    return answer


def _independent(waiting: Sequence[Told], prefix: str) -> list[tuple[Told, tuple[Found, ...]]]:
    """Return the longest head of tellings that do not depend on each other.

    Two that quote one reference, or repeat one event, must see each other's effect.
    """
    batch: list[tuple[Told, tuple[Found, ...]]] = []
    seen: set[str] = set()
    for told in waiting[:_AT_ONCE]:
        found = find_references(told.text, prefix)
        marks = {f"event {told.source} {told.event_id}", *(item.reference for item in found)}
        if marks & seen:
            break
        seen |= marks
        batch.append((told, found))
    return batch


def _record_batch(
    context: Context, batch: Sequence[tuple[Told, tuple[Found, ...]]]
) -> list[Recorded]:
    """Record tellings that do not depend on each other, reading what they need together."""
    uow, centre_id = context.uow, context.centre.centre_id
    sources = {told.source for told, _ in batch}
    repeats = {
        (source, event_id): evidence
        for source in sources
        for event_id, evidence in uow.transfers.tellings(
            centre_id,
            context.account.account_id,
            source,
            [told.event_id for told, _ in batch if told.source == source],
        ).items()
    }
    fresh = [(told, found) for told, found in batch if (told.source, told.event_id) not in repeats]
    known = _known_transfers(context, [told for told, _ in fresh])
    named = {item.reference for _, found in fresh for item in found}
    standings = uow.requests.by_references(centre_id, named)
    answer = []
    for told, found in batch:
        earlier = repeats.get((told.source, told.event_id))
        if earlier:
            answer.append(_repeat(context, told, earlier))
            continue
        standing = _named(found, standings, told.amount)
        reference = standing.request.reference if standing else ""
        transfer = known.take(
            Telling(
                teller=context.teller,
                direction=told.direction,
                amount=told.amount,
                day=local(told.occurred_at).date(),
                bank_reference=told.bank_reference,
                text=told.text,
                reference=reference,
            )
        )
        if transfer is not None:
            _testify(context, told, transfer)
            answer.append(Recorded(transfer, is_new=False, is_repeat=False, agrees=True))
        else:
            answer.append(_begin(context, told, standing))
    return answer


def _known_transfers(context: Context, tellings: Sequence[Told]) -> KnownTransfers:
    """Return the transfers of other tellers that these may speak of."""
    if not tellings:
        return KnownTransfers(())
    moments = [told.occurred_at for told in tellings]
    candidates = context.uow.transfers.candidates(
        context.centre.centre_id,
        context.account.account_id,
        told_by=[teller for teller in Teller if teller is not context.teller],
        amounts={told.amount for told in tellings},
        since=min(moments) - timedelta(days=2),
        until=max(moments) + timedelta(days=2),
    )
    return KnownTransfers(candidates)


def _named(
    found: Sequence[Found], standings: dict[str, RequestStanding], amount: int
) -> RequestStanding | None:
    """Return the one request that a text names, or None when none or several are named.

    A reference that had to be repaired counts only if its request still asks for this very amount.
    """
    sure = {item.reference for item in found if item.how != "repaired"} & standings.keys()
    if sure:
        return standings[sure.pop()] if len(sure) == 1 else None
    mended = {
        item.reference
        for item in found
        if item.reference in standings and standings[item.reference].due == amount
    }
    return standings[mended.pop()] if len(mended) == 1 else None


def _digest(told: Told) -> str:
    """Return the digest of what a repeat must say in the same way."""
    return content_digest(
        told.direction, told.amount, told.occurred_at.isoformat(), told.text, told.bank_reference
    )


def _testify(
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
            content_sha256=_digest(told),
            agrees=agrees,
            recorded_at=context.world.clock.now(),
        )
    )


def _repeat(context: Context, told: Told, earlier: Sequence[Evidence]) -> Recorded:
    """Keep a repeat as evidence; one that says something else is a conflict in the work list."""
    uow, centre_id = context.uow, context.centre.centre_id
    transfer = uow.transfers.get(centre_id, earlier[0].transfer_id)
    agrees = earlier[0].content_sha256 == _digest(told)
    _testify(context, told, transfer, telling=earlier[-1].telling + 1, agrees=agrees)
    if not agrees and all(evidence.agrees for evidence in earlier):
        _open(context, BreakKind.CONFLICT, transfer, told.amount)
        record(
            uow, context.world, context.actor, "transfer.conflict", transfer.transfer_id,
            event=told.event_id, told=told.amount, known=transfer.amount,
        )  # fmt: skip
    return Recorded(transfer, is_new=False, is_repeat=True, agrees=agrees)


def _begin(context: Context, told: Told, standing: RequestStanding | None) -> Recorded:
    """Record a transfer nobody has told of before, and let it pay what it names."""
    uow, world, centre = context.uow, context.world, context.centre
    verdict = assess(
        amount=told.amount,
        direction=told.direction,
        standing=standing,
        occurred_at=told.occurred_at,
    )
    claims = standing is not None and told.direction is Direction.IN
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
    _testify(context, told, transfer)
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
    _place(context, transfer, standing, verdict)
    return Recorded(transfer, is_new=True, is_repeat=False, agrees=True)


def _place(
    context: Context, transfer: Transfer, standing: RequestStanding | None, verdict: Assessment
) -> None:
    """Let a new transfer settle its request, or put it in the work list."""
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
    if verdict.outcome not in _NO_BREAK:
        _open(context, BreakKind(verdict.outcome.value), transfer, transfer.amount)


def _open(context: Context, kind: BreakKind, transfer: Transfer, amount: int) -> None:
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
    """Return the business date of a transfer: the bank's time, unless it runs ahead of any clock."""
    now = context.world.clock.now()
    moment = told.occurred_at if told.occurred_at <= now + _CLOCKS_DIFFER else now
    natural = business_date(moment, context.centre.cutoff_minutes)
    return open_day(context.uow, context.centre.centre_id, natural)
