"""The invariants that set sums side by side: statements in a chain, accounts, closed days."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, text

from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod
from payments.store import tables_books as books
from reconciliation.domain.books import Finding
from reconciliation.domain.day_report import seal
from reconciliation.domain.large_files import Phase
from reconciliation.store import tables
from reconciliation.store.books_walks import stream
from reconciliation.store.large_files import BELIEVED
from reconciliation.store.statements import IN_CHAIN, SIGNED

_TAKINGS = """FROM till_closings k JOIN till_sessions s
    ON s.centre_id = k.centre_id AND s.session_id = k.session_id"""
_SIGNED = "CASE WHEN k.direction = 'in' THEN k.amount ELSE -k.amount END"
_SUMS = {
    "transfers": f"SUM({_SIGNED}) FROM transfers k",
    "settled": f"""SUM({_SIGNED}) FROM statement_entries k JOIN settlements s
        ON s.centre_id = k.centre_id AND s.entry_id = k.entry_id""",
    "allocations": "SUM(k.amount) FROM allocations k",
    "receipts": "SUM(k.amount) FROM receipts k",
    "cash": "SUM(k.amount) FROM cash_payments k",
    "takings": f"SUM(k.expected - s.float_amount) {_TAKINGS}",
    "differences": "SUM(k.difference) FROM till_closings k",
    "accepted": "SUM(k.difference) FROM statement_differences k",
    "filled": "SUM(k.difference) FROM gap_fillings k",
}
"""What facts ``k`` add up to, by the name that ``_ACCOUNTS`` calls it."""

_ACCOUNTS: Mapping[Account, tuple[str, Mapping[str, int]]] = {
    Account.BANK_CLEARING: (
        "clearing is not what was announced and not settled",
        {"transfers": 1, "settled": -1},
    ),
    Account.SUSPENSE: (
        "suspense is not transfers less allocations",
        {"transfers": -1, "allocations": 1},
    ),
    Account.FEE_INCOME: ("fee income is not the receipts issued", {"receipts": -1}),
    Account.CASH_DRAWER: (
        "the drawers do not hold the cash of open tills",
        {"cash": 1, "takings": -1},
    ),
    Account.CASH_IN_TRANSIT: (
        "cash in transit is not what the closed tills handed over",
        {"takings": 1, "differences": 1},
    ),
    Account.BANK_DIFFERENCE: (
        "the difference of the bank is not what was accepted of statements",
        {"accepted": -1, "filled": 1},
    ),
    Account.CASH_OVER_SHORT: (
        "over and short is not the differences of the tills",
        {"differences": -1},
    ),
}
"""What is said when an account is off, and the sums of facts that its balance is, by their sign."""


def statement_chain(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I12 and I21: every statement begins where the one before it ended, and so do the books.

    What two people have accepted of a statement lies between the two.

    I23: a statement has as many entries as it says.
    """
    balances: dict[tuple[str, str], int] = {}
    ended: dict[tuple[str, str], date] = {}
    for row in stream(connection, _statements(centre_id)):
        if row.counted != row.entries:
            where = f"statements {row.statement_id}"
            yield Finding("I23", where, f"the count of entries is {row.entries}, not {row.counted}")
        if row.filled is not None and row.filled != row.moved:
            where = f"statements {row.statement_id}"
            yield Finding("I12", where, f"the entries move {row.moved}, the gap was {row.filled}")
        if not row.in_chain or row.filled is not None:
            continue
        account = (row.centre_id, row.account_id)
        is_older = account in ended and row.period_to < ended[account]
        if not row.entries and is_older:
            continue
        before = balances.get(account)
        if before is None and row.opening is not None and not row.skipped:
            before = row.opening
        after = None if before is None else before + int(row.accepted) + int(row.moved)
        if after is not None and row.closing is not None and after != row.closing:
            where = f"statements {row.statement_id}"
            yield Finding("I12", where, f"the entries reach {after}, the bank says {row.closing}")
        if row.closing is not None:
            balances[account] = row.closing
        elif after is not None:
            balances[account] = after
        ended[account] = max(row.period_to, ended.get(account, row.period_to))
    yield from _bank_accounts(connection, centre_id, balances)


def _statements(centre_id: str | None) -> Select[*tuple[Any, ...]]:
    """Ask for every statement in order, with the sums of its rows and of what was accepted."""
    table, entries = tables.statements, tables.statement_entries
    accepted, late = tables.statement_differences, tables.gap_fillings
    moved = (
        select(
            entries.c.centre_id,
            entries.c.statement_id,
            func.sum(SIGNED).label("moved"),
            func.count().label("counted"),
        )
        .group_by(entries.c.centre_id, entries.c.statement_id)
        .subquery()
    )
    statement = (
        select(
            table,
            func.coalesce(moved.c.moved, 0).label("moved"),
            func.coalesce(moved.c.counted, 0).label("counted"),
            func.coalesce(accepted.c.difference, 0).label("accepted"),
            case((IN_CHAIN, 1), else_=0).label("in_chain"),
            late.c.difference.label("filled"),
        )
        .outerjoin(
            moved,
            (moved.c.centre_id == table.c.centre_id)
            & (moved.c.statement_id == table.c.statement_id),
        )
        .outerjoin(
            accepted,
            (accepted.c.centre_id == table.c.centre_id)
            & (accepted.c.statement_id == table.c.statement_id),
        )
        .outerjoin(
            late,
            (late.c.centre_id == table.c.centre_id) & (late.c.statement_id == table.c.statement_id),
        )
        .where(BELIEVED)
        .order_by(table.c.centre_id, table.c.account_id, table.c.position)
    )
    return statement if centre_id is None else statement.where(table.c.centre_id == centre_id)


