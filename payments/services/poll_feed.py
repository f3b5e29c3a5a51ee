"""Ask a provider for an account's transfers of a time, page by page, and record what it tells.

The provider is asked between transactions, never within one: each page is recorded by itself, so
that an error in the middle loses nothing of the pages before it. A transfer that a webhook has told
is recognised by the provider's id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from payments.domain.adapters import OutgoingRequest, PollPage, PollSpan
from payments.domain.bank_messages import checked, storable
from payments.domain.errors import Conflict, Invalid, PaymentsError, Unavailable
from payments.domain.polling import FeedState, Poll, PollResult, retry_at
from payments.services.open_feed import Feed, Poller
from payments.services.record_polled import Unreadable, keep_unreadable, record_page

MOST_PAGES: Final = 1000
MOST_BYTES: Final = 8 * 1024 * 1024
_ASK_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LONGEST_PROBLEM = 200


@dataclass(slots=True)
class _Tally:
    """What a poll has counted so far, and why it stopped."""

    pages: int = 0
    told: int = 0
    others: int = 0
    new: int = 0
    is_complete: bool = False
    problem: str = ""
    not_before: datetime | None = None


def poll_span(
    poller: Poller,
    feed: Feed,
    since: datetime,
    until: datetime,
    *,
    continues: bool = False,
    remark: str = "",
) -> PollResult:
    """Ask for the transfers of one time, record them, and keep what came of it.

    With ``continues`` the feed is whole until ``until`` once this is complete; ``remark`` is kept
    as the problem of a complete poll. What the provider or the network does is in the result.
    Raises Conflict when another process is asking or the provider does not want to be asked yet.
    """
    poll, state = _begin(poller, feed, since, until)
    tally = _Tally()
    try:
        _ask(poller, feed, poll, tally)
        tally.is_complete = True
        # Some providers answer for all accounts; if none of many is ours, its name may be wrong.
        tally.problem = remark or ("only_other_accounts" if tally.others and not tally.told else "")
    except PaymentsError as error:
        said = error.facts.get("not_before")
        tally.not_before = said if isinstance(said, datetime) else None
        facts = [str(error.facts[name]) for name in ("field", "status") if name in error.facts]
        tally.problem = " ".join([error.code, *facts])
        if isinstance(error, Unreadable) and not _said_before(state, tally.problem):
            keep_unreadable(poller, feed, poll, error)
    except Exception as error:
        tally.problem = f"fault {type(error).__name__}"
        _keep(poller, poll, state, tally, continues=False)
        raise
    return _keep(poller, poll, state, tally, continues=continues)


def _keep(
    poller: Poller, poll: Poll, state: FeedState, tally: _Tally, *, continues: bool
) -> PollResult:
    """Keep what came of a poll."""
    whole_until = state.whole_until
    if continues and tally.is_complete:
        whole_until = max(whole_until or poll.until, poll.until)
    result = PollResult(
        centre_id=poll.centre_id,
        endpoint_id=poll.endpoint_id,
        number=poll.number,
        pages=tally.pages,
        told=tally.told,
        new=tally.new,
        is_complete=tally.is_complete,
        problem=storable(tally.problem, _LONGEST_PROBLEM),
        not_before=tally.not_before,
        whole_until=whole_until,
        ended_at=poller.world.clock.now(),
    )
    with poller.open_uow() as uow:
        uow.add(result)
        uow.commit()
    return result


def _begin(poller: Poller, feed: Feed, since: datetime, until: datetime) -> tuple[Poll, FeedState]:
    """Take a poll on, so that no other process asks at the same time."""
    endpoint, now = feed.endpoint, poller.world.clock.now()
    with poller.open_uow() as uow:
        state = uow.feeds.state(endpoint.centre_id, endpoint.endpoint_id)
        if state.is_busy(now):
            raise Conflict("poll_under_way")
        if state.not_before is not None and now < state.not_before:
            raise Conflict("poll_too_early", not_before=state.not_before)
        number = state.last.number + 1 if state.last else 1
        poll = Poll(endpoint.centre_id, endpoint.endpoint_id, number, since, until, now)
        uow.add(poll)
        uow.commit()
    return poll, state


def _ask(poller: Poller, feed: Feed, poll: Poll, tally: _Tally) -> None:
    """Ask page after page. Raises what stops it; what was recorded before stays."""
    span = PollSpan(poll.since, poll.until)
    gap = timedelta(milliseconds=feed.polling.least_gap_ms)
    account = feed.known_as or feed.account.account_number
    while True:
        poller.wait(gap)
        request = feed.adapter.poll_request(span, account, feed.credentials)
        body = _fetch(poller, feed, request)
        page = _read(feed, body, span)
        own = [one for one in page.notices if one.account_number == account]
        tally.pages += 1
        tally.told += len(own)
        tally.others += len(page.notices) - len(own)
        tally.new += sum(one.is_new for one in record_page(poller, feed, request, body, own))
        if not page.cursor:
            return
        if page.cursor == span.cursor or tally.pages >= MOST_PAGES:
            raise Invalid("too_many_pages", field="cursor")
        span = replace(span, cursor=page.cursor)


def _fetch(poller: Poller, feed: Feed, request: OutgoingRequest) -> bytes:
    """Send a request and return the body of a good answer. Raises Unavailable for any other."""
    answer = poller.network.send(request, most_bytes=MOST_BYTES)
    if answer.status in _ASK_LATER:
        said = answer.header(feed.polling.retry_header) or answer.header("Retry-After")
        again = retry_at(said, poller.world.clock.now())
        raise Unavailable("poll_refused", status=answer.status, not_before=again)
    if answer.status != HTTPStatus.OK:
        raise Unavailable("poll_refused", status=answer.status)
    if len(answer.body) >= MOST_BYTES:
        raise Invalid("body_too_large", field="body")
    return answer.body


def _read(feed: Feed, body: bytes, span: PollSpan) -> PollPage:
    """Read a page. Raises Invalid naming the field, also when the adapter fails over it."""
    try:
        page = feed.adapter.poll_page(body, span, feed.credentials)
        return replace(page, notices=tuple(checked(notice) for notice in page.notices))
    except Invalid as error:
        raise Unreadable(error.code, body=body, **error.facts) from error
    except Exception as error:
        kind = type(error).__name__
        raise Unreadable("adapter_failed", body=body, field="body", error=kind) from error


def _said_before(state: FeedState, problem: str) -> bool:
    """Say whether the poll before had the same problem, of which a person has been told."""
    return state.result is not None and state.result.problem == problem
