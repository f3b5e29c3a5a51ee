"""``thuphi api-key``: the keys with which other software sends dossiers."""

from __future__ import annotations

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.services import manage_api_keys
from payments.store.queries_settings import api_key_by_id, api_keys
from payments.store.unit_of_work import SqlUnitOfWork


@click.group("api-key")
def api_key() -> None:
    """Make and revoke keys for the JSON interface."""


@api_key.command()
@centre_option
@click.argument("name")
@click.pass_obj
def new(root: Root, *, centre_id: str, name: str) -> None:
    """Make a key for a department or its software; prints it this once."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        made = manage_api_keys.create_api_key(uow, wiring.world, actor, name=name)
        uow.commit()
    click.echo(f"id\t{made.key_id}")
    click.echo(f"key\t{made.secret}")


@api_key.command("list")
@centre_option
@click.pass_obj
def show(root: Root, *, centre_id: str) -> None:
    """List the keys: identifier, state, name."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for key in api_keys(uow.session, actor.centre_id):
            click.echo(f"{key.key_id}\t{'active' if key.is_active else 'revoked'}\t{key.name}")


@api_key.command()
@centre_option
@click.argument("key_id")
@click.pass_obj
def revoke(root: Root, *, centre_id: str, key_id: str) -> None:
    """Stop taking a key from now on."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine) as uow:
        key = api_key_by_id(uow.session, actor.centre_id, key_id)
        manage_api_keys.revoke_api_key(uow, wiring.world, actor, key)
        uow.commit()
    click.echo(f"{key_id}: revoked")
