"""Words from the database to the open screens: one listening thread a process, many followers.

SQLite is asked ten times a second whether anybody has committed; PostgreSQL tells by itself.
A word only says that something changed: whoever hears it reads the state afresh.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, cast

import psycopg
import structlog
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from payments.store import tables_books as books
from payments.store.unit_of_work import FEED_CHANNEL

LOOK_EVERY_S = 0.1
READY_WITHIN_S = 3.0
_RETRY_S = 1.0
_STOP_WITHIN_S = 0.5
_log = structlog.get_logger(__name__)


def subject(kind: str, subject_id: str) -> str:
    """Return the name under which a request or a counter is followed."""
    return f"{kind}:{subject_id}"


class Follower:
    """One open screen. It is woken when one of its subjects has changed."""

    def __init__(self, subjects: frozenset[str]) -> None:
        """Follow some subjects (see ``subject``)."""
        self.subjects = subjects
        self._changed = threading.Event()

    def wake(self) -> None:
        """Say that something changed."""
        self._changed.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a change for at most so long; True when there was one since the last wait."""
        changed = self._changed.wait(seconds)
        self._changed.clear()
        return changed


class Listener(Protocol):
    """Hears the words of one database. Runs in the hub's own thread."""

    def listen(
        self, ready: Callable[[], None], tell: Callable[[str], None], stopped: threading.Event
    ) -> None:
        """Call ``ready`` once words can no longer be missed, then ``tell`` each, until stopped."""
        ...


class FeedHub:
    """The followers of one process. The listening thread begins with the first of them.

    So nothing is started before gunicorn forks its workers.
    """

    def __init__(self, listener: Listener) -> None:
        """Hear words through a listener; nothing is opened yet."""
        self._listener = listener
        self._lock = threading.Lock()
        self._followers: set[Follower] = set()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stopped = threading.Event()

    @contextmanager
    def follow(self, *subjects: str) -> Iterator[Follower]:
        """Lend a follower of some subjects. What changes from now on is not missed.

        While the database cannot be reached the follower is simply never woken: screens look by
        themselves now and then.
        """
        follower = Follower(frozenset(subjects))
        with self._lock:
            self._followers.add(follower)
            self._start()
        self._ready.wait(READY_WITHIN_S)
        try:
            yield follower
        finally:
            with self._lock:
                self._followers.discard(follower)

    def close(self) -> None:
        """Stop the thread and wait for its end; a later follower starts a new one."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopped.set()
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        """Start the listening thread unless it runs. The caller holds the lock."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._ready, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._ready, self._stopped), name="feed", daemon=True
        )
        self._thread.start()

    def _run(self, ready: threading.Event, stopped: threading.Event) -> None:
        """Listen until stopped; a lost connection is made again, and everyone looks afresh."""

        def is_ready() -> None:
            self._wake_all()
            ready.set()

        while not stopped.is_set():
            try:
                self._listener.listen(is_ready, self._tell, stopped)
            except (DBAPIError, PoolTimeout, psycopg.Error) as error:
                _log.warning("feed_lost", reason=type(error).__name__)
                stopped.wait(_RETRY_S)

    def _tell(self, word: str) -> None:
        """Wake those who follow the subject of a word."""
        with self._lock:
            for follower in self._followers:
                if word in follower.subjects:
                    follower.wake()

    def _wake_all(self) -> None:
        """Wake everyone: words may have been missed."""
        with self._lock:
            for follower in self._followers:
                follower.wake()


class SqliteListener:
    """Looks at the data version, which changes with every commit, and then at the new words."""

    def __init__(self, engine: Engine) -> None:
        """Listen to the database of an engine."""
        self._engine = engine

    def listen(
        self, ready: Callable[[], None], tell: Callable[[str], None], stopped: threading.Event
    ) -> None:
        """Tell new words until stopped. Source: sqlite.org/pragma.html#pragma_data_version."""
        with _own_connection(self._engine) as connection:
            version = _data_version(connection)
            events = books.feed_events
            position = int(
                connection.execute(select(func.coalesce(func.max(events.c.position), 0))).scalar()
                or 0
            )
            ready()
            while not stopped.wait(LOOK_EVERY_S):
                newest = _data_version(connection)
                if newest == version:
                    continue
                version = newest
                fresh = select(events.c.position, events.c.kind, events.c.subject_id)
                since = fresh.where(events.c.position > position).order_by(events.c.position)
                for row in connection.execute(since).all():
                    position = row.position
                    tell(subject(row.kind, row.subject_id))


class PostgresqlListener:
    """Waits for the notifications that a unit of work sends with its commit."""

    def __init__(self, engine: Engine) -> None:
        """Listen to the database of an engine."""
        self._engine = engine

    def listen(
        self, ready: Callable[[], None], tell: Callable[[str], None], stopped: threading.Event
    ) -> None:
        """Tell the words of the channel until stopped."""
        with _own_connection(self._engine) as connection:
            connection.execute(text(f"LISTEN {FEED_CHANNEL}"))
            driver = cast("psycopg.Connection[object]", connection.connection.dbapi_connection)
            ready()
            while not stopped.is_set():
                for notice in driver.notifies(timeout=_STOP_WITHIN_S, stop_after=1):
                    tell(notice.payload)


def listener_for(engine: Engine) -> Listener:
    """Return the listener of an engine's kind of database."""
    if engine.dialect.name == "sqlite":
        return SqliteListener(engine)
    return PostgresqlListener(engine)


@contextmanager
def _own_connection(engine: Engine) -> Iterator[Connection]:
    """Open a connection outside the pool and outside transactions, for as long as we listen."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        yield connection


def _data_version(connection: Connection) -> int:
    """Return the number that changes whenever another connection has committed."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar() or 0)
