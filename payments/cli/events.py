"""``thuphi events``: other software that is told of payments, and what became of each message."""

from __future__ import annotations

import sys

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.domain.outgoing import EVENT_NAMES
from payments.services import manage_subscriptions, send_events
from payments.store.outgoing import delivery_log
from payments.store.unit_of_work import SqlUnitOfWork


@click.group()
def events() -> None:
    """Tell other software of payments, in the form of Standard Webhooks."""


@events.command()
@centre_option
@click.argument("url")
@click.option(
    "--event",
    "event_types",
    multiple=True,
    type=click.Choice(EVENT_NAMES),
    help="Of what; repeat it. Without it, of everything.",
)
@click.option("--secret-stdin", is_flag=True, help="Read the secret (whsec_...); else draw one.")
@click.pass_obj
def add(
    root: Root, *, centre_id: str, url: str, event_types: tuple[str, ...], secret_stdin: bool
) -> None:
    """Tell URL of payments from now on; prints the secret, which is never shown again."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    secret = manage_subscriptions.new_secret(wiring.world)
    if secret_stdin:
        secret = sys.stdin.readline().strip()
    with wiring.open_uow() as uow:
        made = manage_subscriptions.subscribe(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            url=url,
            secret=secret,
            event_types=event_types or EVENT_NAMES,
        )
        uow.commit()
    click.echo(f"id\t{made.subscription_id}")
    click.echo(f"secret\t{made.secret}")


@events.command("list")
@centre_option
@click.pass_obj
def show(root: Root, *, centre_id: str) -> None:
    """List who is told: identifier, state, address, and of what."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for one in uow.outgoing.subscriptions(actor.centre_id):
            state = "told" if one.is_enabled else "ended"
            click.echo(f"{one.subscription_id}\t{state}\t{one.url}\t{one.event_types}")


@events.command()
@centre_option
@click.argument("subscription_id")
@click.pass_obj
def end(root: Root, *, centre_id: str, subscription_id: str) -> None:
    """Tell a subscriber nothing more."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        manage_subscriptions.unsubscribe(uow, wiring.world, actor, subscription_id)
        uow.commit()
    click.echo(f"{subscription_id}: ended")


@events.command()
@centre_option
@click.pass_obj
def send(root: Root, *, centre_id: str) -> None:
    """Send what is due now; ``thuphi jobs`` does it by itself every few seconds."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    delivered = send_events.send_events(
        wiring.open_uow, wiring.world, wiring.secret_box, wiring.network, actor.centre_id
    )
    click.echo(f"{delivered} delivered")


@events.command()
@centre_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.pass_obj
def log(root: Root, *, centre_id: str, limit: int) -> None:
    """List the newest attempts: message, event, attempt, time, status, milliseconds, address."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for row in delivery_log(uow.session, actor.centre_id, limit):
            status = "under way" if row.status is None else str(row.status or row.error)
            click.echo(
                f"{row.message_id}\t{row.event_type}\t{row.attempt}"
                f"\t{row.started_at.isoformat()}\t{status}\t{row.milliseconds or 0}\t{row.url}"
            )


@events.command()
@centre_option
@click.argument("message_id")
@click.pass_context
def resend(context: click.Context, *, centre_id: str, message_id: str) -> None:
    """Send a message once more, whatever became of it before."""
    root: Root = context.obj
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    result = send_events.resend(
        wiring.open_uow,
        wiring.world,
        wiring.secret_box,
        wiring.network,
        centre_id=actor.centre_id,
        message_id=message_id,
    )
    if result is None or not result.is_delivered:
        why = "another process is sending it" if result is None else result.error or result.status
        click.echo(f"{message_id}: not delivered ({why})")
        context.exit(1)
    click.echo(f"{message_id}: delivered")
