"""Rows on their way out of the database: a query is compiled once and sent to the driver as it is.

The queries that every payment asks are always the same ones. Their text, the conversions of their
values and those of their columns are worked out the first time, by SQLAlchemy itself. A list in a
query is filled up to the next power of two with its last value, so that it has few texts, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.sql import visitors

from payments.store.driver import Cursor, execute

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """A query's text for lists of certain lengths, with the names of the values in it.

    ``places`` orders them for a driver that counts, ``lists`` has the names of a list's values.
    """

    text: str
    places: list[str] | None
    lists: dict[str, list[str]]


class Reader:
    """Runs one query on one kind of database, with other values each time."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        """Compile the query."""
        self._compiled = statement.compile(dialect=dialect)
        binds = {name: bind for bind, name in self._compiled.bind_names.items()}
        self._lists = [name for name, bind in binds.items() if bind.expanding]
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._conversions_in = {
            name: convert
            for name, bind in binds.items()
            if (convert := bind.type._cached_bind_processor(dialect)) is not None  # noqa: SLF001 -- what SQLAlchemy itself calls for each value.
        }
        self._conversions_out = [
            (position, convert)
            for position, column in enumerate(self._compiled._result_columns)  # noqa: SLF001 -- as above.
            if (convert := column.type._cached_result_processor(dialect, None)) is not None  # noqa: SLF001 -- as above.
        ]
        self._texts: dict[tuple[int, ...], _Text] = {}

    def ask(self, connection: Connection, values: dict[str, Any]) -> Cursor:
        """Send the query; ``read`` takes the rows when they have come."""
        named: dict[str, Any] = self._fixed | values
        lists = {name: _filled_up(named.pop(name)) for name in self._lists}
        for name, convert in self._conversions_in.items():
            if name in lists:
                lists[name] = [convert(item) for item in lists[name]]
            else:
                named[name] = convert(named[name])
        text = self._text_of({name: len(items) for name, items in lists.items()})
        for name, items in lists.items():
            named.update(zip(text.lists[name], items, strict=True))
        parameters = named if text.places is None else [named[place] for place in text.places]
        return execute(connection, text.text, parameters)

    def read(self, cursor: Cursor) -> list[tuple[Any, ...]]:
        """Return the rows of a query as tuples, in the order of its columns."""
        found = cursor.fetchall()
        return [self._converted(row) for row in found] if self._conversions_out else found

    def _text_of(self, lengths: dict[str, int]) -> _Text:
        """Return the text for lists of some lengths."""
        key = tuple(lengths.values())
        text = self._texts.get(key)
        if text is None:
            some: dict[str, Any] = dict.fromkeys(self._compiled.bind_names.values())
            some |= {name: [None] * length for name, length in lengths.items()}
            state = self._compiled.construct_expanded_state(some)
            places = None if state.positiontup is None else list(state.positiontup)
            names = {name: list(state.parameter_expansion[name]) for name in self._lists}
            text = self._texts[key] = _Text(state.statement, places, names)
        return text

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row with its columns as the domain knows them."""
        cells = list(row)
        for position, convert in self._conversions_out:
            cells[position] = convert(cells[position])
        return tuple(cells)


class Prepared:
    """A query that is always the same one, kept with its reader for each kind of database."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Take a query; a list in it is a ``bindparam(..., expanding=True)``."""
        self.tables = tables_read(statement)
        self._statement = statement
        self._readers: dict[Dialect, Reader] = {}

    def rows(self, connection: Connection, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows as tuples, in the order of the query's columns."""
        reader = self.reader(connection.dialect)
        return reader.read(reader.ask(connection, values))

    def reader(self, dialect: Dialect) -> Reader:
        """Return what runs the query on one kind of database."""
        reader = self._readers.get(dialect)
        if reader is None:
            reader = self._readers[dialect] = Reader(self._statement, dialect)
        return reader


class Question(NamedTuple):
    """A query with the values that it is asked with."""

    query: Prepared
    values: dict[str, object]


def tables_read(statement: Select[*tuple[Any, ...]]) -> frozenset[Table]:
    """Return every table a query reads, those of its subqueries too."""
    return frozenset(part for part in visitors.iterate(statement) if isinstance(part, Table))


def _filled_up(values: Iterable[Any]) -> list[Any]:
    """Return a list with its last value repeated until its length is nought or a power of two."""
    items = list(values)
    if items:
        items += items[-1:] * ((1 << (len(items) - 1).bit_length()) - len(items))
    return items
