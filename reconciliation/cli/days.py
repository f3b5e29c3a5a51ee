"""``thuphi day`` and ``thuphi report``: close a business date, and print any range's figures."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click

from payments.cli.root import Root
from payments.domain.business_day import business_date
from reconciliation.cli.centres import centre_option, chosen_centre, command_line
from reconciliation.domain.day_report import DayReport
from reconciliation.exports.delimited import report_csv, report_json
from reconciliation.exports.workbook import report_xlsx
from reconciliation.services.close_day import close_day, conditions
from reconciliation.services.report_day import day_report
from reconciliation.store.unit_of_work import SqlBooks

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def day() -> None:
    """Check and close business dates."""


@day.command()
@click.argument("business_day", metavar="YYYY-MM-DD", type=_DAY)
@click.option("--accept-missing-statement", is_flag=True, help="Close without the statement.")
@centre_option
@click.pass_obj
def close(
    root: Root, business_day: datetime, accept_missing_statement: bool, centre_id: str | None
) -> None:
    """Close a day and freeze its report. Ends with 1, naming what is in the way."""
    with SqlBooks(root.wiring.engine) as uow:
        centre = chosen_centre(uow, centre_id)
        done = close_day(
            uow,
            root.wiring.world,
            command_line(centre),
            business_day.date(),
            accept_missing_statement=accept_missing_statement,
        )
        uow.commit()
    click.echo(f"{done.business_date.isoformat()} closed {done.report_sha256}")


@day.command()
@click.argument("business_day", metavar="YYYY-MM-DD", type=_DAY)
@centre_option
@click.pass_context
def check(context: click.Context, business_day: datetime, centre_id: str | None) -> None:
    """Print what must be true before a day is closed, and whether it is. Ends with 1 if not."""
    root: Root = context.obj
    with SqlBooks(root.wiring.engine, write=False) as uow:
        centre = chosen_centre(uow, centre_id)
        checklist = conditions(uow, root.wiring.world, centre.centre_id, business_day.date())
    for condition in checklist:
        facts = ", ".join(f"{name}={value}" for name, value in condition.facts.items())
        click.echo(f"{'ok' if condition.is_met else 'NO'}\t{condition.code}\t{facts}")
    if not all(condition.is_met for condition in checklist):
        context.exit(1)


@click.command()
@click.option("--from", "first", type=_DAY, default=None, help="First day; today if left out.")
@click.option("--to", "last", type=_DAY, default=None, help="Last day; the first if left out.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv", "xlsx"]),
    default="json",
    show_default=True,
)
@centre_option
@click.pass_obj
def report(
    root: Root, first: datetime | None, last: datetime | None, form: str, centre_id: str | None
) -> None:
    """Write the report of a range of days to standard output."""
    with SqlBooks(root.wiring.engine, write=False) as uow:
        centre = chosen_centre(uow, centre_id)
        today = business_date(root.wiring.world.clock.now(), centre.cutoff_minutes)
        begin = first.date() if first else today
        found = day_report(uow, centre.centre_id, begin, _end(begin, last))
    sys.stdout.buffer.write(_written(found, form))
    sys.stdout.buffer.flush()


def _end(begin: date, last: datetime | None) -> date:
    """Return the last day of the range."""
    return last.date() if last else begin


def _written(found: DayReport, form: str) -> bytes:
    """Return the report in a format, in English like the whole command line."""
    if form == "csv":
        return report_csv(found, str)
    return report_xlsx(found, str) if form == "xlsx" else report_json(found) + b"\n"
