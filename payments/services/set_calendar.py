"""Say of a day that the centre rests on it, or works, against the days of the week."""

from __future__ import annotations

from datetime import date

from payments.domain.calendar import CalendarDay
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.record_event import record

_LONGEST = 200


def set_calendar_day(
    uow: UnitOfWork, world: World, actor: Actor, day: date, *, is_open: bool, reason: str
) -> CalendarDay:
    """Say whether a day is open; saying it again is a new fact, and the newest counts.

    Raises Invalid without a reason, such as the name of the holiday.
    """
    words = reason.strip()
    if not 1 <= len(words) <= _LONGEST:
        raise Invalid("explanation_missing", field="reason", limit=_LONGEST)
    uow.centres.lock(actor.centre_id)
    said = CalendarDay(
        centre_id=actor.centre_id,
        change_id=world.ids.new(),
        day=day,
        is_open=is_open,
        reason=words,
        said_by=actor.actor_id,
        said_at=world.clock.now(),
    )
    uow.add(said)
    record(
        uow, world, actor, "calendar.said", said.change_id,
        day=day.isoformat(), open=is_open, reason=words,
    )  # fmt: skip
    return said
