"""Work off a difference: who explains it, in which words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from payments.domain.breaks import ASKS_FOR_A_PLACE, Break, BreakResolution
from payments.domain.business_day import business_date
from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_day, record

_LONGEST = 1_000


def resolve_break(
    uow: UnitOfWork, world: World, actor: Actor, break_id: str, explanation: str
) -> None:
    """Take a break off the work list. Raises Conflict when it is off, Invalid without words."""
    centre = uow.centres.lock(actor.centre_id)
    words = explanation.strip()
    if not 1 <= len(words) <= _LONGEST:
        raise Invalid("explanation_missing", field="explanation", limit=_LONGEST)
    found = uow.breaks.get(actor.centre_id, break_id)
    if uow.breaks.resolution(actor.centre_id, break_id) is not None:
        raise Conflict("break_resolved")
    today = business_date(world.clock.now(), centre.cutoff_minutes)
    work_off(uow, world, actor, [found], words, open_day(uow, actor.centre_id, today))


def work_off(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    breaks: Iterable[Break],
    explanation: str,
    business_date: date,
) -> None:
    """Resolve open breaks, by a person's words or by the code of the facts that answer them.

    No break is resolved on a day before its own.
    """
    for found in breaks:
        uow.add(
            BreakResolution(
                centre_id=found.centre_id,
                break_id=found.break_id,
                explanation=explanation,
                resolved_by=actor.actor_id,
                resolved_at=world.clock.now(),
                business_date=max(business_date, found.business_date),
            )
        )
        record(
            uow, world, actor, "break.resolved", found.break_id,
            kind=found.kind, explanation=explanation,
        )  # fmt: skip


def open_about_money(uow: UnitOfWork, centre_id: str, transfer_ids: Iterable[str]) -> list[Break]:
    """Return the open breaks that ask where the money of some transfers belongs.

    Others about them, such as their absence from a statement, are not answered by a place.
    """
    return [
        found
        for found in uow.breaks.known(centre_id, transfer_ids)
        if found.kind in ASKS_FOR_A_PLACE
        and uow.breaks.resolution(centre_id, found.break_id) is None
    ]
