"""``thuphi demo``: play a year, serve it with everything switched on, and move pretended money."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from payments.cli.root import Root

if TYPE_CHECKING:
    from reconciliation.demo.folder import DemoFolder

_BANK_PORT = 8001
_PORT = 8000
_data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/demo"),
    show_default=True,
    help="The folder of the demo: database, keys, bank.",
)


@click.group(invoke_without_command=True)
@_data_dir
@click.option("--port", type=click.IntRange(1, 65_535), default=_PORT, show_default=True)
@click.option("--bank-port", type=click.IntRange(1, 65_535), default=_BANK_PORT, show_default=True)
@click.option("--once", is_flag=True, help="Play the year, print its report as JSON, and end.")
@click.option("--fresh", is_flag=True, help="Play the year anew, even if it has been played.")
@click.pass_context
def demo(
    context: click.Context, *, data_dir: Path, port: int, bank_port: int, once: bool, fresh: bool
) -> None:
    """Play the year 2021 of a centre and serve it: web, jobs and a simulated bank."""
    if context.invoked_subcommand is not None:
        return
    root: Root = context.obj
    from reconciliation.demo.folder import DemoFolder

    folder = DemoFolder(data_dir.resolve())
    with folder.alone():
        if fresh or not folder.is_played:
            _play(root, folder, port)
        if once:
            _print_report(root, folder, port)
        else:
            from reconciliation.demo.serving import serve_demo

            serve_demo(root, folder, port, bank_port)


@demo.command()
@click.argument("reference")
@click.option("--amount", type=click.IntRange(1), help="Đồng; without it what the request asks.")
@click.option(
    "--via",
    metavar="ADAPTER",
    default="sepay",
    show_default=True,
    help="The adapter whose provider announces it, such as casso or vnpay.",
)
@click.option(
    "--parts",
    type=click.IntRange(1, 9),
    default=1,
    show_default=True,
    help="In so many transfers, announced in another order than they were made.",
)
@click.option("--twice", is_flag=True, help="The provider announces again, as after a lost answer.")
@click.option(
    "--late",
    type=click.IntRange(0, 3600),
    default=0,
    metavar="SECONDS",
    help="The provider announces so much later.",
)
@_data_dir
@click.pass_obj
def pay(
    root: Root,
    *,
    reference: str,
    amount: int | None,
    via: str,
    parts: int,
    twice: bool,
    late: int,
    data_dir: Path,
) -> None:
    """Let a simulated bank move money for a payment REFERENCE, as a citizen would.

    Any other text may stand for REFERENCE, if an amount is given. A provider that the demo does not
    know yet is given an account and an address of its own.
    """
    from reconciliation.demo.courier import Manners
    from reconciliation.demo.folder import DemoFolder
    from reconciliation.demo.payer import Route, pay_by_transfer, wiring_of

    folder = DemoFolder(data_dir.resolve())
    manners = Manners(
        times=2 if twice else 1,
        latest=timedelta(seconds=late),
        is_exact=True,
        in_disorder=parts > 1,
    )
    route = Route(via, parts, manners)
    for paid in pay_by_transfer(wiring_of(root, folder), folder, reference, amount, route):
        click.echo(f"{paid.bank_reference}  {paid.amount} VND  {paid.text}")


@demo.command(hidden=True)
@_data_dir
@click.option("--bank-port", type=click.IntRange(1, 65_535), default=_BANK_PORT)
@click.pass_obj
def bank(root: Root, *, data_dir: Path, bank_port: int) -> None:
    """Serve the page of the simulated bank. Started by the demo."""
    from reconciliation.demo.bank_page import serve_bank
    from reconciliation.demo.folder import DemoFolder

    serve_bank(root, DemoFolder(data_dir.resolve()), bank_port)


def _play(root: Root, folder: DemoFolder, port: int) -> None:
    """Play the year with a line of progress on standard error."""
    from reconciliation.demo.year import plan_year
    from reconciliation.demo.year_play import play_year

    days = plan_year()
    on_screen = sys.stderr.isatty()

    def progress(number: int, day: date) -> None:
        end = "\n" if number == len(days) else "\r"
        if on_screen or number % 25 == 0 or number == len(days):
            line = f"  {day:%d/%m/%Y}  {number}/{len(days)} days played"
            click.echo(line + (end if on_screen else "\n"), err=True, nl=False)

    play_year(root, folder, days, port, progress)


def _print_report(root: Root, folder: DemoFolder, port: int) -> None:
    """Check the books, and print the report of the year as JSON. Ends with 1 if they are wrong."""
    from reconciliation.demo.centre import CENTRE_ID
    from reconciliation.demo.year import YEAR
    from reconciliation.services.check_books import check_books
    from reconciliation.services.report_day import day_report
    from reconciliation.store.unit_of_work import SqlBooks

    wiring = root.build_wiring(folder.settings(port))
    with SqlBooks(wiring.engine, write=False) as uow:
        findings = check_books(uow)
        report = day_report(uow, CENTRE_ID, date(YEAR, 1, 1), date(YEAR, 12, 31))
    for finding in findings:
        click.echo(f"{finding.invariant} {finding.where}: {finding.message}", err=True)
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    if findings:
        raise SystemExit(1)
