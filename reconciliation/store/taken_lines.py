"""The lines of a large file between reading and proof, and the entries that become of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, literal, select, tuple_

from payments.store.bulk import insert_columns
from payments.store.session import Session
from reconciliation.domain.keyed_lines import NewEntries
from reconciliation.domain.large_files import LargeFile
from reconciliation.domain.statements import StatementEntryRecord
from reconciliation.domain.taken_lines import Lot, Stretch
from reconciliation.store import tables

_lots = tables.line_lots
_stretches = tables.line_stretches
_statements = tables.statements
_entries = tables.statement_entries

# A lot of an ordinary file holds some eighty lines.
_MOST_LOTS = 64
# Databases limit how many values one query may name.
_AT_ONCE = 500


class SqlTakenLines:
    """Writes and reads the working rows of large files."""

    def __init__(self, session: Session) -> None:
        """Work within a transaction."""
        self._session = session

    def take_in(self, lots: Sequence[Lot], stretches: Sequence[Stretch]) -> None:
        """Keep some lines of a file until they are booked and proven."""
        self._insert(_lots, lots)
        self._insert(_stretches, stretches)

    def lots(self, file: LargeFile, bucket: int, line: int, most: int) -> list[Lot]:
        """Return the lots behind the one that begins in a bucket on a line, in their order.

        They are at least one, if there is any, and hold about so many lines at most.
        """
        own = _of(_lots, file)
        place = tuple_(_lots.c.bucket, _lots.c.first_line)
        heads = (
            select(_lots.c.bucket, _lots.c.first_line, _lots.c.lines)
            .where(*own, place > tuple_(literal(bucket), literal(line)))
            .order_by(_lots.c.bucket, _lots.c.first_line)
            .limit(_MOST_LOTS)
        )
        lines, first, last = 0, None, None
        for found, first_line, count in self._session.rows(heads):
            lines += count
            if last is not None and lines > most:
                break
            last = (found, first_line)
            first = first or last
        if first is None or last is None:
            return []
        bodies = select(_lots).where(
            *own,
            place >= tuple_(*map(literal, first)),
            place <= tuple_(*map(literal, last)),
        )
        return self._session.all(Lot, bodies.order_by(_lots.c.bucket, _lots.c.first_line))

    def stretches(self, file: LargeFile, first: int, last: int) -> Iterator[Stretch]:
        """Yield the stretches that hold some lines of a file, in its order, one read at a time."""
        end = _stretches.c.first_line + _stretches.c.lines
        while first <= last:
            statement = (
                select(_stretches)
                .where(*_of(_stretches, file), _stretches.c.first_line <= last, end > first)
                .order_by(_stretches.c.first_line)
                .limit(1)
            )
            stretch = self._session.first(Stretch, statement)
            if stretch is None:
                return
            yield stretch
            first = stretch.first_line + stretch.lines

    def accounts_of(self, file: LargeFile) -> dict[str, str]:
        """Return the account of each statement of a file that is believed."""
        columns = (_statements.c.statement_id, _statements.c.account_id)
        statement = select(*columns).where(*_of(_statements, file))
        return dict(map(tuple, self._session.rows(statement)))

    def days_booked(
        self, centre_id: str, account_id: str, first: date, last: date
    ) -> tuple[date, date] | None:
        """Return the first and the last day of a period on which an account has entries."""
        day = _entries.c.booked_on
        within = (
            select(day)
            .where(_entries.c.account_id == account_id, _entries.c.centre_id == centre_id)
            .where(day >= first, day <= last)
            .limit(1)
        )
        low = self._session.scalar(within.order_by(day))
        high = self._session.scalar(within.order_by(day.desc()))
        return None if low is None else (low, high)

    def book(self, file: LargeFile, new: NewEntries, now: datetime) -> None:
        """Add statement entries of a file."""
        count = len(new.entry_ids)
        insert_columns(
            self._session.connection,
            _entries,
            [
                ("centre_id", [file.centre_id] * count),
                ("entry_id", new.entry_ids),
                ("statement_id", new.statement_ids),
                ("account_id", new.account_ids),
                ("entry_key", new.entry_keys),
                ("line_no", new.line_nos),
                ("booked_on", new.days),
                ("direction", new.directions),
                ("amount", new.amounts),
                ("bank_reference", new.references),
                ("remittance_information", new.texts),
                ("balance_after", new.balances),
                ("recorded_at", [now] * count),
            ],
        )

    def entries(self, centre_id: str, entry_ids: Sequence[str]) -> dict[str, StatementEntryRecord]:
        """Return those of some entries that there are, by their identifiers."""
        found: dict[str, StatementEntryRecord] = {}
        for start in range(0, len(entry_ids), _AT_ONCE):
            statement = select(_entries).where(
                _entries.c.entry_id.in_(entry_ids[start : start + _AT_ONCE]),
                _entries.c.centre_id == centre_id,
            )
            rows = self._session.all(StatementEntryRecord, statement)
            found.update((row.entry_id, row) for row in rows)
        return found

    def forget_lots(self, file: LargeFile, before: int) -> None:
        """Drop the lots of the first buckets."""
        self._delete(_lots, file, _lots.c.bucket < before)

    def forget_stretches(self, file: LargeFile, through: int) -> None:
        """Drop the stretches that end with a line or earlier."""
        last = _stretches.c.first_line + _stretches.c.lines - 1
        self._delete(_stretches, file, last <= through)

    def forget_behind(self, file: LargeFile, line: int) -> None:
        """Drop the lots and stretches that begin behind a line."""
        for table in (_lots, _stretches):
            self._delete(table, file, table.c.first_line > line)

    def _insert(self, table: Table, rows: Sequence[Lot] | Sequence[Stretch]) -> None:
        names = [field.name for field in fields(rows[0])]
        columns: list[tuple[str, list[Any]]] = [
            (name, list(map(attrgetter(name), rows))) for name in names
        ]
        insert_columns(self._session.connection, table, columns)

    def _delete(self, table: Table, file: LargeFile, which: ColumnElement[bool]) -> None:
        self._session.flush()
        self._session.connection.execute(delete(table).where(*_of(table, file), which))


def _of(table: Table, file: LargeFile) -> tuple[ColumnElement[bool], ...]:
    return (table.c.file_id == file.file_id, table.c.centre_id == file.centre_id)
