"""The live feed: words from the database reach the followers, and streams keep their limit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from payments.domain.days import FeedEvent
from payments.domain.errors import Unavailable
from payments.store.engine import open_engine
from payments.store.feed import FeedHub, listener_for, subject
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.feed import LONGEST_STREAM_S, LiveState, Streams, close_streams, events
from payments.web.server import most_streams
from payments.wiring import Wiring
from tests import makers
from tests.makers import START, MadeCentre
from tests.told import tell

PATIENCE_S = 10.0
REQUEST = subject("request", "r1")


class Mouth:
    """A listener that says what a test wants said."""

    def __init__(self) -> None:
        self.runs = 0
        self.tell: Callable[[str], None] = lambda word: None
        self.lose = threading.Event()

    def listen(
        self, ready: Callable[[], None], tell: Callable[[str], None], stopped: threading.Event
    ) -> None:
        self.runs += 1
        self.tell = tell
        ready()
        while not stopped.wait(0.01):
            if self.lose.is_set():
                self.lose.clear()
                raise OperationalError("LISTEN", {}, Exception("the database went away"))


@pytest.fixture
def mouth() -> Mouth:
    return Mouth()


@pytest.fixture
def hub(mouth: Mouth) -> Iterator[FeedHub]:
    hub = FeedHub(mouth)
    yield hub
    hub.close()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def live_hub(engine: Engine) -> Iterator[FeedHub]:
    """A hub that listens to a real database."""
    hub = FeedHub(listener_for(engine))
    yield hub
    hub.close()


def say(engine: Engine, subject_id: str, *, commit: bool = True) -> None:
    """Write one word, as a use case does."""
    with SqlUnitOfWork(engine) as uow:
        uow.add(FeedEvent("HTR", "request", subject_id, START))
        uow.session.flush()
        if commit:
            uow.commit()


def test_nothing_runs_before_the_first_follower(hub: FeedHub, mouth: Mouth) -> None:
    assert mouth.runs == 0

    with hub.follow(REQUEST):
        assert mouth.runs == 1


def test_a_word_wakes_only_who_follows_its_subject(hub: FeedHub, mouth: Mouth) -> None:
    with hub.follow(REQUEST) as one, hub.follow(subject("request", "r2")) as other:
        one.wait(0)
        other.wait(0)

        mouth.tell(REQUEST)

        assert one.wait(0)
        assert not other.wait(0)


def test_a_word_wakes_once(hub: FeedHub, mouth: Mouth) -> None:
    with hub.follow(REQUEST) as one:
        one.wait(0)
        mouth.tell(REQUEST)

        assert one.wait(0)
        assert not one.wait(0)


def test_after_a_lost_connection_everyone_looks_afresh(hub: FeedHub, mouth: Mouth) -> None:
    with hub.follow(REQUEST) as one:
        one.wait(0)
        mouth.lose.set()

        assert one.wait(PATIENCE_S)
        assert mouth.runs == 2


def test_a_closed_hub_starts_again_with_the_next_follower(hub: FeedHub, mouth: Mouth) -> None:
    with hub.follow(REQUEST):
        pass
    hub.close()

    with hub.follow(REQUEST) as one:
        one.wait(0)
        mouth.tell(REQUEST)
        assert one.wait(0)


def test_a_commit_of_any_process_is_heard(live_hub: FeedHub, engine: Engine) -> None:
    with live_hub.follow(REQUEST) as one:
        one.wait(0)
        for _ in range(3):
            say(engine, "r1")
            assert one.wait(PATIENCE_S)


def test_what_is_rolled_back_is_never_said(live_hub: FeedHub, engine: Engine) -> None:
    with live_hub.follow(REQUEST) as one, live_hub.follow(subject("request", "r2")) as other:
        one.wait(0)
        other.wait(0)

        say(engine, "r1", commit=False)
        say(engine, "r2")

        # The later word has come, so an earlier one would have come too.
        assert other.wait(PATIENCE_S)
        assert not one.wait(0)


def test_listening_takes_no_connection_from_the_pool(live_hub: FeedHub, engine: Engine) -> None:
    with live_hub.follow(REQUEST):
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of the pool in use


@pytest.mark.postgres
def test_a_cut_connection_is_made_again(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    hub = FeedHub(listener_for(engine))
    with hub.follow(REQUEST) as one:
        one.wait(0)
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            )
        assert one.wait(PATIENCE_S)
        say(engine, "r1")
        assert one.wait(PATIENCE_S)
    hub.close()
    engine.dispose()


class Screen:
    """A state that a test changes, and a clock that a test moves."""

    def __init__(self) -> None:
        self.state = LiveState("open-1", (REQUEST,), {"state": "open"})
        self.seconds = 0.0
        self.error: Exception | None = None

    def look(self) -> LiveState:
        if self.error:
            raise self.error
        return self.state


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def told(hub: FeedHub, screen: Screen) -> Iterator[str]:
    return events(hub, screen.look, seconds=lambda: screen.seconds, heartbeat_s=0)


def test_a_stream_tells_the_state_first_and_then_each_change(
    told: Iterator[str], screen: Screen
) -> None:
    assert next(told) == "retry: 2000\n\n"
    assert next(told) == 'data: {"version": "open-1", "state": "open"}\n\n'
    assert next(told) == ":\n\n"

    screen.state = LiveState("paid-0", (REQUEST,), {"state": "paid"})

    assert next(told) == 'data: {"version": "paid-0", "state": "paid"}\n\n'


def test_a_stream_follows_other_subjects_when_the_state_says_so(
    told: Iterator[str], screen: Screen, hub: FeedHub
) -> None:
    next(told)
    next(told)

    screen.state = LiveState("open-2", (subject("request", "r2"),), {"state": "open"})

    assert "open-2" in next(told)
    [follower] = hub._followers
    assert follower.subjects == {subject("request", "r2")}


def test_a_stream_ends_when_it_is_old(told: Iterator[str], screen: Screen) -> None:
    next(told)
    next(told)

    screen.seconds = LONGEST_STREAM_S

    assert list(told) == []


def test_a_stream_ends_when_the_server_stops(hub: FeedHub, screen: Screen) -> None:
    stopping = threading.Event()
    told = events(hub, screen.look, heartbeat_s=0, stopping=stopping.is_set)
    next(told)
    next(told)

    stopping.set()

    assert list(told) == []


def test_a_stream_ends_when_the_database_is_away(told: Iterator[str], screen: Screen) -> None:
    next(told)
    next(told)

    screen.error = Unavailable("database_unavailable")

    assert list(told) == []


def test_a_closed_stream_follows_nothing(told: Iterator[str], hub: FeedHub) -> None:
    next(told)
    next(told)
    assert len(hub._followers) == 1

    told.close()  # type: ignore[attr-defined]  # it is a generator

    assert not hub._followers


def test_streams_above_the_limit_are_told_to_poll(hub: FeedHub, screen: Screen) -> None:
    streams = Streams(hub, most=1)
    first = streams.open(screen.look)

    refused = streams.open(screen.look)

    assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert refused.headers["Retry-After"]
    first.close()
    assert streams.open(screen.look).status_code == HTTPStatus.OK


def test_the_stream_of_a_request_tells_that_it_is_paid(
    app: Flask, client: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    answer = client.get(f"/p/{standing.request.token}/stream", buffered=False)
    words = iter(answer.response)

    assert answer.mimetype == "text/event-stream"
    assert b"retry" in next(words)
    assert b'"state": "open"' in next(words)
    tell(wiring, centre, standing, 475_000)
    assert b'"state": "paid"' in next(word for word in words if word != b":\n\n")
    answer.close()
    close_streams(app)


def test_a_closed_browser_gives_its_place_back(
    app: Flask, client: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    address = f"/p/{standing.request.token}/stream"

    for _ in range(most_streams(wiring.settings.threads) + 1):
        answer = client.get(address, buffered=False)
        assert answer.status_code == HTTPStatus.OK
        next(iter(answer.response))
        answer.close()
    close_streams(app)
