"""What runs by itself: the evening's statements and day close, the hourly books check, polls.

A timer only asks "is anything due?"; the database decides who does it, so that any number of these
processes may run, and one that was down catches up when it starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from payments.domain.business_day import business_date, local
from payments.domain.centres import Centre
from payments.domain.days import JobRun
from payments.domain.errors import Conflict, PaymentsError
from payments.domain.staff import Actor
from payments.jobs import check_feeds, poll_feeds
from payments.services.send_events import send_events
from payments.wiring import Wiring
from reconciliation.domain.large_files import Phase
from reconciliation.domain.sources import TakeOutcome
from reconciliation.network.folder import WatchedFolder
from reconciliation.network.sftp import SftpServer
from reconciliation.services.check_books import check_books
from reconciliation.services.close_day import close_day
from reconciliation.services.fetch_statements import Outside, Visit, visit_folder, visit_sources
from reconciliation.services.import_file import finish_file
from reconciliation.services.run_job import fail, finish, take_on
from reconciliation.services.take_files import Taker
from reconciliation.store.importers import importer_on
from reconciliation.store.unit_of_work import SqlBooks

EVENING = "evening"
EVERY_MINUTES = 5
EVENTS_EVERY_S = 5
POLLS_EVERY_S = 60
IMPORTS_EVERY_S = 30
IMPORT_DEAD_AFTER = timedelta(seconds=60)
_ONE_DAY = timedelta(days=1)

Work = Callable[[Wiring, Centre, date], Mapping[str, object]]
"""A job's work. What it returns is kept as the result; what it raises makes it due again."""

log = structlog.get_logger("thuphi.jobs")


def run_for_ever(wiring: Wiring) -> None:
    """Run what is due now, then again every five minutes, until the process is stopped.

    Payment events go out to other software every few seconds, and every minute is asked which
    providers are to be polled.
    """
    scheduler = BlockingScheduler(timezone="UTC")
    now = wiring.world.clock.now()
    for work, seconds, begin in (
        (run_due, EVERY_MINUTES * 60, {"next_run_time": now}),
        (tell_others, EVENTS_EVERY_S, {}),
        (poll_feeds, POLLS_EVERY_S, {"next_run_time": now}),
        (check_feeds, EVERY_MINUTES * 60, {}),
        (go_on_with_imports, IMPORTS_EVERY_S, {"next_run_time": now}),
    ):
        scheduler.add_job(
            work,
            "interval",
            args=(wiring,),
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            **begin,
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


def import_waiting(
    wiring: Wiring, centre: Centre, *, source_id: str = "", actor: Actor | None = None
) -> list[dict[str, object]]:
    """Take the statements that wait for a centre: in its folder, and at its sources.

    Each file is taken by itself; one that was imported before adds nothing. What cannot be read or
    reached is named in the answer. ``source_id`` visits that source alone.
    """
    importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers)
    taker = Taker(
        open_books=importer.open_books,
        world=wiring.world,
        actor=actor or _actor(centre),
        readers=wiring.statement_readers,
        wait=wiring.wait,
        rest=importer.rest,
    )
    allows_private = wiring.settings.allows_private_network
    outside = Outside(
        box=wiring.secret_box,
        network=wiring.network,
        adapters=wiring.adapters,
        open_server=lambda access: SftpServer(access, allows_private=allows_private),
    )
    folder = WatchedFolder(wiring.settings.statement_dir / centre.centre_id)
    # What the bank itself hands out comes before what a provider tells of the same days.
    visits = [] if source_id else [visit_folder(taker, folder)]
    visits += visit_sources(taker, outside, source_id)
    return [told for visit in visits for told in _told(centre, visit)]


def _told(centre: Centre, visit: Visit) -> Iterator[dict[str, object]]:
    """Yield what a visit brought that was not known, and log what went wrong."""
    where = {"centre": centre.centre_id, "source": visit.name}
    if visit.error:
        log.warning("source_not_visited", **where, error=visit.error)
        yield {"source": visit.name, "error": visit.error}
    for one in visit.taken:
        if one.error:
            log.warning("statement_refused", **where, file=one.name, error=one.error)
        if one.outcome is not TakeOutcome.IMPORTED or not one.is_known or one.error:
            yield one.shown


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
