"""``thuphi demo``: play the year, serve it with everything switched on, and move pretended money."""

from __future__ import annotations

import click


@click.group(invoke_without_command=True)
def demo() -> None:
    """Play the year 2021 of a centre and serve it: web, jobs and a simulated bank."""
