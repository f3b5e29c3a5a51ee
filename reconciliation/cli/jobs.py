"""``thuphi jobs``: the process that closes the days and checks the books by itself."""

from __future__ import annotations

from datetime import datetime

import click

from payments.cli.root import Root
from payments.web.request_log import configure


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, print it, and end.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    default=None,
    help="The last business date to close; only with --once.",
)
@click.pass_context
def jobs(context: click.Context, once: bool, day: datetime | None) -> None:
    """Import statements and close days in the evening, check the books, poll providers.

    With --once, ends with 1 when a job could not do its work.
    """
    # APScheduler takes a while to import, and no other command needs it.
    from payments.jobs import check_feeds, poll_feeds
    from reconciliation.jobs import run_due, run_for_ever

    configure()
    root: Root = context.obj
    if day is not None and not once:
        raise click.UsageError("--date needs --once")
    if not once:
        run_for_ever(root.wiring)
        return
    for result in poll_feeds(root.wiring):
        state = "done" if result.is_complete else "failed"
        told = f"{result.told} told, {result.new} new {result.problem}".rstrip()
        click.echo(f"{result.centre_id}\tpoll\t{result.endpoint_id}\t{state}\t{told}")
    for flaw in check_feeds(root.wiring):
        click.echo(f"{flaw.kind}\t{flaw.found.transfer_id}\t{flaw.missing}")
    runs = run_due(root.wiring, day.date() if day else None)
    for run in runs:
        state = "done" if run.finished_at else "failed"
        click.echo(
            f"{run.centre_id}\t{run.job}\t{run.business_date.isoformat()}\t{state}\t{run.result}"
        )
    if any(run.finished_at is None for run in runs):
        context.exit(1)
