"""Let a bank's reversal take money back: what waited for a request waits no more."""

from __future__ import annotations

from datetime import timedelta

from payments.domain.requests import RequestStanding
from payments.domain.reversals import TAKEN_BACK_WITHIN, Reversal, find_reversed
from payments.domain.transfers import Transfer
from payments.services.begin_transfer import Context
from payments.services.record_event import open_day, record, tell_screens
from payments.services.resolve_break import open_about_money, work_off


def take_back(context: Context, reversal: Transfer, standing: RequestStanding | None) -> None:
    """Record which transfer a reversal takes back, if it can be told.

    ``standing`` is the request that the reversal's text names. What of the transfer waits in
    suspense is no longer held for its request and is never given away; what was given away stays
    given, and the break about the reversal says that it is missing. The caller opens that break.
    """
    uow, world, centre_id = context.uow, context.world, reversal.centre_id
    reference = standing.request.reference if standing else ""
    found = find_reversed(
        uow.transfers.reversible(
            reversal,
            reference=reference,
            since=reversal.occurred_at - TAKEN_BACK_WITHIN,
            # A statement names the day alone, so that the transfer may seem to be of later hours.
            until=reversal.occurred_at + timedelta(days=1),
        ),
        amount=reversal.amount,
        bank_reference=reversal.bank_reference,
        reference=reference,
        text=reversal.remittance_information,
    )
    if found is None:
        return
    original, gone = found.transfer, min(found.rest, reversal.amount)
    uow.add(
        Reversal(
            centre_id=centre_id,
            reversal_id=reversal.transfer_id,
            transfer_id=original.transfer_id,
            amount=gone,
            recorded_at=world.clock.now(),
        )
    )
    record(
        uow, world, context.actor, "transfer.taken_back", reversal.transfer_id,
        transfer=original.transfer_id, amount=reversal.amount, waited=gone,
        reference=original.reference,
    )  # fmt: skip
    if gone and gone == found.rest:
        answered = open_about_money(uow, centre_id, [original.transfer_id])
        day = open_day(uow, centre_id, reversal.business_date)
        work_off(uow, world, context.actor, answered, "taken_back", day)
    if original.request_id:
        tell_screens(uow, world, centre_id, "request", original.request_id)
