"""What moved in a range of business dates, what stood at its end, and that the two tie out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Date, Table, bindparam, func, select

from payments.domain.bank_messages import Direction
from payments.domain.ledger import Account
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.reading import Prepared
from reconciliation.domain.day_report import (
    Balances,
    BreakFigures,
    Equation,
    FieldFigures,
    SeriesFigures,
    TillFigures,
    balances_of,
)
from reconciliation.store import tables
from reconciliation.store.report_collected import (
    Ranged,
    Span,
    in_span,
    of_centre,
    receipted_in_span,
)
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


def _tills() -> Prepared:
    closings, sessions, staff = money.till_closings, money.till_sessions, kept.staff_users
    return Prepared(
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
            (staff.c.centre_id == sessions.c.centre_id) & (staff.c.staff_id == sessions.c.staff_id),
        )
        .where(in_span(closings))
        .order_by(closings.c.closed_at, closings.c.session_id)
    )


def _breaks() -> Prepared:
    breaks, resolutions = books.breaks, books.break_resolutions
    until = bindparam("date_to", type_=Date)
    return Prepared(
        select(breaks.c.kind, breaks.c.amount, breaks.c.business_date, resolutions.c.business_date)
        .outerjoin(
            resolutions,
            (resolutions.c.centre_id == breaks.c.centre_id)
            & (resolutions.c.break_id == breaks.c.break_id),
        )
        .where(
            of_centre(breaks),
            breaks.c.business_date <= until,
            func.coalesce(resolutions.c.business_date, until) >= bindparam("date_from"),
        )
    )


def _transfers() -> Prepared:
    table = money.transfers
    return Prepared(
        select(table.c.direction, func.sum(table.c.amount), func.count())
        .where(in_span(table))
        .group_by(table.c.direction)
    )


def _last_close() -> Prepared:
    closes = books.day_closes
    return Prepared(
        select(closes.c.business_date, closes.c.report)
        .where(of_centre(closes), closes.c.business_date <= bindparam("date_to"))
        .order_by(closes.c.business_date.desc())
        .limit(1)
    )


def _moved() -> Prepared:
    table = books.postings
    return Prepared(
        select(table.c.account, func.sum(table.c.amount))
        .where(in_span(table), table.c.account.in_([a for a, _ in _BALANCES.values()]))
        .group_by(table.c.account)
    )


def _given(table: Table) -> Prepared:
    """Return the money given in some table to the requests receipted in the range."""
    return Prepared(
        select(func.sum(table.c.amount)).where(
            of_centre(table),
            table.c.request_id.in_(receipted_in_span(money.receipts.c.request_id)),
        )
    )


def _proven() -> Prepared:
    """Return what statement entries moved from clearing to the bank in the range."""
    entries, journal = tables.statement_entries, books.journal_entries
    return Prepared(
        select(func.sum(SIGNED))
        .select_from(journal)
        .join(
            entries,
            (entries.c.centre_id == journal.c.centre_id)
            & (entries.c.entry_id == journal.c.subject_id),
        )
        .where(in_span(journal), journal.c.event == "transfer_settled")
    )


_TILLS, _BREAKS, _TRANSFERS, _LAST_CLOSE = _tills(), _breaks(), _transfers(), _last_close()
_MOVED, _PROVEN = _moved(), _proven()
_TAKEN, _ALLOCATED = _given(money.cash_payments), _given(money.allocations)


class Moved(Ranged):
    """Reads movements and balances of a range of days."""

    def tills(self) -> tuple[TillFigures, ...]:
        """Return the till sessions closed in the range."""
        return tuple(TillFigures(*row) for row in self.rows(_TILLS))

    def breaks(self) -> tuple[BreakFigures, ...]:
        """Return the differences by kind: opened and resolved in the range, open at its end."""
        found: dict[str, list[int]] = {}
        for kind, amount, opened_on, resolved_on in self.rows(_BREAKS):
            figures = found.setdefault(str(kind), [0, 0, 0, 0, 0])
            if opened_on >= self._span.date_from:
                figures[0] += 1
                figures[1] += amount
            if resolved_on is not None and resolved_on <= self._span.date_to:
                figures[2] += 1
            else:
                figures[3] += 1
                figures[4] += amount
        return tuple(BreakFigures(kind, *found[kind]) for kind in sorted(found))

    def transfers(self) -> Mapping[Direction, tuple[int, int]]:
        """Return the sum and the number of transfers in each direction."""
        found = {Direction.IN: (0, 0), Direction.OUT: (0, 0)}
        for direction, amount, count in self.rows(_TRANSFERS):
            found[direction] = (int(amount), int(count))
        return found

    def balances(self) -> Balances:
        """Return the balances at the end of the range, counted on from the last closed day."""
        last = self._session.tuples(
            _LAST_CLOSE, centre_id=self._span.centre_id, date_to=self._span.date_to
        )
        base, since = Balances(), date.min
        for closed_on, report in last:
            base = balances_of(json.loads(report))
            since = date.fromordinal(closed_on.toordinal() + 1)
        moved = self._moved(Span(self._span.centre_id, since, self._span.date_to))
        return Balances(**{name: getattr(base, name) + moved[name] for name in _BALANCES})

    def equations(
        self,
        fields: tuple[FieldFigures, ...],
        series: tuple[SeriesFigures, ...],
        tills: tuple[TillFigures, ...],
        income: tuple[int, int],
        transfers: Mapping[Direction, tuple[int, int]],
    ) -> tuple[Equation, ...]:
        """Return sums that must be equal, each reached from the facts and from the journal."""
        moved = self._moved(self._span)
        total, cash = income
        taken, allocated = self._sum(_TAKEN), self._sum(_ALLOCATED)
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
                announced - self._sum(_PROVEN),
            ),
            Equation("drawer_is_not_handed_over", moved["cash_drawer"], taken - takings),
        )

    def _moved(self, span: Span) -> dict[str, int]:
        """Return how the accounts with balances moved in the range, by the name of the balance."""
        sums = {row[0]: int(row[1]) for row in self._session.tuples(_MOVED, **span.values)}
        return {name: sign * sums.get(account, 0) for name, (account, sign) in _BALANCES.items()}

    def _sum(self, query: Prepared) -> int:
        """Return the sum that a query over the range finds; what has no rows is nothing."""
        ((amount,),) = self.rows(query)
        return int(amount or 0)