def _bank_accounts(
    connection: Connection, centre_id: str | None, balances: dict[tuple[str, str], int]
) -> Iterator[Finding]:
    """I21: each bank account stands in the books where its last statement ends.

    Entries of a large file that have yet to prove their transfers are not in the books.
    """
    table = books.postings
    statement = (
        select(table.c.centre_id, table.c.bank_account_id, func.sum(table.c.amount))
        .where(table.c.account == Account.BANK)
        .group_by(table.c.centre_id, table.c.bank_account_id)
    )
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    posted = {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}
    unproven = _unproven(connection)
    for account, balance in balances.items():
        found = posted.get(account, 0) + unproven.get(account, 0)
        if found != balance:
            where = f"bank {account[0]}/{account[1]}"
            yield Finding("I21", where, f"the books say {found}, the last statement {balance}")


def _unproven(connection: Connection) -> dict[tuple[str, str], int]:
    """Return what entries of large files move that have yet to prove their transfers."""
    files, statements = tables.large_files, tables.statements
    entries, settled = tables.statement_entries, tables.settlements
    proving = files.c.phase == Phase.PROVING
    if not connection.execute(select(func.count()).select_from(files).where(proving)).scalar():
        return {}
    statement = (
        select(entries.c.centre_id, entries.c.account_id, func.sum(SIGNED))
        .join(
            statements,
            (statements.c.statement_id == entries.c.statement_id)
            & (statements.c.centre_id == entries.c.centre_id),
        )
        .join(
            files,
            (files.c.file_id == statements.c.file_id)
            & (files.c.centre_id == statements.c.centre_id),
        )
        .outerjoin(
            settled,
            (settled.c.entry_id == entries.c.entry_id)
            & (settled.c.centre_id == entries.c.centre_id),
        )
        .where(proving, settled.c.entry_id.is_(None))
        .group_by(entries.c.centre_id, entries.c.account_id)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}


@dataclass(frozen=True, slots=True)
class _Moved:
    """What moved on an account of a centre on a business date, and what of it was cash."""

    centre_id: str
    account: Account
    business_date: date
    amount: int
    cash: int


def journal(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I21: every account is the sum of its facts; I11: a closed day's report is still true."""
    moved = _moved(connection, centre_id)
    yield from _accounts(connection, centre_id, moved)
    yield from _closed_days(connection, centre_id, moved)


def _moved(connection: Connection, centre_id: str | None) -> list[_Moved]:
    """Return the movements of the accounts by day, in one pass in the order of their index."""
    table = books.postings
    by = (table.c.account, table.c.business_date, table.c.centre_id)
    cash = case((table.c.method == PaymentMethod.CASH, table.c.amount), else_=0)
    statement = select(*by, func.sum(table.c.amount), func.sum(cash)).group_by(*by)
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    return [
        _Moved(centre, account, day, int(amount), int(in_cash))
        for account, day, centre, amount, in_cash in connection.execute(statement)
    ]


def _accounts(
    connection: Connection, centre_id: str | None, moved: list[_Moved]
) -> Iterator[Finding]:
    """I21: the balance of each account is what the facts say."""
    balances: dict[tuple[str, Account], int] = {}
    for row in moved:
        key = (row.centre_id, row.account)
        balances[key] = balances.get(key, 0) + row.amount
    sums = {name: _by_centre(connection, centre_id, query) for name, query in _SUMS.items()}
    centres = {centre for centre, _ in balances} | {one for found in sums.values() for one in found}
    for centre in sorted(centres):
        for account, (message, parts) in _ACCOUNTS.items():
            told = sum(sign * sums[name].get(centre, 0) for name, sign in parts.items())
            if balances.get((centre, account), 0) != told:
                yield Finding("I21", f"{centre}/{account}", message)


def _by_centre(connection: Connection, centre_id: str | None, query: str) -> dict[str, int]:
    """Return a sum of facts by centre."""
    own = "WHERE k.centre_id = :centre" if centre_id is not None else ""
    statement = f"SELECT k.centre_id, {query} {own} GROUP BY k.centre_id"
    values = {} if centre_id is None else {"centre": centre_id}
    return {row[0]: int(row[1]) for row in connection.execute(text(statement), values)}


def _closed_days(
    connection: Connection, centre_id: str | None, moved: list[_Moved]
) -> Iterator[Finding]:
    """I11: a closed day's report is the sealed one, and its figures are those of the facts."""
    table, audit = books.day_closes, books.audit_events
    statement = select(
        table.c.centre_id, table.c.business_date, table.c.report, table.c.report_sha256
    )
    sealed = select(audit.c.centre_id, audit.c.subject_id, audit.c.detail).where(
        audit.c.action == "day.closed"
    )
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
        sealed = sealed.where(audit.c.centre_id == centre_id)
    digests = {
        (row.centre_id, row.subject_id): str(json.loads(row.detail).get("report"))
        for row in connection.execute(sealed)
    }
    income = {
        (row.centre_id, row.business_date): (-row.cash, row.cash - row.amount)
        for row in moved
        if row.account is Account.FEE_INCOME
    }
    for row in stream(connection, statement):
        day = row.business_date.isoformat()
        where = f"day_closes {row.centre_id}/{day}"
        if (
            seal(row.report) != row.report_sha256
            or digests.get((row.centre_id, day), row.report_sha256) != row.report_sha256
        ):
            yield Finding("I11", where, "the report is not the one that was sealed")
            continue
        report = json.loads(row.report)
        told = (report["cash"], report["cashless"])
        if told != income.get((row.centre_id, row.business_date), (0, 0)):
            yield Finding("I11", where, f"cash and cashless {told} are not those of the facts")


FOLDS = (statement_chain, journal)
