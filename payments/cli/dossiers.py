"""``thuphi dossiers``: bring in the list of dossiers that the one-stop software exports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.services.import_dossiers import import_dossiers


@click.group()
def dossiers() -> None:
    """Bring in dossiers."""


@dossiers.command("import")
@centre_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ask-all", is_flag=True, help="Ask for all fees where a row names none.")
@click.pass_obj
def import_(root: Root, *, centre_id: str, file: Path, ask_all: bool) -> None:
    """Register every dossier of a CSV or XLSX file, or none; prints code, reference and total."""
    wiring = root.wiring
    registered = import_dossiers(
        wiring.open_uow,
        wiring.world,
        acting_for(wiring, centre_id),
        wiring.read_table(file.name, file.read_bytes()),
        asks_all=ask_all,
        expires_in=timedelta(days=wiring.settings.request_days),
    )
    for item in registered:
        asked = item.standing.request if item.standing else None
        told = (asked.reference, str(asked.total)) if asked else ("-", "-")
        click.echo("\t".join((item.dossier.code, *told, "new" if item.is_new else "known")))
