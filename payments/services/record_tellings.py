"""Make one transfer of all that is told of it, whoever tells it and in whatever order.

Webhooks and statements both end here: a telling is recognised as a repeat, joined to a transfer
that another teller has announced, or becomes a new transfer, which then pays the request it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.business_day import VIETNAM, local
from payments.domain.references import Found, find_references
from payments.domain.requests import RequestStanding
from payments.domain.transfers import (
    BOOKED_WITHIN,
    Evidence,
    KnownTransfers,
    Outlook,
    Telling,
    Transfer,
)
from payments.services.begin_transfer import Context, Told, bear_witness, begin, digest, open_about
from payments.services.identify_transfer import identify
from payments.services.record_event import record
from payments.services.take_back_transfer import take_back

__all__ = ["Context", "Recorded", "Told", "noon", "record_tellings"]

# Databases limit how many values one query may name.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a telling: its transfer, and whether the telling made it or repeated it."""

    transfer: Transfer
    is_new: bool
    is_repeat: bool
    agrees: bool


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

    Two that quote one reference, or repeat one event, must see each other's effect. A reversal may
    change any request, whatever it quotes, so it stands alone.
    """
    batch: list[tuple[Told, tuple[Found, ...]]] = []
    follows_reversal = False
    seen: set[str] = set()
    for told in waiting[:_AT_ONCE]:
        found = find_references(told.text, prefix)
        marks = {f"event {told.source} {told.event_id}", *(item.reference for item in found)}
        if marks & seen or follows_reversal or (told.is_reversal and batch):
            break
        seen |= marks
        follows_reversal = told.is_reversal
        batch.append((told, found))
    return batch


def _record_batch(
    context: Context, batch: Sequence[tuple[Told, tuple[Found, ...]]]
) -> list[Recorded]:
    """Record tellings that do not depend on each other, reading what they need together."""
    uow, centre_id = context.uow, context.centre.centre_id
    sources = {told.source for told, _ in batch}
    if len(sources) == 1:
        uow.look_ahead(_outlook(context, batch))
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
        # What proves nothing names nothing: a statement's telling pays the request (decision 11).
        standing = None if told.is_provisional else _named(found, standings, told.amount)
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
            bear_witness(context, told, transfer)
            identify(context, told, transfer, standing)
            answer.append(Recorded(transfer, is_new=False, is_repeat=False, agrees=True))
        else:
            transfer = begin(context, told, standing)
            answer.append(Recorded(transfer, is_new=True, is_repeat=False, agrees=True))
        if told.is_reversal and told.direction is Direction.OUT:
            take_back(context, transfer, standing)
    return answer


def _outlook(context: Context, batch: Sequence[tuple[Told, tuple[Found, ...]]]) -> Outlook:
    """Return what recording a batch of one source will look at."""
    tellings = [told for told, _ in batch]
    since, until = _around(tellings)
    return Outlook(
        centre_id=context.centre.centre_id,
        account_id=context.account.account_id,
        teller=context.teller,
        source=tellings[0].source,
        event_ids=tuple(told.event_id for told in tellings),
        amounts=frozenset(told.amount for told in tellings),
        since=since,
        until=until,
        references=frozenset(item.reference for _, found in batch for item in found),
        year=local(context.world.clock.now()).year,
    )


def _around(tellings: Sequence[Told]) -> tuple[datetime, datetime]:
    """Return the time in which others may have told of the same transfers."""
    moments = [told.occurred_at for told in tellings]
    margin = BOOKED_WITHIN + timedelta(days=1)
    return min(moments) - margin, max(moments) + margin


def _known_transfers(context: Context, tellings: Sequence[Told]) -> KnownTransfers:
    """Return the transfers of other tellers that these may speak of."""
    if not tellings:
        return KnownTransfers(())
    since, until = _around(tellings)
    candidates = context.uow.transfers.candidates(
        context.centre.centre_id,
        context.account.account_id,
        not_told_by=context.teller,
        sources={told.source for told in tellings},
        amounts={told.amount for told in tellings},
        since=since,
        until=until,
    )
    return KnownTransfers(candidates)


def _named(
    found: Sequence[Found], standings: dict[str, RequestStanding], amount: int
) -> RequestStanding | None:
    """Return the one request that a text names, or None when none or several are named.

    A reference that had to be repaired counts only if its request still asks for this very amount,
    and a guess never does.
    """
    sure = {item.reference for item in found if item.how != "repaired"} & standings.keys()
    if sure:
        return standings[sure.pop()] if len(sure) == 1 else None
    mended = {
        item.reference
        for item in found
        if item.reference in standings
        and standings[item.reference].due == amount
        and not item.is_guess
    }
    return standings[mended.pop()] if len(mended) == 1 else None


def _repeat(context: Context, told: Told, earlier: Sequence[Evidence]) -> Recorded:
    """Keep a repeat as evidence; one that says something else is a conflict in the work list."""
    uow, centre_id = context.uow, context.centre.centre_id
    transfer = uow.transfers.get(centre_id, earlier[0].transfer_id)
    agrees = _agrees(context, told, earlier)
    bear_witness(context, told, transfer, telling=earlier[-1].telling + 1, agrees=agrees)
    if not agrees and all(evidence.agrees for evidence in earlier):
        open_about(context, BreakKind.CONFLICT, transfer, told.amount)
        record(
            uow, context.world, context.actor, "transfer.conflict", transfer.transfer_id,
            event=told.event_id, told=told.amount, known=transfer.amount,
        )  # fmt: skip
    return Recorded(transfer, is_new=False, is_repeat=True, agrees=agrees)


def _agrees(context: Context, told: Told, earlier: Sequence[Evidence]) -> bool:
    """Say whether a repeat says the same.

    One teller says it in the same words. Two of one provider, its webhook and its answer to a
    poll, clean texts in ways of their own and may name only the day: with them the money counts.
    """
    first = earlier[0]
    own = next((one for one in earlier if one.teller is context.teller), None)
    is_same_money = (first.direction, first.amount) == (told.direction, told.amount)
    return is_same_money and (own is None or own.content_sha256 == digest(told))
