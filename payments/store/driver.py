"""Statements on their way to the database's own driver, past the general machinery.

A payment is some twenty statements that are always the same. SQLAlchemy has compiled them; building
a result object for each would cost more than the database takes to answer.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_OPEN = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})

Parameters = Mapping[str, Any] | Sequence[Any]


class Cursor(Protocol):
    """What both drivers give back for a statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""
        ...


class Driver(Protocol):
    """What both drivers offer without a cursor being opened first."""

    def execute(self, text: str, parameters: Parameters, /) -> Cursor:
        """Run a statement."""
        ...


def execute(connection: Connection, text: str, parameters: Parameters) -> Cursor:
    """Run a statement whose transaction has begun. Raises SQLAlchemy's DBAPIError."""
    driver = _driver(connection)
    with named_errors(connection):
        cursor = driver.execute(text, parameters)
        if isinstance(driver, psycopg.Connection):
            _send_whole(driver)
        return cursor


def saves_journeys(connection: Connection) -> bool:
    """Say whether statements can be sent together, to a database that is a journey away."""
    return isinstance(_driver(connection), psycopg.Connection)


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send the statements of the block without waiting for each answer, where that can be done.

    What goes wrong is raised at the end of the block at the latest.
    """
    driver = _driver(connection)
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    with named_errors(connection), driver.pipeline():
        yield


def end(connection: Connection) -> None:
    """End a transaction that was left open behind the back of SQLAlchemy.

    A COMMIT that is sent in a pipeline behind a refused statement is never run. To SQLAlchemy the
    transaction has ended with it, so that it would give the connection back inside of one.
    """
    if connection.invalidated:
        return
    driver = _driver(connection)
    if isinstance(driver, psycopg.Connection) and driver.info.transaction_status in _OPEN:
        # A connection that is broken is found out when it is next wanted.
        with suppress(psycopg.Error):
            driver.rollback()


def _send_whole(driver: psycopg.Connection[Any]) -> None:
    """Send what a pipeline has not sent yet of its statements.

    psycopg waits for answers when it has offered its bytes to the socket once. What is larger than
    the socket takes at a time would never arrive, and both sides would wait for ever.
    """
    if not driver.pgconn.flush():
        return
    # Not select(), which takes no descriptor beyond 1,023: a busy server has more of them.
    socket = select.poll()
    socket.register(driver.fileno(), select.POLLIN | select.POLLOUT)
    while driver.pgconn.flush():
        if any(event & ~select.POLLOUT for _, event in socket.poll()):
            driver.pgconn.consume_input()


def _driver(connection: Connection) -> Driver:
    return cast("Driver", connection.connection.driver_connection)


@contextmanager
def named_errors(connection: Connection) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does, without the values of the statement."""
    base = cast("type[Exception]", connection.dialect.loaded_dbapi.Error)
    try:
        yield
    except base as error:
        raise DBAPIError.instance(
            None, None, error, base, hide_parameters=True, dialect=connection.dialect
        ) from error
