"""What was collected in a range of business dates: by kind, field, cashier and receipt series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, func, select

from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.reading import Prepared
from payments.store.session import Session
from reconciliation.domain.day_report import (
    CashierFigures,
    Counts,
    FieldFigures,
    KindFigures,
    SeriesFigures,
)


class Span(NamedTuple):
    """One centre and a range of business dates, both included."""

    centre_id: str
    date_from: date
    date_to: date

    @property
    def values(self) -> dict[str, object]:
        """What the queries over a range are asked with."""
        return self._asdict()


def of_centre(table: Table) -> ColumnElement[bool]:
    """Return the condition that rows are those of a span's centre."""
    return table.c.centre_id == bindparam("centre_id")


def in_span(table: Table) -> ColumnElement[bool]:
    """Return the condition that rows are those of a span's centre and range."""
    return of_centre(table) & table.c.business_date.between(
        bindparam("date_from"), bindparam("date_to")
    )


def receipted_in_span(*columns: Column[Any]) -> Select[*tuple[Any, ...]]:
    """Return the requests that were receipted in a span for money, each once."""
    return (
        select(*columns)
        .where(in_span(money.receipts), money.receipts.c.kind != SeriesKind.EXEMPT)
        .distinct()
    )


def _income() -> Prepared:
    table = books.postings
    by = (table.c.kind, table.c.field_code, table.c.method, table.c.staff_id)
    return Prepared(
        select(*by, func.sum(-table.c.amount))
        .where(in_span(table), table.c.account == Account.FEE_INCOME)
        .group_by(*by)
    )


def _settled() -> Prepared:
    receipts, lines = money.receipts, money.request_lines
    requests = receipted_in_span(
        receipts.c.centre_id, receipts.c.request_id, receipts.c.method
    ).subquery()
    return Prepared(
        select(lines.c.field_code, requests.c.method, func.count())
        .join(
            lines,
            (lines.c.centre_id == requests.c.centre_id)
            & (lines.c.request_id == requests.c.request_id)
            & (lines.c.line_no == 1),
        )
        .group_by(lines.c.field_code, requests.c.method)
    )


def _series() -> Prepared:
    receipts, series = money.receipts, kept.receipt_series
    # Added up before the join: a series has the receipts of a year, the range those of a day.
    ranged = (
        select(
            receipts.c.series_id,
            func.min(receipts.c.number).label("first"),
            func.max(receipts.c.number).label("last"),
            func.count().label("count"),
            func.sum(receipts.c.amount).label("amount"),
        )
        .where(in_span(receipts))
        .group_by(receipts.c.series_id)
        .subquery()
    )
    return Prepared(
        select(
            series.c.kind,
            series.c.pattern,
            series.c.serial,
            ranged.c.first,
            ranged.c.last,
            ranged.c["count"],
            ranged.c.amount,
        )
        .join(ranged, series.c.series_id == ranged.c.series_id)
        .where(of_centre(series))
        .order_by(series.c.kind.desc(), series.c.serial)
    )


def _dossiers() -> Prepared:
    dossiers, procedures = kept.dossiers, kept.procedures
    return Prepared(
        select(procedures.c.field_code, func.count())
        .join(
            procedures,
            (procedures.c.centre_id == dossiers.c.centre_id)
            & (procedures.c.procedure_code == dossiers.c.procedure_code),
        )
        .where(
            of_centre(dossiers),
            dossiers.c.received_on.between(bindparam("date_from"), bindparam("date_to")),
        )
        .group_by(procedures.c.field_code)
    )


def _taken() -> Prepared:
    entries, table = books.journal_entries, money.cash_payments
    return Prepared(
        select(table.c.staff_id, func.count())
        .join(
            entries,
            (entries.c.centre_id == table.c.centre_id)
            & (entries.c.subject_id == table.c.cash_payment_id),
        )
        .where(in_span(entries), entries.c.event == "cash_taken")
        .group_by(table.c.staff_id)
    )


def _fields() -> Prepared:
    table = kept.fields
    return Prepared(
        select(table.c.field_code, table.c.name)
        .where(of_centre(table))
        .order_by(table.c.field_code)
    )


def _names() -> Prepared:
    staff = kept.staff_users
    return Prepared(
        select(staff.c.staff_id, staff.c.display_name)
        .where(of_centre(staff), staff.c.staff_id.in_(bindparam("staff_ids", expanding=True)))
        .order_by(staff.c.display_name, staff.c.staff_id)
    )


