"""Where the finance office stands today: what is open, what differs, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import Blueprint, render_template

from payments.domain.business_day import business_date
from payments.domain.staff import Permission
from payments.web.access import current_user, current_wiring, requires
from reconciliation.domain.day_close import Condition
from reconciliation.domain.day_report import DayReport
from reconciliation.services.close_day import conditions
from reconciliation.services.report_day import day_report
from reconciliation.store import queries_finance as queries
from reconciliation.store.unit_of_work import SqlBooks

pages = Blueprint("finance", __name__, url_prefix="/tai-chinh")


class Step(StrEnum):
    """The steps of an evening, in their order."""

    IMPORT = "import"
    WORK_OFF = "work_off"
    CLOSE = "close"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Position:
    """All that the first page of the finance office shows. Sums are whole đồng."""

    today: date
    closed_through: date | None
    days: Sequence[queries.OpenDay]
    breaks: Sequence[queries.BreakCount]
    statements: Sequence[queries.LastStatement]
    tills: Sequence[queries.OpenTill]
    report: DayReport
    closing: date | None
    conditions: Sequence[Condition]

    @property
    def break_count(self) -> int:
        """How many differences are open."""
        return sum(found.count for found in self.breaks)

    @property
    def step(self) -> Step:
        """The step that comes next: each waits for the one before it."""
        unmet = {condition.code for condition in self.conditions if not condition.is_met}
        if "statement_missing" in unmet:
            return Step.IMPORT
        if self.breaks:
            return Step.WORK_OFF
        return Step.CLOSE if self.closing is not None else Step.DONE


def open_books(*, write: bool = False) -> SqlBooks:
    """Return a unit of work that knows statements and figures; by default one that only reads."""
    return SqlBooks(current_wiring().engine, write=write)


@pages.get("/")
@requires(Permission.SEE_FINANCE)
def home() -> str:
    """Show today's position."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with open_books() as uow:
        centre = uow.centres.get(centre_id)
        today = business_date(wiring.world.clock.now(), centre.cutoff_minutes)
        closed = uow.days.closed_through(centre_id)
        days = queries.open_days(uow.session, centre_id, closed)
        closing = days[0].business_date if days else None
        position = Position(
            today=today,
            closed_through=closed,
            days=days,
            breaks=queries.open_break_counts(uow.session, centre_id),
            statements=queries.last_statements(uow.session, centre_id),
            tills=queries.open_tills(uow.session, centre_id),
            report=day_report(uow, centre_id, today, today),
            closing=closing,
            conditions=conditions(uow, wiring.world, centre_id, closing) if closing else (),
        )
    return render_template("finance/home.html", position=position, Step=Step)
