"""Repository of the runs of jobs."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from payments.domain.days import JobRun
from payments.store import tables_books as books
from payments.store.session import Session


class SqlJobs:
    """Reads which job has taken which business date on."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def run_of(self, centre_id: str, job: str, business_date: date) -> JobRun | None:
        """Return the run of a job for a date."""
        table = books.job_runs
        same = (
            (table.c.centre_id == centre_id)
            & (table.c.job == job)
            & (table.c.business_date == business_date)
        )
        return self._session.first(JobRun, select(table).where(same))

    def latest(self, centre_id: str, limit: int) -> list[JobRun]:
        """Return the newest runs, newest first."""
        table = books.job_runs
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(
            JobRun, statement.order_by(table.c.started_at.desc(), table.c.job).limit(limit)
        )
