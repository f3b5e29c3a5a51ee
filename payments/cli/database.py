"""``thuphi db``: bring the database to the current schema, and say whether it is there."""

from __future__ import annotations

import click

from payments.cli.root import Root
from payments.store import migrations
from payments.store.engine import open_engine
from payments.store.private_file import create_private, require_private


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command()
@click.pass_obj
def upgrade(root: Root) -> None:
    """Create the database, or bring it to the current schema. Safe to repeat."""
    url = root.settings.database_url
    create_private(url)
    require_private(url)
    engine = open_engine(url)
    before = migrations.current(engine)
    migrations.upgrade(engine)
    after = migrations.current(engine)
    click.echo(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")


@db.command()
@click.pass_obj
def check(root: Root) -> None:
    """End with 0 when the schema is current, else with 1 and both revisions."""
    url = root.settings.database_url
    require_private(url)
    migrations.require_current(open_engine(url))
    click.echo(f"schema {migrations.head()} is current")
