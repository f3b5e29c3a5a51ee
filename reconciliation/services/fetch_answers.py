"""Ask a provider's transactions API for the days that are over, and import its answers.

The answers are kept as they came and read as a statement of their own kind, so they are checked
like any file. Days without a transaction wait for the next one that has some: nothing is no
statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from payments.domain.adapters import Credentials, Polling, PollPage, PollSpan
from payments.domain.business_day import day_bounds, local
from payments.domain.centres import BankAccount
from payments.domain.errors import Conflict, Invalid, Unavailable
from payments.domain.kept_answers import READER, KeptAnswers, span_of
from payments.ports import BankAdapter, SecretBox
from payments.ports.bank import PollingAdapter
from payments.ports.network import Network
from payments.services.keep_secrets import credentials_of
from reconciliation.domain.sources import Offered, StatementSource, TakeOutcome
from reconciliation.services.manage_sources import settings_of
from reconciliation.services.take_files import Taken, Taker, take_in

SETTLED_AFTER = timedelta(minutes=30)
"""A day is over for a provider so long after midnight: its own news come late."""

WINDOW = 31
"""Days looked through at once for the next transaction."""

MOST_BYTES = 16 * 1024 * 1024
MOST_PAGES = 500
_ONE_DAY = timedelta(days=1)
_OK = 200


@dataclass(frozen=True, slots=True)
class Feed:
    """An account and the provider that is asked for it."""

    taker: Taker
    network: Network
    source_id: str
    account: BankAccount
    name: str
    adapter: PollingAdapter
    polling: Polling
    credentials: Credentials

    def ask(self, span: PollSpan) -> tuple[str, PollPage]:
        """Ask for one page, at the provider's pace. Raises Unavailable, Invalid for a field."""
        self.taker.wait(timedelta(milliseconds=self.polling.least_gap_ms))
        request = self.adapter.poll_request(span, self.account.account_number, self.credentials)
        answer = self.network.send(request, most_bytes=MOST_BYTES)
        if answer.status != _OK:
            raise Unavailable("provider_answered", provider=self.name, status=answer.status)
        page = self.adapter.poll_page(answer.body, span, self.credentials)
        return answer.body.decode(), page

    def is_ours(self, page: PollPage) -> bool:
        """Say whether a page has a transaction of the account: a key may see several."""
        own = self.account.account_number
        return any(notice.account_number == own for notice in page.notices)


def fetch_answers(
    taker: Taker,
    box: SecretBox,
    network: Network,
    adapters: Mapping[str, BankAdapter],
    source: StatementSource,
) -> list[Taken]:
    """Import what a source's provider tells of the days after the last statement.

    The last day is asked for again before a new one follows, because a late transaction may have
    come to it. A day that is not believed ends the visit: what comes after would not follow.
    Raises Unavailable, Invalid naming a field, or Conflict when its connection is closed.
    """
    feed, first, again = _open(taker, box, network, adapters, source)
    now = local(taker.world.clock.now() - SETTLED_AFTER)
    begin = _next_active(feed, first, now.date() - _ONE_DAY)
    if begin is None:
        return []
    taken = [_import(feed, *again, _ask_days(feed, *again)[0])] if again else []
    kept: list[str] = []
    day = begin
    while day < now.date():
        texts, is_active = _ask_days(feed, day, day)
        kept += texts
        if is_active:
            taken.append(_import(feed, begin, day, kept))
            if taken[-1].outcome is not TakeOutcome.IMPORTED:
                break
            begin, kept = day + _ONE_DAY, []
        day += _ONE_DAY
    return taken


def _open(
    taker: Taker,
    box: SecretBox,
    network: Network,
    adapters: Mapping[str, BankAdapter],
    source: StatementSource,
) -> tuple[Feed, date, tuple[date, date] | None]:
    """Return the feed, the first day to ask for, and the days of its own last statement."""
    settings, centre_id = settings_of(source), source.centre_id
    with taker.open_books(write=False) as uow:
        endpoint = uow.centres.endpoint(settings["endpoint"])
        account = uow.centres.account(centre_id, endpoint.account_id)
        through = uow.statements.position(centre_id, account.account_id).through
        again = (
            uow.sources.last_period(centre_id, account.account_id, READER, through)
            if through
            else None
        )
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    adapter, polling = asked(adapters, endpoint.adapter)
    credentials = credentials_of(box, endpoint, taker.world.clock.now())
    feed = Feed(
        taker, network, source.source_id, account, endpoint.adapter, adapter, polling, credentials
    )
    first = through + _ONE_DAY if through else date.fromisoformat(settings["since"])
    return feed, first, again


def asked(adapters: Mapping[str, BankAdapter], name: str) -> tuple[PollingAdapter, Polling]:
    """Return an adapter that can ask, and at which pace. Raises Invalid for one that cannot."""
    adapter = adapters.get(name)
    if adapter is None or adapter.declaration.polling is None:
        raise Invalid("provider_not_asked", field="provider")
    return cast("PollingAdapter", adapter), adapter.declaration.polling


def _next_active(feed: Feed, first: date, last: date) -> date | None:
    """Return the first day of the next month or so that has a transaction, None when none has."""
    while first <= last:
        end = min(last, first + timedelta(days=WINDOW - 1))
        since, until, cursor = day_bounds(first)[0], span_of(end).until, ""
        for _ in range(MOST_PAGES):
            _, page = feed.ask(PollSpan(since, until, cursor))
            if feed.is_ours(page):
                return first
            cursor = page.cursor
            if not cursor:
                break
        first = end + _ONE_DAY
    return None


def _ask_days(feed: Feed, first: date, last: date) -> tuple[list[str], bool]:
    """Return every page of some days as it was answered, and whether any is the account's."""
    texts: list[str] = []
    is_active = False
    day = first
    while day <= last:
        cursor, pages = "", 0
        while not pages or cursor:
            text, page = feed.ask(span_of(day, cursor))
            texts.append(text)
            is_active = is_active or feed.is_ours(page)
            cursor, pages = page.cursor, pages + 1
            if pages > MOST_PAGES:
                raise Unavailable("too_many_pages", provider=feed.name, day=day.isoformat())
        day += _ONE_DAY
    return texts, is_active


def _import(feed: Feed, first: date, last: date, texts: list[str]) -> Taken:
    """Import the answers of some days as a file, whose name and time are those of the days."""
    number = feed.account.account_number
    body = KeptAnswers(feed.name, number, first, last, tuple(texts)).written()
    name = f"{feed.name}-{number}-{first.isoformat()}-{last.isoformat()}.json"
    offered = Offered(name, len(body), span_of(last).until)
    return take_in(feed.taker, feed.source_id, offered, body, hashlib.sha256(body).hexdigest())