_INCOME, _SETTLED, _SERIES, _DOSSIERS = _income(), _settled(), _series(), _dossiers()
_FIELDS, _TAKEN, _NAMES = _fields(), _taken(), _names()


@dataclass(frozen=True, slots=True)
class Income:
    """Fee income of one kind, field, method and cashier."""

    kind: str
    field_code: str
    method: str
    staff_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Settled:
    """How many requests of a field were settled in one way."""

    field_code: str
    method: PaymentMethod
    count: int


class Ranged:
    """Runs queries over a range of days, within a transaction."""

    def __init__(self, session: Session, span: Span) -> None:
        self._session = session
        self._span = span

    def rows(self, query: Prepared) -> list[tuple[Any, ...]]:
        """Run a query over the range."""
        return self._session.tuples(query, **self._span.values)


class Collected(Ranged):
    """Reads what a range of days collected."""

    def income(self) -> list[Income]:
        """Return the fee income of the range by what it was for and how it came."""
        return [Income(row[0], row[1], row[2], row[3], int(row[4])) for row in self.rows(_INCOME)]

    def settled(self) -> list[Settled]:
        """Return how many requests were settled, by field and by the way the money came."""
        return [Settled(row[0], row[1], int(row[2])) for row in self.rows(_SETTLED)]

    def series(self) -> tuple[tuple[SeriesFigures, ...], int]:
        """Return the receipts of the range by series, and how many documents were for nothing."""
        figures = tuple(
            SeriesFigures(
                str(row[0]), row[1], row[2], int(row[3]), int(row[4]), int(row[5]), int(row[6])
            )
            for row in self.rows(_SERIES)
        )
        return figures, sum(one.count for one in figures if one.kind == SeriesKind.EXEMPT)

    def by_field(self, income: list[Income], settled: list[Settled]) -> tuple[FieldFigures, ...]:
        """Return every field of the centre with its dossiers and money, in the order of codes."""
        dossiers = {code: int(count) for code, count in self.rows(_DOSSIERS)}
        answer = []
        for code, name in self._session.tuples(_FIELDS, centre_id=self._span.centre_id):
            own = [row for row in income if row.field_code == code]
            total = sum(row.amount for row in own)
            cash = sum(row.amount for row in own if row.method == PaymentMethod.CASH)
            phi = sum(row.amount for row in own if row.kind == SeriesKind.PHI)
            answer.append(
                FieldFigures(
                    code=code,
                    name=name,
                    dossiers=dossiers.get(code, 0),
                    count=sum(row.count for row in settled if row.field_code == code),
                    total=total,
                    cash=cash,
                    cashless=total - cash,
                    phi=phi,
                    le_phi=total - phi,
                )
            )
        return tuple(answer)

    def by_cashier(self, income: list[Income]) -> tuple[CashierFigures, ...]:
        """Return what each cashier took, in the order of their names."""
        takings: dict[str, int] = {}
        for row in income:
            if row.staff_id:
                takings[row.staff_id] = takings.get(row.staff_id, 0) + row.amount
        if not takings:
            return ()
        counts = {staff_id: int(count) for staff_id, count in self.rows(_TAKEN)}
        names = self._session.tuples(
            _NAMES, centre_id=self._span.centre_id, staff_ids=list(takings)
        )
        return tuple(
            CashierFigures(staff_id, name, counts.get(staff_id, 0), takings[staff_id])
            for staff_id, name in names
        )


def counts(settled: list[Settled]) -> Counts:
    """Add up how many requests were settled, by the way the money came."""
    by: dict[PaymentMethod, int] = {}
    for row in settled:
        by[row.method] = by.get(row.method, 0) + row.count
    return Counts(
        total=sum(by.values()),
        cash=by.get(PaymentMethod.CASH, 0),
        cashless=by.get(PaymentMethod.TRANSFER, 0),
        mixed=by.get(PaymentMethod.MIXED, 0),
    )


def by_kind(income: list[Income]) -> tuple[KindFigures, ...]:
    """Keep phí and lệ phí apart."""
    answer = []
    for kind in (SeriesKind.PHI, SeriesKind.LE_PHI):
        own = [row for row in income if row.kind == kind]
        total = sum(row.amount for row in own)
        cash = sum(row.amount for row in own if row.method == PaymentMethod.CASH)
        answer.append(KindFigures(kind.value, total, cash, total - cash))
    return tuple(answer)
