"""Lists for the counter: today's requests, what the search box finds, a cashier's sessions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select

from payments.domain.business_day import day_bounds, local
from payments.domain.cash import CashPayment
from payments.domain.dossiers import Dossier
from payments.domain.references import find_references
from payments.domain.requests import (
    PaymentRequest,
    RequestCancellation,
    RequestStanding,
    RequestState,
)
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.requests import STANDING
from payments.store.session import Session

MOST_ROWS = 50
# Names are compared without accents, which the databases cannot do alike, so among recent ones.
NAMES_LOOKED_THROUGH = 10_000
_SHORTEST_PART = 3
_LONGEST_RECEIPT_NUMBER = 7
_requests = money.payment_requests
_dossiers = kept.dossiers


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier in a list, with its newest request if it has one. Amounts are whole đồng."""

    dossier_id: str
    code: str
    applicant: str
    procedure: str
    request_id: str | None
    reference: str
    total: int
    due: int
    state: RequestState | None
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class TillSessionRow:
    """A cashier's session in a list. ``counted`` and ``difference`` are None while it is open."""

    session_id: str
    session_no: int
    counter: str
    opened_at: datetime
    closed_at: datetime | None
    business_date: date
    counted: int | None
    difference: int | None


def requests_of_day(session: Session, centre_id: str, now: datetime) -> list[DossierRow]:
    """Return the requests issued on the local day of an instant, the newest first."""
    since, until = day_bounds(local(now).date())
    issued = (_requests.c.issued_at >= since) & (_requests.c.issued_at < until)
    statement = STANDING.where(_requests.c.centre_id == centre_id, issued)
    newest = statement.order_by(_requests.c.issued_at.desc()).limit(MOST_ROWS)
    return _with_procedures(session, centre_id, _standings(session, newest), now)


def search(
    session: Session, centre_id: str, text: str, *, prefix: str, now: datetime
) -> list[DossierRow]:
    """Return the dossiers that a text may mean, the likeliest first, ``MOST_ROWS`` at most.

    A payment reference (however it is written), a dossier code or a part of it in either shape, a
    receipt number, or words of the applicant's name with or without accents.
    """
    wanted = unicodedata.normalize("NFC", text).strip()[:200]
    found: dict[str, None] = {}
    for look in (_by_reference, _by_receipt, _by_code, _by_name):
        for dossier_id in look(session, centre_id, wanted, prefix):
            found.setdefault(dossier_id)
        if len(found) >= MOST_ROWS:
            break
    return _newest_of(session, centre_id, list(found)[:MOST_ROWS], now)


def till_sessions(session: Session, centre_id: str, staff_id: str) -> list[TillSessionRow]:
    """Return a cashier's latest sessions, the newest first."""
    opened, closed, counter = money.till_sessions, money.till_closings, kept.service_counters
    statement = (
        select(
            opened.c.session_id,
            opened.c.session_no,
            counter.c.name,
            opened.c.opened_at,
            closed.c.closed_at,
            opened.c.business_date,
            closed.c.counted,
            closed.c.difference,
        )
        .join(
            counter,
            (counter.c.centre_id == opened.c.centre_id)
            & (counter.c.counter_id == opened.c.counter_id),
        )
        .outerjoin(
            closed,
            (closed.c.centre_id == opened.c.centre_id)
            & (closed.c.session_id == opened.c.session_id),
        )
        .where(opened.c.centre_id == centre_id, opened.c.staff_id == staff_id)
        .order_by(opened.c.session_no.desc())
        .limit(MOST_ROWS)
    )
    return session.all(TillSessionRow, statement)


def cash_of(session: Session, centre_id: str, request_id: str) -> CashPayment | None:
    """Return the cash taken for a request, to show what was tendered and the change."""
    table = money.cash_payments
    same = (table.c.centre_id == centre_id) & (table.c.request_id == request_id)
    return session.first(CashPayment, select(table).where(same))


def cancellation_of(
    session: Session, centre_id: str, request_id: str
) -> RequestCancellation | None:
    """Return why a request was withdrawn, or None when it was not."""
    table = money.request_cancellations
    same = (table.c.centre_id == centre_id) & (table.c.request_id == request_id)
    return session.first(RequestCancellation, select(table).where(same))


def _by_reference(session: Session, centre_id: str, text: str, prefix: str) -> Iterable[str]:
    """Return the dossier of each payment reference in the text."""
    references = [found.reference for found in find_references(text, prefix, repair=False)]
    if not references:
        return []
    statement = select(_requests.c.dossier_id).where(
        _requests.c.centre_id == centre_id, _requests.c.reference.in_(references)
    )
    return [row[0] for row in session.rows(statement)]


