"""The database engine: SQLite in a profile safe for its version, or PostgreSQL, waits bounded."""

from __future__ import annotations

import sqlite3
from typing import Any

import pysqlite3.dbapi2 as embedded_sqlite
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from payments.domain.errors import Invalid
from payments.store.driver import execute

WEB_STATEMENT_MS = 5_000
JOB_STATEMENT_MS = 60_000
_CONNECT_S = 3


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Say whether a SQLite version is free of the WAL-reset bug that can corrupt a database.

    Source: sqlite.org/wal.html, "The WAL-reset bug": fixed in 3.51.3, 3.50.7 and 3.44.6.
    """
    if version >= (3, 51, 3):
        return True
    return version[:2] in {(3, 50), (3, 44)} and version >= (
        (3, 50, 7) if version[1] == 50 else (3, 44, 6)
    )


def storage_profile(version: tuple[int, int, int]) -> tuple[str, str]:
    """Return the journal mode and the synchronous level for a SQLite version."""
    return ("wal", "full") if wal_is_safe(version) else ("delete", "extra")


def sqlite_version() -> tuple[int, int, int]:
    """Return the version of the SQLite library that the engine uses."""
    major, minor, patch = (int(part) for part in embedded_sqlite.sqlite_version.split("."))
    return (major, minor, patch)


def open_engine(url: str, *, statement_ms: int = WEB_STATEMENT_MS, pool_size: int = 16) -> Engine:
    """Return an engine for ``sqlite:///path`` or ``postgresql+psycopg://...``.

    Raises Invalid for any other database.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url, pool_size)
    if backend == "postgresql":
        return _open_postgresql(url, statement_ms, pool_size)
    raise Invalid("database_not_supported", field="THUPHI_DATABASE_URL", backend=backend)


def _open_sqlite(url: str, pool_size: int) -> Engine:
    """Open SQLite: foreign keys on, waits bounded, transactions begun by us, not by the driver."""
    engine = create_engine(
        url,
        module=embedded_sqlite,
        pool_size=pool_size,
        max_overflow=0,
        # The connection used last has the pages that are wanted next.
        pool_use_lifo=True,
        pool_timeout=_CONNECT_S,
        # A payment uses some fifty texts, and each page has its own: prepared once, they are kept.
        connect_args={"check_same_thread": False, "timeout": 5.0, "cached_statements": 512},
        # What goes wrong is logged; names, tokens and sums of citizens are not.
        hide_parameters=True,
    )
    journal, synchronous = storage_profile(sqlite_version())

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's pool record is private.
        del record
        # The driver would begin a deferred transaction by itself; we say when, and that it writes.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute(f"PRAGMA journal_mode = {journal}")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA mmap_size = 0")
        # The pages that a day touches; the default of 2 MiB reads them again and again.
        cursor.execute("PRAGMA cache_size = -16384")
        # A payment changes some forty pages, the next one most of the same: moving them from the
        # log into the database every 16 MiB instead of every 4 writes each of them less often.
        cursor.execute("PRAGMA wal_autocheckpoint = 4000")
        cursor.close()

    return engine


def do_not_wait_for_the_disk(engine: Engine) -> None:
    """Let commits of a SQLite engine return before they are on disk.

    For a database that is made anew when the machine fails meanwhile, and that nobody was answered
    from before: whoever calls this sees to it that it is on disk in the end.
    """
    engine.dispose()

    @event.listens_for(engine, "connect")
    def hurry(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ANN401 -- as above.
        del record
        connection.execute("PRAGMA synchronous = OFF")


def _open_postgresql(url: str, statement_ms: int, pool_size: int) -> Engine:
    """Open PostgreSQL: every wait bounded, times in UTC, commits that are on disk."""
    options = (
        f"-c statement_timeout={statement_ms} -c lock_timeout={statement_ms}"
        " -c idle_in_transaction_session_timeout=60000 -c synchronous_commit=on -c timezone=UTC"
    )
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_CONNECT_S,
        pool_pre_ping=True,
        # The connection used last has the statements prepared that are wanted next.
        pool_use_lifo=True,
        connect_args={"connect_timeout": _CONNECT_S, "options": options},
        hide_parameters=True,
    )


def begin(connection: Connection, *, write: bool) -> None:
    """Begin a transaction. On SQLite a writer takes the write lock at once, or waits for it."""
    # Said aloud, because statements that go straight to the driver do not begin one by themselves.
    connection.begin()
    if connection.dialect.name == "sqlite":
        execute(connection, "BEGIN IMMEDIATE" if write else "BEGIN", ())
    elif not write:
        # One picture for all queries of a reader; SQLite shows no other.
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
