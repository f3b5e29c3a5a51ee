"""What is known of one transfer: who told of it, where its money went, which line proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, select

from payments.domain.cash import TillClosing
from payments.domain.errors import NotFound
from payments.domain.transfers import Allocation, BankMessage, Evidence
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session
from reconciliation.store import tables
from reconciliation.store.queries_finance import same

# A break and the audit event of the same transaction carry almost the same time.
_SAME_TRANSACTION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProvenBy:
    """The statement line that proves a transfer."""

    file_id: str
    file_name: str
    line_no: int
    booked_on: date
    how: str
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """Money of a transfer that was given to a request."""

    allocation: Allocation
    reference: str
    dossier_code: str


def evidence_of(session: Session, centre_id: str, transfer_id: str) -> list[Evidence]:
    """Return everything that was ever told of a transfer, first telling first."""
    table = money.evidence
    statement = select(table).where(
        table.c.centre_id == centre_id, table.c.transfer_id == transfer_id
    )
    return session.all(Evidence, statement.order_by(table.c.recorded_at, table.c.telling))


def placed_of(session: Session, centre_id: str, transfer_id: str) -> list[Placed]:
    """Return the requests that money of a transfer was given to."""
    table = money.allocations
    columns = len(table.c)
    statement = (
        select(table, money.payment_requests.c.reference, kept.dossiers.c.code)
        .join(money.payment_requests, same(money.payment_requests, table, "request_id"))
        .join(kept.dossiers, same(kept.dossiers, money.payment_requests, "dossier_id"))
        .where(table.c.centre_id == centre_id, table.c.transfer_id == transfer_id)
        .order_by(table.c.allocated_at)
    )
    return [
        Placed(Allocation(*row[:columns]), row.reference, row.code)
        for row in session.rows(statement)
    ]


def proof_of(session: Session, centre_id: str, transfer_id: str) -> ProvenBy | None:
    """Return the statement line that proves a transfer, or None while there is none."""
    settled, entries = tables.settlements, tables.statement_entries
    statements, files = tables.statements, tables.statement_files
    statement = (
        select(
            files.c.file_id,
            files.c.name,
            entries.c.line_no,
            entries.c.booked_on,
            settled.c.how,
            settled.c.settled_at,
        )
        .select_from(settled)
        .join(entries, same(entries, settled, "entry_id"))
        .join(statements, same(statements, entries, "statement_id"))
        .join(files, same(files, statements, "file_id"))
        .where(settled.c.centre_id == centre_id, settled.c.transfer_id == transfer_id)
    )
    return session.first(ProvenBy, statement)


def message_of(session: Session, centre_id: str, message_id: str) -> BankMessage | None:
    """Return the bytes of a bank's message."""
    table = money.bank_messages
    wanted = and_(table.c.centre_id == centre_id, table.c.message_id == message_id)
    return session.first(BankMessage, select(table).where(wanted))


def audit_detail(session: Session, centre_id: str, subject_id: str, at: datetime) -> str:
    """Return what the audit log says of a subject at about an instant, as JSON, or nothing."""
    table = books.audit_events
    statement = select(table.c.detail).where(
        table.c.centre_id == centre_id,
        table.c.at.between(at - _SAME_TRANSACTION, at + _SAME_TRANSACTION),
        table.c.subject_id == subject_id,
    )
    return str(session.scalar(statement.order_by(table.c.seq).limit(1)) or "")


def till_closing(session: Session, centre_id: str, session_id: str) -> TillClosing | None:
    """Return how a till session was counted."""
    table = money.till_closings
    wanted = and_(table.c.centre_id == centre_id, table.c.session_id == session_id)
    return session.first(TillClosing, select(table).where(wanted))


def file_of_statement(session: Session, centre_id: str, statement_id: str) -> str:
    """Return the file that brought a statement. Raises NotFound."""
    table = tables.statements
    own = (table.c.centre_id == centre_id) & (table.c.statement_id == statement_id)
    found = session.scalar(select(table.c.file_id).where(own))
    if found is None:
        raise NotFound("statement_file_unknown")
    return str(found)
