"""Statement files, the statements in them, and what each of their lines proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from payments.domain.bank_messages import Direction
from payments.domain.errors import NotFound
from payments.domain.transfers import Outcome, Teller
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.known_transfers import IDENTIFIED, OUTCOME, REFERENCE, REQUEST_ID
from payments.store.session import Session
from reconciliation.domain.statements import FileVerdict
from reconciliation.store import tables


@dataclass(frozen=True, slots=True)
class FileRow:
    """A statement file as the list shows it. ``entries`` are lines new to the books.

    ``is_booked`` says of a file that was kept apart that the same bytes are in the books by now.
    """

    file_id: str
    name: str
    reader: str
    verdict: FileVerdict
    problems: str
    received_by: str
    received_at: datetime
    body_sha256: str
    statements: int
    entries: int
    skipped: int
    period_from: date | None
    period_to: date | None
    is_proposed: bool
    is_booked: bool

    @property
    def has_faults(self) -> bool:
        """Whether something was found, or noticed, in the file."""
        return self.problems != "[]"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement of a file, with what its new lines moved in each direction, in đồng."""

    statement_id: str
    account_number: str
    bank_bin: str
    number: str
    period_from: date
    period_to: date
    opening: int | None
    closing: int | None
    entries: int
    skipped: int
    credits: int
    debits: int


@dataclass(frozen=True, slots=True)
class FillingRow:
    """A gap before an accepted statement that one of another file has filled, in đồng."""

    difference: int
    recorded_at: datetime
    late_file_id: str
    late_name: str
    accepted_file_id: str
    accepted_name: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of a statement and the transfer it proves, when there is one."""

    entry_id: str
    statement_id: str
    line_no: int
    booked_on: date
    direction: Direction
    amount: int
    bank_reference: str
    text: str
    balance_after: int | None
    transfer_id: str | None
    told_by: Teller | None
    outcome: Outcome | None
    reference: str | None
    request_id: str | None


def _files(centre_id: str) -> Select[tuple[object, ...]]:
    """Return the query of a centre's files with the sums of their statements."""
    files, statements = tables.statement_files, tables.statements
    sums = (
        select(
            statements.c.file_id,
            func.count().label("statements"),
            func.sum(statements.c.entries).label("entries"),
            func.sum(statements.c.skipped).label("skipped"),
            func.min(statements.c.period_from).label("period_from"),
            func.max(statements.c.period_to).label("period_to"),
        )
        .where(statements.c.centre_id == centre_id)
        .group_by(statements.c.file_id)
        .subquery()
    )
    proposals, decisions = tables.acceptance_proposals, tables.acceptance_decisions
    decided = exists().where(
        decisions.c.centre_id == proposals.c.centre_id,
        decisions.c.proposal_id == proposals.c.proposal_id,
    )
    waits = exists().where(
        proposals.c.centre_id == files.c.centre_id, proposals.c.file_id == files.c.file_id, ~decided
    )
    later = files.alias("later")
    booked = exists().where(
        files.c.verdict == FileVerdict.QUARANTINED,
        later.c.centre_id == files.c.centre_id,
        later.c.body_sha256 == files.c.body_sha256,
        later.c.verdict == FileVerdict.IMPORTED,
    )
    return (
        select(
            files.c.file_id,
            files.c.name,
            files.c.reader,
            files.c.verdict,
            files.c.problems,
            files.c.received_by,
            files.c.received_at,
            files.c.body_sha256,
            func.coalesce(sums.c.statements, 0),
            func.coalesce(sums.c.entries, 0),
            func.coalesce(sums.c.skipped, 0),
            sums.c.period_from,
            sums.c.period_to,
            waits.label("is_proposed"),
            booked.label("is_booked"),
        )
        .join(sums, sums.c.file_id == files.c.file_id, isouter=True)
        .where(files.c.centre_id == centre_id)
    )


def statement_files(
    session: Session, centre_id: str, *, limit: int, offset: int = 0
) -> list[FileRow]:
    """Return the centre's statement files, the newest first."""
    files = tables.statement_files
    statement = _files(centre_id).order_by(files.c.received_at.desc(), files.c.file_id.desc())
    return session.all(FileRow, statement.limit(limit).offset(offset))


def statement_file(session: Session, centre_id: str, file_id: str) -> FileRow:
    """Return one file. Raises NotFound."""
    wanted = _files(centre_id).where(tables.statement_files.c.file_id == file_id)
    found = session.first(FileRow, wanted)
    if found is None:
        raise NotFound("statement_file_unknown")
    return found


