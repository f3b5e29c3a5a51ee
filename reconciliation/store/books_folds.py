"""The invariants that need a walk through rows: hashes, chains, closed days, the file itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, text

from payments.domain.audit import GENESIS, event_hash
from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store.schema import FACTS
from reconciliation.domain.books import Finding, named
from reconciliation.domain.day_report import seal
from reconciliation.store import tables
from reconciliation.store.statements import IN_CHAIN, SIGNED

_AT_ONCE = 2_000


def bodies(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I1: the bytes of every message and every statement file are the bytes that came."""
    for table, key in (
        (money.bank_messages, money.bank_messages.c.message_id),
        (tables.statement_files, tables.statement_files.c.file_id),
    ):
        statement = select(key, table.c.body, table.c.body_sha256)
        if centre_id is not None:
            statement = statement.where(table.c.centre_id == centre_id)
        wrong = [
            row[0]
            for row in _stream(connection, statement)
            if hashlib.sha256(row[1]).hexdigest() != row[2]
        ]
        if wrong:
            yield Finding("I1", f"{table.name} {named(wrong)}", "the bytes are not those that came")


def audit_chain(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I18: each audit event follows from the one before it, from the first on."""
    table = books.audit_events
    statement = select(table).order_by(table.c.centre_id, table.c.seq)
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    centre, count, head, is_broken = "", 0, GENESIS, False
    # Plain unpacking, because the log is the longest table of all.
    for owner, seq, at, actor, action, subject, detail, previous, digest in _stream(
        connection, statement
    ):
        if owner != centre:
            centre, count, head, is_broken = owner, 0, GENESIS, False
        if is_broken:
            continue
        expected = event_hash(
            centre_id=owner,
            seq=seq,
            at=at,
            actor=actor,
            action=action,
            subject_id=subject,
            detail=detail,
            previous_hash=head,
        )
        if seq != count + 1 or previous != head or digest != expected:
            is_broken = True
            where = f"audit_events {owner}/{seq}"
            yield Finding("I18", where, "the audit log does not follow from here on")
        count, head = seq, digest


def statement_chain(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I12: every statement begins where the one before it ended; I21: the books end there too."""
    table, entries = tables.statements, tables.statement_entries
    moved = (
        select(entries.c.centre_id, entries.c.statement_id, func.sum(SIGNED).label("moved"))
        .group_by(entries.c.centre_id, entries.c.statement_id)
        .subquery()
    )
    statement = (
        select(table, func.coalesce(moved.c.moved, 0).label("moved"))
        .outerjoin(
            moved,
            (moved.c.centre_id == table.c.centre_id)
            & (moved.c.statement_id == table.c.statement_id),
        )
        .where(IN_CHAIN)
        .order_by(table.c.centre_id, table.c.account_id, table.c.position)
    )
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    balances: dict[tuple[str, str], int] = {}
    ended: dict[tuple[str, str], date] = {}
    for row in _stream(connection, statement):
        account = (row.centre_id, row.account_id)
        is_older = account in ended and row.period_to < ended[account]
        if not row.entries and is_older:
            continue
        before = balances.get(account)
        if before is None and row.opening is not None and not row.skipped:
            before = row.opening
        after = None if before is None else before + int(row.moved)
        if after is not None and row.closing is not None and after != row.closing:
            where = f"statements {row.statement_id}"
            yield Finding("I12", where, f"the entries reach {after}, the bank says {row.closing}")
        if row.closing is not None:
            balances[account] = row.closing
        elif after is not None:
            balances[account] = after
        ended[account] = max(row.period_to, ended.get(account, row.period_to))
    yield from _bank_accounts(connection, centre_id, balances)


def _bank_accounts(
    connection: Connection, centre_id: str | None, balances: dict[tuple[str, str], int]
) -> Iterator[Finding]:
    """I21: each bank account stands in the books where its last statement ends."""
    table = books.postings
    statement = (
        select(table.c.centre_id, table.c.bank_account_id, func.sum(table.c.amount))
        .where(table.c.account == Account.BANK)
        .group_by(table.c.centre_id, table.c.bank_account_id)
    )
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    posted = {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}
    for account, balance in balances.items():
        found = posted.get(account, 0)
        if found != balance:
            where = f"bank {account[0]}/{account[1]}"
            yield Finding("I21", where, f"the books say {found}, the last statement {balance}")


def closed_days(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
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
    figures = _figures(connection, centre_id)
    for row in _stream(connection, statement):
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
        if told != figures.get((row.centre_id, row.business_date), (0, 0)):
            yield Finding("I11", where, f"cash and cashless {told} are not those of the facts")


def _figures(
    connection: Connection, centre_id: str | None
) -> dict[tuple[str, date], tuple[int, int]]:
    """Return cash and cashless income of every day, from the journal."""
    table = books.postings
    statement = (
        select(table.c.centre_id, table.c.business_date, table.c.method, func.sum(-table.c.amount))
        .where(table.c.account == Account.FEE_INCOME)
        .group_by(table.c.centre_id, table.c.business_date, table.c.method)
    )
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for centre, day, method, amount in connection.execute(statement):
        cash, cashless = found.get((centre, day), (0, 0))
        if method == PaymentMethod.CASH:
            cash += int(amount)
        else:
            cashless += int(amount)
        found[centre, day] = (cash, cashless)
    return found


def triggers(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I22: every table of facts is still guarded against change, and closed days are closed."""
    del centre_id
    if connection.dialect.name == "sqlite":
        wanted = {f"{table}_no_{verb}" for table in FACTS for verb in ("update", "delete")}
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted = {f"{table}_append_only" for table in FACTS}
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    wanted.add("journal_entries_open_day")
    missing = sorted(wanted - {row[0] for row in connection.execute(text(query))})
    if missing:
        yield Finding("I22", named(missing), "a trigger that keeps facts unchanged is gone")


def integrity(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I24: the database file is sound. PostgreSQL guards its own pages by checksums."""
    del centre_id
    if connection.dialect.name != "sqlite":
        return
    answers = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    if answers != ["ok"]:
        yield Finding("I24", named(answers), "the database file is damaged")


def _stream(
    connection: Connection, statement: Select[*tuple[Any, ...]]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield rows without holding them all in memory."""
    yield from connection.execute(statement, execution_options={"yield_per": _AT_ONCE})


FOLDS = (bodies, audit_chain, statement_chain, closed_days, triggers, integrity)
