"""Asking a provider for an account's transfers: the spans, what came of each, when to ask again.

A feed is known to be whole until a moment when everything before it has been asked for and taken
in. What is asked next goes back some way behind that moment, because providers list late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from payments.domain.adapters import Polling
from payments.domain.business_day import local

OVERLAP: Final = timedelta(hours=2)
"""How far behind the known end every poll goes back."""
DEEP_OVERLAP: Final = timedelta(days=3)
"""How far the first poll of a day goes back: banks list some transfers days late."""
LONGEST_SPAN: Final = timedelta(days=1)
"""What is asked in one poll; a longer time is asked day by day, the oldest first."""
ABANDONED_AFTER: Final = timedelta(minutes=15)
"""A poll without a result by then was cut off."""
_WAIT_UNTOLD = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Poll:
    """The beginning of a poll, kept before anybody is asked, so that two never overlap."""

    centre_id: str
    endpoint_id: str
    number: int
    since: datetime
    until: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PollResult:
    """What came of a poll.

    ``told`` transfers were on its ``pages``, ``new`` of them nobody had told before. ``problem``
    says why it is not complete, or what is to be known of one that is. ``not_before`` is when the
    provider wants to be asked again; ``whole_until`` until when the feed is whole after this poll.
    """

    centre_id: str
    endpoint_id: str
    number: int
    pages: int
    told: int
    new: int
    is_complete: bool
    problem: str
    not_before: datetime | None
    whole_until: datetime | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class FeedState:
    """Where a feed stands: its last poll, until when it is whole, and its last complete poll."""

    last: Poll | None = None
    result: PollResult | None = None
    whole_until: datetime | None = None
    completed_at: datetime | None = None

    def is_busy(self, now: datetime) -> bool:
        """Say whether somebody is asking at this moment."""
        under_way = self.last is not None and self.result is None
        return under_way and self.last is not None and now < self.last.started_at + ABANDONED_AFTER

    @property
    def not_before(self) -> datetime | None:
        """When the provider wants to be asked again, if it has said so."""
        return self.result.not_before if self.result else None

    def is_due(self, now: datetime, polling: Polling) -> bool:
        """Say whether it is time for the next regular poll."""
        if self.is_busy(now) or (self.not_before is not None and now < self.not_before):
            return False
        return self.last is None or now >= self.last.started_at + timedelta(seconds=polling.every_s)

    def next_since(self, begins: datetime, now: datetime) -> datetime:
        """Return from when a feed that is asked since ``begins`` is to be asked for now."""
        if self.whole_until is None:
            return min(begins, now)
        was_today = (
            self.completed_at is not None and local(self.completed_at).date() == local(now).date()
        )
        return max(begins, self.whole_until - (OVERLAP if was_today else DEEP_OVERLAP))


def spans(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time into spans that are asked one by one, the oldest first."""
    while since < until:
        end = min(since + LONGEST_SPAN, until)
        yield since, end
        since = end


def earliest(polling: Polling, now: datetime) -> datetime:
    """Return the earliest time that a provider still answers for."""
    return now - timedelta(days=polling.days_back)


def retry_at(value: str, now: datetime) -> datetime:
    """Read a ``Retry-After`` (RFC 9110, 10.2.3): seconds or a date; a minute without either.

    The answer lies within a day, whatever was said.
    """
    wait = _WAIT_UNTOLD
    text = value.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text), _LONGEST_WAIT // timedelta(seconds=1)))
    elif text:
        try:
            moment = parsedate_to_datetime(text)
            wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
        except ValueError:
            wait = _WAIT_UNTOLD
    return now + min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)
