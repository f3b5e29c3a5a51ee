"""One connection and its transaction: rows to add are kept back and written together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Insert,
    Row,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import visitors

from payments.store.registry import table_of, write_order

V = TypeVar("V")

# What a transaction may read once and remember: it changes rarely, and then through this session.
SETTINGS = frozenset(
    {"centres", "bank_accounts", "procedures", "fee_items", "fields", "receipt_series"}
)


class Session:
    """Adds values as rows and reads rows as values, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work on a connection whose transaction has begun."""
        self.connection = connection
        self.kept_changes = 0
        self._pending: dict[Table, list[dict[str, Any]]] = {}

    def add(self, *values: object) -> None:
        """Keep rows back until a query could see them, or the commit."""
        for value in values:
            table = table_of(type(value))
            self.kept_changes += table.name in SETTINGS
            self._pending.setdefault(table, []).append(as_row(value))

    def flush(self) -> None:
        """Write what was kept back, one statement a table, in the order of foreign keys."""
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        for table in sorted(pending, key=write_order):
            self._write(table, pending[table])

    def _write(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows. PostgreSQL is sent columns, so that it plans and runs one statement."""
        if len(rows) > 1 and self.connection.dialect.name == "postgresql":
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            self.connection.execute(_insert_columns(table, tuple(columns)), columns)
        else:
            self.connection.execute(_insert(table), rows)

    def pending(self, table: Table) -> Sequence[dict[str, Any]]:
        """Return the rows of a table that are kept back."""
        return self._pending.get(table, ())

    def written(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a query over what is written already; the caller looks at ``pending`` by itself."""
        return self.connection.execute(statement, values).all()

    def replace(self, value: object) -> None:
        """Overwrite the row with the value's primary key."""
        self.flush()
        table = table_of(type(value))
        self.kept_changes += table.name in SETTINGS
        row = as_row(value)
        keys = {f"key_{column.name}": row.pop(column.name) for column in table.primary_key}
        self.connection.execute(_update(table).values(**row), keys)

    def rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a query, after what it could see has been written."""
        self._flush_for(statement)
        return self.connection.execute(statement, values).all()

    def all(
        self, kind: Callable[..., V], statement: Select[*tuple[Any, ...]], **values: object
    ) -> list[V]:
        """Run a query over a whole table's columns and return its values."""
        return [kind(*row) for row in self.rows(statement, **values)]

    def first(
        self, kind: Callable[..., V], statement: Select[*tuple[Any, ...]], **values: object
    ) -> V | None:
        """Run a query and return its first value."""
        self._flush_for(statement)
        row = self.connection.execute(statement, values).first()
        return None if row is None else kind(*row)

    def scalar(self, statement: Select[*tuple[Any, ...]], **values: object) -> Any:  # noqa: ANN401 -- the caller knows the column.
        """Run a query and return the one cell of its first row, or None."""
        self._flush_for(statement)
        return self.connection.execute(statement, values).scalar()

    def _flush_for(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Write what was kept back, if the query reads a table that some of it belongs to."""
        if self._pending and not self._pending.keys().isdisjoint(_tables_read(statement)):
            self.flush()


def as_row(value: object) -> dict[str, Any]:
    """Return a value's fields by name; columns and fields have the same names."""
    kind: type[Any] = type(value)
    return {name: getattr(value, name) for name in field_names(kind)}


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a value's fields, which are the names of its table's columns."""
    names = _FIELD_NAMES.get(kind)
    if names is None:
        names = _FIELD_NAMES[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return names


_FIELD_NAMES: dict[type[Any], tuple[str, ...]] = {}


@lru_cache(maxsize=256)
def _tables_read(statement: Select[*tuple[Any, ...]]) -> frozenset[Table]:
    """Return every table a query reads, those of its subqueries too."""
    return frozenset(part for part in visitors.iterate(statement) if isinstance(part, Table))


@cache
def _insert(table: Table) -> Insert:
    """Return the insert of a table."""
    return insert(table)


@cache
def _insert_columns(table: Table, names: tuple[str, ...]) -> Insert:
    """Return the insert of a table that takes an array a column instead of values a row."""
    columns = [table.c[name] for name in names]
    arrays = (
        func.unnest(cast(bindparam(column.name, type_=ARRAY(column.type)), ARRAY(column.type)))
        for column in columns
    )
    return insert(table).from_select([column.name for column in columns], select(*arrays))


@cache
def _update(table: Table) -> Update:
    """Return the update of a table by its primary key."""
    return update(table).where(
        and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    )
