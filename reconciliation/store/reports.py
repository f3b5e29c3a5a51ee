"""The figures of business dates: from receipts, the journal, the tills and the registers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, select

from payments.domain.bank_messages import Direction
from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.reading import Prepared
from payments.store.session import Session
from reconciliation.domain.day_report import DayReport
from reconciliation.store.report_collected import Collected, Span, by_kind, counts
from reconciliation.store.report_moved import Moved

_FIRST_AFTER = [
    Prepared(
        select(func.min(table.c.business_date)).where(
            table.c.centre_id == bindparam("centre_id"), table.c.business_date > bindparam("after")
        )
    )
    for table in (books.journal_entries, money.receipts)
]
_postings = books.postings
_UNBALANCED = Prepared(
    # Naming every account lets the database read the day's postings by their index.
    select(_postings.c.entry_id)
    .where(
        _postings.c.centre_id == bindparam("centre_id"),
        _postings.c.account.in_(list(Account)),
        _postings.c.business_date == bindparam("day"),
    )
    .group_by(_postings.c.entry_id)
    .having(func.sum(_postings.c.amount) != 0)
)


class SqlReports:
    """Reads figures. A range costs what happened in it, not what happened before."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def report(self, centre_id: str, date_from: date, date_to: date) -> DayReport:
        """Return the figures of a range of business dates."""
        span = Span(centre_id, date_from, date_to)
        collected, moved = Collected(self._session, span), Moved(self._session, span)
        income = collected.income()
        total = sum(row.amount for row in income)
        cash = sum(row.amount for row in income if row.method == PaymentMethod.CASH)
        settled = collected.settled()
        series, zero_documents = collected.series()
        fields = collected.by_field(income, settled)
        tills = moved.tills()
        transfers = moved.transfers()
        return DayReport(
            centre_id=centre_id,
            centre_name=self._centre_name(centre_id),
            date_from=date_from,
            date_to=date_to,
            total=total,
            cash=cash,
            cashless=total - cash,
            counts=counts(settled),
            zero_documents=zero_documents,
            dossiers=sum(figures.dossiers for figures in fields),
            by_field=fields,
            by_kind=by_kind(income),
            by_cashier=collected.by_cashier(income),
            series=series,
            tills=tills,
            breaks=moved.breaks(),
            transfers_in=transfers[Direction.IN][0],
            transfers_in_count=transfers[Direction.IN][1],
            transfers_out=transfers[Direction.OUT][0],
            balances=moved.balances(),
            equations=moved.equations(fields, series, tills, (total, cash), transfers),
        )

    def first_open_fact(self, centre_id: str, *, after: date | None) -> date | None:
        """Return the first business date after a day on which something happened."""
        values = {"centre_id": centre_id, "after": date.min if after is None else after}
        found = [self._session.scalar(query, **values) for query in _FIRST_AFTER]
        return min((day for day in found if day is not None), default=None)

    def unbalanced_on(self, centre_id: str, day: date) -> list[str]:
        """Return the journal entries of a day whose postings do not add up to zero."""
        return [row[0] for row in self._session.tuples(_UNBALANCED, centre_id=centre_id, day=day)]

    def _centre_name(self, centre_id: str) -> str:
        """Return the centre's name."""
        table = kept.centres
        statement = select(table.c.name).where(table.c.centre_id == centre_id)
        return str(self._session.scalar(statement) or "")
