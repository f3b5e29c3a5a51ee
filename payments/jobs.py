"""What the scheduler does with the feeds of providers: ask them, and check their balances."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from payments.domain.centres import Endpoint
from payments.domain.errors import PaymentsError
from payments.domain.polling import PollResult
from payments.domain.running_balance import Flaw
from payments.services.catch_up_feed import check_and_fill, poll_if_due
from payments.services.open_feed import Feed, open_feed
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import Wiring, poller_of

log = structlog.get_logger("thuphi.jobs")


def poll_feeds(wiring: Wiring) -> list[PollResult]:
    """Ask the providers that are to be asked now, for all centres; return what came of it."""
    results: list[PollResult] = []
    for endpoint in _open_endpoints(wiring):
        if endpoint.polled_since is not None:
            with _apart(endpoint):
                results += poll_if_due(poller_of(wiring), _feed_of(wiring, endpoint))
    for result in results:
        if result.problem:
            log.warning("poll_stopped", endpoint=result.endpoint_id, problem=result.problem)
    return results


def check_feeds(wiring: Wiring) -> list[Flaw]:
    """Check the running balances of all accounts, fill the gaps; return what is new of them."""
    found: list[Flaw] = []
    for endpoint in _open_endpoints(wiring):
        with _apart(endpoint):
            feed = _feed_of(wiring, endpoint) if endpoint.polled_since is not None else None
            flaw = check_and_fill(poller_of(wiring), feed, endpoint.centre_id, endpoint.account_id)
            found += [flaw] if flaw is not None else []
    return found


def _open_endpoints(wiring: Wiring) -> list[Endpoint]:
    """Return the connections of all centres that are in use."""
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        known = [
            one for centre in uow.centres.all() for one in uow.centres.endpoints(centre.centre_id)
        ]
    return [one for one in known if one.is_enabled]


def _feed_of(wiring: Wiring, endpoint: Endpoint) -> Feed:
    """Open a connection that is asked."""
    return open_feed(
        poller_of(wiring),
        wiring.adapters.get(endpoint.adapter),
        centre_id=endpoint.centre_id,
        endpoint_id=endpoint.endpoint_id,
    )


@contextmanager
def _apart(endpoint: Endpoint) -> Iterator[None]:
    """Keep what goes wrong with one connection from the others."""
    try:
        yield
    except PaymentsError as error:
        log.warning("feed_not_asked", endpoint=endpoint.endpoint_id, error=str(error))
    except Exception:
        log.exception("feed_broken", endpoint=endpoint.endpoint_id)
