"""Keep a feed whole: ask regularly, behind an outage day by day, and for any time on demand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from payments.domain.breaks import BreakKind
from payments.domain.polling import PollResult, earliest, spans
from payments.domain.running_balance import Flaw
from payments.services.check_balances import check_balances
from payments.services.open_feed import Feed, Poller
from payments.services.poll_feed import poll_span

OUT_OF_REACH: Final = "out_of_reach"
"""The remark of a poll that could not go back as far as the feed is known to be whole."""
_AROUND: Final = timedelta(days=1)


def catch_up(poller: Poller, feed: Feed, since: datetime, until: datetime) -> Iterator[PollResult]:
    """Ask for a time day by day, the oldest first, and stop at the first that is not complete.

    What joins the known end of the feed moves it on. Raises as ``poll_span`` does.
    """
    for begin, end in spans(since, until):
        with poller.open_uow(write=False) as uow:
            state = uow.feeds.state(feed.endpoint.centre_id, feed.endpoint.endpoint_id)
        joins = state.whole_until is not None and begin <= state.whole_until
        result = poll_span(poller, feed, begin, end, continues=joins)
        yield result
        if not result.is_complete:
            return


def poll_if_due(poller: Poller, feed: Feed) -> list[PollResult]:
    """Ask for what has happened since the feed was last whole, if it is time to.

    A connection is asked from when it was opened, or as far back as its provider answers. Where an
    outage was longer than that, the first poll says so: the statement has to tell of the rest.
    Raises as ``poll_span`` does.
    """
    endpoint, now = feed.endpoint, poller.world.clock.now()
    if endpoint.polled_since is None:
        return []
    with poller.open_uow(write=False) as uow:
        state = uow.feeds.state(endpoint.centre_id, endpoint.endpoint_id)
    if not state.is_due(now, feed.polling):
        return []
    reach = earliest(feed.polling, now)
    is_torn = state.whole_until is not None and state.whole_until < reach
    results: list[PollResult] = []
    for begin, end in spans(max(reach, state.next_since(endpoint.created_at, now)), now):
        remark = OUT_OF_REACH if is_torn and not results else ""
        results.append(poll_span(poller, feed, begin, end, continues=True, remark=remark))
        if not results[-1].is_complete:
            break
    return results


def check_and_fill(
    poller: Poller, feed: Feed | None, centre_id: str, account_id: str
) -> Flaw | None:
    """Check an account's running balance, and ask for what a new gap is missing if that may be.

    ``feed`` is the account's connection where its provider is asked. Returns the flaw that is new
    in the work list, also when it could be filled at once. Raises as ``poll_span`` does.
    """
    open_uow, world = poller.open_uow, poller.world
    flaw = check_balances(open_uow, world, centre_id, account_id)
    if flaw is not None and flaw.kind is BreakKind.FEED_GAP and feed is not None:
        now = world.clock.now()
        since = max(flaw.behind.occurred_at - _AROUND, earliest(feed.polling, now))
        until = min(flaw.found.occurred_at + _AROUND, now)
        if any(one.new for one in catch_up(poller, feed, since, until)):
            check_balances(open_uow, world, centre_id, account_id)
    return flaw
