"""``thuphi adapters polling``, ``catch-up`` and ``polls``: asking providers for transfers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import BinaryIO

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.cli.secrets_file import given, secrets_option
from payments.domain.business_day import from_local, local
from payments.domain.centres import Endpoint
from payments.domain.errors import Invalid
from payments.domain.polling import OVERLAP, Poll, PollResult, earliest
from payments.ports.bank import PollingAdapter
from payments.services import manage_endpoints
from payments.services.catch_up_feed import catch_up as ask_for
from payments.services.open_feed import Feed, open_feed
from payments.store.feeds import poll_rows
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import poller_of

_TIMES = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.command()
@centre_option
@click.argument("endpoint_id")
@click.argument("state", type=click.Choice(["on", "off"]))
@secrets_option
@click.pass_obj
def polling(
    root: Root, *, centre_id: str, endpoint_id: str, state: str, secrets_file: BinaryIO | None
) -> None:
    """Ask the provider of an address for transfers regularly, or no longer.

    ``thuphi jobs`` asks. The secret for it is given with --secrets, once.
    """
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        endpoint = manage_endpoints.own_endpoint(uow, actor, endpoint_id)
        manage_endpoints.switch_polling(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            root.adapter(endpoint.adapter),
            endpoint_id=endpoint_id,
            is_on=state == "on",
            secrets=given(secrets_file),
        )
        uow.commit()
    click.echo(f"{endpoint_id}: polling {state}")


@click.command("catch-up")
@centre_option
@click.argument("endpoint_id", default="")
@click.option("--from", "since", type=_TIMES, help="In Vietnam. Else from where it is whole.")
@click.option("--to", "until", type=_TIMES, help="In Vietnam, a day is meant whole. Else now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def catch_up(
    context: click.Context,
    *,
    centre_id: str,
    endpoint_id: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Ask providers for the transfers of a time and record those that nobody has told of.

    Without ENDPOINT_ID every address is asked whose provider can be and that has the secret for
    it. What is known already is left alone, so a time may be asked for again. Stops with status 1
    where a provider does not answer; what it told before that is recorded.
    """
    root: Root = context.obj
    actor = acting_for(root.wiring, centre_id)
    results = []
    for feed in _feeds(root, actor.centre_id, endpoint_id):
        begin, end = _time(root, feed, since, until)
        for result in ask_for(poller_of(root.wiring), feed, begin, end):
            _tell(root, result, as_json=as_json)
            results.append(result)
    if not all(result.is_complete for result in results):
        context.exit(1)


@click.command()
@centre_option
@click.argument("endpoint_id")
@click.option("--limit", type=click.IntRange(1, 1000), default=20)
@click.pass_obj
def polls(root: Root, *, centre_id: str, endpoint_id: str, limit: int) -> None:
    """List when the provider of an address was asked, the newest first."""
    actor = acting_for(root.wiring, centre_id)
    with SqlUnitOfWork(root.wiring.engine, write=False) as uow:
        for row in poll_rows(uow.session, actor.centre_id, endpoint_id, limit=limit):
            if row.result is None:
                click.echo(f"{row.poll.number}\t{_span(row.poll)}\tno answer")
            else:
                click.echo(_line(row.poll, row.result))


def _feeds(root: Root, centre_id: str, endpoint_id: str) -> list[Feed]:
    """Open the address that was named, or every one of the centre that can be asked.

    Raises Invalid when there is none.
    """
    if endpoint_id:
        return [_opened(root, centre_id, endpoint_id)]
    with root.wiring.open_uow(write=False) as uow:
        known = uow.centres.endpoints(centre_id)
    found = []
    for endpoint in known:
        if endpoint.is_enabled and _can_be_asked(root, endpoint):
            try:
                found.append(_opened(root, centre_id, endpoint.endpoint_id))
            except Invalid as error:
                click.echo(f"{endpoint.endpoint_id}: {error}", err=True)
    if not found:
        raise Invalid("polling_unsupported", field="ENDPOINT_ID")
    return found


def _can_be_asked(root: Root, endpoint: Endpoint) -> bool:
    """Say whether the provider of an address has anything to ask."""
    adapter = root.adapters.get(endpoint.adapter)
    return isinstance(adapter, PollingAdapter) and adapter.declaration.polling is not None


def _opened(root: Root, centre_id: str, endpoint_id: str) -> Feed:
    """Open an address of the centre."""
    with root.wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
    adapter = root.adapters.get(endpoint.adapter)
    return open_feed(poller_of(root.wiring), adapter, centre_id=centre_id, endpoint_id=endpoint_id)


def _time(
    root: Root, feed: Feed, since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    """Return the time to ask for. Raises Invalid when it is none or the provider keeps it no more.

    A day without a time begins at midnight and, as the end, is meant whole.
    """
    now = root.wiring.world.clock.now()
    end = now
    if until is not None:
        is_day = (until.hour, until.minute) == (0, 0)
        end = min(from_local(until + timedelta(days=1) if is_day else until), now)
    with root.wiring.open_uow(write=False) as uow:
        state = uow.feeds.state(feed.endpoint.centre_id, feed.endpoint.endpoint_id)
    reach = earliest(feed.polling, now)
    if since is not None:
        begin = from_local(since)
        if begin < reach:
            raise Invalid("poll_out_of_reach", field="--from", days=feed.polling.days_back)
    else:
        whole = state.whole_until - OVERLAP if state.whole_until else feed.endpoint.created_at
        begin = max(whole, reach)
    if begin >= end:
        raise Invalid("period_empty", field="--from")
    return begin, end


def _tell(root: Root, result: PollResult, *, as_json: bool) -> None:
    """Print what came of a poll."""
    with SqlUnitOfWork(root.wiring.engine, write=False) as uow:
        rows = poll_rows(uow.session, result.centre_id, result.endpoint_id, limit=1)
    poll = rows[0].poll
    if not as_json:
        click.echo(f"{result.endpoint_id}\t{_line(poll, result)}")
        return
    told = {
        "endpoint": result.endpoint_id,
        "from": local(poll.since).isoformat(),
        "to": local(poll.until).isoformat(),
        "pages": result.pages,
        "told": result.told,
        "new": result.new,
        "complete": result.is_complete,
        "problem": result.problem,
        "not_before": local(result.not_before).isoformat() if result.not_before else None,
        "whole_until": local(result.whole_until).isoformat() if result.whole_until else None,
    }
    click.echo(json.dumps(told, ensure_ascii=False))


def _line(poll: Poll, result: PollResult) -> str:
    """Return a poll and what came of it as a line."""
    state = "complete" if result.is_complete else "stopped"
    if result.not_before is not None:
        state = f"{state} until {local(result.not_before):%Y-%m-%d %H:%M:%S}"
    words = (
        str(poll.number),
        _span(poll),
        f"{result.pages} pages",
        f"{result.told} told",
        f"{result.new} new",
        state,
        result.problem,
    )
    return "\t".join(words).rstrip()


def _span(poll: Poll) -> str:
    """Return what a poll asked for, in local time."""
    return f"{local(poll.since):%Y-%m-%d %H:%M}\t{local(poll.until):%Y-%m-%d %H:%M}"