def _by_receipt(session: Session, centre_id: str, text: str, prefix: str) -> Iterable[str]:
    """Return the dossiers with a receipt of this number, whatever its series."""
    del prefix
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_RECEIPT_NUMBER):
        return []
    receipts = money.receipts
    statement = (
        select(_requests.c.dossier_id)
        .join(
            receipts,
            (receipts.c.centre_id == _requests.c.centre_id)
            & (receipts.c.request_id == _requests.c.request_id),
        )
        .where(receipts.c.centre_id == centre_id, receipts.c.number == int(text))
        .order_by(receipts.c.issued_at.desc())
        .limit(MOST_ROWS)
    )
    return [row[0] for row in session.rows(statement)]


def _by_code(session: Session, centre_id: str, text: str, prefix: str) -> Iterable[str]:
    """Return the dossiers whose code has these letters and digits in a row."""
    del prefix
    part = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    if len(part) < _SHORTEST_PART or not any(sign.isdigit() for sign in part):
        return []
    statement = (
        select(_dossiers.c.dossier_id)
        .where(_dossiers.c.centre_id == centre_id, _dossiers.c.code_key.contains(part))
        .order_by(_dossiers.c.created_at.desc())
        .limit(MOST_ROWS)
    )
    return [row[0] for row in session.rows(statement)]


def _by_name(session: Session, centre_id: str, text: str, prefix: str) -> Iterable[str]:
    """Return the recent dossiers whose applicant's name has every word of the text."""
    del prefix
    words = folded(text).split()
    if not words or any(sign.isdigit() for sign in text):
        return []
    statement = (
        select(_dossiers.c.dossier_id, _dossiers.c.applicant)
        .where(_dossiers.c.centre_id == centre_id)
        .order_by(_dossiers.c.created_at.desc())
        .limit(NAMES_LOOKED_THROUGH)
    )
    return [
        row.dossier_id
        for row in session.rows(statement)
        if all(word in folded(row.applicant) for word in words)
    ]


def folded(name: str) -> str:
    """Return a name in small letters without accents, as people type it in a hurry."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _newest_of(
    session: Session, centre_id: str, dossier_ids: Sequence[str], now: datetime
) -> list[DossierRow]:
    """Return dossiers in the order given, each with its newest request."""
    if not dossier_ids:
        return []
    here = _dossiers.c.dossier_id.in_(dossier_ids) & (_dossiers.c.centre_id == centre_id)
    by_attempt = STANDING.where(here).order_by(_requests.c.attempt)
    newest = {one.dossier.dossier_id: one for one in _standings(session, by_attempt)}
    dossiers = {one.dossier_id: one for one in session.all(Dossier, select(_dossiers).where(here))}
    names = _procedures(session, centre_id, {one.procedure_code for one in dossiers.values()})
    return [
        _row(dossiers[dossier_id], newest.get(dossier_id), names, now)
        for dossier_id in dossier_ids
        if dossier_id in dossiers
    ]


def _with_procedures(
    session: Session, centre_id: str, standings: Sequence[RequestStanding], now: datetime
) -> list[DossierRow]:
    """Return one row a request, with the name of its procedure."""
    names = _procedures(session, centre_id, {one.dossier.procedure_code for one in standings})
    return [_row(one.dossier, one, names, now) for one in standings]


def _procedures(session: Session, centre_id: str, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of some procedures by code."""
    table = kept.procedures
    condition: ColumnElement[bool] = table.c.procedure_code.in_(list(codes))
    statement = select(table.c.procedure_code, table.c.name)
    rows = session.rows(statement.where(table.c.centre_id == centre_id, condition))
    return {row.procedure_code: row.name for row in rows}


def _row(
    dossier: Dossier, standing: RequestStanding | None, names: dict[str, str], now: datetime
) -> DossierRow:
    """Build the row of a dossier and its request."""
    return DossierRow(
        dossier_id=dossier.dossier_id,
        code=dossier.code,
        applicant=dossier.applicant,
        procedure=names.get(dossier.procedure_code, dossier.procedure_code),
        request_id=standing.request.request_id if standing else None,
        reference=standing.request.reference if standing else "",
        total=standing.request.total if standing else 0,
        due=standing.due if standing else 0,
        state=standing.state(now) if standing else None,
        issued_at=standing.request.issued_at if standing else None,
    )


def _standings(session: Session, statement: Select[tuple[object, ...]]) -> list[RequestStanding]:
    """Return requests with their sums, without their lines, which no list shows."""
    wide = len(_requests.c)
    return [
        RequestStanding(
            request=PaymentRequest(*row[:wide]),
            dossier=Dossier(*row[wide : wide + len(_dossiers.c)]),
            lines=(),
            paid=int(row.paid),
            held=int(row.held),
            is_cancelled=bool(row.is_cancelled),
        )
        for row in session.rows(statement)
    ]
