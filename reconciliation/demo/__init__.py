"""The demo: the real service, a simulated bank, and a year of data played into them."""

from __future__ import annotations

import click

from reconciliation.demo.commands import demo

COMMANDS: list[click.Command] = [demo]
