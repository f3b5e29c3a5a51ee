"""The books check names every invariant that is broken on purpose, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from payments.domain.bank_messages import Direction
from payments.store.append_only import append_only
from payments.store.engine import begin
from payments.store.schema import FACTS
from payments.store.session import Session
from reconciliation.domain.books import Finding
from reconciliation.store.books import SqlChecks
from tests import databases
from tests.flows.stage import TOTAL, Stage
from tests.flows.test_acceptance import accept_gap
from tests.flows.test_late_statements import fill_a_gap

# What is broken, the number of the invariant that must be named, and a word of its message.
BROKEN = {
    "a message's bytes changed": (
        "I1", "bytes", "UPDATE bank_messages SET body_sha256 = 'x'"),
    "an announcement without its message": (
        "I2", "message", "UPDATE evidence SET message_id = NULL"),
    "a transfer nobody told of": (
        "I3", "no evidence", "DELETE FROM evidence"),
    "evidence of another amount": (
        "I3", "another account", "UPDATE evidence SET amount = amount + 1"),
    "an identification of a transfer that named its request": (
        "I3", "identified", "UPDATE transfers SET request_id = (SELECT MIN(request_id) FROM payment_requests) WHERE outcome = 'unknown'"),
    "an identification without its audit event": (
        "I19", "identifications", "DELETE FROM audit_events WHERE action = 'transfer.identified'"),
    "a transfer given away twice": (
        "I4", "more of a transfer", "UPDATE allocations SET amount = amount + 100000"),
    "money taken back that still waits": (
        "I4", "still waits", "UPDATE reversals SET amount = amount - 1"),
    "more taken back than had come": (
        "I4", "than has come", "UPDATE reversals SET amount = amount + 1"),
    "a reversal of more than it takes back": (
        "I4", "another account", "UPDATE transfers SET amount = amount + 1 WHERE outcome = 'reversed'"),
    "a reversal without its audit event": (
        "I19", "reversals", "DELETE FROM audit_events WHERE action = 'transfer.taken_back'"),
    "a request paid in part": (
        "I5", "in part", "UPDATE cash_payments SET amount = amount - 1, tendered = tendered - 1"),
    "lines that do not add up": (
        "I5", "lines", "UPDATE payment_requests SET total = total + 1"),
    "a payment without a receipt": (
        "I5", "receipted", "DELETE FROM receipts"),
    "money in suspense without a break": (
        "I6", "suspense", "DELETE FROM breaks"),
    "money for a request of nowhere": (
        "I7", "not of this centre", "UPDATE allocations SET request_id = 'nowhere'"),
    "a gap in the numbers": (
        "I8", "gaps", "UPDATE receipts SET number = number + 1 WHERE number = (SELECT MAX(number) FROM receipts)"),
    "cash in somebody else's till": (
        "I9", "till", "UPDATE cash_payments SET staff_id = 'HTR-quantri'"),
    "a till that says another sum": (
        "I10", "till was closed", "UPDATE till_closings SET expected = expected + 1, counted = counted + 1"),
    "a closed day's report rewritten": (
        "I11", "sealed", "UPDATE day_closes SET report = REPLACE(report, 'cash', 'cache')"),
    "an entry made after the close": (
        "I11", "after it was closed", "UPDATE journal_entries SET recorded_at = '2030-01-01T00:00:00.000000Z'"),
    "a closed day's figures moved": (
        "I11", "not those of the facts", "UPDATE postings SET method = 'cash' WHERE account = 'fee_income'"),
    "a statement that does not add up": (
        "I12", "the bank says", "UPDATE statements SET closing = closing + 1"),
    "a difference that no two people accepted": (
        "I12", "no two people", "DELETE FROM acceptance_decisions"),
    "a difference accepted by who proposed it": (
        "I16", "one and the same", "UPDATE acceptance_proposals SET proposed_by = 'staff:HTR-taichinh2'"),
    "an accepted difference edited": (
        "I22", "accepted difference", "UPDATE statement_differences SET difference = difference + 1"),
    "an accepted difference that is not in the chain": (
        "I12", "the bank says", "UPDATE statement_differences SET difference = difference + 1"),
    "an accepted difference that is off": (
        "I21", "difference of the bank", "UPDATE postings SET account = 'remitted' WHERE account = 'bank_difference'"),
    "an accepted difference without its audit event": (
        "I19", "statement_differences", "DELETE FROM audit_events WHERE action = 'statement.difference'"),
    "a gap filled by another sum": (
        "I12", "does not join", "UPDATE gap_fillings SET difference = difference + 1"),
    "a late statement that moves something else": (
        "I12", "the gap was", "UPDATE gap_fillings SET difference = difference + 1"),
    "a late statement that ends elsewhere": (
        "I12", "does not join",
        "UPDATE statements SET closing = closing + 1 WHERE statement_id IN (SELECT statement_id FROM gap_fillings)"),
    "a filled gap edited": (
        "I22", "gap that was filled", "UPDATE gap_fillings SET difference = difference + 1"),
    "a filled gap that is off": (
        "I21", "difference of the bank", "UPDATE gap_fillings SET difference = difference + 1"),
    "a filled gap without its audit event": (
        "I19", "gap_fillings", "DELETE FROM audit_events WHERE action = 'statement.gap_filled'"),
    "a decision without its audit event": (
        "I19", "acceptance_decisions", "DELETE FROM audit_events WHERE action = 'acceptance.decided'"),
    "a statement entry that proves nothing": (
        "I13", "proves no transfer", "DELETE FROM settlements"),
    "a statement entry unlike its transfer": (
        "I13", "differ", "UPDATE statement_entries SET amount = amount + 1"),
    "money that left pays a request": (
        "I14", "outgoing", "UPDATE transfers SET direction = 'out'"),
    "an audit event changed": (
        "I18", "follow", "UPDATE audit_events SET detail = '{}' WHERE seq = 2"),
    "an audit event removed": (
        "I18", "follow", "DELETE FROM audit_events WHERE seq = 2"),
    "a fact without its audit event": (
        "I19", "transfers", "DELETE FROM audit_events WHERE action = 'transfer.received'"),
    "a close without its audit event": (
        "I19", "day_closes", "DELETE FROM audit_events WHERE action = 'day.closed'"),
    "an entry that does not balance": (
        "I21", "balance", "UPDATE postings SET amount = amount + 1 WHERE account = 'suspense'"),
    "clearing that is off": (
        "I21", "clearing", "UPDATE postings SET account = 'suspense' WHERE account = 'bank_clearing' AND amount > 0"),
    "suspense that is off": (
        "I21", "suspense", "UPDATE postings SET account = 'bank_charges' WHERE account = 'suspense'"),
    "income that is not receipted": (
        "I21", "fee income", "UPDATE postings SET account = 'remitted' WHERE account = 'fee_income'"),
    "drawers that are off": (
        "I21", "drawers", "UPDATE postings SET account = 'remitted' WHERE account = 'cash_drawer' AND amount > 0"),
    "cash in transit that is off": (
        "I21", "transit", "UPDATE postings SET account = 'remitted' WHERE account = 'cash_in_transit'"),
    "over and short that is off": (
        "I21", "over and short", "UPDATE postings SET account = 'remitted' WHERE account = 'cash_over_short'"),
    "a bank balance that is off": (
        "I21", "last statement", "UPDATE postings SET account = 'remitted' WHERE account = 'bank'"),
    "a transfer edited": (
        "I22", "a transfer is not", "UPDATE transfers SET amount = amount + 1"),
    "a cash payment edited": (
        "I22", "cash payment", "UPDATE cash_payments SET amount = amount + 1, tendered = tendered + 1"),
    "an allocation edited": (
        "I22", "allocation", "UPDATE allocations SET amount = amount - 1"),
    "a transfer removed": (
        "I22", "no fact", "DELETE FROM transfers"),
    "a count that is not the entries": (
        "I23", "count of entries", "UPDATE statements SET entries = entries + 1"),
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A closed day with transfers, one of them taken back, one named late; cash, a short till."""
    folder: Path = tmp_path_factory.mktemp("books")
    with ExitStack() as stack:
        url = (
            databases.new_sqlite(folder)
            if request.param == "sqlite"
            else stack.enter_context(databases.new_postgresql())
        )
        stage = Stage.on(url, folder)
        stack.callback(stage.wiring.engine.dispose)
        _play(stage)
        yield stage


