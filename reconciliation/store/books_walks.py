"""The invariants of one table by itself: walks through its rows, the file, the triggers.

Facts are only added, so that these need not see the same moment as the other rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, String, func, select, text, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from payments.domain.audit import GENESIS, event_digest
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store.schema import FACTS
from reconciliation.domain.books import Finding, named
from reconciliation.store import tables

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
            identifier
            for identifier, body, digest in stream(connection, statement)
            if digest != hashlib.sha256(body).hexdigest()
            and (table is money.bank_messages or body or digest != _of_parts(connection, digest))
        ]
        if wrong:
            yield Finding("I1", f"{table.name} {named(wrong)}", "the bytes are not those that came")


def _of_parts(connection: Connection, body_sha256: str) -> str:
    """Return the SHA-256 of the bytes that are kept in parts; no more than a few are held."""
    parts = tables.statement_file_parts
    statement = select(parts.c.centre_id, parts.c.body).where(parts.c.body_sha256 == body_sha256)
    digests: dict[str, Any] = {}
    ordered = statement.order_by(parts.c.centre_id, parts.c.part_no)
    for centre_id, body in connection.execute(ordered, execution_options={"yield_per": 8}):
        digests.setdefault(centre_id, hashlib.sha256()).update(body)
    said = {digest.hexdigest() for digest in digests.values()}
    return said.pop() if len(said) == 1 else ""


def audit_chain(connection: Connection, centre_id: str | None) -> Iterator[Finding]:
    """I18: each audit event follows from the one before it, from the first on."""
    table = books.audit_events
    statement = select(
        table.c.centre_id,
        table.c.seq,
        _stamp(connection),
        table.c.actor,
        table.c.action,
        table.c.subject_id,
        table.c.detail,
        table.c.previous_hash,
        table.c.event_hash,
    ).order_by(table.c.centre_id, table.c.seq)
    if centre_id is not None:
        statement = statement.where(table.c.centre_id == centre_id)
    centre, count, head, is_broken = "", 0, GENESIS, False
    # Plain unpacking, because the log is the longest table of all.
    for owner, seq, at, actor, action, subject, detail, previous, digest in stream(
        connection, statement
    ):
        if owner != centre:
            centre, count, head, is_broken = owner, 0, GENESIS, False
        if is_broken:
            continue
        stamp = at.removesuffix("Z") + "+00:00"
        expected = event_digest(head, owner, str(seq), stamp, actor, action, subject, detail)
        if seq != count + 1 or previous != head or digest != expected:
            is_broken = True
            where = f"audit_events {owner}/{seq}"
            yield Finding("I18", where, "the audit log does not follow from here on")
        count, head = seq, digest


def _stamp(connection: Connection) -> ColumnElement[str]:
    """Return the instant of an audit event as text in UTC: as stored, or as PostgreSQL writes it.

    Building an aware time of each, only to write it out again, would take as long as hashing.
    """
    at = books.audit_events.c.at
    if connection.dialect.name == "sqlite":
        return type_coerce(at, String)
    return func.to_char(func.timezone("UTC", at), 'YYYY-MM-DD"T"HH24:MI:SS.US')


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
    """I24: the database file is sound. PostgreSQL guards its own pages by checksums.

    The quick check reads every page and every row, and counts the entries of each index; comparing
    each of them with its row takes four times as long, which is for a backup at rest.
    """
    del centre_id
    if connection.dialect.name != "sqlite":
        return
    answers = [str(row[0]) for row in connection.execute(text("PRAGMA quick_check"))]
    if answers != ["ok"]:
        yield Finding("I24", named(answers), "the database file is damaged")


def stream(
    connection: Connection, statement: Select[*tuple[Any, ...]]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield rows without holding them all in memory."""
    yield from connection.execute(statement, execution_options={"yield_per": _AT_ONCE})


WALKS = (bodies, audit_chain, triggers, integrity)
