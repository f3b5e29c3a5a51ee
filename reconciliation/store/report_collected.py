"""What was collected in a range of business dates: by kind, field, cashier and receipt series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, func, select

from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session
from reconciliation.domain.day_report import (
    CashierFigures,
    Counts,
    FieldFigures,
    KindFigures,
    SeriesFigures,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of one centre in a range of business dates."""

    centre_id: str
    date_from: date
    date_to: date

    def of(self, table: Table) -> ColumnElement[bool]:
        """Return the condition on a table that has a business date."""
        return (table.c.centre_id == self.centre_id) & table.c.business_date.between(
            self.date_from, self.date_to
        )


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


class Collected:
    """Reads what a range of days collected."""

    def __init__(self, session: Session, span: Span) -> None:
        """Read within a transaction."""
        self._session = session
        self._span = span

    def income(self) -> list[Income]:
        """Return the fee income of the range by what it was for and how it came."""
        table = books.postings
        by = (table.c.kind, table.c.field_code, table.c.method, table.c.staff_id)
        statement = (
            select(*by, func.sum(-table.c.amount))
            .where(self._span.of(table), table.c.account == Account.FEE_INCOME)
            .group_by(*by)
        )
        return [
            Income(row[0], row[1], row[2], row[3], int(row[4]))
            for row in self._session.rows(statement)
        ]

    def settled(self) -> list[Settled]:
        """Return how many requests were settled, by field and by the way the money came."""
        receipts, lines = money.receipts, money.request_lines
        requests = (
            select(receipts.c.centre_id, receipts.c.request_id, receipts.c.method)
            .where(self._span.of(receipts), receipts.c.kind != SeriesKind.EXEMPT)
            .distinct()
            .subquery()
        )
        statement = (
            select(lines.c.field_code, requests.c.method, func.count())
            .join(
                lines,
                (lines.c.centre_id == requests.c.centre_id)
                & (lines.c.request_id == requests.c.request_id)
                & (lines.c.line_no == 1),
            )
            .group_by(lines.c.field_code, requests.c.method)
        )
        return [Settled(row[0], row[1], int(row[2])) for row in self._session.rows(statement)]

    def series(self) -> tuple[tuple[SeriesFigures, ...], int]:
        """Return the receipts of the range by series, and how many documents were for nothing."""
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
            .where(self._span.of(receipts))
            .group_by(receipts.c.series_id)
            .subquery()
        )
        statement = (
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
            .where(series.c.centre_id == self._span.centre_id)
            .order_by(series.c.kind.desc(), series.c.serial)
        )
        figures = tuple(
            SeriesFigures(
                str(row[0]), row[1], row[2], int(row[3]), int(row[4]), int(row[5]), int(row[6])
            )
            for row in self._session.rows(statement)
        )
        return figures, sum(one.count for one in figures if one.kind == SeriesKind.EXEMPT)

    def by_field(self, income: list[Income], settled: list[Settled]) -> tuple[FieldFigures, ...]:
        """Return every field of the centre with its dossiers and money, in the order of codes."""
        dossiers = self._dossiers()
        table = kept.fields
        fields = self._session.rows(
            select(table.c.field_code, table.c.name)
            .where(table.c.centre_id == self._span.centre_id)
            .order_by(table.c.field_code)
        )
        answer = []
        for code, name in fields:
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

    def _dossiers(self) -> dict[str, int]:
        """Return how many dossiers were received in the range, by field."""
        dossiers, procedures = kept.dossiers, kept.procedures
        statement = (
            select(procedures.c.field_code, func.count())
            .join(
                procedures,
                (procedures.c.centre_id == dossiers.c.centre_id)
                & (procedures.c.procedure_code == dossiers.c.procedure_code),
            )
            .where(
                dossiers.c.centre_id == self._span.centre_id,
                dossiers.c.received_on.between(self._span.date_from, self._span.date_to),
            )
            .group_by(procedures.c.field_code)
        )
        return {row[0]: int(row[1]) for row in self._session.rows(statement)}

    def by_cashier(self, income: list[Income]) -> tuple[CashierFigures, ...]:
        """Return what each cashier took, in the order of their names."""
        takings: dict[str, int] = {}
        for row in income:
            if row.staff_id:
                takings[row.staff_id] = takings.get(row.staff_id, 0) + row.amount
        if not takings:
            return ()
        entries, table = books.journal_entries, money.cash_payments
        counted = self._session.rows(
            select(table.c.staff_id, func.count())
            .join(
                entries,
                (entries.c.centre_id == table.c.centre_id)
                & (entries.c.subject_id == table.c.cash_payment_id),
            )
            .where(self._span.of(entries), entries.c.event == "cash_taken")
            .group_by(table.c.staff_id)
        )
        counts = {row[0]: int(row[1]) for row in counted}
        staff = kept.staff_users
        names = self._session.rows(
            select(staff.c.staff_id, staff.c.display_name)
            .where(staff.c.centre_id == self._span.centre_id, staff.c.staff_id.in_(list(takings)))
            .order_by(staff.c.display_name, staff.c.staff_id)
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
