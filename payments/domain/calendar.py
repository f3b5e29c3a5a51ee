"""The open days of a centre: Monday to Friday, unless it has said otherwise of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKLY_REST = frozenset({5, 6})
"""Saturday and Sunday, on which banks book no statement day and offices rest; 0 is Monday."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What a centre says of one day: a holiday, or a Saturday that is worked. The newest counts."""

    centre_id: str
    change_id: str
    day: date
    is_open: bool
    reason: str
    said_by: str
    said_at: datetime


def is_open_day(day: date, said: Mapping[date, bool]) -> bool:
    """Say whether a day is worked; ``said`` holds the days that a centre has spoken of."""
    return said.get(day, day.weekday() not in WEEKLY_REST)


def open_days_between(after: date, before: date, said: Mapping[date, bool]) -> tuple[date, ...]:
    """Return the open days that lie between two days, without these two."""
    span = range(1, (before - after).days)
    days = (after + timedelta(days=number) for number in span)
    return tuple(day for day in days if is_open_day(day, said))
