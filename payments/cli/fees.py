"""``thuphi fees``: bring in a fee schedule, with a preview of what it changes."""

from __future__ import annotations

from pathlib import Path

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.domain.money import in_digits
from payments.services.import_fees import ChangeKind, FeePreview, import_fees, preview_fees
from payments.services.read_fee_file import read_fee_rows


@click.group()
def fees() -> None:
    """Look after the fee schedule."""


@fees.command("import")
@centre_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "is_real", is_flag=True, help="Make the changes; else only show them.")
@click.pass_obj
def import_(root: Root, *, centre_id: str, file: Path, is_real: bool) -> None:
    """Show what a CSV or XLSX schedule changes; with --apply, change it."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    rows = read_fee_rows(wiring.read_table(file.name, file.read_bytes()))
    with wiring.open_uow(write=False) as uow:
        preview = preview_fees(uow, actor.centre_id, rows)
    _tell(preview)
    if not is_real:
        click.echo("nothing has been changed; add --apply to make these changes")
        return
    with wiring.open_uow() as uow:
        import_fees(uow, wiring.world, actor, rows, digest=preview.digest)
        uow.commit()
    click.echo("done")


def _tell(preview: FeePreview) -> None:
    """Print each change as a line, then how many there are of each kind."""
    for field in preview.new_fields:
        click.echo(f"new field\t{field.field_code}\t{field.name}")
    for procedure in preview.new_procedures:
        click.echo(f"new procedure\t{procedure.procedure_code}\t{procedure.name}")
    for renaming in preview.renamed:
        click.echo(f"renamed\t{renaming.before}\t{renaming.place.name}")
    for change in preview.changes:
        if change.kind is ChangeKind.UNCHANGED:
            continue
        before = "-" if change.before is None else in_digits(change.before)
        after = "-" if change.row.is_ended else in_digits(change.amount)
        told = (change.kind.value, change.row.fee_code, f"{before} -> {after}")
        click.echo("\t".join((*told, change.row.valid_from.isoformat())))
    click.echo(", ".join(f"{count} {kind.value}" for kind, count in preview.counts.items()))
