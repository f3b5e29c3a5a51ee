"""The work list of differences, and the money that waits for its request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.transfers import Outcome
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store.known_transfers import IDENTIFIED, OUTCOME, REFERENCE, REST
from payments.store.requests import STANDING
from payments.store.session import Session
from reconciliation.store.queries_finance import is_resolved, same

# A citizen pays within this time of being asked; older requests are not worth suggesting.
_ASKED_WITHIN = timedelta(days=120)
_SUGGESTED = 8
# Outcomes that leave nothing of a transfer in suspense.
_PLACED = (Outcome.EXACT, Outcome.LATE, Outcome.OUTGOING)


class Worked(StrEnum):
    """Which part of the work list is asked for."""

    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class BreakFilter:
    """What the work list is narrowed to. ``until`` is the newest business date wanted."""

    worked: Worked = Worked.OPEN
    kind: BreakKind | None = None
    day: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A difference in the work list; text and reference are empty unless it is about a transfer."""

    break_id: str
    kind: BreakKind
    subject_id: str
    amount: int
    business_date: date
    opened_at: datetime
    text: str
    reference: str
    resolved_at: datetime | None
    resolved_by: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transfer of which some money still waits. ``rest`` of it is whole đồng."""

    transfer_id: str
    amount: int
    rest: int
    business_date: date
    occurred_at: datetime
    text: str
    reference: str
    outcome: Outcome
    break_id: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An open request that still asks for exactly the amount in question."""

    request_id: str
    reference: str
    total: int
    due: int
    issued_at: datetime
    dossier_code: str
    applicant: str


def break_list(
    session: Session, centre_id: str, wanted: BreakFilter, *, limit: int, offset: int = 0
) -> list[BreakRow]:
    """Return differences, the oldest first while open, the newest first once worked off."""
    breaks, done, transfers = books.breaks, books.break_resolutions, money.transfers
    statement = (
        select(
            breaks.c.break_id,
            breaks.c.kind,
            breaks.c.subject_id,
            breaks.c.amount,
            breaks.c.business_date,
            breaks.c.opened_at,
            func.coalesce(transfers.c.remittance_information, ""),
            func.coalesce(REFERENCE, ""),
            done.c.resolved_at,
            func.coalesce(done.c.resolved_by, ""),
            func.coalesce(done.c.explanation, ""),
        )
        .join(done, same(done, breaks, "break_id"), isouter=True)
        .join(
            transfers,
            and_(
                transfers.c.centre_id == breaks.c.centre_id,
                transfers.c.transfer_id == breaks.c.subject_id,
            ),
            isouter=True,
        )
        .join(money.identifications, IDENTIFIED, isouter=True)
        .where(breaks.c.centre_id == centre_id, *_conditions(wanted))
    )
    order = [breaks.c.business_date, breaks.c.opened_at, breaks.c.break_id]
    newest_first = [column.desc() for column in order]
    statement = (
        statement.order_by(*(order if wanted.worked is Worked.OPEN else newest_first))
        .limit(limit)
        .offset(offset)
    )
    return session.all(BreakRow, statement)


def _conditions(wanted: BreakFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a filter."""
    breaks = books.breaks
    if wanted.worked is not Worked.ALL:
        yield ~is_resolved() if wanted.worked is Worked.OPEN else is_resolved()
    if wanted.kind is not None:
        yield breaks.c.kind == wanted.kind
    if wanted.day is not None:
        yield breaks.c.business_date == wanted.day
    if wanted.until is not None:
        yield breaks.c.business_date <= wanted.until


def waiting_money(
    session: Session, centre_id: str, *, limit: int, offset: int = 0
) -> list[Waiting]:
    """Return the transfers with money in suspense, the oldest first."""
    transfers, breaks = money.transfers, books.breaks
    found = (
        select(func.min(breaks.c.break_id))
        .where(
            breaks.c.centre_id == transfers.c.centre_id,
            breaks.c.subject_id == transfers.c.transfer_id,
            ~is_resolved(),
        )
        .correlate(transfers)
        .scalar_subquery()
    )
    statement = (
        select(
            transfers.c.transfer_id,
            transfers.c.amount,
            REST.label("rest"),
            transfers.c.business_date,
            transfers.c.occurred_at,
            transfers.c.remittance_information,
            REFERENCE,
            OUTCOME,
            found.label("break_id"),
        )
        .join(money.identifications, IDENTIFIED, isouter=True)
        .where(
            transfers.c.centre_id == centre_id,
            transfers.c.direction == Direction.IN,
            transfers.c.outcome.not_in(_PLACED),
            REST > 0,
        )
        .order_by(transfers.c.occurred_at, transfers.c.transfer_id)
    )
    return session.all(Waiting, statement.limit(limit).offset(offset))


def suggestions(session: Session, centre_id: str, amount: int, at: datetime) -> list[Suggestion]:
    """Return open requests that ask for exactly this amount, the last issued first."""
    standing = STANDING.subquery()
    statement = (
        select(
            standing.c.request_id,
            standing.c.reference,
            standing.c.total,
            (standing.c.total - standing.c.paid - standing.c.held).label("due"),
            standing.c.issued_at,
            standing.c.code,
            standing.c.applicant,
        )
        .where(
            standing.c.centre_id == centre_id,
            standing.c.issued_at.between(at - _ASKED_WITHIN, at),
            standing.c.total - standing.c.paid - standing.c.held == amount,
            ~standing.c.is_cancelled,
        )
        .order_by(standing.c.issued_at.desc())
        .limit(_SUGGESTED)
    )
    return session.all(Suggestion, statement)
