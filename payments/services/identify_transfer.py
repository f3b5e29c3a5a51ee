"""Let a later telling say which request a transfer is for that came without its reference.

A bank's webhook may cut the text that its statement has in full, or the other way round. Whichever
comes first, the transfer then pays what its text names, as if the whole had been told at once.
"""

from __future__ import annotations

from dataclasses import replace

from payments.domain.allocation import assess
from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.requests import RequestStanding
from payments.domain.transfers import Identification, Outcome, Transfer
from payments.services.begin_transfer import Context, Told, place
from payments.services.record_event import open_day, record
from payments.services.resolve_break import open_about_money, work_off


def identify(
    context: Context, told: Told, transfer: Transfer, standing: RequestStanding | None
) -> None:
    """Give a known transfer of unknown purpose to the request that a new telling of it names.

    Nothing happens to one that a person has placed or explained, or that the bank has taken back.
    """
    is_payment = told.direction is Direction.IN and not told.is_reversal
    if standing is None or not is_payment or transfer.outcome is not Outcome.UNKNOWN:
        return
    uow, centre_id = context.uow, transfer.centre_id
    if uow.transfers.unallocated(centre_id, transfer.transfer_id) != transfer.amount:
        return
    asked = [
        found
        for found in open_about_money(uow, centre_id, [transfer.transfer_id])
        if found.kind is BreakKind.UNKNOWN
    ]
    if not asked:
        return
    verdict = assess(
        amount=transfer.amount,
        direction=transfer.direction,
        standing=standing,
        occurred_at=transfer.occurred_at,
    )
    identified = Identification(
        centre_id=centre_id,
        transfer_id=transfer.transfer_id,
        request_id=standing.request.request_id,
        reference=standing.request.reference,
        outcome=verdict.outcome,
        told_by=context.teller,
        recorded_at=context.world.clock.now(),
    )
    uow.add(identified)
    record(
        uow, context.world, context.actor, "transfer.identified", transfer.transfer_id,
        reference=identified.reference, outcome=verdict.outcome,
    )  # fmt: skip
    day = open_day(uow, centre_id, transfer.business_date)
    work_off(uow, context.world, context.actor, asked, "identified", day)
    known = replace(
        transfer,
        reference=identified.reference,
        request_id=identified.request_id,
        outcome=verdict.outcome,
        business_date=day,
    )
    place(context, known, standing, verdict)
