"""When a provider is asked, for which time, and when it wants to be asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from threading import Thread

import pytest

from payments.domain.adapters import OutgoingRequest, Polling
from payments.domain.polling import (
    DEEP_OVERLAP,
    OVERLAP,
    FeedState,
    Poll,
    PollResult,
    retry_at,
    spans,
)
from payments.network import HttpNetwork
from tests.makers import START

EVERY_5_MINUTES = Polling(every_s=300, least_gap_ms=500, days_back=30, secrets=())
HOUR = timedelta(hours=1)


def a_state(
    *, started: datetime = START, whole: datetime | None = START, is_answered: bool = True
) -> FeedState:
    poll = Poll("HTR", "one", 1, started - HOUR, started, started)
    result = PollResult(
        "HTR", "one", 1, 1, 0, 0, is_complete=True, problem="", not_before=None,
        whole_until=whole, ended_at=started,
    )  # fmt: skip
    return FeedState(poll, result if is_answered else None, whole, started)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("Tue, 09 Mar 2021 02:05:00 GMT", 300),
        ("Tue, 09 Mar 2021 01:00:00 GMT", 1),
        ("", 60),
        ("soon", 60),
        ("-5", 60),
        ("\u0661\u0662", 60),
        ("9" * 40, 86_400),
    ],
)
def test_a_retry_after_is_seconds_or_a_date_and_at_most_a_day(value: str, seconds: int) -> None:
    assert retry_at(value, START) == START + timedelta(seconds=seconds)


def test_a_long_time_is_asked_day_by_day_the_oldest_first() -> None:
    found = list(spans(START, START + timedelta(days=2, hours=3)))

    assert [end - begin for begin, end in found] == [24 * HOUR, 24 * HOUR, 3 * HOUR]
    assert found[0][0] == START
    assert all(one[1] == next_[0] for one, next_ in pairwise(found))
    assert list(spans(START, START)) == []


def test_a_feed_is_due_at_its_pace_and_never_while_somebody_asks() -> None:
    answered, silent = a_state(), a_state(is_answered=False)

    assert FeedState().is_due(START, EVERY_5_MINUTES)
    assert not answered.is_due(START + timedelta(seconds=299), EVERY_5_MINUTES)
    assert answered.is_due(START + timedelta(seconds=300), EVERY_5_MINUTES)
    assert not silent.is_due(START + timedelta(minutes=14), EVERY_5_MINUTES)
    assert silent.is_due(START + timedelta(minutes=15), EVERY_5_MINUTES)


def test_what_is_asked_next_goes_back_behind_the_known_end_and_further_once_a_day() -> None:
    begins = START - timedelta(days=9)
    state = a_state()

    assert FeedState().next_since(begins, START) == begins
    assert state.next_since(begins, START + HOUR) == START - OVERLAP
    assert state.next_since(begins, START + 20 * HOUR) == START - DEEP_OVERLAP
    assert state.next_since(START, START + HOUR) == START


class _TooMany(BaseHTTPRequestHandler):
    """Says that it was asked too often."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(429)
        self.send_header("X-SePay-UserAPI-Retry-After", "7")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base.
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server on this machine."""
    server = HTTPServer(("127.0.0.1", 0), _TooMany)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_network_brings_the_headers_of_an_answer(url: str) -> None:
    answer = HttpNetwork(allows_private=True).send(OutgoingRequest("GET", url), most_bytes=100)

    assert answer.status == 429
    assert answer.header("x-sepay-userapi-retry-after") == "7"
    assert answer.header("Retry-After") == ""
