"""The command line of reconciliation."""

from __future__ import annotations

import click

from reconciliation.cli.books import books
from reconciliation.cli.days import day, report
from reconciliation.cli.jobs import jobs
from reconciliation.cli.statements import statement

COMMANDS: list[click.Command] = [
    books,
    day,
    jobs,
    report,
    statement,
]
