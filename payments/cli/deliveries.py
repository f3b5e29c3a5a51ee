"""``thuphi adapters deliveries`` and ``replay``: what banks have sent, and reading it again."""

from __future__ import annotations

import json
from datetime import datetime

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.check_request import shown
from payments.cli.root import Root
from payments.services.replay_delivery import replay_delivery
from payments.store import queries_deliveries as queries
from payments.store.unit_of_work import SqlUnitOfWork


@click.command()
@centre_option
@click.option("--endpoint", "endpoint_id", default="")
@click.option("--verdict", default="", help="Such as accepted, repeated or unreadable.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="In Vietnam: 2026-03-02")
@click.option("--event", "event_id", default="", help="The bank's own number of a transfer.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@click.pass_obj
def deliveries(
    root: Root,
    *,
    centre_id: str,
    endpoint_id: str,
    verdict: str,
    day: datetime | None,
    event_id: str,
    limit: int,
) -> None:
    """List the kept messages of banks, the newest first."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    wanted = queries.DeliveryFilter(endpoint_id, verdict, day.date() if day else None, event_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for row in queries.delivery_list(uow.session, actor.centre_id, wanted, limit=limit):
            told = (
                row.message_id,
                row.received_at.isoformat(),
                row.adapter,
                row.account_number,
                row.verdict or "unknown",
                str(row.reply_status),
                f"{row.handled_ms} ms",
                row.problem,
            )
            click.echo("\t".join(told))


@click.command()
@centre_option
@click.argument("message_id")
@click.pass_obj
def replay(root: Root, *, centre_id: str, message_id: str) -> None:
    """Read a kept message again; transfers that are known already are left alone."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine) as uow:
        message = queries.delivery(uow.session, actor.centre_id, message_id)
        adapter = root.adapter(uow.centres.endpoint(message.endpoint_id).adapter)
        done = replay_delivery(uow, wiring.world, wiring.secret_box, actor, adapter, message)
        uow.commit()
    for event in done.events:
        click.echo(json.dumps(shown(event), ensure_ascii=False))
    click.echo(f"{len(done.recorded)} transfers recorded")
