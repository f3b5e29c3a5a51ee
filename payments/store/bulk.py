"""Very many rows on their way into a table, by column and straight to the driver.

A line of a bank statement costs a few microseconds here; as a value and a parameter list of its own
it would cost ten times as many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Table

from payments.store.driver import execute, named_errors

Columns = Sequence[tuple[str, Sequence[Any]]]
"""The columns of some rows: each name with as many values. Values are text, whole numbers, days,
aware instants, truth or None; a word of a list is given by its text."""

# SQLite takes so many values in one statement whatever its build (SQLITE_MAX_VARIABLE_NUMBER).
_MOST_VALUES = 4_096


def insert_columns(connection: Connection, table: Table, columns: Columns) -> None:
    """Insert rows given by column. Raises SQLAlchemy's DBAPIError."""
    names = [connection.dialect.identifier_preparer.quote(name) for name, _ in columns]
    into = f"{table.name} ({', '.join(names)})"
    values = [column for _, column in columns]
    if connection.dialect.name == "postgresql":
        _copy(connection, into, values)
    else:
        _insert(connection, into, values)


def _copy(connection: Connection, into: str, columns: Sequence[Sequence[Any]]) -> None:
    """Send rows as the text of a COPY."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    lines = map("\t".join, zip(*map(_as_text, columns), strict=True))
    with (
        named_errors(connection),
        driver.cursor() as cursor,
        cursor.copy(f"COPY {into} FROM STDIN".encode()) as copy,
    ):
        while some := "\n".join(islice(lines, 2_000)):
            copy.write(f"{some}\n")


def _as_text(column: Sequence[Any]) -> Iterable[str]:
    """Return a column as COPY reads it."""
    sample = next((value for value in column if value is not None), None)
    if isinstance(sample, str):
        # Most texts hold nothing that COPY would take for a sign of its own; one look tells.
        joined = "".join(column)
        if any(sign in joined for sign in _SIGNS):
            return list(map(_escaped, column))
        return column
    if isinstance(sample, bool):
        return ["t" if value else "f" for value in column]
    texts = _told(column, _plain) if isinstance(sample, date) else column
    return [r"\N" if value is None else str(value) for value in texts]


_SIGNS = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _escaped(value: str) -> str:
    for sign, told in _SIGNS.items():
        value = value.replace(sign, told)
    return value


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _insert(connection: Connection, into: str, columns: Sequence[Sequence[Any]]) -> None:
    """Send many rows a statement, so that the interpreter is not let go of at each.

    Their number is a power of two: the driver keeps each text that it meets, prepared.
    """
    width = len(columns)
    rows = list(zip(*map(_as_stored, columns), strict=True))
    most = 1 << ((_MOST_VALUES // width).bit_length() - 1)
    places = f"({', '.join('?' * width)})"
    start = 0
    while start < len(rows):
        at_once = min(most, 1 << ((len(rows) - start).bit_length() - 1))
        some = rows[start : start + at_once]
        start += at_once
        together = ", ".join([places] * len(some))
        execute(
            connection,
            f"INSERT INTO {into} VALUES {together}",  # noqa: S608 -- names of our own columns.
            tuple(chain.from_iterable(some)),
        )


def _as_stored(column: Sequence[Any]) -> Sequence[Any]:
    """Return a column as SQLite keeps it: days and instants as text that sorts by time."""
    sample = next((value for value in column if value is not None), None)
    if isinstance(sample, date):
        return _told(column, _instant if isinstance(sample, datetime) else _plain)
    return column


def _told(column: Sequence[Any], say: Callable[[Any], str]) -> list[str | None]:
    """Return days or instants as text; most lines share theirs with many others."""
    told = {value: None if value is None else say(value) for value in set(column)}
    return list(map(told.__getitem__, column))


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
