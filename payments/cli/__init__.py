"""The command line, one group of commands a file."""

from __future__ import annotations

import click

from payments.cli.database import db
from payments.cli.qr import banks, qr, reference
from payments.cli.serve import serve
from payments.cli.staff import staff

COMMANDS: list[click.Command] = [
    banks,
    db,
    qr,
    reference,
    serve,
    staff,
]
