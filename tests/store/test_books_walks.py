"""The walks of the books check: on a connection of their own, over the log, over the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pysqlite3.dbapi2 as embedded_sqlite
import pytest
from sqlalchemy import text

from payments.domain.audit import event_digest
from payments.store.append_only import append_only
from payments.store.engine import begin
from reconciliation.services.check_books import check_books
from reconciliation.store.unit_of_work import SqlBooks
from tests.bench.many_payments import fill
from tests.flows.stage import Stage

PARTS = ("0" * 64, "HTR", "7", "2021-03-09T02:00:00.000000+00:00", "staff:HTR-thungan")


def test_a_reader_is_told_what_the_walks_find_on_another_connection(
    database_url: str, tmp_path: Path
) -> None:
    stage = Stage.on(database_url, tmp_path)
    stage.announce(stage.pay(stage.request().request.reference))
    _change(stage, "bank_messages", "UPDATE bank_messages SET body_sha256 = 'x'")
    _change(stage, "audit_events", "UPDATE audit_events SET actor = 'nobody' WHERE seq = 2")

    found = {one.invariant: one.where for one in stage.findings()}
    stage.wiring.engine.dispose()

    assert found.keys() == {"I1", "I18"}
    assert found["I1"].startswith("bank_messages ")
    assert found["I18"] == f"audit_events {stage.centre_id}/2"


def test_the_books_of_many_payments_agree(database_url: str, tmp_path: Path) -> None:
    wiring = fill(database_url, tmp_path, 150)

    with SqlBooks(wiring.engine, write=False) as uow:
        findings = check_books(uow)
        paid = uow.session.connection.execute(
            text("SELECT (SELECT COUNT(*) FROM allocations) + (SELECT COUNT(*) FROM cash_payments)")
        ).scalar()
    wiring.engine.dispose()

    assert findings == []
    assert paid == 150


def test_an_index_that_has_lost_a_row_is_named(sqlite_url: str, tmp_path: Path) -> None:
    stage = Stage.on(sqlite_url, tmp_path)
    stage.request()
    stage.wiring.engine.dispose()
    _hide_index_while(
        sqlite_url, "ix_dossiers__code_key", "INSERT INTO dossiers SELECT centre_id, 'another', "
        "code || '1', code_key || '1', procedure_code, applicant, second_factor, channel, "
        "payer_class, received_on, source, created_at FROM dossiers",
    )  # fmt: skip

    damage = [one.where for one in stage.findings() if one.invariant == "I24"]
    stage.wiring.engine.dispose()

    assert len(damage) == 1
    assert "ix_dossiers__code_key" in damage[0]


@pytest.mark.parametrize("detail", ["{}", '{"name":"Quầy 1"}', '{"n":"' + "n" * 2_000 + '"}'])
def test_an_event_is_hashed_by_its_bytes_each_part_with_its_length(detail: str) -> None:
    parts = (*PARTS, "till.opened", "subject", detail)
    encoded = [part.encode() for part in parts]
    whole = b"".join(len(data).to_bytes(4, "big") + data for data in encoded)

    assert event_digest(*parts) == hashlib.sha256(whole).hexdigest()


def _change(stage: Stage, table: str, change: str) -> None:
    """Change a fact for good, as no program can, and leave the table guarded as it was."""
    with stage.wiring.engine.connect() as connection:
        begin(connection, write=True)
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
            connection.execute(text(change))
            for statement in append_only("sqlite", [table]):
                connection.execute(text(statement))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            connection.execute(text(change))
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
        connection.commit()


def _hide_index_while(url: str, index: str, change: str) -> None:
    """Change rows behind the back of an index, as a fault of the disk may do."""
    path = url.removeprefix("sqlite:///")
    hide = "DELETE FROM sqlite_master WHERE name = ?"
    connection = embedded_sqlite.connect(path, isolation_level=None)
    kept = connection.execute("SELECT * FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(hide, (index,))
    connection.close()
    connection = embedded_sqlite.connect(path, isolation_level=None)
    connection.execute(change)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", kept)
    connection.close()
