"""Repository of the sources of statements and of the files that were taken from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select

from payments.domain.errors import NotFound
from payments.store.session import Session
from reconciliation.domain.sources import StatementSource, TakenFile, TakeOutcome
from reconciliation.store import tables, tables_sources

_sources = tables_sources.statement_sources
_taken = tables_sources.taken_files


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A file that nobody here could read, as the list of statements shows it."""

    name: str
    source_name: str | None
    size: int
    problem: str
    taken_at: datetime


class SqlSources:
    """Reads sources, and what became of their files."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def all(self, centre_id: str) -> list[StatementSource]:
        """Return a centre's sources, the oldest first, closed ones too."""
        statement = select(_sources).where(_sources.c.centre_id == centre_id)
        return self._session.all(
            StatementSource, statement.order_by(_sources.c.created_at, _sources.c.source_id)
        )

    def get(self, centre_id: str, source_id: str) -> StatementSource:
        """Return a source. Raises NotFound."""
        statement = select(_sources).where(
            _sources.c.centre_id == centre_id, _sources.c.source_id == source_id
        )
        found = self._session.first(StatementSource, statement)
        if found is None:
            raise NotFound("statement_source_unknown", field="source")
        return found

    def has_taken(
        self, centre_id: str, source: str, name: str, size: int, modified_at: datetime
    ) -> bool:
        """Say whether a file with this name, size and time was taken from a source."""
        statement = select(func.count()).where(
            _taken.c.source == source,
            _taken.c.name == name,
            _taken.c.size == size,
            _taken.c.modified_at == modified_at,
            _taken.c.centre_id == centre_id,
        )
        return bool(self._session.scalar(statement))

    def is_kept(self, row: TakenFile) -> bool:
        """Say whether a row says the same already, whenever it was written."""
        statement = select(func.count()).where(
            _taken.c.source == row.source,
            _taken.c.name == row.name,
            _taken.c.size == row.size,
            _taken.c.modified_at == row.modified_at,
            _taken.c.body_sha256 == row.body_sha256,
            _taken.c.outcome == row.outcome,
            _taken.c.centre_id == row.centre_id,
        )
        return bool(self._session.scalar(statement))

    def last_period(
        self, centre_id: str, account_id: str, reader: str, through: date
    ) -> tuple[date, date] | None:
        """Return the days of the newest statement ending on a day that one reader brought."""
        table, files = tables.statements, tables.statement_files
        statement = (
            select(table.c.period_from, table.c.period_to)
            .join(
                files,
                (files.c.file_id == table.c.file_id) & (files.c.centre_id == table.c.centre_id),
            )
            .where(
                table.c.centre_id == centre_id,
                table.c.account_id == account_id,
                table.c.period_to == through,
                files.c.reader == reader,
            )
            .order_by(table.c.position.desc())
            .limit(1)
        )
        rows = self._session.rows(statement)
        return (rows[0].period_from, rows[0].period_to) if rows else None


def refused_files(
    session: Session, centre_id: str, now: datetime, *, days: int = 31, limit: int = 20
) -> list[RefusedRow]:
    """Return the files of the last days that could not be read, the newest first.

    One whose bytes were read after all is left out.
    """
    later = _taken.alias("later")
    statement = (
        select(_taken.c.name, _sources.c.name, _taken.c.size, _taken.c.problem, _taken.c.taken_at)
        .join(
            _sources,
            (_sources.c.source_id == _taken.c.source)
            & (_sources.c.centre_id == _taken.c.centre_id),
            isouter=True,
        )
        .where(
            _taken.c.centre_id == centre_id,
            _taken.c.outcome == TakeOutcome.REFUSED,
            _taken.c.taken_at >= now - timedelta(days=days),
            ~exists().where(
                later.c.centre_id == _taken.c.centre_id,
                later.c.body_sha256 == _taken.c.body_sha256,
                later.c.outcome != TakeOutcome.REFUSED,
            ),
        )
        .order_by(_taken.c.taken_at.desc(), _taken.c.taken_id.desc())
        .limit(limit)
    )
    return session.all(RefusedRow, statement)
