"""Rows on their way into a table: one prepared statement a table, sent to the driver as it is.

Most of what thuphi does is adding rows. Built by hand, an insert costs a fraction of what the
general machinery takes for it; columns, types and their conversions are still the table's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, String, Table, Text

Row = tuple[Any, ...]


class Writer:
    """Writes rows of one table through one kind of database."""

    def __init__(self, table: Table, names: Sequence[str], dialect: Dialect) -> None:
        """Prepare the statements for the columns that a value has fields for."""
        columns = [table.c[name] for name in names]
        place = "?" if dialect.name == "sqlite" else "%s"
        listed = ", ".join(dialect.identifier_preparer.format_column(c) for c in columns)
        into = f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({listed})"
        self._one = f"{into} VALUES ({', '.join([place] * len(columns))})"
        arrays = ", ".join(f"{place}::{_array(column, dialect)}" for column in columns)
        self._many = f"{into} SELECT * FROM unnest({arrays})"  # noqa: S608 -- names of our own columns.
        self._has_arrays = dialect.name == "postgresql"
        self._conversions = [
            (position, convert)
            for position, column in enumerate(columns)
            if (convert := column.type._cached_bind_processor(dialect)) is not None  # noqa: SLF001 -- what SQLAlchemy itself calls for each value.
        ]

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert rows. PostgreSQL is sent an array a column, so that it runs one statement."""
        ready = [self._converted(row) for row in rows]
        if len(ready) == 1:
            connection.exec_driver_sql(self._one, ready[0])
        elif self._has_arrays:
            arrays = tuple(list(column) for column in zip(*ready, strict=True))
            connection.exec_driver_sql(self._many, arrays)
        else:
            connection.exec_driver_sql(self._one, ready)

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


def _array(column: Column[Any], dialect: Dialect) -> str:
    """Return the array type a column is sent as.

    Texts are sent without their length: a cast would cut a text that is too long, where the column
    refuses it.
    """
    kind = column.type.dialect_impl(dialect)
    while hasattr(kind, "impl_instance") and kind.impl_instance is not kind:
        kind = kind.impl_instance
    name = "TEXT" if isinstance(kind, String | Text) else kind.compile(dialect)
    return f"{name}[]"
