"""The working days of the centre: holidays and worked Saturdays, and the form that says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.business_day import local
from payments.domain.calendar import CalendarDay, is_open_day
from payments.domain.errors import Invalid
from payments.domain.staff import Actor, Permission
from payments.services.set_calendar import set_calendar_day
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.formatting import day as written
from reconciliation.store.queries_finance import names_of_staff
from reconciliation.web import asked
from reconciliation.web.finance import open_books

pages = Blueprint("calendar", __name__, url_prefix="/quan-tri/lich-lam-viec")
Answer = str | tuple[str, int] | Response


class Said(StrEnum):
    """What can be said of a day."""

    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SaidDay:
    """A day of which something is said, its name in the week, and whether that is as usual."""

    said: CalendarDay
    weekday: str
    is_usual: bool


@pages.get("/")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """List the days of a year of which something is said."""
    return render_template("admin/calendar.html", form=forms.Filled(), **_shown())


@pages.post("/")
@requires(Permission.MANAGE_CALENDAR)
def say() -> Answer:
    """Say of a day that it is worked or not."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        day = asked.day_of(forms.required("day"), "day")
        is_open = _word("state") is Said.OPEN
        reason = forms.required("reason")
        with wiring.open_uow() as uow:
            set_calendar_day(uow, wiring.world, actor, day, is_open=is_open, reason=reason)
            uow.commit()
    except Invalid as error:
        return forms.refused("admin/calendar.html", error, **_shown())
    if is_open:
        flash(_("%(day)s is a working day.", day=written(day)), "good")
    else:
        flash(_("%(day)s is a day off.", day=written(day)), "good")
    return redirect(url_for("calendar.index", year=day.year), HTTPStatus.SEE_OTHER)


def _word(name: str) -> Said:
    """Return what was chosen. Raises Invalid when it is neither."""
    try:
        return Said(forms.required(name))
    except ValueError as error:
        raise Invalid("field_malformed", field=name) from error


def _shown() -> dict[str, object]:
    """Return what the page shows of the year asked for, the present one when none is."""
    centre_id, today = current_user().centre_id, local(current_wiring().world.clock.now()).date()
    year = asked.whole("year") or today.year
    year = min(max(year, asked.FIRST_YEAR), asked.LAST_YEAR)
    with open_books() as uow:
        said = uow.days.said(centre_id, date(year, 1, 1), date(year, 12, 31))
        names = names_of_staff(uow.session, centre_id)
    days = [
        SaidDay(one, format_date(one.day, "EEEE"), is_open_day(one.day, {}) is one.is_open)
        for one in said
    ]
    return {
        "days": days,
        "names": names,
        "year": year,
        "years": [
            one for one in (year - 1, year + 1) if asked.FIRST_YEAR <= one <= asked.LAST_YEAR
        ],
    }
