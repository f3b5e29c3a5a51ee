"""A difference to be explained: what kind it is, what it is about, and how it was worked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class BreakKind(StrEnum):
    """Why money or messages do not agree."""

    SHORT = "short"
    OVER = "over"
    LATE = "late"
    TWICE = "twice"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    REVERSED = "reversed"
    OUTGOING = "outgoing"
    CONFLICT = "conflict"
    MISSING_ON_STATEMENT = "missing_on_statement"
    NEVER_ANNOUNCED = "never_announced"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    STATEMENT_DIFFERENCE = "statement_difference"
    CASH_OVER = "cash_over"
    CASH_SHORT = "cash_short"
    FEED_GAP = "feed_gap"
    FEED_DOUBLE = "feed_double"


ASKS_FOR_A_PLACE = frozenset(
    {BreakKind.SHORT, BreakKind.OVER, BreakKind.TWICE, BreakKind.UNKNOWN, BreakKind.CANCELLED}
)
"""The kinds that ask where a transfer's money belongs, and are answered when none of it waits."""


@dataclass(frozen=True, slots=True)
class Break:
    """A difference. One subject has at most one break of a kind. ``amount`` is whole đồng."""

    centre_id: str
    break_id: str
    kind: BreakKind
    subject_id: str
    amount: int
    business_date: date
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class BreakResolution:
    """How a break was worked off, by whom, with the words they gave."""

    centre_id: str
    break_id: str
    explanation: str
    resolved_by: str
    resolved_at: datetime
    business_date: date
