"""Lock a business date: check that everything of it is in and adds up, and freeze its report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from payments.domain.business_day import business_date as date_of
from payments.domain.days import DayClose
from payments.domain.errors import Conflict
from payments.domain.staff import Actor
from payments.ports import World
from payments.services.record_event import record
from reconciliation.domain.day_close import Condition, Coverage, masked
from reconciliation.domain.day_report import DayReport
from reconciliation.domain.large_files import UNDER_WAY
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.match_statement import review_transfers
from reconciliation.services.report_day import day_report

KIND = "day"


def close_day(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    business_date: date,
    *,
    accept_missing_statement: bool = False,
) -> DayClose:
    """Close a day of the actor's centre and freeze its report; the caller commits.

    Open breaks do not forbid it: they stand in the report. Raises Conflict with the code of the
    first condition that is not met. ``accept_missing_statement`` closes a day whose statement the
    bank has not sent; its transfers then stand in the work list as missing.
    """
    uow.centres.lock(actor.centre_id)
    for condition in _before(uow, world, actor.centre_id, business_date):
        excused = condition.code == "statement_missing" and accept_missing_statement
        if not condition.is_met and not excused:
            raise Conflict(condition.code, **condition.facts)
    review_transfers(
        uow, world, actor, until=business_date, accept_missing=accept_missing_statement
    )
    report = day_report(uow, actor.centre_id, business_date, business_date)
    books = _books(uow, report)
    if not books.is_met:
        raise Conflict(books.code, **books.facts)
    text, digest = report.sealed()
    close = DayClose(
        centre_id=actor.centre_id,
        business_date=business_date,
        kind=KIND,
        report=text,
        report_sha256=digest,
        closed_by=actor.actor_id,
        closed_at=world.clock.now(),
    )
    uow.add(close)
    record(
        uow, world, actor, "day.closed", business_date.isoformat(),
        report=digest, total=report.total, accepted_missing_statement=accept_missing_statement,
    )  # fmt: skip
    return close


def conditions(
    uow: BooksUnitOfWork, world: World, centre_id: str, business_date: date
) -> list[Condition]:
    """Return the whole checklist of a day, met or not, for a page; nothing is changed."""
    checked = list(_before(uow, world, centre_id, business_date))
    checked.append(_books(uow, day_report(uow, centre_id, business_date, business_date)))
    return checked


def _before(uow: BooksUnitOfWork, world: World, centre_id: str, day: date) -> Iterator[Condition]:
    """Yield the conditions that need no report, the simplest first."""
    centre = uow.centres.get(centre_id)
    closed = uow.days.closed_through(centre_id)
    today = date_of(world.clock.now(), centre.cutoff_minutes)
    named = {"day": day.isoformat()}
    yield Condition("day_in_future", day <= today, {**named, "today": today.isoformat()})
    yield Condition("day_already_closed", closed is None or day > closed, named)
    first = uow.reports.first_open_fact(centre_id, after=closed)
    waits = first is not None and first < day
    yield Condition(
        "earlier_day_open", not waits, {"day": first.isoformat() if first and waits else ""}
    )
    still_open = [s for s in uow.tills.open_sessions(centre_id) if s.business_date <= day]
    yield Condition("till_still_open", not still_open, {**named, "count": len(still_open)})
    under_way = uow.large_files.any_in(centre_id, UNDER_WAY)
    yield Condition("statement_being_booked", not under_way, named)
    missing = [found for found in _coverage(uow, centre_id, closed, day) if found.is_missing]
    yield Condition("statement_missing", not missing, {**named, **_named(missing)})


def _coverage(
    uow: BooksUnitOfWork, centre_id: str, closed: date | None, day: date
) -> Iterator[Coverage]:
    """Yield how far the statements of each account with announced transfers reach."""
    for account in uow.centres.accounts(centre_id):
        needed = uow.statements.last_needed_day(
            centre_id, account.account_id, since=closed, until=day
        )
        if needed is not None:
            through = uow.statements.position(centre_id, account.account_id).through
            yield Coverage(account.account_id, account.account_number, through, needed)


def _named(missing: list[Coverage]) -> dict[str, str]:
    """Return the facts of the first account whose statement is missing."""
    if not missing:
        return {"account": "", "through": ""}
    first = missing[0]
    through = first.through.isoformat() if first.through else ""
    return {"account": masked(first.account_number), "through": through}


def _books(uow: BooksUnitOfWork, report: DayReport) -> Condition:
    """Check the figures of the day against each other, reading no other day."""
    broken = [equation.name for equation in report.equations if not equation.holds]
    if uow.reports.unbalanced_on(report.centre_id, report.date_to):
        broken.append("journal_balances")
    return Condition("books_do_not_agree", not broken, {"findings": ", ".join(broken)})
