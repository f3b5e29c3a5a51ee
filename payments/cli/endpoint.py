"""``thuphi endpoint``: the addresses where banks announce transfers, and their secrets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.domain.errors import Invalid
from payments.ports import BankAdapter
from payments.services import manage_endpoints
from payments.store.queries_settings import endpoint_rows
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import Wiring

F = TypeVar("F", bound=Callable[..., None])


@click.group()
def endpoint() -> None:
    """Open and close addresses for bank messages."""


def _secret_option(command: F) -> F:
    """Add the option of a provider's own secret; as an argument others would see it."""
    option = click.option(
        "--secret-stdin", is_flag=True, help="Read the secret from standard input; else draw one."
    )
    return option(command)


@endpoint.command()
@centre_option
@click.option("--adapter", "adapter_name", required=True, help="The provider, such as sepay.")
@click.option("--mode", required=True, help="How it proves itself; for sepay hmac or api_key.")
@click.option("--account", "account_id", default="", help="Else the account citizens pay into.")
@_secret_option
@click.pass_obj
def add(
    root: Root,
    *,
    centre_id: str,
    adapter_name: str,
    mode: str,
    account_id: str,
    secret_stdin: bool,
) -> None:
    """Open an address; prints it and its secret, which is never shown again."""
    wiring = root.wiring
    actor, adapter = acting_for(wiring, centre_id), adapter_named(wiring, adapter_name)
    with wiring.open_uow() as uow:
        made = manage_endpoints.add_endpoint(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            adapter,
            account_id=account_id or uow.centres.collecting_account(actor.centre_id).account_id,
            secret_name=mode,
            secret=_given(secret_stdin=secret_stdin),
        )
        uow.commit()
    click.echo(f"id\t{made.endpoint_id}")
    click.echo(f"address\t{wiring.settings.base_url}/webhooks/{made.endpoint_id}")
    click.echo(f"secret\t{made.secret}")


@endpoint.command("list")
@centre_option
@click.pass_obj
def show(root: Root, *, centre_id: str) -> None:
    """List the addresses: identifier, provider, mode, account, state, last message."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for row in endpoint_rows(uow.session, actor.centre_id):
            state = "open" if row.is_enabled else "closed"
            last = row.last_delivery_at.isoformat() if row.last_delivery_at else "never"
            told = (row.endpoint_id, row.adapter, row.secret_name, row.account_number, state, last)
            click.echo("\t".join(told))


@endpoint.command()
@centre_option
@click.argument("endpoint_id")
@_secret_option
@click.pass_obj
def renew(root: Root, *, centre_id: str, endpoint_id: str, secret_stdin: bool) -> None:
    """Give an address a new secret; the former one is taken until the next renewal."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        made = manage_endpoints.renew_secret(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            adapter_named(wiring, uow.centres.endpoint(endpoint_id).adapter),
            endpoint_id=endpoint_id,
            secret=_given(secret_stdin=secret_stdin),
        )
        uow.commit()
    click.echo(f"secret\t{made.secret}")


@endpoint.command()
@centre_option
@click.argument("endpoint_id")
@click.pass_obj
def disable(root: Root, *, centre_id: str, endpoint_id: str) -> None:
    """Close an address: what comes to it is answered as if it had never been."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        manage_endpoints.disable_endpoint(uow, wiring.world, actor, endpoint_id=endpoint_id)
        uow.commit()
    click.echo(f"{endpoint_id}: closed")


def adapter_named(wiring: Wiring, name: str) -> BankAdapter:
    """Return an installed adapter. Raises Invalid naming those that there are."""
    adapter = wiring.adapters.get(name)
    if adapter is None:
        known = ", ".join(sorted(wiring.adapters))
        raise Invalid("adapter_unknown", field="--adapter", known=known)
    return adapter


def _given(*, secret_stdin: bool) -> str:
    """Return the secret that was given, or nothing when one shall be drawn."""
    if not secret_stdin:
        return ""
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise Invalid("secret_missing", field="--secret-stdin")
    return secret
