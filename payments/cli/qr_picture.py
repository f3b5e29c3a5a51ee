"""``thuphi qr picture`` and ``thuphi qr sheet``: a code as a picture, or as a sheet to print."""

from __future__ import annotations

from datetime import datetime
from typing import IO

import click

from payments.cli.qr import or_exit, whole
from payments.domain.business_day import from_local
from payments.domain.errors import Invalid
from payments.domain.vietqr import parse

_to_file = click.File("wb", lazy=True)


@click.command()
@click.argument("payload")
@click.argument("target", type=_to_file)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["svg", "png"]),
    default="svg",
    show_default=True,
    help="A drawing that scales, or a picture.",
)
@click.option(
    "--scale",
    type=click.IntRange(1, 40),
    default=8,
    show_default=True,
    help="Pixels a module, in a png.",
)
def picture(payload: str, target: IO[bytes], *, kind: str, scale: int) -> None:
    """Draw PAYLOAD, a right code of whatever scheme, into the file TARGET; - is standard output."""
    from payments.web.qr_image import qr_png, qr_svg

    def drawn() -> bytes:
        parse(payload)
        return qr_svg(payload).encode() if kind == "svg" else qr_png(payload, scale=scale)

    # Done before the file is touched, so that a refusal leaves none behind.
    document = or_exit(drawn)
    target.write(document)


def _moment(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> datetime | None:
    """Read a local time of Vietnam, as people write it."""
    if value is None:
        return None
    try:
        return from_local(datetime.strptime(value, "%d/%m/%Y %H:%M"))  # noqa: DTZ007 -- local by from_local.
    except ValueError as error:
        raise click.BadParameter("a local time such as 31/12/2026 17:00") from error


@click.command()
@click.argument("target", type=_to_file)
@click.option("--bin", "bin_", required=True, help="The bank's six digits; see: thuphi banks.")
@click.option("--account", required=True, help="Account or virtual account of the payee.")
@click.option("--holder", required=True, help="The account's holder as the bank has it.")
@click.option("--centre", required=True, help="The name on top.")
@click.option("--amount", callback=whole, help="Whole dong; without it the payer types it.")
@click.option("--text", help="Transfer text, at most 25 plain characters.")
@click.option("--dossier", default="", help="The dossier's code.")
@click.option("--expires", callback=_moment, help="Until when it is asked for: 31/12/2026 17:00")
@click.option("--place", default="", help="Where it is put up, such as a counter.")
@click.option("--paper", type=click.Choice(["a5", "a6"]), default="a5", show_default=True)
def sheet(
    target: IO[bytes],
    *,
    bin_: str,
    account: str,
    holder: str,
    centre: str,
    amount: int | None,
    text: str | None,
    dossier: str,
    expires: datetime | None,
    place: str,
    paper: str,
) -> None:
    """Print a sheet to pay by (PDF) into the file TARGET; - is standard output."""
    from payments.exports.payment_sheet import Paper, PaymentSheet, payment_sheet_pdf
    from payments.web.qr_image import qr_svg

    def printed() -> bytes:
        asked = PaymentSheet(
            centre=_line("centre", centre),
            bin=bin_,
            account=account,
            holder=_line("holder", holder),
            amount=amount,
            text=text,
            expires_at=expires,
            dossier=_line("dossier", dossier, least=0),
            place=_line("place", place, least=0),
        )
        return payment_sheet_pdf(asked, paper=Paper(paper), qr_svg=qr_svg(asked.qr_payload))

    document = or_exit(printed)
    target.write(document)


def _line(field: str, value: str, *, least: int = 1) -> str:
    """Return a text of one line. Raises Invalid when it is empty or over 200 characters."""
    tidy = " ".join(value.split())
    if not least <= len(tidy) <= 200 or not tidy.isprintable():
        raise Invalid("text_length_wrong", field=field, limit=200)
    return tidy
