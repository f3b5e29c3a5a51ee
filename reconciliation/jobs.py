"""What runs by itself: the evening's statements and day close, and the hourly books check.

A timer only asks "is anything due?"; the database decides who does it, so that any number of these
processes may run, and one that was down catches up when it starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from payments.domain.business_day import business_date, local
from payments.domain.centres import Centre
from payments.domain.days import JobRun
from payments.domain.errors import Conflict, Invalid, PaymentsError
from payments.domain.staff import Actor
from payments.services.send_events import send_events
from payments.wiring import Wiring
from reconciliation.domain.large_files import Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.check_books import check_books
from reconciliation.services.close_day import close_day
from reconciliation.services.import_file import finish_file, import_file
from reconciliation.services.run_job import fail, finish, take_on
from reconciliation.store.importers import importer_on
from reconciliation.store.unit_of_work import SqlBooks

EVENING = "evening"
EVERY_MINUTES = 5
EVENTS_EVERY_S = 5
IMPORTS_EVERY_S = 30
IMPORT_DEAD_AFTER = timedelta(seconds=60)
_ONE_DAY = timedelta(days=1)

Work = Callable[[Wiring, Centre, date], Mapping[str, object]]
"""A job's work. What it returns is kept as the result; what it raises makes it due again."""

log = structlog.get_logger("thuphi.jobs")


def run_for_ever(wiring: Wiring) -> None:
    """Run what is due now, then again every five minutes, until the process is stopped.

    Payment events go out to other software every few seconds.
    """
    scheduler = BlockingScheduler(timezone="UTC")
    scheduler.add_job(
        lambda: run_due(wiring),
        "interval",
        minutes=EVERY_MINUTES,
        next_run_time=wiring.world.clock.now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.add_job(
        lambda: tell_others(wiring),
        "interval",
        seconds=EVENTS_EVERY_S,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.add_job(
        lambda: go_on_with_imports(wiring),
        "interval",
        seconds=IMPORTS_EVERY_S,
        next_run_time=wiring.world.clock.now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()


def go_on_with_imports(wiring: Wiring) -> int:
    """Go on with large statement files whose process has died; return how many were finished."""
    with SqlBooks(wiring.engine, write=False) as uow:
        left = [
            file for one in uow.centres.all() for file in uow.large_files.unfinished(one.centre_id)
        ]
    silent = wiring.world.clock.now() - IMPORT_DEAD_AFTER
    importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers)
    finished = 0
    for file in left:
        if file.phase is Phase.KEEPING or file.worked_at > silent:
            continue
        try:
            finish_file(importer, file)
            finished += 1
        except PaymentsError as error:
            log.warning("import_left", file=file.file_id, error=str(error))
    return finished


def tell_others(wiring: Wiring) -> int:
    """Send other software the payment events that are due, for all centres; return how many.

    What one centre's subscribers answer, or a fault in its work, does not hold up the others.
    """
    with SqlBooks(wiring.engine, write=False) as uow:
        centres = uow.centres.all()
    delivered = 0
    for centre in centres:
        try:
            delivered += send_events(
                wiring.open_uow, wiring.world, wiring.secret_box, wiring.network, centre.centre_id
            )
        except PaymentsError as error:
            log.warning("events_not_sent", centre=centre.centre_id, error=str(error))
    return delivered


def run_due(wiring: Wiring, day: date | None = None) -> list[JobRun]:
    """Run every job that is due and not done, for all centres; return what was run.

    ``day`` is the last business date to close; without it, today once the closing hour has passed
    and yesterday before it.
    """
    with SqlBooks(wiring.engine, write=False) as uow:
        centres = uow.centres.all()
    now = wiring.world.clock.now()
    runs = []
    for centre in centres:
        due = day or last_due(now, centre, wiring.settings.close_at)
        hour = f"books_check_{local(now).hour:02d}"
        runs.append(_run(wiring, centre, EVENING, due, work_evening))
        runs.append(_run(wiring, centre, hour, local(now).date(), work_books_check))
    return [run for run in runs if run is not None]


def last_due(now: datetime, centre: Centre, close_at: int) -> date:
    """Return the last business date whose evening has come.

    ``close_at`` is the local closing hour in minutes after midnight.
    """
    moment = local(now)
    if moment.hour * 60 + moment.minute >= close_at:
        return min(moment.date(), business_date(now, centre.cutoff_minutes))
    return moment.date() - _ONE_DAY


def work_evening(wiring: Wiring, centre: Centre, day: date) -> Mapping[str, object]:
    """Import the statement files that have come, then close every open day up to this one.

    Raises Conflict when a day cannot be closed yet; what was closed before it stays closed.
    """
    files = import_waiting(wiring, centre)
    go_on_with_imports(wiring)
    closed: list[str] = []
    while (next_day := _next_to_close(wiring, centre, day)) is not None:
        with SqlBooks(wiring.engine) as uow:
            close_day(uow, wiring.world, _actor(centre), next_day)
            uow.commit()
        closed.append(next_day.isoformat())
    return {"files": files, "closed": closed}


def work_books_check(wiring: Wiring, centre: Centre, day: date) -> Mapping[str, object]:
    """Check the centre's books. Findings are the result; they are logged as errors too."""
    del day
    with SqlBooks(wiring.engine, write=False) as uow:
        findings = check_books(uow, centre.centre_id)
    for finding in findings:
        log.error(
            "books_broken",
            centre=centre.centre_id,
            invariant=finding.invariant,
            where=finding.where,
            message=finding.message,
        )
    return {
        "findings": [
            {"invariant": one.invariant, "where": one.where, "message": one.message}
            for one in findings
        ]
    }


def import_waiting(wiring: Wiring, centre: Centre) -> list[dict[str, object]]:
    """Import the files in the centre's folder, each in its own transaction; nothing is moved.

    A file that was imported before adds nothing. What cannot be read is named in the answer.
    """
    folder = wiring.settings.statement_dir / centre.centre_id
    waiting = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in waiting if path.is_file() and not path.name.startswith(".")]
    answers = [_import_one(wiring, centre, path) for path in files]
    return [answer for answer in answers if answer is not None]


def _import_one(wiring: Wiring, centre: Centre, path: Path) -> dict[str, object] | None:
    """Import one file and say what became of it; None when it was known."""
    try:
        importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers)
        with path.open("rb") as source:
            result = import_file(importer, _actor(centre), file_name=path.name, source=source)
    except (Invalid, OSError) as error:
        log.warning("statement_refused", file=path.name, error=str(error))
        return {"file": path.name, "verdict": "refused", "error": str(error)}
    if result.was_known and result.verdict is FileVerdict.IMPORTED:
        return None
    return {
        "file": path.name,
        "verdict": result.verdict.value,
        "entries": result.entries_new,
        "rules": sorted({problem.rule for problem in result.problems}),
    }


