"""``thuphi adapters query``, ``register`` and ``link``: the provider is called, not waited for."""

from __future__ import annotations

import json
from datetime import datetime

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.check_request import shown
from payments.cli.root import Root
from payments.domain.business_day import VIETNAM
from payments.domain.centres import Endpoint
from payments.domain.errors import NotFound
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor
from payments.services.ask_about_order import ask_about_order
from payments.services.call_provider import make_link, register_address
from payments.wiring import Wiring


@click.command()
@centre_option
@click.argument("endpoint_id")
@click.option("--reference", required=True, help="The payment code of the request.")
@click.option("--order", default="", help="The order at the provider; without it the reference.")
@click.option(
    "--ordered-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]),
    help="When the order was placed at the provider, in Vietnam; without it the request's time.",
)
@click.pass_obj
def query(
    root: Root,
    *,
    centre_id: str,
    endpoint_id: str,
    reference: str,
    order: str,
    ordered_at: datetime | None,
) -> None:
    """Ask the provider of an address what became of an order, and print what it says.

    A payment that it says is made and that has not been announced is recorded, once.
    """
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    endpoint = _endpoint(wiring, actor, endpoint_id)
    standing = _standing(wiring, actor, reference)
    asked = ask_about_order(
        wiring.open_uow,
        wiring.world,
        wiring.secret_box,
        wiring.network,
        actor,
        root.adapter(endpoint.adapter),
        endpoint,
        order=order or reference,
        ordered_at=(
            ordered_at.replace(tzinfo=VIETNAM) if ordered_at else standing.request.issued_at
        ),
    )
    if asked.answer is None:
        click.echo("the provider knows no payment for this order; nothing was recorded")
        return
    click.echo(json.dumps(shown(asked.answer.notice), ensure_ascii=False))
    for one in asked.recorded:
        click.echo(f"recorded\t{one.transfer.transfer_id}\t{one.transfer.outcome}")
    if asked.is_known:
        click.echo("known already; nothing was changed")
    elif not asked.recorded:
        click.echo("no booked payment into this account; no transfer was recorded")


@click.command()
@centre_option
@click.argument("endpoint_id")
@click.pass_obj
def register(root: Root, *, centre_id: str, endpoint_id: str) -> None:
    """Tell the provider where to announce transfers; it tries the address before it answers."""
    wiring = root.wiring
    endpoint = _endpoint(wiring, acting_for(wiring, centre_id), endpoint_id)
    url = f"{wiring.settings.base_url}/webhooks/{endpoint.endpoint_id}"
    taken = register_address(
        wiring.world,
        wiring.secret_box,
        wiring.network,
        root.adapter(endpoint.adapter),
        endpoint,
        url=url,
    )
    with wiring.open_uow(write=False) as uow:
        account = uow.centres.account(endpoint.centre_id, endpoint.account_id)
    click.echo(f"address\t{url}")
    click.echo(f"account\t{taken.account_number}\t{taken.account_name}")
    if taken.account_number != account.account_number:
        click.echo(f"this connection is of account {account.account_number}, not of that one")


@click.command()
@centre_option
@click.argument("endpoint_id")
@click.option("--reference", required=True, help="The payment code of the request.")
@click.pass_obj
def link(root: Root, *, centre_id: str, endpoint_id: str, reference: str) -> None:
    """Let the provider make a page on which what is still due of a request is paid; prints it."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    endpoint = _endpoint(wiring, actor, endpoint_id)
    page = make_link(
        wiring.world,
        wiring.secret_box,
        wiring.network,
        root.adapter(endpoint.adapter),
        endpoint,
        standing=_standing(wiring, actor, reference),
        base_url=wiring.settings.base_url,
    )
    click.echo(page)


def _endpoint(wiring: Wiring, actor: Actor, endpoint_id: str) -> Endpoint:
    """Return a connection of the centre. Raises NotFound."""
    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
    if endpoint.centre_id != actor.centre_id:
        raise NotFound("endpoints_unknown")
    return endpoint


def _standing(wiring: Wiring, actor: Actor, reference: str) -> RequestStanding:
    """Return the request of a payment code. Raises NotFound."""
    with wiring.open_uow(write=False) as uow:
        found = uow.requests.by_references(actor.centre_id, {reference}).get(reference)
    if found is None:
        raise NotFound("reference_unknown", field="--reference", reference=reference)
    return found
