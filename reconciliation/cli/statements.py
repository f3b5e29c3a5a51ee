"""``thuphi statement``: read a bank's file and say whether it adds up, or import it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from payments.cli.root import Root
from reconciliation.cli.acceptance import approve, propose, refuse, waiting
from reconciliation.cli.centres import centre_option, chosen_centre, command_line
from reconciliation.cli.import_progress import Progress
from reconciliation.cli.sources import fetch, source
from reconciliation.cli.statement_reading import read_command
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.import_file import import_file
from reconciliation.services.import_statement import problems_json
from reconciliation.store.importers import importer_on
from reconciliation.store.unit_of_work import SqlBooks


@click.group()
def statement() -> None:
    """Read and import bank statements."""


for _command in (read_command, waiting, propose, approve, refuse, source, fetch):
    statement.add_command(_command)


@statement.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@centre_option
@click.pass_context
def import_command(context: click.Context, file: Path, centre_id: str | None) -> None:
    """Import a statement and print what became of it as JSON.

    A large file shows how far it has come; one whose import was interrupted goes on where it was.
    Ends with 1 when the file breaks a rule and was put apart.
    """
    root: Root = context.obj
    wiring = root.wiring
    with SqlBooks(wiring.engine, write=False) as uow:
        actor = command_line(chosen_centre(uow, centre_id))
    importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers, Progress())
    with file.open("rb") as source:
        result = import_file(importer, actor, file_name=file.name, source=source)
    shown = {
        "file": result.file_id,
        "verdict": result.verdict.value,
        "was_known": result.was_known,
        "statements": result.statements,
        "entries_new": result.entries_new,
        "entries_known": result.entries_known,
        "settled": result.settled,
        "problems": json.loads(problems_json(result.problems)),
        "noticed": json.loads(problems_json(result.noticed)),
    }
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    if result.verdict is FileVerdict.QUARANTINED:
        context.exit(1)