def _next_to_close(wiring: Wiring, centre: Centre, day: date) -> date | None:
    """Return the first open day with facts, or the day itself, or None when it is closed."""
    with SqlBooks(wiring.engine, write=False) as uow:
        closed = uow.days.closed_through(centre.centre_id)
        if closed is not None and closed >= day:
            return None
        first = uow.reports.first_open_fact(centre.centre_id, after=closed)
    return min(first or day, day)


def _run(wiring: Wiring, centre: Centre, job: str, day: date, work: Work) -> JobRun | None:
    """Run a job unless it is done or somebody is at it; record how it ended."""
    try:
        with SqlBooks(wiring.engine) as uow:
            run = take_on(uow, wiring.world, centre.centre_id, job, day)
            uow.commit()
    except Conflict:
        return None
    if run is None:
        return None
    words = {"centre": centre.centre_id, "job": job, "day": day.isoformat()}
    try:
        result = work(wiring, centre, day)
    except PaymentsError as error:
        log.warning("job_failed", **words, error=str(error))
        answer = {"error": error.code, **{name: str(fact) for name, fact in error.facts.items()}}
        return _keep_failure(wiring, run, answer)
    except Exception as error:  # a fault in one centre's work must not stop the others'
        log.exception("job_broken", **words)
        return _keep_failure(wiring, run, {"error": "fault", "kind": type(error).__name__})
    with SqlBooks(wiring.engine) as uow:
        done = finish(uow, wiring.world, run, _json(result))
        uow.commit()
    log.info("job_done", **words)
    return done


def _keep_failure(wiring: Wiring, run: JobRun, answer: Mapping[str, object]) -> JobRun:
    """Keep why a run could not do its work; the next tick takes it on again."""
    with SqlBooks(wiring.engine) as uow:
        failed = fail(uow, run, _json(answer))
        uow.commit()
    return failed


def _actor(centre: Centre) -> Actor:
    """Return who the evening's work is done by."""
    return Actor(centre.centre_id, f"job:{EVENING}")


def _json(values: Mapping[str, object]) -> str:
    """Return a result as its row keeps it."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
