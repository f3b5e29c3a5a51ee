"""What the day report, the books check and the jobs read."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from payments.domain.days import JobRun
from reconciliation.domain.books import Finding
from reconciliation.domain.day_report import DayReport


class ReportsRepository(Protocol):
    """Figures of days, from receipts, the journal and the registers."""

    def report(self, centre_id: str, date_from: date, date_to: date) -> DayReport:
        """Return the figures of a range of business dates."""
        ...

    def first_open_fact(self, centre_id: str, *, after: date | None) -> date | None:
        """Return the first business date after a day on which something happened."""
        ...

    def unbalanced_on(self, centre_id: str, day: date) -> list[str]:
        """Return the journal entries of a day whose postings do not add up to zero."""
        ...


class ChecksRepository(Protocol):
    """The books check."""

    def findings(self, centre_id: str | None) -> list[Finding]:
        """Return every broken invariant of one centre or of all."""
        ...


class JobsRepository(Protocol):
    """Which job has taken which business date on."""

    def run_of(self, centre_id: str, job: str, business_date: date) -> JobRun | None:
        """Return the run of a job for a date."""
        ...

    def latest(self, centre_id: str, limit: int) -> list[JobRun]:
        """Return the newest runs, newest first."""
        ...
