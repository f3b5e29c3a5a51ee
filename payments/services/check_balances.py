"""Check the running balance of an account's feed, and name what is missing or was told twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from payments.domain.breaks import Break
from payments.domain.business_day import business_date, local
from payments.domain.running_balance import MOST_FLAWS, Flaw, flaws
from payments.domain.staff import Actor
from payments.ports import OpenUnitOfWork, UnitOfWork, World
from payments.services.record_event import open_break, open_day, record
from payments.services.resolve_break import work_off

LOOKED_BACK: Final = timedelta(days=7)
PATIENCE: Final = timedelta(hours=1)
"""How long a notice may be late before it counts as missing: providers retry for half an hour."""
FILLED: Final = "balance_follows"
"""The explanation of a difference that later tellings have answered."""
_EDGE = timedelta(days=1)


def check_balances(
    open_uow: OpenUnitOfWork, world: World, centre_id: str, account_id: str
) -> Flaw | None:
    """Put the first flaw of an account's running balance in the work list; return it if it is new.

    One flaw is open at a time. One that later tellings have filled is worked off. Nobody waits for
    the centre's lock unless something has changed.
    """
    now = world.clock.now()
    with open_uow(write=False) as uow:
        flaw, answered = _changes(uow, centre_id, account_id, now)
    if flaw is None and not answered:
        return None
    with open_uow() as uow:
        centre = uow.centres.lock(centre_id)
        world = world.at_one_instant()
        flaw, answered = _changes(uow, centre_id, account_id, now)
        actor = Actor(centre_id, "job:balances")
        today = open_day(uow, centre_id, business_date(now, centre.cutoff_minutes))
        work_off(uow, world, actor, answered, FILLED, today)
        if flaw is not None:
            subject = flaw.found.transfer_id
            open_break(
                uow,
                world,
                centre_id=centre_id,
                kind=flaw.kind,
                subject_id=subject,
                amount=abs(flaw.missing),
                business_date=today,
            )
            record(
                uow, world, actor, f"feed.{flaw.kind.removeprefix('feed_')}", subject,
                missing=flaw.missing, behind=flaw.behind.transfer_id,
            )  # fmt: skip
        uow.commit()
    return flaw


def _changes(
    uow: UnitOfWork, centre_id: str, account_id: str, now: datetime
) -> tuple[Flaw | None, list[Break]]:
    """Return the flaw to open, if no other is open, and the open ones that are no more."""
    begin = local(now - LOOKED_BACK).date()
    movements = uow.feeds.movements(centre_id, account_id, begin)
    found = flaws(movements)
    still = {flaw.found.transfer_id for flaw in found}
    # At the edge of what is looked at nothing shows that a balance follows.
    seen = {one.transfer_id for one in movements if one.occurred_at >= now - LOOKED_BACK + _EDGE}
    known = uow.feeds.open_flaws(centre_id, account_id)
    answered = [
        one
        for one in known
        if one.subject_id in seen and one.subject_id not in still and len(found) < MOST_FLAWS
    ]
    if len(answered) < len(known):
        return None, answered
    named = {(one.kind, one.subject_id) for one in uow.breaks.known(centre_id, still)}
    ripe = (
        flaw
        for flaw in found
        if flaw.found.recorded_at <= now - PATIENCE
        and (flaw.kind, flaw.found.transfer_id) not in named
    )
    return next(ripe, None), answered
