"""Rows on their way into a table: one prepared statement a table, sent to the driver as it is.

Most of what thuphi does is adding rows. Built by hand, an insert costs a fraction of what the
general machinery takes for it; columns, types and their conversions are still the table's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Dialect, String, Table, Text

from payments.store.driver import execute

Row = tuple[Any, ...]


_MOST_TOGETHER = 64


class Writer:
    """Writes rows of one table through one kind of database."""

    def __init__(self, table: Table, names: Sequence[str], dialect: Dialect) -> None:
        """Prepare the statements for the columns that a value has fields for."""
        columns = [table.c[name] for name in names]
        listed = ", ".join(dialect.identifier_preparer.format_column(c) for c in columns)
        self._into = f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({listed})"
        self._sends_json = dialect.name == "postgresql"
        self._from_json = f"{self._into} {_records(columns, dialect)}" if self._sends_json else ""
        self._places = f"({', '.join(['%s' if self._sends_json else '?'] * len(columns))})"
        self._names = names
        self._conversions = [
            (position, convert)
            for position, column in enumerate(columns)
            if (convert := column.type._cached_bind_processor(dialect)) is not None  # noqa: SLF001 -- what SQLAlchemy itself calls for each value.
        ]

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert rows, many with one statement.

        PostgreSQL is sent them as one JSON text. SQLite is sent their values side by side, as many
        rows at once as the next lower power of two, so that it meets few texts: a statement a row
        would let go of the interpreter at each row, and under load wait to have it back.
        """
        ready = [self._converted(row) for row in rows]
        if self._sends_json and len(ready) > 1:
            records = [dict(zip(self._names, row, strict=True)) for row in ready]
            execute(connection, self._from_json, (_JSON.encode(records),))
            return
        while ready:
            size = min(1 << (len(ready).bit_length() - 1), _MOST_TOGETHER)
            together, ready = ready[:size], ready[size:]
            places = ", ".join([self._places] * size)
            execute(connection, f"{self._into} VALUES {places}", tuple(chain(*together)))

    def _converted(self, row: Row) -> Row:
        """Return a row as the driver wants it."""
        values = list(row)
        for position, convert in self._conversions:
            values[position] = convert(values[position])
        return tuple(values)


@dataclass(frozen=True, slots=True)
class Shape:
    """A value's fields, which are the columns of its table, and what reads them all at once."""

    names: tuple[str, ...]
    row: Callable[[object], Row]


def shape_of(kind: type[Any]) -> Shape:
    """Return the shape of a kind of values; every value has several fields."""
    shape = _SHAPES.get(kind)
    if shape is None:
        names = tuple(field.name for field in fields(kind))
        shape = _SHAPES[kind] = Shape(names, attrgetter(*names))
    return shape


_SHAPES: dict[type[Any], Shape] = {}


@cache
def writer_of(table: Table, names: tuple[str, ...], dialect: Dialect) -> Writer:
    """Return the writer of a table; a dialect lives as long as its engine."""
    return Writer(table, names, dialect)


def _records(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    """Return the query that gives a JSON text's records as rows of these columns.

    Texts are taken without their length: a cast would cut a text that is too long, where the column
    refuses it.
    """
    named = [(dialect.identifier_preparer.format_column(c), _kind(c, dialect)) for c in columns]
    taken = ", ".join(f"decode({n}, 'hex')" if kind == "BYTEA" else n for n, kind in named)
    given = ", ".join(f"{n} {'TEXT' if kind == 'BYTEA' else kind}" for n, kind in named)
    return f"SELECT {taken} FROM json_to_recordset(%s) AS records ({given})"  # noqa: S608 -- names of our own columns.


def _kind(column: Column[Any], dialect: Dialect) -> str:
    """Return the type of a column as PostgreSQL calls it, a text's without its length."""
    kind = column.type.dialect_impl(dialect)
    while hasattr(kind, "impl_instance") and kind.impl_instance is not kind:
        kind = kind.impl_instance
    return "TEXT" if isinstance(kind, String | Text) else kind.compile(dialect)


def _as_json(value: object) -> str:
    """Return what JSON has no form for as the text that PostgreSQL reads."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, psycopg.Binary):
        return bytes(value.obj).hex()
    message = f"no column holds a {type(value).__name__}"
    raise TypeError(message)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_json)
