"""Two people take a file into the books that was kept apart; one person alone never does."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import text

from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict, Forbidden, Invalid
from payments.domain.staff import Role, StaffUser
from reconciliation.domain.acceptance import AcceptanceProposal
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.accept_file import (
    approve_acceptance,
    propose_acceptance,
    refuse_acceptance,
)
from reconciliation.services.import_statement import ImportResult
from reconciliation.store.unit_of_work import SqlBooks
from tests import makers
from tests.flows.stage import TOTAL, Stage
from tests.flows.test_previews import CAMT, told
from tests.flows.test_races import at_once

MISSING = 30_000
"""What moved on the days of the statement that never came."""


@pytest.fixture
def second(stage: Stage) -> StaffUser:
    """Another finance officer."""
    person = makers.a_person(stage.centre_id, Role.FINANCE, username="taichinh2")
    with stage.wiring.open_uow() as uow:
        uow.add(person)
        uow.commit()
    return person


def first(stage: Stage) -> StaffUser:
    return stage.made.staff[Role.FINANCE]


def after_a_gap(stage: Stage, missing: int = MISSING) -> ImportResult:
    """Hand in a statement of Tuesday and one of Thursday, which opens elsewhere."""
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.clock.move(days=2)
    return stage.import_file(stage.statement([stage.pay("hai")], opening=TOTAL + missing))


def propose(
    stage: Stage, file_id: str, reason: str = "ngân hàng mất dữ liệu"
) -> AcceptanceProposal:
    with SqlBooks(stage.wiring.engine) as uow:
        proposal = propose_acceptance(
            uow, stage.wiring.world, first(stage), stage.wiring.statement_readers, file_id, reason
        )
        uow.commit()
    return proposal


def approve(stage: Stage, proposal: AcceptanceProposal, officer: StaffUser) -> ImportResult:
    with SqlBooks(stage.wiring.engine) as uow:
        result = approve_acceptance(
            uow,
            stage.wiring.world,
            officer,
            stage.wiring.statement_readers,
            proposal.proposal_id,
        )
        uow.commit()
    return result


def refuse(stage: Stage, proposal: AcceptanceProposal, officer: StaffUser, words: str) -> None:
    with SqlBooks(stage.wiring.engine) as uow:
        refuse_acceptance(uow, stage.wiring.world, officer, proposal.proposal_id, words)
        uow.commit()


def accept_gap(stage: Stage) -> None:
    """Let two people accept a statement that opens with more than the books say."""
    person = makers.a_person(stage.centre_id, Role.FINANCE, username="taichinh2")
    with stage.wiring.open_uow() as uow:
        uow.add(person)
        uow.commit()
    opening = stage.balances()["bank"] + MISSING
    kept = stage.import_file(stage.statement([stage.pay("sau")], opening=opening))
    approve(stage, propose(stage, kept.file_id), person)


def test_an_approved_file_is_booked_and_its_difference_stands_by_itself(
    stage: Stage, second: StaffUser
) -> None:
    kept = after_a_gap(stage)
    proposal = propose(stage, kept.file_id)

    result = approve(stage, proposal, second)

    assert (result.verdict, result.entries_new) == (FileVerdict.IMPORTED, 1)
    balances = stage.balances()
    assert balances["bank"] == 2 * TOTAL + MISSING
    assert balances["bank_difference"] == -MISSING
    assert stage.break_ids(BreakKind.STATEMENT_DIFFERENCE)
    assert stage.report().balances.bank == 2 * TOTAL + MISSING


def test_money_that_is_gone_in_the_gap_is_a_difference_too(stage: Stage, second: StaffUser) -> None:
    kept = after_a_gap(stage, -MISSING)

    approve(stage, propose(stage, kept.file_id), second)

    assert stage.balances()["bank_difference"] == MISSING


def test_the_chain_goes_on_from_the_accepted_statement(stage: Stage, second: StaffUser) -> None:
    kept = after_a_gap(stage)
    approve(stage, propose(stage, kept.file_id), second)
    stage.tomorrow()

    body = stage.statement([stage.pay("ba")], opening=2 * TOTAL + MISSING)

    assert stage.import_file(body).verdict is FileVerdict.IMPORTED


def test_one_and_the_same_person_cannot_do_both(stage: Stage) -> None:
    kept = after_a_gap(stage)
    proposal = propose(stage, kept.file_id)

    with pytest.raises(Forbidden, match="acceptance_same_person"):
        approve(stage, proposal, first(stage))
    with pytest.raises(Forbidden, match="acceptance_same_person"):
        refuse(stage, proposal, first(stage), "không")

    assert stage.count("acceptance_decisions") == 0
    assert stage.count("statements") == 1


def test_the_database_itself_refuses_one_person_for_both(stage: Stage) -> None:
    proposal = propose(stage, after_a_gap(stage).file_id)
    for proposed_by in (proposal.proposed_by, "staff:another"):
        decided = (
            "INSERT INTO acceptance_decisions (centre_id, proposal_id, proposed_by, is_approved,"
            " words, booked_file_id, decided_by, decided_at) VALUES (:centre, :proposal, :by,"
            " :no, '', NULL, :decider, '2021-03-11T00:00:00.000000Z')"
        )
        values = {"centre": stage.centre_id, "proposal": proposal.proposal_id, "no": False,
                  "by": proposed_by, "decider": proposal.proposed_by}  # fmt: skip

        with (
            pytest.raises(Exception, match=r"(?i)two_people|foreign key"),
            stage.wiring.engine.begin() as connection,
        ):
            connection.execute(text(decided), values)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_finance_office_proposes_and_decides(stage: Stage, role: Role) -> None:
    kept = after_a_gap(stage)
    proposal = propose(stage, kept.file_id)
    other = stage.made.staff[role]

    with pytest.raises(Forbidden, match="not_permitted"):
        approve(stage, proposal, other)
    with pytest.raises(Forbidden, match="not_permitted"), SqlBooks(stage.wiring.engine) as uow:
        propose_acceptance(
            uow, stage.wiring.world, other, stage.wiring.statement_readers, kept.file_id, "x"
        )


def spoiled(stage: Stage, rule: str) -> bytes:
    """A statement that breaks a rule by which money is unknown."""
    body = stage.statement([stage.pay("mot")])
    if rule == "preview":
        return told(stage, "camt.052", "nop phi")
    if rule == "account":
        return body.replace(b"0123499999", b"0999999999")
    if rule == "equation":
        return body.replace(b"475,000", b"475,001", 1)
    if rule == "amount_unreadable":
        return body.replace(b"475,000", b"47x,000", 1)
    mt940 = stage.mt940([stage.pay("mot")], [])
    if rule == "currency":
        return mt940.replace(b"VND", b"USD")
    return mt940.partition(b":62F:")[0].replace(b":60F:", b":60X:")


@pytest.mark.parametrize(
    "rule",
    ["account", "equation", "amount_unreadable", "currency", "message_cut", "preview"],
)
def test_where_money_is_unknown_nobody_may_accept(stage: Stage, rule: str) -> None:
    kept = stage.import_file(spoiled(stage, rule))
    assert rule in {problem.rule for problem in kept.problems}

    with pytest.raises(Conflict, match="acceptance_forbidden"):
        propose(stage, kept.file_id)

    assert stage.count("acceptance_proposals") == 0


def test_a_gap_beside_unknown_money_is_not_acceptable_either(stage: Stage) -> None:
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.tomorrow()
    body = stage.statement([stage.pay("hai")], opening=TOTAL + MISSING)

    kept = stage.import_file(body.replace(b"475,000", b"475,001", 1))

    assert "previous_closing" in {problem.rule for problem in kept.problems}
    with pytest.raises(Conflict, match="acceptance_forbidden"):
        propose(stage, kept.file_id)


def test_rows_that_the_books_have_and_a_later_statement_lacks_are_not_acceptable(
    stage: Stage,
) -> None:
    paid = stage.pay("mot")
    stage.import_file(stage.statement([paid]))

    twin = stage.import_file(stage.statement([paid], opening=TOTAL))

    assert [(one.rule, one.where) for one in twin.problems] == [("previous_closing", "closing")]
    with pytest.raises(Conflict, match="acceptance_forbidden"):
        propose(stage, twin.file_id)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001])
def test_a_proposal_needs_its_reason(stage: Stage, reason: str) -> None:
    kept = after_a_gap(stage)

    with pytest.raises(Invalid, match="explanation_missing"):
        propose(stage, kept.file_id, reason)


def test_accepting_twice_does_nothing_twice(stage: Stage, second: StaffUser) -> None:
    kept = after_a_gap(stage)
    proposal = propose(stage, kept.file_id)
    with pytest.raises(Conflict, match="acceptance_open"):
        propose(stage, kept.file_id)
    approve(stage, proposal, second)

    with pytest.raises(Conflict, match="acceptance_decided"):
        approve(stage, proposal, second)
    with pytest.raises(Conflict, match="statement_file_imported"):
        propose(stage, kept.file_id)

    assert stage.count("statements") == 2
    assert stage.count("statement_differences") == 1


def test_four_approvals_at_the_same_moment_book_the_file_once(
    stage: Stage, second: StaffUser
) -> None:
    proposal = propose(stage, after_a_gap(stage).file_id)

    answers = at_once(*[partial(approve, stage, proposal, second)] * 4)

    assert sum(isinstance(answer, ImportResult) for answer in answers) == 1
    assert stage.count("statements") == 2
    assert stage.balances()["bank_difference"] == -MISSING


def test_a_refusal_at_the_moment_of_an_approval_leaves_one_decision(
    stage: Stage, second: StaffUser
) -> None:
    proposal = propose(stage, after_a_gap(stage).file_id)

    at_once(
        partial(approve, stage, proposal, second),
        partial(refuse, stage, proposal, second, "hỏi lại ngân hàng"),
    )

    assert stage.count("acceptance_decisions") == 1
    assert stage.count("statements") in (1, 2)


def test_a_refused_file_stays_apart_and_may_be_proposed_again(
    stage: Stage, second: StaffUser
) -> None:
    kept = after_a_gap(stage)
    refused = propose(stage, kept.file_id)
    refuse(stage, refused, second, "hỏi lại ngân hàng")
    assert stage.count("statements") == 1

    again = propose(stage, kept.file_id, "ngân hàng đã xác nhận")
    approve(stage, again, second)

    assert (refused.round, again.round) == (1, 2)
    assert stage.count("statements") == 2


def test_books_that_moved_since_the_proposal_are_looked_at_again(
    stage: Stage, second: StaffUser
) -> None:
    kept = after_a_gap(stage)
    proposal = propose(stage, kept.file_id)
    # The statement in between has come after all.
    between = stage.statement(
        [stage.pay("giua", MISSING)], opening=TOTAL, first=stage.today, last=stage.today
    )
    assert stage.import_file(between).verdict is FileVerdict.IMPORTED

    with pytest.raises(Conflict, match="acceptance_outdated"):
        approve(stage, proposal, second)

    assert stage.count("statement_differences") == 0
    assert "bank_difference" not in stage.balances()


def without_balances(stage: Stage, number: int) -> bytes:
    """A camt.053 of today under its number, as a bank writes it that prints no balance."""
    day = stage.today.isoformat()
    head = (
        f"<Id>{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<FrToDt><FrDt>{day}</FrDt><ToDt>{day}</ToDt></FrToDt>"
    )
    body = CAMT.format(
        family="camt.053", container="BkToCstmrStmt", report="Stmt", text=f"nop {number}",
        account=stage.made.account.account_number,
    )  # fmt: skip
    body = body.replace("<Id>1</Id>", head).replace("2021-03-09", day)
    return body.replace("FT00001", f"FT{number}").encode()


def test_a_gap_without_balances_is_accepted_without_a_difference(
    stage: Stage, second: StaffUser
) -> None:
    for number in (7, 8):
        assert stage.import_file(without_balances(stage, number)).noticed == ()
        stage.tomorrow()
    stage.tomorrow()
    kept = stage.import_file(without_balances(stage, 10))
    assert [problem.rule for problem in kept.problems] == ["missing_numbers", "missing_days"]

    result = approve(stage, propose(stage, kept.file_id), second)

    assert result.verdict is FileVerdict.IMPORTED
    assert stage.count("statement_differences") == 0
