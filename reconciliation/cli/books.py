"""``thuphi books check``: prove every invariant of the books on the live database."""

from __future__ import annotations

import dataclasses
import json

import click

from payments.cli.root import Root
from reconciliation.services.check_books import check_books
from reconciliation.store.unit_of_work import SqlBooks


@click.group()
def books() -> None:
    """Check the books."""


@books.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--centre", "centre_id", default=None, help="Only this centre.")
@click.pass_context
def check(context: click.Context, as_json: bool, centre_id: str | None) -> None:
    """Name every broken invariant and its rows. Ends with 1 when there is one."""
    root: Root = context.obj
    with SqlBooks(root.wiring.engine, write=False) as uow:
        findings = check_books(uow, centre_id)
    if as_json:
        plain = [dataclasses.asdict(finding) for finding in findings]
        click.echo(json.dumps({"findings": plain}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.invariant}\t{finding.where}\t{finding.message}")
        click.echo(f"{len(findings)} broken" if findings else "the books agree")
    if findings:
        context.exit(1)
