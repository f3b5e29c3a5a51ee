"""Locking a business date: the checklist, the lock itself, and the days that are locked."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.business_day import business_date
from payments.domain.errors import PaymentsError
from payments.domain.staff import Actor, Permission
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import status_of
from payments.web.formatting import day as in_words
from reconciliation.services.close_day import close_day, conditions
from reconciliation.store import queries_finance as queries
from reconciliation.web import asked
from reconciliation.web.finance import open_books, pages
from reconciliation.web.words import condition, is_condition

Answer = str | tuple[str, int] | Response


@pages.get("/khoa-so")
@requires(Permission.SEE_FINANCE)
def days() -> str:
    """Show what stands in the way of locking the next day, and the days that are locked."""
    return render_template("finance/days.html", form=forms.Filled(), **_days(asked.day("day")))


@pages.post("/khoa-so")
@requires(Permission.CLOSE_DAY)
def close() -> Answer:
    """Lock a day."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    day = None
    try:
        day = asked.day_of(forms.required("day"), "day")
        with open_books(write=True) as uow:
            closed = close_day(
                uow,
                wiring.world,
                actor,
                day,
                accept_missing_statement=forms.is_ticked("accept_missing"),
            )
            uow.commit()
    except PaymentsError as error:
        form = forms.Filled.sent(error)
        if is_condition(error.code):
            form = forms.Filled(form.values, {"": condition(error.code, error.facts, is_met=False)})
        page = render_template("finance/days.html", form=form, **_days(day))
        return page, status_of(error)
    flash(_("%(day)s is closed.", day=in_words(closed.business_date)), "good")
    return redirect(url_for("finance.days"), HTTPStatus.SEE_OTHER)


def _days(wanted: date | None) -> dict[str, object]:
    """Return what the page shows: the checklist of a day, by default of the oldest open one."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    before = asked.day("before")
    with open_books() as uow:
        centre = uow.centres.get(centre_id)
        today = business_date(wiring.world.clock.now(), centre.cutoff_minutes)
        closed = uow.days.closed_through(centre_id)
        waiting = queries.open_days(uow.session, centre_id, closed)
        day = wanted or (waiting[0].business_date if waiting else None)
        checks = conditions(uow, wiring.world, centre_id, day) if day else []
        locked = queries.closed_days(uow.session, centre_id, limit=asked.ROWS + 1, before=before)
        names = queries.names_of_staff(uow.session, centre_id)
        breaks = queries.open_break_counts(uow.session, centre_id)
    unmet = {check.code for check in checks if not check.is_met}
    return {
        "day": day,
        "today": today,
        "waiting": waiting,
        "checks": checks,
        "may_close": day is not None and not unmet - {"statement_missing"},
        "lacks_statement": "statement_missing" in unmet,
        "open_breaks": sum(found.count for found in breaks),
        "locked": asked.Page.of(locked, 1),
        "names": names,
    }
