"""The day report, for a day, a month, a year or any range: on the page, printed, and as a file."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from payments.domain.business_day import business_date
from payments.domain.days import DayClose
from payments.domain.errors import Invalid
from payments.domain.staff import Permission
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import field_errors
from reconciliation.domain.day_report import DayReport, FieldFigures
from reconciliation.exports.chart import field_chart, share_chart
from reconciliation.exports.delimited import report_csv, report_json
from reconciliation.exports.workbook import report_xlsx
from reconciliation.services.report_day import day_report
from reconciliation.web.finance import open_books
from reconciliation.web.periods import Period, PeriodKind, asked_for
from reconciliation.web.words import translate

pages = Blueprint("reports", __name__, url_prefix="/bao-cao")
Answer = str | tuple[str, int]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/")
@requires(Permission.SEE_REPORTS)
def day() -> Answer:
    """Show the report of the period asked for."""
    wiring = current_wiring()
    today = business_date(wiring.world.clock.now())
    try:
        period = asked_for(today)
        report, close = _read(period)
    except Invalid as error:
        period = Period(PeriodKind.DAY, today, today)
        report, close = _read(period)
        errors = forms.Filled(request.args.to_dict(), field_errors(error))
        return _page(period, report, close, errors), HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(period, report, close, forms.Filled())


@pages.get("/tai-ve/<any(xlsx, csv, json):form>")
@requires(Permission.SEE_REPORTS)
def download(form: str) -> Response:
    """Send the report of the period asked for as a file."""
    period = asked_for(business_date(current_wiring().world.clock.now()))
    report, _close = _read(period)
    if form == "xlsx":
        body, kind = report_xlsx(report, translate), _XLSX
    elif form == "csv":
        body, kind = report_csv(report, translate), "text/csv; charset=utf-8"
    else:
        body, kind = report_json(report), "application/json"
    name = f"bao-cao-{period.first:%Y%m%d}-{period.last:%Y%m%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=kind, headers=headers)


def _read(period: Period) -> tuple[DayReport, DayClose | None]:
    """Return the figures of a period, and how its day was locked if it is one locked day."""
    centre_id = current_user().centre_id
    with open_books() as uow:
        report = day_report(uow, centre_id, period.first, period.last)
        close = uow.days.close_of(centre_id, period.first) if _is_day(period) else None
    return report, close


def _is_day(period: Period) -> bool:
    return period.first == period.last


def _page(period: Period, report: DayReport, close: DayClose | None, form: forms.Filled) -> str:
    """Render a report."""
    return render_template(
        "reports/day.html",
        period=period,
        kinds=list(PeriodKind),
        report=report,
        fields=_busy_fields(report),
        share_chart=Markup(share_chart(report, translate)),  # noqa: S704 -- our SVG escapes its words.
        field_chart=Markup(field_chart(report, translate)),  # noqa: S704 -- the same.
        close=close,
        is_as_closed=close is not None and close.report_sha256 == report.sealed()[1],
        form=form,
        now=current_wiring().world.clock.now(),
    )


def _busy_fields(report: DayReport) -> list[FieldFigures]:
    """Return the fields in which anything happened, the one that collected most first."""
    busy = [one for one in report.by_field if one.total or one.dossiers or one.count]
    return sorted(busy, key=lambda one: (-one.total, -one.dossiers, one.code))
