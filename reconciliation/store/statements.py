"""Repository of statement files, statements and entries, and of transfers that wait for proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from payments.domain.bank_messages import Direction
from payments.domain.breaks import Break, BreakKind
from payments.domain.business_day import local
from payments.domain.errors import NotFound
from payments.domain.transfers import Teller, Transfer
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store.reading import Prepared
from payments.store.session import Session
from reconciliation.domain.statements import (
    FileVerdict,
    StatementFileRecord,
    StatementRecord,
)
from reconciliation.ports.statements import ChainPosition
from reconciliation.store import tables
from reconciliation.store.large_files import BELIEVED

# Databases limit how many values one query may name.
_AT_ONCE = 500
# Two numbers make a series; a long statement comes in pages of one number.
_LAST_NUMBERS = 20

_statements = tables.statements
_entries = tables.statement_entries
SIGNED = case((_entries.c.direction == Direction.IN, _entries.c.amount), else_=-_entries.c.amount)
"""What an entry adds to the balance of its account."""

# A statement that brought nothing but known entries says nothing new about the balance.
IN_CHAIN = or_(_statements.c.entries > 0, _statements.c.skipped == 0)

_OWN = and_(
    _statements.c.centre_id == bindparam("centre_id"),
    _statements.c.account_id == bindparam("account_id"),
    BELIEVED,
)
_COUNTED = Prepared(select(func.max(_statements.c.period_to), func.count()).where(_OWN))
_in_order = (
    select(_statements)
    .where(_OWN, IN_CHAIN)
    .order_by(_statements.c.period_to.desc(), _statements.c.position.desc())
    .limit(1)
)
_NEWEST = Prepared(_in_order)
_NEWEST_CLOSED = Prepared(_in_order.where(_statements.c.closing.is_not(None)))

_FILLS = exists().where(
    tables.gap_fillings.c.centre_id == _statements.c.centre_id,
    tables.gap_fillings.c.statement_id == _statements.c.statement_id,
)
"""Statements that came late, into a gap: what they move lies before the newest statement."""

_no_resolution = ~exists().where(
    books.break_resolutions.c.centre_id == books.breaks.c.centre_id,
    books.break_resolutions.c.break_id == books.breaks.c.break_id,
)

_transfers = money.transfers
_counted = and_(
    _transfers.c.centre_id == bindparam("centre_id"),
    _transfers.c.account_id == bindparam("account_id"),
    _transfers.c.business_date > bindparam("since"),
    _transfers.c.business_date <= bindparam("until"),
)
_settled = exists().where(
    tables.settlements.c.centre_id == _transfers.c.centre_id,
    tables.settlements.c.transfer_id == _transfers.c.transfer_id,
)
_UNPROVEN = Prepared(
    select(_transfers).where(_counted, ~_settled).order_by(_transfers.c.occurred_at)
)
_LAST_NEEDED = Prepared(select(func.max(_transfers.c.occurred_at)).where(_counted))
_announced = exists().where(
    money.evidence.c.centre_id == books.breaks.c.centre_id,
    money.evidence.c.transfer_id == books.breaks.c.subject_id,
    money.evidence.c.teller.in_([Teller.WEBHOOK, Teller.POLL]),
)
_ANNOUNCED_LATE = Prepared(
    select(books.breaks)
    .where(
        books.breaks.c.centre_id == bindparam("centre_id"),
        books.breaks.c.business_date >= bindparam("since"),
        books.breaks.c.kind == BreakKind.NEVER_ANNOUNCED,
        _no_resolution,
        _announced,
    )
    .order_by(books.breaks.c.break_id)
)


class SqlStatements:
    """Reads statements and what they prove."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def file_of(
        self, centre_id: str, body_sha256: str, verdict: FileVerdict
    ) -> StatementFileRecord | None:
        """Return a file handed in before with exactly these bytes and this verdict."""
        table = tables.statement_files
        statement = select(table).where(
            table.c.centre_id == centre_id,
            table.c.body_sha256 == body_sha256,
            table.c.verdict == verdict,
        )
        return self._session.first(StatementFileRecord, statement)

    def kept_file(self, centre_id: str, file_id: str) -> StatementFileRecord:
        """Return a file with its bytes. Raises NotFound."""
        table = tables.statement_files
        statement = select(table).where(table.c.centre_id == centre_id, table.c.file_id == file_id)
        found = self._session.first(StatementFileRecord, statement)
        if found is None:
            raise NotFound("statement_file_unknown")
        return found

    def body_of(self, file: StatementFileRecord) -> bytes:
        """Return the bytes of a file, those of a large one put together from its parts."""
        parts = tables.statement_file_parts
        statement = select(parts.c.body).where(
            parts.c.centre_id == file.centre_id, parts.c.body_sha256 == file.body_sha256
        )
        kept = self._session.rows(statement.order_by(parts.c.part_no)) if not file.body else ()
        return file.body or b"".join(bytes(body) for (body,) in kept)

    def has_profiles(self, centre_id: str) -> bool:
        """Say whether a centre has made any mapping."""
        table = tables.statement_profiles
        statement = select(func.count()).where(table.c.centre_id == centre_id)
        return bool(self._session.scalar(statement))

    def entries_in(self, centre_id: str, file_id: str) -> int:
        """Return how many entries the statements of a file hold, known ones included."""
        statement = select(func.sum(_statements.c.entries + _statements.c.skipped)).where(
            _statements.c.centre_id == centre_id, _statements.c.file_id == file_id
        )
        return int(self._session.scalar(statement) or 0)

    def position(self, centre_id: str, account_id: str) -> ChainPosition:
        """Return where the account's chain of statements stands."""
        own = {"centre_id": centre_id, "account_id": account_id}
        ((through, count),) = self._session.tuples(_COUNTED, **own)
        if through is None:
            return ChainPosition(balance=None, moved=0, through=None)
        last = self._session.first(StatementRecord, _NEWEST, **own)
        if last is not None and last.closing is not None:
            return ChainPosition(last.closing, moved=0, through=through, statements=count)
        base = self._session.first(StatementRecord, _NEWEST_CLOSED, **own)
        moved = self._moved(centre_id, account_id, base.position if base is not None else 0)
        balance = base.closing + moved if base is not None and base.closing is not None else None
        return ChainPosition(balance, moved=moved, through=through, statements=count)

    def last_numbers(self, centre_id: str, account_id: str) -> list[tuple[str, int]]:
        """Return the numbers of an account's last statements with their years, oldest first."""
        statement = (
            select(_statements.c.number, _statements.c.period_to)
            .where(_statements.c.centre_id == centre_id, _statements.c.account_id == account_id)
            .order_by(_statements.c.period_to.desc(), _statements.c.position.desc())
            .limit(_LAST_NUMBERS)
        )
        rows = self._session.rows(statement)
        return [(row.number, row.period_to.year) for row in reversed(rows)]

    def known_keys(self, centre_id: str, account_id: str, entry_keys: Iterable[str]) -> set[str]:
        """Return those keys of entries that an earlier statement brought."""
        found: set[str] = set()
        for some in _in_parts(entry_keys):
            statement = select(_entries.c.entry_key).where(
                _entries.c.centre_id == centre_id,
                _entries.c.account_id == account_id,
                _entries.c.entry_key.in_(some),
            )
            found.update(row.entry_key for row in self._session.rows(statement))
        return found

    def ended(self, centre_id: str, account_id: str, period_to: date, closing: int) -> bool:
        """Say whether a known statement ends on this day with this balance."""
        statement = select(func.count()).where(
            _statements.c.centre_id == centre_id,
            _statements.c.account_id == account_id,
            _statements.c.period_to == period_to,
            _statements.c.closing == closing,
            BELIEVED,
        )
        return bool(self._session.scalar(statement))

    def unproven(
        self, centre_id: str, account_id: str, *, since: date | None, until: date
    ) -> list[Transfer]:
        """Return announced transfers without a statement entry, by business date."""
        values = _of_range(centre_id, account_id, since, until)
        return self._session.all(Transfer, _UNPROVEN, **values)

    def last_needed_day(
        self, centre_id: str, account_id: str, *, since: date | None, until: date
    ) -> date | None:
        """Return the last local day a transfer counted in the range was announced for.

        A bank's clock that runs ahead cannot ask for a statement of a day after the range.
        """
        values = _of_range(centre_id, account_id, since, until)
        last = self._session.scalar(_LAST_NEEDED, **values)
        return None if last is None else min(local(last).date(), until)

    def announced_late(self, centre_id: str, *, since: date) -> list[Break]:
        """Return open breaks about never announced transfers that were announced after all."""
        return self._session.all(Break, _ANNOUNCED_LATE, centre_id=centre_id, since=since)

    def open_missing(self, centre_id: str, transfer_ids: Iterable[str]) -> list[Break]:
        """Return open breaks that say of some transfers that they are missing on the statement."""
        table = books.breaks
        found: list[Break] = []
        for some in _in_parts(transfer_ids):
            statement = select(table).where(
                table.c.centre_id == centre_id,
                table.c.kind == BreakKind.MISSING_ON_STATEMENT,
                table.c.subject_id.in_(some),
                _no_resolution,
            )
            found.extend(self._session.all(Break, statement.order_by(table.c.break_id)))
        return found

    def _moved(self, centre_id: str, account_id: str, position: int) -> int:
        """Return the sum of the entries of an account's statements after one."""
        statement = (
            select(func.sum(SIGNED))
            .join(
                _statements,
                (_statements.c.centre_id == _entries.c.centre_id)
                & (_statements.c.statement_id == _entries.c.statement_id),
            )
            .where(
                _statements.c.centre_id == centre_id,
                _statements.c.account_id == account_id,
                _statements.c.position > position,
                ~_FILLS,
            )
        )
        return int(self._session.scalar(statement) or 0)


def _of_range(
    centre_id: str, account_id: str, since: date | None, until: date
) -> dict[str, object]:
    """Return the values of an account's transfers after one business date and up to another."""
    after = date.min if since is None else since
    return {"centre_id": centre_id, "account_id": account_id, "since": after, "until": until}


def _in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield values in lists that one query may name."""
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
