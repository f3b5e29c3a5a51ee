"""The lines of a large file between reading and proof: taken in, counted, booked by bucket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, text, union_all
from sqlalchemy import literal as value_of

from payments.domain.bank_messages import (
    LONGEST_NAME,
    Direction,
    StatementEntry,
    is_storable,
    storable,
)
from payments.domain.statement_parts import EntryBatch
from payments.store.bulk import insert_columns
from payments.store.engine import JOB_STATEMENT_MS
from payments.store.session import Session
from payments.store.types import UtcDateTime
from reconciliation.domain.large_files import LargeFile
from reconciliation.domain.statement_chain import Brought
from reconciliation.domain.statements import StatementEntryRecord
from reconciliation.ports.large_files import TakenLine
from reconciliation.store import tables

_lines = tables.statement_lines
_entries = tables.statement_entries
_SIDES = {side: side.value for side in Direction}

# The nth line of a content in its statement is the nth of that key.
_KEYED = """keyed AS (
        SELECT l.*, l.content || ':' || CAST(ROW_NUMBER() OVER (
                PARTITION BY l.statement_no, l.content ORDER BY l.line_no) AS VARCHAR(20))
                AS entry_key
        FROM statement_lines l
        WHERE l.file_id = :file_id AND l.bucket = :bucket AND l.centre_id = :centre_id)"""
_UNKNOWN = """NOT EXISTS (SELECT 1 FROM statement_entries e WHERE e.entry_key = k.entry_key
            AND e.account_id = k.account_id AND e.centre_id = :centre_id)"""
# Of two statements in a file that tell the same line, the first brings it.
_FIRST = "ROW_NUMBER() OVER (PARTITION BY k.account_id, k.entry_key ORDER BY k.line_no) = 1"
_SIGNED = "CASE WHEN direction = 'in' THEN amount ELSE -amount END"


def _told(file: LargeFile) -> str:
    """Return the query of a bucket's lines with their keys, and whether each is fresh."""
    is_fresh = _UNKNOWN if file.statements == 1 else f"{_UNKNOWN} AND {_FIRST}"
    return f"""WITH {_KEYED}, told AS (
        SELECT k.*, CASE WHEN {is_fresh} THEN 1 ELSE 0 END AS is_fresh FROM keyed k)"""  # noqa: S608 -- constants of this file.


_HEX = {
    "sqlite": ("printf('%06x', l.statement_no)", "printf('%08x', l.line_no)"),
    "postgresql": (
        "LPAD(TO_HEX(l.statement_no), 6, '0')",
        "LPAD(TO_HEX(l.line_no), 8, '0')",
    ),
}


