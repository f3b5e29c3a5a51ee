"""One connection and its transaction: rows to add are kept back and written together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, Select, Table, Update, and_, bindparam, update

from payments.store import tables_registry as kept
from payments.store.driver import saves_journeys, together
from payments.store.reading import Prepared, Question, tables_read
from payments.store.registry import table_of, write_order
from payments.store.writing import shape_of, writer_of

V = TypeVar("V")
Query = Select[*tuple[Any, ...]] | Prepared

# What a transaction may read once and remember: it changes rarely, and then through this session.
SETTINGS = frozenset(
    {
        kept.centres,
        kept.bank_accounts,
        kept.procedures,
        kept.fee_items,
        kept.fields,
        kept.receipt_series,
    }
)


class Session:
    """Adds values as rows and reads rows as values, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work on a connection whose transaction has begun."""
        self.connection = connection
        self.kept_changes = 0
        self._pending: dict[type[Any], list[object]] = {}
        self._ahead: dict[Prepared, tuple[dict[str, object], list[tuple[Any, ...]]]] = {}

    def ask_ahead(self, questions: Iterable[Question]) -> None:
        """Ask in one journey what would take one each, and keep the answers until they are wanted.

        An answer serves the same question once, as long as nothing has been written in between. A
        database in our own process is asked when it is time.
        """
        if not saves_journeys(self.connection):
            return
        with together(self.connection):
            asked = [
                (question, question.query.reader(self.connection.dialect)) for question in questions
            ]
            sent = [reader.ask(self.connection, question.values) for question, reader in asked]
        self._ahead = {
            question.query: (question.values, reader.read(cursor))
            for (question, reader), cursor in zip(asked, sent, strict=True)
        }

    def add(self, *values: object) -> None:
        """Keep values back until a query could see them, or the commit."""
        for value in values:
            kind = type(value)
            self._pending.setdefault(kind, []).append(value)
            self.kept_changes += table_of(kind) in SETTINGS

    def flush(self) -> None:
        """Write what was kept back, in one journey."""
        if self._pending:
            with together(self.connection):
                self.write()

    def write(self) -> None:
        """Send what was kept back, one statement a table, in the order of foreign keys."""
        pending, self._pending = self._pending, {}
        if pending:
            self._ahead.clear()
            for kind in sorted(pending, key=lambda kind: write_order(table_of(kind))):
                shape = shape_of(kind)
                writer = writer_of(table_of(kind), shape.names, self.connection.dialect)
                writer.write(self.connection, [shape.row(value) for value in pending[kind]])

    def pending(self, kind: type[V]) -> Sequence[V]:
        """Return the values of a kind that are kept back."""
        return cast("Sequence[V]", self._pending.get(kind, ()))

    def written(self, query: Prepared, **values: object) -> list[tuple[Any, ...]]:
        """Run a query over what is written already; the caller looks at ``pending`` by itself."""
        return query.rows(self.connection, values)

    def replace(self, value: object) -> None:
        """Overwrite the row with the value's primary key."""
        self.flush()
        self._ahead.clear()
        kind: type[Any] = type(value)
        table = table_of(kind)
        self.kept_changes += table in SETTINGS
        shape = shape_of(kind)
        row = dict(zip(shape.names, shape.row(value), strict=True))
        keys = {f"key_{column.name}": row.pop(column.name) for column in table.primary_key}
        self.connection.execute(_update(table).values(**row), keys)

    def rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a query, after what it could see has been written."""
        self._flush_for(statement)
        return self.connection.execute(statement, values).all()

    def tuples(self, query: Prepared, **values: object) -> list[tuple[Any, ...]]:
        """Run a prepared query, after what it could see has been written."""
        if self._pending and any(table_of(kind) in query.tables for kind in self._pending):
            self.flush()
        if self._ahead:
            known_values, rows = self._ahead.pop(query, ({}, []))
            if known_values == values:
                return rows
        return query.rows(self.connection, values)

    def all(self, kind: Callable[..., V], query: Query, **values: object) -> list[V]:
        """Run a query over a whole table's columns and return its values."""
        return [kind(*row) for row in self.run(query, **values)]

    def first(self, kind: Callable[..., V], query: Query, **values: object) -> V | None:
        """Run a query and return its first value."""
        for row in self.run(query, **values):
            return kind(*row)
        return None

    def scalar(self, query: Query, **values: object) -> Any:  # noqa: ANN401 -- the caller knows the column.
        """Run a query and return the one cell of its first row, or None."""
        for row in self.run(query, **values):
            return row[0]
        return None

    def run(self, query: Query, **values: object) -> Sequence[Sequence[Any]]:
        """Run a query of either kind; its rows are read by position."""
        if isinstance(query, Prepared):
            return self.tuples(query, **values)
        return self.rows(query, **values)

    def _flush_for(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Write what was kept back, if the query reads a table that some of it belongs to."""
        if self._pending:
            read = _tables_read(statement)
            if any(table_of(kind) in read for kind in self._pending):
                self.flush()


@lru_cache(maxsize=256)
def _tables_read(statement: Select[*tuple[Any, ...]]) -> frozenset[Table]:
    """Remember which tables a query reads."""
    return tables_read(statement)


@cache
def _update(table: Table) -> Update:
    """Return the update of a table by its primary key."""
    return update(table).where(
        and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    )
