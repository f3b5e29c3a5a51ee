"""Locking a business date: what comes after the close counts on the next open day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class DayClose:
    """The fact that a business date is locked, with the report frozen at that moment.

    ``report`` is canonical JSON, ``report_sha256`` its hash; ``kind`` is ``day``.
    """

    centre_id: str
    business_date: date
    kind: str
    report: str
    report_sha256: str
    closed_by: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """The fact that a job has taken a business date on; its key lets it do so once."""

    centre_id: str
    job: str
    business_date: date
    started_at: datetime
    finished_at: datetime | None
    result: str


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A word to the open screens: the subject (a request or a counter) has changed."""

    centre_id: str
    kind: str
    subject_id: str
    at: datetime