class SqlStatementLines:
    """Writes and reads the working rows of large files."""

    def __init__(self, session: Session) -> None:
        """Work within a transaction."""
        self._session = session

    def add_lines(
        self,
        file: LargeFile,
        money: EntryBatch,
        *,
        behind: int,
        statement_no: int,
        account_id: str,
        contents: Sequence[str],
        befores: Sequence[int | None],
    ) -> None:
        """Take booked entries of a statement in, behind so many lines of the file."""
        count, first = len(money), behind + 1
        insert_columns(
            self._session.connection,
            _lines,
            [
                ("centre_id", [file.centre_id] * count),
                ("file_id", [file.file_id] * count),
                ("line_no", range(first, first + count)),
                ("statement_no", [statement_no] * count),
                ("account_id", [account_id] * count),
                ("bucket", [int(content[:2], 16) for content in contents]),
                ("content", contents),
                ("place", money.where),
                ("booked_on", money.booked_on),
                ("booked_at", money.booked_at),
                ("direction", list(map(_SIDES.__getitem__, money.direction))),
                ("amount", money.amount),
                ("bank_reference", _stored(money.bank_reference, LONGEST_NAME)),
                ("remittance_information", _stored(money.text)),
                ("balance_before", befores),
                ("balance_after", money.balance_after),
                ("is_reversal", money.is_reversal),
            ],
        )

    def learn_lines(self) -> None:
        """Let PostgreSQL look at the lines that have come: a plan for none reads all."""
        if self._session.connection.dialect.name == "postgresql":
            self._take_time()
            self._session.connection.execute(text("ANALYZE statement_lines"))

    def brought(self, file: LargeFile, bucket: int) -> dict[int, Brought]:
        """Return what the lines of a bucket bring, by the number of their statement."""
        self._by_index()
        query = text(f"""{_told(file)}
            SELECT statement_no, SUM(is_fresh), SUM(1 - is_fresh),
                SUM(is_fresh * {_SIGNED}), SUM((1 - is_fresh) * {_SIGNED})
            FROM told GROUP BY statement_no""")  # noqa: S608 -- constants of this file.
        rows = self._session.connection.execute(query, _bound(file, bucket)).all()
        return {number: Brought(*map(int, sums)) for number, *sums in rows}

    def book(self, file: LargeFile, bucket: int, now: datetime) -> None:
        """Make statement entries of the fresh lines of a bucket."""
        self._by_index()
        statement_no, line_no = _HEX[self._session.connection.dialect.name]
        statement = f"""INSERT INTO statement_entries (
                centre_id, entry_id, statement_id, account_id, entry_key, line_no, booked_on,
                direction, amount, bank_reference, remittance_information, balance_after,
                recorded_at)
            {_told(file)}
            SELECT l.centre_id, :entry || SUBSTR(l.content, 1, 2) || {line_no},
                :statement || {statement_no}, l.account_id, l.entry_key, l.line_no, l.booked_on,
                l.direction, l.amount, l.bank_reference, l.remittance_information,
                l.balance_after, :now
            FROM told l WHERE l.is_fresh = 1"""  # noqa: S608 -- constants of this file.
        query = text(statement).bindparams(bindparam("now", type_=UtcDateTime()))
        prefixes = {"entry": file.file_id[:22], "statement": file.file_id[:26], "now": now}
        self._session.connection.execute(query, {**_bound(file, bucket), **prefixes})

    def lines_to_prove(self, file: LargeFile, most: int) -> list[TakenLine]:
        """Return the first lines that are left, with their entries where they brought one."""
        is_postgresql = self._session.connection.dialect.name == "postgresql"
        number: ColumnElement[str] = (
            func.lpad(func.to_hex(_lines.c.line_no), 8, "0")
            if is_postgresql
            else func.printf("%08x", _lines.c.line_no)
        )
        entry_id = value_of(file.file_id[:22]) + func.substr(_lines.c.content, 1, 2) + number
        same = and_(_entries.c.entry_id == entry_id, _entries.c.centre_id == _lines.c.centre_id)
        statement = (
            select(
                _lines.c.line_no, _lines.c.place, _lines.c.booked_at, _lines.c.is_reversal, _entries
            )
            .join(_entries, same, isouter=True)
            .where(*_of(file))
            .order_by(_lines.c.line_no)
            .limit(most)
        )
        found = []
        for line_no, place, booked_at, is_reversal, *columns in self._session.rows(statement):
            row = StatementEntryRecord(*columns) if columns[0] is not None else None
            entry = _entry(row, place, booked_at, is_reversal=is_reversal) if row else None
            found.append(TakenLine(line_no, row, entry))
        return found

    def forget_lines(self, file: LargeFile, through: int) -> None:
        """Drop the working rows up to a line."""
        self._session.flush()
        self._session.connection.execute(
            delete(_lines).where(*_of(file), _lines.c.line_no <= through)
        )

    def forget_lines_behind(self, file: LargeFile, line_no: int) -> None:
        """Drop the working rows behind a line."""
        self._session.connection.execute(
            delete(_lines).where(*_of(file), _lines.c.line_no > line_no)
        )

    def outside(
        self, file: LargeFile, statement_no: int, first: date | None, last: date | None, most: int
    ) -> list[tuple[str, date]]:
        """Return the places and days of lines that lie outside a period."""
        early = _lines.c.booked_on < (first or date.min)
        late = _lines.c.booked_on > (last or date.max)
        statement = (
            select(_lines.c.place, _lines.c.booked_on)
            .where(*_of(file), _lines.c.statement_no == statement_no, early | late)
            .order_by(_lines.c.line_no)
            .limit(most)
        )
        return [(place, day) for place, day in self._session.rows(statement)]

    def loose_balances(self, file: LargeFile, statement_no: int, most: int) -> dict[int, int]:
        """Return the balances on which not as many lines begin as end, with the surplus begun."""
        self._take_time()
        own = (*_of(file), _lines.c.statement_no == statement_no)
        printed = _lines.c.balance_before.is_not(None)
        ends = union_all(
            select(_lines.c.balance_before.label("balance"), value_of(1).label("n")).where(
                *own, printed
            ),
            select(_lines.c.balance_after, value_of(-1)).where(*own, printed),
        ).subquery()
        surplus = func.sum(ends.c.n)
        statement = (
            select(ends.c.balance, surplus)
            .group_by(ends.c.balance)
            .having(surplus != 0)
            .limit(most)
        )
        return {int(balance): int(n) for balance, n in self._session.rows(statement)}

    def place_before(self, file: LargeFile, statement_no: int, balance: int) -> str | None:
        """Return the place of a line that begins on a balance."""
        statement = select(_lines.c.place).where(
            *_of(file), _lines.c.statement_no == statement_no, _lines.c.balance_before == balance
        )
        place = self._session.scalar(statement.order_by(_lines.c.line_no).limit(1))
        return None if place is None else str(place)

    def _by_index(self) -> None:
        """Let PostgreSQL look keys up: it knows nothing yet of a table that is filling."""
        if self._session.connection.dialect.name == "postgresql":
            self._take_time()
            self._session.connection.execute(text("SET LOCAL enable_seqscan = off"))

    def _take_time(self) -> None:
        """Let a query over all lines of a file take longer than those of a page may."""
        if self._session.connection.dialect.name == "postgresql":
            self._session.connection.execute(
                text(f"SET LOCAL statement_timeout = {JOB_STATEMENT_MS}")
            )


def _stored(texts: Sequence[str], most: int | None = None) -> Sequence[str]:
    """Return texts as they can be kept; one look at all of them tells that most are so already."""
    if is_storable("".join(texts)) and (most is None or max(map(len, texts)) <= most):
        return texts
    return [storable(one, most) for one in texts]


def _of(file: LargeFile) -> tuple[ColumnElement[bool], ...]:
    return (_lines.c.file_id == file.file_id, _lines.c.centre_id == file.centre_id)


def _bound(file: LargeFile, bucket: int) -> dict[str, object]:
    return {"file_id": file.file_id, "bucket": bucket, "centre_id": file.centre_id}


def _entry(
    row: StatementEntryRecord, place: str, booked_at: datetime | None, *, is_reversal: bool
) -> StatementEntry:
    """Return what the line of an entry said."""
    return StatementEntry(
        where=place,
        booked_on=row.booked_on,
        amount=row.amount,
        direction=row.direction,
        text=row.remittance_information,
        bank_reference=row.bank_reference,
        booked_at=booked_at,
        balance_after=row.balance_after,
        is_reversal=is_reversal,
    )
