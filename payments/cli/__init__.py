"""The command line, one group of commands a file."""

from __future__ import annotations

import click

from payments.cli.adapters import adapters
from payments.cli.api_key import api_key
from payments.cli.calendar import calendar
from payments.cli.centre import centre
from payments.cli.database import db
from payments.cli.dossiers import dossiers
from payments.cli.events import events
from payments.cli.fees import fees
from payments.cli.qr import banks, qr, reference
from payments.cli.qr_picture import picture, sheet
from payments.cli.serve import serve
from payments.cli.staff import staff

centre.add_command(calendar)
qr.add_command(picture)
qr.add_command(sheet)

COMMANDS: list[click.Command] = [
    adapters,
    api_key,
    banks,
    centre,
    db,
    dossiers,
    events,
    fees,
    qr,
    reference,
    serve,
    staff,
]
