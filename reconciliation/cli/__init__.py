"""The command line of reconciliation."""

from __future__ import annotations

import click

from reconciliation.cli.statement_reading import read_command


@click.group()
def statement() -> None:
    """Read bank statements."""


statement.add_command(read_command)

COMMANDS: list[click.Command] = [statement]
