"""Work off a difference: who explains it, in which words."""

from __future__ import annotations

from payments.domain.breaks import BreakResolution
from payments.domain.business_day import business_date
from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_day, record

_LONGEST = 1_000


def resolve_break(
    uow: UnitOfWork, world: World, actor: Actor, break_id: str, explanation: str
) -> BreakResolution:
    """Take a break off the work list. Raises Conflict when it is off, Invalid without words."""
    centre = uow.centres.lock(actor.centre_id)
    words = explanation.strip()
    if not 1 <= len(words) <= _LONGEST:
        raise Invalid("explanation_missing", field="explanation", limit=_LONGEST)
    found = uow.breaks.get(actor.centre_id, break_id)
    if uow.breaks.resolution(actor.centre_id, break_id) is not None:
        raise Conflict("break_resolved")
    now = world.clock.now()
    resolution = BreakResolution(
        centre_id=actor.centre_id,
        break_id=break_id,
        explanation=words,
        resolved_by=actor.actor_id,
        resolved_at=now,
        business_date=open_day(uow, actor.centre_id, business_date(now, centre.cutoff_minutes)),
    )
    uow.add(resolution)
    record(uow, world, actor, "break.resolved", break_id, kind=found.kind, explanation=words)
    return resolution
