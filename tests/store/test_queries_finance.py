"""What the finance pages read, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from payments.domain.audit import AuditEvent
from payments.domain.breaks import BreakKind
from payments.domain.errors import NotFound
from payments.services.place_transfer import place_transfers
from payments.services.resolve_break import resolve_break
from payments.store.session import Session
from reconciliation.domain.statements import FileVerdict
from reconciliation.store import queries_audit as audit
from reconciliation.store import queries_breaks as breaks
from reconciliation.store import queries_finance as finance
from reconciliation.store import queries_statements as statements
from reconciliation.store import queries_transfers as transfers
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import TOTAL, Stage

CENTRE, DAY = "HTR", date(2021, 3, 9)


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A centre on a fresh database."""
    stage = Stage.on(database_url, tmp_path)
    yield stage
    stage.wiring.engine.dispose()


@pytest.fixture
def session(stage: Stage) -> Iterator[Session]:
    """A read of everything that is committed when the test first asks."""
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        yield uow.session


def test_open_days_carry_their_takings_until_they_are_closed(stage: Stage) -> None:
    stage.announce(stage.pay(stage.request().request.reference))
    stage.open_till()
    stage.take_cash(stage.request())

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (only,) = finance.open_days(uow.session, CENTRE, None)
        later = finance.open_days(uow.session, CENTRE, DAY)
        tills = finance.open_tills(uow.session, CENTRE)

    assert (only.business_date, only.cash, only.cashless, only.total) == (
        DAY,
        TOTAL,
        TOTAL,
        2 * TOTAL,
    )
    assert later == []
    assert [till.counter for till in tills] == ["Quầy 1"]


def test_open_differences_are_counted_by_kind(stage: Stage) -> None:
    stage.announce(stage.pay("mot", 10_000), stage.pay("hai", 20_000))

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (unknown,) = finance.open_break_counts(uow.session, CENTRE)

    assert (unknown.kind, unknown.count, unknown.amount, unknown.oldest) == (
        BreakKind.UNKNOWN,
        2,
        30_000,
        DAY,
    )


def test_an_account_without_a_statement_is_shown_as_such(session: Session) -> None:
    (account,) = finance.last_statements(session, CENTRE)

    assert (account.period_to, account.closing, account.file_id) == (None, None, "")


