"""``thuphi statement source`` and ``fetch``: where statements come from by themselves."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TextIO

import click

from payments.cli.root import Root
from payments.domain.business_day import local
from reconciliation.cli.centres import centre_option, chosen_centre, command_line
from reconciliation.ports import ServerAccess
from reconciliation.services import manage_sources
from reconciliation.store.unit_of_work import SqlBooks


@click.group()
def source() -> None:
    """Sources of statements, visited by the evening job before it closes the day."""


@source.command("add-sftp")
@click.argument("host")
@click.option("--port", type=int, default=22, show_default=True)
@click.option("--user", required=True)
@click.option("--folder", required=True, help="The folder on the server.")
@click.option("--pattern", default="*", show_default=True, help="Which names are taken.")
@click.option(
    "--host-key",
    "host_key",
    type=click.File("r"),
    required=True,
    help="File with the server's public key (ssh-ed25519 AAAA...), as the bank has given it.",
)
@click.option("--private-key", "private_key", type=click.File("r"), help="Without a passphrase.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--removes", is_flag=True, help="Delete imported files on the server.")
@centre_option
@click.pass_obj
def add_sftp(
    root: Root,
    *,
    host: str,
    port: int,
    user: str,
    folder: str,
    pattern: str,
    host_key: TextIO,
    private_key: TextIO | None,
    password_stdin: bool,
    removes: bool,
    centre_id: str | None,
) -> None:
    """Fetch statements from a folder on HOST; nothing is fetched from a server with another key."""
    from reconciliation.network.sftp import require_keys

    access = ServerAccess(
        host=host,
        port=port,
        user=user,
        host_key=host_key.read().strip(),
        folder=folder,
        pattern=pattern,
        password=sys.stdin.readline().rstrip("\r\n") if password_stdin else "",
        private_key=private_key.read() if private_key else "",
        removes=removes,
    )
    wiring = root.wiring
    with SqlBooks(wiring.engine) as uow:
        actor = command_line(chosen_centre(uow, centre_id))
        made = manage_sources.add_server(
            uow, wiring.world, wiring.secret_box, actor, access, require_keys
        )
        uow.commit()
    click.echo(f"id\t{made.source_id}")


@source.command("add-feed")
@click.argument("endpoint_id")
@click.option(
    "--since",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    default=None,
    help="The first day, where the account has no statement yet; today if left out.",
)
@centre_option
@click.pass_obj
def add_feed(
    root: Root, *, endpoint_id: str, since: datetime | None, centre_id: str | None
) -> None:
    """Ask the provider of a connection for its account's transactions, as statements.

    The connection needs the secret that its provider is asked with (thuphi adapters describe NAME).
    """
    wiring = root.wiring
    with SqlBooks(wiring.engine) as uow:
        actor = command_line(chosen_centre(uow, centre_id))
        endpoint = uow.centres.endpoint(endpoint_id)
        made = manage_sources.add_feed(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            wiring.adapters[endpoint.adapter],
            endpoint_id=endpoint_id,
            since=since.date() if since else local(wiring.world.clock.now()).date(),
        )
        uow.commit()
    click.echo(f"id\t{made.source_id}")


@source.command("list")
@centre_option
@click.pass_obj
def show(root: Root, *, centre_id: str | None) -> None:
    """List the sources: identifier, kind, name, state, last visit and what went wrong in it."""
    with SqlBooks(root.wiring.engine, write=False) as uow:
        centre = chosen_centre(uow, centre_id)
        for one in uow.sources.all(centre.centre_id):
            state = "visited" if one.is_enabled else "ended"
            last = one.visited_at.isoformat() if one.visited_at else "never"
            click.echo(f"{one.source_id}\t{one.kind}\t{one.name}\t{state}\t{last}\t{one.problem}")


@source.command()
@click.argument("source_id")
@centre_option
@click.pass_obj
def end(root: Root, *, source_id: str, centre_id: str | None) -> None:
    """Visit a source no more."""
    with SqlBooks(root.wiring.engine) as uow:
        actor = command_line(chosen_centre(uow, centre_id))
        manage_sources.end_source(uow, root.wiring.world, actor, source_id)
        uow.commit()
    click.echo(f"{source_id}: ended")


@click.command()
@click.option("--source", "source_id", default="", help="Only this one; not the watched folder.")
@centre_option
@click.pass_context
def fetch(context: click.Context, *, source_id: str, centre_id: str | None) -> None:
    """Take the statements that wait now, and print as JSON what became of each.

    Ends with 1 when a source could not be visited, or a file was not imported.
    """
    # The scheduler and SSH take a while to import, and no other command needs them.
    from reconciliation.jobs import import_waiting

    root: Root = context.obj
    with SqlBooks(root.wiring.engine, write=False) as uow:
        centre = chosen_centre(uow, centre_id)
    told = import_waiting(root.wiring, centre, source_id=source_id, actor=command_line(centre))
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    if any("error" in one or one.get("verdict") != "imported" for one in told):
        context.exit(1)
