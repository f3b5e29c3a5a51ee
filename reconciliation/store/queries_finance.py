"""What the finance office sees first: open days, differences, money under way, open tills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, and_, func, select

from payments.domain.breaks import BreakKind
from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session
from reconciliation.store import tables
from reconciliation.store.large_files import BELIEVED


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A business date that is not locked, with its movements and takings in đồng."""

    business_date: date
    movements: int
    cash: int
    cashless: int

    @property
    def total(self) -> int:
        """Cash and cashless together."""
        return self.cash + self.cashless


@dataclass(frozen=True, slots=True)
class BreakCount:
    """How many differences of one kind are open, their sum in đồng, and since when."""

    kind: BreakKind
    count: int
    amount: int
    oldest: date


@dataclass(frozen=True, slots=True)
class LastStatement:
    """The newest statement of a bank account; dates are None when there is none yet."""

    account_id: str
    account_number: str
    bank_bin: str
    period_to: date | None
    closing: int | None
    recorded_at: datetime | None
    file_id: str


@dataclass(frozen=True, slots=True)
class OpenTill:
    """A till session that is still running."""

    session_id: str
    cashier: str
    counter: str
    opened_at: datetime
    business_date: date


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A locked business date, with the hash of its frozen report."""

    business_date: date
    closed_by: str
    closed_at: datetime
    report_sha256: str


def open_days(session: Session, centre_id: str, after: date | None) -> list[OpenDay]:
    """Return the days after a locked one on which something happened, the oldest first."""
    entries, postings = books.journal_entries, books.postings
    of_day = [entries.c.centre_id == centre_id]
    of_income = [postings.c.centre_id == centre_id, postings.c.account == Account.FEE_INCOME]
    if after is not None:
        of_day.append(entries.c.business_date > after)
        of_income.append(postings.c.business_date > after)
    income = {
        (row.business_date, row.method): -int(row.amount)
        for row in session.rows(
            select(
                postings.c.business_date,
                postings.c.method,
                func.sum(postings.c.amount).label("amount"),
            )
            .where(*of_income)
            .group_by(postings.c.business_date, postings.c.method)
        )
    }
    days = session.rows(
        select(entries.c.business_date, func.count().label("movements"))
        .where(*of_day)
        .group_by(entries.c.business_date)
        .order_by(entries.c.business_date)
    )
    return [
        OpenDay(
            row.business_date,
            row.movements,
            income.get((row.business_date, PaymentMethod.CASH.value), 0),
            income.get((row.business_date, PaymentMethod.TRANSFER.value), 0),
        )
        for row in days
    ]


def open_break_counts(session: Session, centre_id: str) -> list[BreakCount]:
    """Return the open differences by kind, the oldest kind first."""
    breaks = books.breaks
    oldest = func.min(breaks.c.business_date)
    statement = (
        select(
            breaks.c.kind,
            func.count().label("number"),
            func.sum(breaks.c.amount).label("amount"),
            oldest.label("oldest"),
        )
        .where(breaks.c.centre_id == centre_id, ~is_resolved())
        .group_by(breaks.c.kind)
        .order_by(oldest, breaks.c.kind)
    )
    return [
        BreakCount(row.kind, row.number, int(row.amount), row.oldest)
        for row in session.rows(statement)
    ]


def is_resolved() -> ColumnElement[bool]:
    """Return the condition that a break has a resolution, for a query over breaks."""
    done = books.break_resolutions
    return (
        select(done.c.break_id)
        .where(
            done.c.centre_id == books.breaks.c.centre_id,
            done.c.break_id == books.breaks.c.break_id,
        )
        .correlate(books.breaks)
        .exists()
    )


def same(one: Table, other: Table, column: str) -> ColumnElement[bool]:
    """Return the condition that two tables' rows share the centre and one column."""
    return and_(one.c.centre_id == other.c.centre_id, one.c[column] == other.c[column])


def last_statements(session: Session, centre_id: str) -> list[LastStatement]:
    """Return each account of the centre with its newest statement."""
    accounts, statements = kept.bank_accounts, tables.statements
    rank = func.row_number().over(
        partition_by=statements.c.account_id,
        order_by=(statements.c.period_to.desc(), statements.c.recorded_at.desc()),
    )
    newest = (
        select(statements, rank.label("rank"))
        .where(statements.c.centre_id == centre_id, BELIEVED)
        .subquery()
    )
    statement = (
        select(
            accounts.c.account_id,
            accounts.c.account_number,
            accounts.c.bank_bin,
            newest.c.period_to,
            newest.c.closing,
            newest.c.recorded_at,
            func.coalesce(newest.c.file_id, ""),
        )
        .join(
            newest,
            and_(newest.c.account_id == accounts.c.account_id, newest.c.rank == 1),
            isouter=True,
        )
        .where(accounts.c.centre_id == centre_id)
        .order_by(accounts.c.account_number)
    )
    return session.all(LastStatement, statement)


def open_tills(session: Session, centre_id: str) -> list[OpenTill]:
    """Return the till sessions that are still running, the oldest first."""
    tills, closings = money.till_sessions, money.till_closings
    closed = select(closings.c.session_id).where(
        closings.c.centre_id == tills.c.centre_id, closings.c.session_id == tills.c.session_id
    )
    statement = (
        select(
            tills.c.session_id,
            kept.staff_users.c.display_name,
            kept.service_counters.c.name,
            tills.c.opened_at,
            tills.c.business_date,
        )
        .join(
            kept.staff_users,
            and_(
                kept.staff_users.c.centre_id == tills.c.centre_id,
                kept.staff_users.c.staff_id == tills.c.staff_id,
            ),
        )
        .join(
            kept.service_counters,
            and_(
                kept.service_counters.c.centre_id == tills.c.centre_id,
                kept.service_counters.c.counter_id == tills.c.counter_id,
            ),
        )
        .where(tills.c.centre_id == centre_id, ~closed.exists())
        .order_by(tills.c.opened_at)
    )
    return session.all(OpenTill, statement)


def closed_days(
    session: Session, centre_id: str, *, limit: int, before: date | None = None
) -> list[ClosedDay]:
    """Return the locked days, the newest first, at most ``limit`` and all before a date."""
    closes = books.day_closes
    statement = select(
        closes.c.business_date, closes.c.closed_by, closes.c.closed_at, closes.c.report_sha256
    ).where(closes.c.centre_id == centre_id)
    if before is not None:
        statement = statement.where(closes.c.business_date < before)
    statement = statement.order_by(closes.c.business_date.desc()).limit(limit)
    return session.all(ClosedDay, statement)


def names_of_staff(session: Session, centre_id: str) -> dict[str, str]:
    """Return the names that actors of the centre's people are shown by: ``staff:<id>`` to name."""
    staff = kept.staff_users
    statement = select(staff.c.staff_id, staff.c.display_name).where(staff.c.centre_id == centre_id)
    return {f"staff:{row.staff_id}": row.display_name for row in session.rows(statement)}
