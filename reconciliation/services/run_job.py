"""Run a job once for a centre and a business date, whoever starts it and how often.

The row of the job is the guard: whoever writes it first runs the job. A run that failed, or whose
process died, may be taken on again; one that finished may not.
"""

from __future__ import annotations

from datetime import date, timedelta

from payments.domain.days import JobRun
from payments.ports import World
from reconciliation.ports import BooksUnitOfWork

RUNNING = "running"
# A run that has said nothing for so long has died with its process.
_DEAD_AFTER = timedelta(minutes=30)


def take_on(
    uow: BooksUnitOfWork, world: World, centre_id: str, job: str, business_date: date
) -> JobRun | None:
    """Claim a job for a date, or return None when it is done or somebody is at it.

    The caller commits at once: the claim must be seen before the work begins. Raises Conflict from
    ``commit`` when another process claims it in the same moment.
    """
    uow.centres.lock(centre_id)
    now = world.clock.now()
    known = uow.jobs.run_of(centre_id, job, business_date)
    run = JobRun(centre_id, job, business_date, now, finished_at=None, result=RUNNING)
    if known is None:
        uow.add(run)
        return run
    is_busy = known.result == RUNNING and known.started_at > now - _DEAD_AFTER
    if known.finished_at is not None or is_busy:
        return None
    uow.replace(run)
    return run


def finish(uow: BooksUnitOfWork, world: World, run: JobRun, result: str) -> JobRun:
    """Say that a run has done its work, with its result as JSON; the caller commits."""
    done = JobRun(
        run.centre_id, run.job, run.business_date, run.started_at, world.clock.now(), result
    )
    uow.replace(done)
    return done


def fail(uow: BooksUnitOfWork, run: JobRun, result: str) -> JobRun:
    """Say that a run could not do its work and may be taken on again; the caller commits."""
    failed = JobRun(
        run.centre_id, run.job, run.business_date, run.started_at, finished_at=None, result=result
    )
    uow.replace(failed)
    return failed