def statements_of(session: Session, centre_id: str, file_id: str) -> list[StatementRow]:
    """Return the statements that a file brought."""
    statements, entries, accounts = tables.statements, tables.statement_entries, kept.bank_accounts
    moved = (
        select(
            entries.c.statement_id,
            _sum_of(Direction.IN).label("credits"),
            _sum_of(Direction.OUT).label("debits"),
        )
        .where(entries.c.centre_id == centre_id)
        .group_by(entries.c.statement_id)
        .subquery()
    )
    statement = (
        select(
            statements.c.statement_id,
            accounts.c.account_number,
            accounts.c.bank_bin,
            statements.c.number,
            statements.c.period_from,
            statements.c.period_to,
            statements.c.opening,
            statements.c.closing,
            statements.c.entries,
            statements.c.skipped,
            func.coalesce(moved.c.credits, 0),
            func.coalesce(moved.c.debits, 0),
        )
        .join(
            accounts,
            and_(
                accounts.c.centre_id == statements.c.centre_id,
                accounts.c.account_id == statements.c.account_id,
            ),
        )
        .join(moved, moved.c.statement_id == statements.c.statement_id, isouter=True)
        .where(statements.c.centre_id == centre_id, statements.c.file_id == file_id)
        .order_by(statements.c.period_from, statements.c.statement_id)
    )
    return session.all(StatementRow, statement)


def _sum_of(direction: Direction) -> ColumnElement[int]:
    """Return the sum of the entries of one direction, zero when there are none."""
    entries = tables.statement_entries
    return func.coalesce(func.sum(entries.c.amount).filter(entries.c.direction == direction), 0)


def entries_of(
    session: Session, centre_id: str, file_id: str, *, limit: int, offset: int = 0
) -> list[EntryRow]:
    """Return the lines that a file brought, with what each proves, in the order of the file."""
    entries, statements = tables.statement_entries, tables.statements
    settlements, transfers = tables.settlements, money.transfers
    statement = (
        select(
            entries.c.entry_id,
            entries.c.statement_id,
            entries.c.line_no,
            entries.c.booked_on,
            entries.c.direction,
            entries.c.amount,
            entries.c.bank_reference,
            entries.c.remittance_information,
            entries.c.balance_after,
            settlements.c.transfer_id,
            transfers.c.told_by,
            OUTCOME,
            REFERENCE,
            REQUEST_ID,
        )
        .join(
            statements,
            and_(
                statements.c.centre_id == entries.c.centre_id,
                statements.c.statement_id == entries.c.statement_id,
            ),
        )
        .join(
            settlements,
            and_(
                settlements.c.centre_id == entries.c.centre_id,
                settlements.c.entry_id == entries.c.entry_id,
            ),
            isouter=True,
        )
        .join(
            transfers,
            and_(
                transfers.c.centre_id == settlements.c.centre_id,
                transfers.c.transfer_id == settlements.c.transfer_id,
            ),
            isouter=True,
        )
        .join(money.identifications, IDENTIFIED, isouter=True)
        .where(entries.c.centre_id == centre_id, statements.c.file_id == file_id)
        .order_by(statements.c.period_from, entries.c.statement_id, entries.c.line_no)
        .limit(limit)
        .offset(offset)
    )
    return session.all(EntryRow, statement)


def fillings_of(session: Session, centre_id: str, file_id: str) -> list[FillingRow]:
    """Return the gaps that a file's statements fill, and those before them that were filled."""
    fillings = tables.gap_fillings
    late, accepted = tables.statements.alias(), tables.statements.alias()
    late_file, accepted_file = tables.statement_files.alias(), tables.statement_files.alias()
    statement = select(
        fillings.c.difference,
        fillings.c.recorded_at,
        late_file.c.file_id,
        late_file.c.name,
        accepted_file.c.file_id,
        accepted_file.c.name,
    ).where(fillings.c.centre_id == centre_id)
    for key, table, files in (
        (fillings.c.statement_id, late, late_file),
        (fillings.c.filled_id, accepted, accepted_file),
    ):
        statement = statement.join(
            table, (table.c.centre_id == fillings.c.centre_id) & (table.c.statement_id == key)
        ).join(
            files, (files.c.centre_id == table.c.centre_id) & (files.c.file_id == table.c.file_id)
        )
    own = (late_file.c.file_id == file_id) | (accepted_file.c.file_id == file_id)
    return session.all(FillingRow, statement.where(own).order_by(fillings.c.recorded_at))