def test_a_statement_file_leads_to_its_lines_and_what_they_prove(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    stage.announce(paid)
    result = stage.import_file(stage.statement([paid]))

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (row,) = statements.statement_files(uow.session, CENTRE, limit=10)
        (one,) = statements.statements_of(uow.session, CENTRE, result.file_id)
        (entry,) = statements.entries_of(uow.session, CENTRE, result.file_id, limit=10)
        (last,) = finance.last_statements(uow.session, CENTRE)

    assert (row.file_id, row.verdict, row.entries) == (result.file_id, FileVerdict.IMPORTED, 1)
    assert (one.closing, one.credits, one.debits) == (TOTAL, TOTAL, 0)
    assert (entry.reference, entry.request_id) == (
        standing.request.reference,
        standing.request.request_id,
    )
    assert (last.file_id, last.closing) == (result.file_id, TOTAL)


def test_a_file_of_another_centre_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        statements.statement_file(session, "PHU", "nothing")


def test_the_work_list_is_narrowed_by_kind_day_and_age(stage: Stage) -> None:
    stage.announce(stage.pay("khong co ma"))

    with SqlBooks(stage.wiring.engine, write=False) as uow:

        def found(**wanted: object) -> int:
            narrowed = breaks.BreakFilter(**wanted)  # type: ignore[arg-type]  # fields by name.
            return len(breaks.break_list(uow.session, CENTRE, narrowed, limit=9))

        assert found() == found(kind=BreakKind.UNKNOWN, day=DAY, until=DAY) == 1
        assert found(kind=BreakKind.OVER) == found(day=DAY + timedelta(days=1)) == 0
        assert found(until=DAY - timedelta(days=1)) == 0
        assert found(worked=breaks.Worked.RESOLVED) == 0


def test_a_difference_worked_off_moves_to_the_other_list(stage: Stage) -> None:
    stage.announce(stage.pay("khong co ma"))
    with stage.wiring.open_uow() as uow:
        broken = stage.break_ids(BreakKind.UNKNOWN)[0]
        resolve_break(uow, stage.wiring.world, stage.finance, broken, "Đã hỏi người nộp")
        uow.commit()

    with SqlBooks(stage.wiring.engine, write=False) as books:
        resolved = breaks.BreakFilter(worked=breaks.Worked.RESOLVED)
        (row,) = breaks.break_list(books.session, CENTRE, resolved, limit=9)

    assert (row.break_id, row.explanation, row.text) == (broken, "Đã hỏi người nộp", "khong co ma")


def test_only_open_requests_of_exactly_this_amount_are_suggested(stage: Stage) -> None:
    wanted = stage.request()
    stage.request("1.002")
    paid = stage.request()
    stage.announce(stage.pay(paid.request.reference))
    now = stage.clock.now()

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        found = breaks.suggestions(uow.session, CENTRE, TOTAL, now)
        earlier = breaks.suggestions(uow.session, CENTRE, TOTAL, now - timedelta(days=1))

    assert [one.reference for one in found] == [wanted.request.reference]
    assert earlier == []


def test_money_waits_with_its_difference_until_all_of_it_is_placed(stage: Stage) -> None:
    standing = stage.request()
    (recorded,) = stage.announce(stage.pay("khong co ma", TOTAL + 5_000))
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (before,) = breaks.waiting_money(uow.session, CENTRE, limit=9)
    with stage.wiring.open_uow() as writing:
        place_transfers(
            writing,
            stage.wiring.world,
            stage.made.cashier,
            transfer_ids=[recorded.transfer.transfer_id],
            reference=standing.request.reference,
        )
        writing.commit()
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (after,) = breaks.waiting_money(uow.session, CENTRE, limit=9)
        (placed,) = transfers.placed_of(uow.session, CENTRE, recorded.transfer.transfer_id)

    assert before.rest == TOTAL + 5_000
    assert before.break_id == stage.break_ids(BreakKind.UNKNOWN)[0]
    assert after.rest == 5_000
    assert (placed.reference, placed.allocation.amount) == (standing.request.reference, TOTAL)


def test_a_transfer_has_its_witnesses_its_message_and_its_proof(stage: Stage) -> None:
    paid = stage.pay("khong co ma")
    (recorded,) = stage.announce(paid)
    stage.clock.move(minutes=1)
    stage.announce(paid)
    stage.clock.move(minutes=1)
    result = stage.import_file(stage.statement([paid]))
    transfer_id = recorded.transfer.transfer_id

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        evidence = transfers.evidence_of(uow.session, CENTRE, transfer_id)
        proof = transfers.proof_of(uow.session, CENTRE, transfer_id)
        message = transfers.message_of(uow.session, CENTRE, evidence[0].message_id or "")

    assert [one.teller.value for one in evidence] == ["webhook", "webhook", "statement"]
    assert proof is not None
    assert (proof.file_id, proof.line_no) == (result.file_id, 1)
    assert message is not None
    assert paid.bank_reference.encode() in message.body


def test_the_audit_log_proves_every_event_it_shows(stage: Stage) -> None:
    stage.announce(stage.pay(stage.request().request.reference))

    with SqlBooks(stage.wiring.engine, write=False) as uow:

        def log(**wanted: object) -> list[audit.ProvenEvent]:
            narrowed = audit.AuditFilter(**wanted)  # type: ignore[arg-type]  # fields by name.
            return audit.audit_log(uow.session, CENTRE, narrowed, limit=50)

        everything = log()
        of_bank = log(actor="endpoint:", day=DAY)

        assert all(one.holds for one in everything)
        assert [one.event.seq for one in everything] == list(range(len(everything), 0, -1))
        assert {one.event.actor for one in of_bank} == {"endpoint:HTR-endpoint"}
        assert log(day=DAY - timedelta(days=1)) == []
        assert len(log(before=3)) == 2


def test_an_event_that_carries_another_hash_before_it_does_not_hold(stage: Stage) -> None:
    stage.request()
    with stage.wiring.open_uow() as uow:
        head = uow.last_audit_event(CENTRE)
        assert head is not None
        forged = AuditEvent(
            CENTRE, head.seq + 1, stage.clock.now(), "staff:x", "cash.taken", "x", "{}", "0" * 64, "0" * 64
        )  # fmt: skip
        uow.add(forged)
        uow.commit()

    with SqlBooks(stage.wiring.engine, write=False) as books:
        newest = audit.audit_log(books.session, CENTRE, audit.AuditFilter(), limit=2)

    assert [one.holds for one in newest] == [False, True]


def test_closed_days_are_listed_newest_first_before_a_date(stage: Stage) -> None:
    stage.close_day()
    stage.tomorrow()
    stage.close_day()

    with SqlBooks(stage.wiring.engine, write=False) as uow:
        both = finance.closed_days(uow.session, CENTRE, limit=9)
        older = finance.closed_days(uow.session, CENTRE, limit=9, before=both[0].business_date)

    assert [one.business_date for one in both] == [DAY + timedelta(days=1), DAY]
    assert older == both[1:]
