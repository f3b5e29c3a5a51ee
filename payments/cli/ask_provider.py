"""``thuphi adapters query``: what a provider says became of an order, when it did not tell."""

from __future__ import annotations

import json
from datetime import datetime

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.check_request import shown
from payments.cli.root import Root
from payments.domain.business_day import VIETNAM
from payments.domain.errors import NotFound
from payments.services.ask_about_order import ask_about_order


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
    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
        standing = uow.requests.by_references(actor.centre_id, {reference}).get(reference)
    if endpoint.centre_id != actor.centre_id:
        raise NotFound("endpoints_unknown")
    if standing is None:
        raise NotFound("reference_unknown", field="--reference", reference=reference)
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