def _play(stage: Stage) -> None:
    """Let a day pass in which everything happens that the invariants speak of."""
    exact = stage.pay(stage.request().request.reference)
    over = stage.pay(stage.request().request.reference, TOTAL + 25_000)
    short = stage.pay(stage.request().request.reference, 100_000)
    named = stage.pay(f"nop phi {stage.request().request.reference}")
    stage.announce(exact, over, short, replace(named, text="nop phi"))
    stage.open_till()
    stage.take_cash(stage.request())
    stage.close_till(500_000 + TOTAL - 5_000)
    stage.import_file(stage.statement([exact, over], opening=1_000_000))
    taken = replace(
        stage.pay("hoan tra", 100_000, Direction.OUT), bank_reference=short.bank_reference
    )
    stage.import_file(
        stage.mt940([short, named], [taken], opening=1_025_000 + 2 * TOTAL), "sao-ke.sta"
    )
    accept_gap(stage)
    stage.close_day()
    fill_a_gap(stage)


def test_untouched_books_agree(played: Stage) -> None:
    assert played.findings() == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_on_purpose_is_named(played: Stage, name: str) -> None:
    invariant, word, change = BROKEN[name]

    findings = _findings_after(played, change)

    named = [one for one in findings if one.invariant == invariant]
    assert any(word in f"{one.where} {one.message}" for one in named), findings


def test_a_missing_guard_is_named(played: Stage) -> None:
    with played.wiring.engine.connect() as connection:
        begin(connection, write=True)
        _unguard(connection)
        findings = SqlChecks(Session(connection)).findings(None)

    assert [one.invariant for one in findings] == ["I22"]
    assert "allocations" in findings[0].where


def test_only_the_asked_centre_is_checked(played: Stage) -> None:
    change = "UPDATE transfers SET amount = amount + 1"

    assert _findings_after(played, change, centre_id="elsewhere") == []
    assert _findings_after(played, change, centre_id=played.centre_id) != []


def _findings_after(stage: Stage, change: str, centre_id: str | None = None) -> list[Finding]:
    """Change facts as no program can, look at the books, and undo it all."""
    with stage.wiring.engine.connect() as connection:
        begin(connection, write=True)
        _unguard(connection)
        connection.execute(text(change))
        _guard(connection)
        return SqlChecks(Session(connection)).findings(centre_id)


def _unguard(connection: Connection) -> None:
    """Take the triggers away, and on PostgreSQL the foreign keys with them."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in sorted(FACTS):
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        return
    for table in sorted(FACTS):
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def _guard(connection: Connection) -> None:
    """Put the triggers back, so that only the change itself is found."""
    if connection.dialect.name == "sqlite":
        for statement in append_only("sqlite", sorted(FACTS)):
            connection.execute(text(statement))
        return
    for table in sorted(FACTS):
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
