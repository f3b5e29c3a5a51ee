"""Rows on their way out of the database: a query is compiled once and sent to the driver as it is.

The queries that every payment asks are always the same ones. Their text, the conversions of their
values and those of their columns are worked out the first time, by SQLAlchemy itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler


class Reader:
    """Runs one query on one kind of database, with other values each time."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        """Compile the query. Raises TypeError for one whose text depends on its values."""
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler) or compiled.post_compile_params:
            raise TypeError("the text of this query depends on its values")
        self._text = compiled.string
        self._places = compiled.positiontup
        self._fixed = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        self._conversions_in = {
            name: convert
            for name, bind in compiled.binds.items()
            if (convert := bind.type._cached_bind_processor(dialect)) is not None  # noqa: SLF001 -- what SQLAlchemy itself calls for each value.
        }
        self._conversions_out = [
            (position, convert)
            for position, column in enumerate(compiled._result_columns)  # noqa: SLF001 -- as above.
            if (convert := column.type._cached_result_processor(dialect, None)) is not None  # noqa: SLF001 -- as above.
        ]

    def rows(self, connection: Connection, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows as tuples, in the order of the query's columns."""
        named = self._fixed | values
        for name, convert in self._conversions_in.items():
            named[name] = convert(named[name])
        parameters = named if self._places is None else tuple(named[n] for n in self._places)
        found = connection.exec_driver_sql(self._text, parameters).all()
        if not self._conversions_out:
            return [tuple(row) for row in found]
        return [self._converted(row) for row in found]

    def _converted(self, row: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- the driver's row.
        """Return a row with its columns as the domain knows them."""
        cells = list(row)
        for position, convert in self._conversions_out:
            cells[position] = convert(cells[position])
        return tuple(cells)


class Prepared:
    """A query that is always the same one, kept with its reader for each kind of database."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Take a query without lists of values in it."""
        self.tables = tables_read(statement)
        self._statement = statement
        self._readers: dict[Dialect, Reader] = {}

    def rows(self, connection: Connection, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows as tuples, in the order of the query's columns."""
        reader = self._readers.get(connection.dialect)
        if reader is None:
            reader = Reader(self._statement, connection.dialect)
            self._readers[connection.dialect] = reader
        return reader.rows(connection, values)


def tables_read(statement: Select[*tuple[Any, ...]]) -> frozenset[Table]:
    """Return every table a query reads, those of its subqueries too."""
    return frozenset(part for part in visitors.iterate(statement) if isinstance(part, Table))
