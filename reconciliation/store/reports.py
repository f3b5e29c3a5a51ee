"""The figures of business dates: from receipts, the journal, the tills and the registers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from payments.domain.bank_messages import Direction
from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session
from reconciliation.domain.day_report import (
    Balances,
    BreakFigures,
    CashierFigures,
    Counts,
    DayReport,
    Equation,
    FieldFigures,
    KindFigures,
    SeriesFigures,
    TillFigures,
    balances_of,
)
from reconciliation.store import tables
from reconciliation.store.statements import SIGNED

_BALANCES = {
    # The sign turns a credit balance into the number a person expects to read.
    "cash_drawer": (Account.CASH_DRAWER, 1),
    "cash_in_transit": (Account.CASH_IN_TRANSIT, 1),
    "bank_clearing": (Account.BANK_CLEARING, 1),
    "bank": (Account.BANK, 1),
    "suspense": (Account.SUSPENSE, -1),
    "over_short": (Account.CASH_OVER_SHORT, -1),
}


@dataclass(frozen=True, slots=True)
class _Span:
    """The rows of one centre in a range of business dates."""

    centre_id: str
    date_from: date
    date_to: date

    def of(self, table: Table) -> ColumnElement[bool]:
        """Return the condition on a table that has a business date."""
        return (table.c.centre_id == self.centre_id) & table.c.business_date.between(
            self.date_from, self.date_to
        )


class SqlReports:
    """Reads figures. A range costs what happened in it, not what happened before."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def report(self, centre_id: str, date_from: date, date_to: date) -> DayReport:
        """Return the figures of a range of business dates."""
        span = _Span(centre_id, date_from, date_to)
        income = self._income(span)
        cash = sum(row.amount for row in income if row.method == PaymentMethod.CASH)
        total = sum(row.amount for row in income)
        settled = self._settled(span)
        series, zero_documents = self._series(span)
        tills = self._tills(span)
        fields = self._by_field(span, income, settled)
        transfers = self._transfers(span)
        return DayReport(
            centre_id=centre_id,
            centre_name=self._centre_name(centre_id),
            date_from=date_from,
            date_to=date_to,
            total=total,
            cash=cash,
            cashless=total - cash,
            counts=_counts(settled),
            zero_documents=zero_documents,
            dossiers=sum(figures.dossiers for figures in fields),
            by_field=fields,
            by_kind=_by_kind(income),
            by_cashier=self._by_cashier(span, income),
            series=series,
            tills=tills,
            breaks=self._breaks(span),
            transfers_in=transfers[Direction.IN][0],
            transfers_in_count=transfers[Direction.IN][1],
            transfers_out=transfers[Direction.OUT][0],
            balances=self._balances(span),
            equations=self._equations(span, fields, series, tills, (total, cash), transfers),
        )

    def first_open_fact(self, centre_id: str, *, after: date | None) -> date | None:
        """Return the first business date after a day on which something happened."""
        found: list[date] = []
        for table in (money.journal_entries, money.receipts):
            statement = select(table.c.business_date).where(table.c.centre_id == centre_id)
            if after is not None:
                statement = statement.where(table.c.business_date > after)
            day = self._session.scalar(statement.order_by(table.c.business_date).limit(1))
            if day is not None:
                found.append(day)
        return min(found, default=None)

    def unbalanced_on(self, centre_id: str, day: date) -> list[str]:
        """Return the journal entries of a day whose postings do not add up to zero."""
        entries, postings = money.journal_entries, money.postings
        statement = (
            select(entries.c.entry_id)
            .outerjoin(
                postings,
                (postings.c.centre_id == entries.c.centre_id)
                & (postings.c.entry_id == entries.c.entry_id),
            )
            .where(entries.c.centre_id == centre_id, entries.c.business_date == day)
            .group_by(entries.c.entry_id)
            .having(func.coalesce(func.sum(postings.c.amount), 1) != 0)
        )
        return [row.entry_id for row in self._session.rows(statement)]

    def _centre_name(self, centre_id: str) -> str:
        table = kept.centres
        return str(
            self._session.scalar(select(table.c.name).where(table.c.centre_id == centre_id)) or ""
        )

    def _income(self, span: _Span) -> list[_Income]:
        """Return the fee income of the range by what it was for and how it came."""
        table = money.postings
        by = (table.c.kind, table.c.field_code, table.c.method, table.c.staff_id)
        statement = (
            select(*by, func.sum(-table.c.amount))
            .where(span.of(table), table.c.account == Account.FEE_INCOME)
            .group_by(*by)
        )
        return [_Income(*row[:4], int(row[4])) for row in self._session.rows(statement)]

    def _settled(self, span: _Span) -> list[_Settled]:
        """Return how many requests were settled, by field and by the way the money came."""
        receipts, lines = money.receipts, money.request_lines
        requests = (
            select(receipts.c.centre_id, receipts.c.request_id, receipts.c.method)
            .where(span.of(receipts), receipts.c.kind != SeriesKind.EXEMPT)
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
        return [_Settled(row[0], row[1], int(row[2])) for row in self._session.rows(statement)]

    def _series(self, span: _Span) -> tuple[tuple[SeriesFigures, ...], int]:
        """Return the receipts of the range by series, and how many documents were for nothing."""
        receipts, series = money.receipts, kept.receipt_series
        statement = (
            select(
                series.c.kind,
                series.c.pattern,
                series.c.serial,
                func.min(receipts.c.number),
                func.max(receipts.c.number),
                func.count(),
                func.sum(receipts.c.amount),
            )
            .join(
                series,
                (series.c.centre_id == receipts.c.centre_id)
                & (series.c.series_id == receipts.c.series_id),
            )
            .where(span.of(receipts))
            .group_by(series.c.kind, series.c.pattern, series.c.serial, series.c.series_id)
            .order_by(series.c.kind.desc(), series.c.serial)
        )
        figures = tuple(
            SeriesFigures(
                str(row[0]), row[1], row[2], int(row[3]), int(row[4]), int(row[5]), int(row[6])
            )
            for row in self._session.rows(statement)
        )
        return figures, sum(one.count for one in figures if one.kind == SeriesKind.EXEMPT)

    def _by_field(
        self, span: _Span, income: list[_Income], settled: list[_Settled]
    ) -> tuple[FieldFigures, ...]:
        """Return every field of the centre with its dossiers and money, in the order of codes."""
        dossiers = self._dossiers(span)
        table = kept.fields
        fields = self._session.rows(
            select(table.c.field_code, table.c.name)
            .where(table.c.centre_id == span.centre_id)
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

    def _dossiers(self, span: _Span) -> dict[str, int]:
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
                dossiers.c.centre_id == span.centre_id,
                dossiers.c.received_on.between(span.date_from, span.date_to),
            )
            .group_by(procedures.c.field_code)
        )
        return {row[0]: int(row[1]) for row in self._session.rows(statement)}

    def _by_cashier(self, span: _Span, income: list[_Income]) -> tuple[CashierFigures, ...]:
        """Return what each cashier took, in the order of their names."""
        takings: dict[str, int] = {}
        for row in income:
            if row.staff_id:
                takings[row.staff_id] = takings.get(row.staff_id, 0) + row.amount
        if not takings:
            return ()
        entries, table = money.journal_entries, money.cash_payments
        counted = self._session.rows(
            select(table.c.staff_id, func.count())
            .join(
                entries,
                (entries.c.centre_id == table.c.centre_id)
                & (entries.c.subject_id == table.c.cash_payment_id),
            )
            .where(span.of(entries), entries.c.event == "cash_taken")
            .group_by(table.c.staff_id)
        )
        counts = {row[0]: int(row[1]) for row in counted}
        staff = kept.staff_users
        names = self._session.rows(
            select(staff.c.staff_id, staff.c.display_name)
            .where(staff.c.centre_id == span.centre_id, staff.c.staff_id.in_(list(takings)))
            .order_by(staff.c.display_name, staff.c.staff_id)
        )
        return tuple(
            CashierFigures(staff_id, name, counts.get(staff_id, 0), takings[staff_id])
            for staff_id, name in names
        )

    def _tills(self, span: _Span) -> tuple[TillFigures, ...]:
        """Return the till sessions closed in the range."""
        closings, sessions, staff = money.till_closings, money.till_sessions, kept.staff_users
        statement = (
            select(
                closings.c.session_id,
                staff.c.display_name,
                closings.c.expected - sessions.c.float_amount,
                closings.c.difference,
            )
            .join(
                sessions,
                (sessions.c.centre_id == closings.c.centre_id)
                & (sessions.c.session_id == closings.c.session_id),
            )
            .join(
                staff,
                (staff.c.centre_id == sessions.c.centre_id)
                & (staff.c.staff_id == sessions.c.staff_id),
            )
            .where(span.of(closings))
            .order_by(closings.c.closed_at, closings.c.session_id)
        )
        return tuple(TillFigures(*row) for row in self._session.rows(statement))

    def _breaks(self, span: _Span) -> tuple[BreakFigures, ...]:
        """Return the differences by kind: opened and resolved in the range, open at its end."""
        breaks, resolutions = money.breaks, money.break_resolutions
        statement = (
            select(
                breaks.c.kind,
                breaks.c.amount,
                breaks.c.business_date,
                resolutions.c.business_date.label("resolved_on"),
            )
            .outerjoin(
                resolutions,
                (resolutions.c.centre_id == breaks.c.centre_id)
                & (resolutions.c.break_id == breaks.c.break_id),
            )
            .where(
                breaks.c.centre_id == span.centre_id,
                breaks.c.business_date <= span.date_to,
                func.coalesce(resolutions.c.business_date, span.date_to) >= span.date_from,
            )
        )
        found: dict[str, list[int]] = {}
        for row in self._session.rows(statement):
            figures = found.setdefault(str(row.kind), [0, 0, 0, 0, 0])
            if row.business_date >= span.date_from:
                figures[0] += 1
                figures[1] += row.amount
            if row.resolved_on is not None and row.resolved_on <= span.date_to:
                figures[2] += 1
            else:
                figures[3] += 1
                figures[4] += row.amount
        return tuple(BreakFigures(kind, *found[kind]) for kind in sorted(found))

    def _transfers(self, span: _Span) -> Mapping[Direction, tuple[int, int]]:
        """Return the sum and the number of transfers in each direction."""
        table = money.transfers
        statement = (
            select(table.c.direction, func.sum(table.c.amount), func.count())
            .where(span.of(table))
            .group_by(table.c.direction)
        )
        found = {Direction.IN: (0, 0), Direction.OUT: (0, 0)}
        for row in self._session.rows(statement):
            found[row[0]] = (int(row[1]), int(row[2]))
        return found

    def _moved(self, span: _Span) -> dict[str, int]:
        """Return how the accounts with balances moved in the range, by the name of the balance."""
        table = money.postings
        statement = (
            select(table.c.account, func.sum(table.c.amount))
            .where(span.of(table), table.c.account.in_([a for a, _ in _BALANCES.values()]))
            .group_by(table.c.account)
        )
        sums = {row[0]: int(row[1]) for row in self._session.rows(statement)}
        return {name: sign * sums.get(account, 0) for name, (account, sign) in _BALANCES.items()}

    def _balances(self, span: _Span) -> Balances:
        """Return the balances at the end of the range, counted on from the last closed day."""
        closes = money.day_closes
        last = self._session.rows(
            select(closes.c.business_date, closes.c.report)
            .where(closes.c.centre_id == span.centre_id, closes.c.business_date <= span.date_to)
            .order_by(closes.c.business_date.desc())
            .limit(1)
        )
        base, since = Balances(), date.min
        if last:
            base = balances_of(json.loads(last[0].report))
            since = date.fromordinal(last[0].business_date.toordinal() + 1)
        moved = self._moved(_Span(span.centre_id, since, span.date_to))
        return Balances(**{name: getattr(base, name) + moved[name] for name in _BALANCES})

    def _equations(
        self,
        span: _Span,
        fields: tuple[FieldFigures, ...],
        series: tuple[SeriesFigures, ...],
        tills: tuple[TillFigures, ...],
        income: tuple[int, int],
        transfers: Mapping[Direction, tuple[int, int]],
    ) -> tuple[Equation, ...]:
        """Return sums that must be equal, each reached from the facts and from the journal."""
        moved = self._moved(span)
        total, cash = income
        taken, allocated = self._given(span, money.cash_payments), self._given(
            span, money.allocations
        )
        announced = transfers[Direction.IN][0] - transfers[Direction.OUT][0]
        takings = sum(till.takings for till in tills)
        return (
            Equation("income_is_receipts", total, sum(one.amount for one in series)),
            Equation("income_is_by_field", total, sum(one.total for one in fields)),
            Equation("cash_income_is_cash_taken", cash, taken),
            Equation("cashless_income_is_allocated", total - cash, allocated),
            Equation("suspense_is_not_allocated", moved["suspense"], announced - allocated),
            Equation(
                "clearing_is_not_on_statement",
                moved["bank_clearing"],
                announced - self._proven(span),
            ),
            Equation("drawer_is_not_handed_over", moved["cash_drawer"], taken - takings),
        )

    def _given(self, span: _Span, table: Table) -> int:
        """Return the money given in some table to the requests receipted in the range."""
        receipts = money.receipts
        requests = (
            select(receipts.c.request_id)
            .where(span.of(receipts), receipts.c.kind != SeriesKind.EXEMPT)
            .distinct()
        )
        statement = select(func.sum(table.c.amount)).where(
            table.c.centre_id == span.centre_id, table.c.request_id.in_(requests)
        )
        return int(self._session.scalar(statement) or 0)

    def _proven(self, span: _Span) -> int:
        """Return what statement entries moved from clearing to the bank in the range."""
        entries, journal = tables.statement_entries, money.journal_entries
        statement = (
            select(func.sum(SIGNED))
            .select_from(journal)
            .join(
                entries,
                (entries.c.centre_id == journal.c.centre_id)
                & (entries.c.entry_id == journal.c.subject_id),
            )
            .where(span.of(journal), journal.c.event == "transfer_settled")
        )
        return int(self._session.scalar(statement) or 0)


@dataclass(frozen=True, slots=True)
class _Income:
    """Fee income of one kind, field, method and cashier."""

    kind: str
    field_code: str
    method: str
    staff_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class _Settled:
    """How many requests of a field were settled in one way."""

    field_code: str
    method: PaymentMethod
    count: int


def _counts(settled: list[_Settled]) -> Counts:
    """Add up how many requests were settled, by the way the money came."""
    by: dict[Any, int] = {}
    for row in settled:
        by[row.method] = by.get(row.method, 0) + row.count
    return Counts(
        total=sum(by.values()),
        cash=by.get(PaymentMethod.CASH, 0),
        cashless=by.get(PaymentMethod.TRANSFER, 0),
        mixed=by.get(PaymentMethod.MIXED, 0),
    )


def _by_kind(income: list[_Income]) -> tuple[KindFigures, ...]:
    """Keep phí and lệ phí apart."""
    answer = []
    for kind in (SeriesKind.PHI, SeriesKind.LE_PHI):
        own = [row for row in income if row.kind == kind]
        total = sum(row.amount for row in own)
        cash = sum(row.amount for row in own if row.method == PaymentMethod.CASH)
        answer.append(KindFigures(kind.value, total, cash, total - cash))
    return tuple(answer)
