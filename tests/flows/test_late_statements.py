"""A statement that comes after two people accepted its gap fills it, or stays kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict
from payments.domain.staff import Role, StaffUser
from reconciliation.domain.large_files import Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.import_file import finish_file, result_of
from reconciliation.services.import_statement import ImportResult
from tests import makers
from tests.flows.mortal import KilledError, MortalBooks
from tests.flows.stage import TOTAL, Paid, Stage
from tests.flows.test_acceptance import MISSING, approve, propose
from tests.flows.test_large_statements import an_importer, begin
from tests.flows.test_races import at_once
from tests.plain_statements import Line, written


@dataclass(frozen=True)
class Gap:
    """A gap of one day that two people have accepted, and what had been paid on it."""

    paid: Paid
    before: int

    def late(self, stage: Stage, *more: Paid, opening: int | None = None) -> bytes:
        """The statement of the day that had been missing."""
        begins = self.before if opening is None else opening
        return stage.statement([self.paid, *more], opening=begins)


def accepted_gap(stage: Stage, second: StaffUser, *, is_announced: bool = False) -> Gap:
    """Let a day be left out by the bank, and the day after it be accepted all the same."""
    before = stage.balances().get("bank", 0)
    stage.tomorrow()
    paid = stage.pay("khach ngay thieu", MISSING)
    if is_announced:
        stage.announce(paid)
    stage.tomorrow()
    body = stage.statement([stage.pay("ngay sau")], opening=before + MISSING)
    kept = stage.import_file(body)
    approve(stage, propose(stage, kept.file_id), second)
    return Gap(paid, before)


def fill_a_gap(stage: Stage) -> None:
    """Accept a gap by two people that are there, and fill it."""
    with stage.wiring.open_uow(write=False) as uow:
        second = uow.staff.by_username("taichinh2")
    assert second is not None
    gap = accepted_gap(stage, second)
    assert stage.import_file(gap.late(stage)).verdict is FileVerdict.IMPORTED


@pytest.fixture
def second(stage: Stage) -> StaffUser:
    """Another finance officer, on a day that has its statement."""
    person = makers.a_person(stage.centre_id, Role.FINANCE, username="taichinh2")
    with stage.wiring.open_uow() as uow:
        uow.add(person)
        uow.commit()
    stage.import_file(stage.statement([stage.pay("mot")]))
    return person


def test_a_late_statement_fills_the_gap_and_the_acceptance_stays(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)
    assert stage.balances()["bank_difference"] == -MISSING

    result = stage.import_file(gap.late(stage))

    assert (result.verdict, result.entries_new) == (FileVerdict.IMPORTED, 1)
    assert [(one.rule, dict(one.facts)["difference"]) for one in result.noticed] == [
        ("gap_filled", str(MISSING))
    ]
    balances = stage.balances()
    assert (balances["bank"], "bank_difference" in balances) == (2 * TOTAL + MISSING, False)
    assert BreakKind.STATEMENT_DIFFERENCE not in stage.open_breaks()
    facts = ("acceptance_decisions", "statement_differences", "gap_fillings")
    assert [stage.count(one) for one in facts] == [1, 1, 1]


def test_a_transfer_of_the_gap_that_was_announced_is_proven(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second, is_announced=True)
    assert BreakKind.MISSING_ON_STATEMENT in stage.open_breaks()

    result = stage.import_file(gap.late(stage))

    assert result.settled == 1
    assert BreakKind.MISSING_ON_STATEMENT not in stage.open_breaks()
    assert stage.balances().get("bank_clearing", 0) == 0


def test_a_late_statement_of_closed_days_is_booked_into_the_next_open_one(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)
    for ago in (2, 1, 0):
        stage.close_day(stage.today - timedelta(days=ago), accept_missing=True)
    closed = stage.today
    sealed = stage.report()

    stage.import_file(gap.late(stage))

    rows = stage._rows(
        "SELECT e.business_date FROM journal_entries e JOIN gap_fillings f"
        " ON e.subject_id = f.statement_id WHERE e.event = 'gap_filled' UNION ALL"
        " SELECT m.business_date FROM settlements m JOIN statement_entries e"
        f" ON e.entry_id = m.entry_id WHERE e.amount = {MISSING}"
    )
    assert len(rows) == 2
    assert all(str(day) > closed.isoformat() for (day,) in rows)
    assert stage.report() == sealed
    assert stage.findings() == []


def test_the_chain_goes_on_behind_a_filled_gap(stage: Stage, second: StaffUser) -> None:
    gap = accepted_gap(stage, second)
    stage.import_file(gap.late(stage))
    stage.tomorrow()

    body = stage.statement([stage.pay("ba")], opening=2 * TOTAL + MISSING)

    assert stage.import_file(body).verdict is FileVerdict.IMPORTED


def test_a_late_statement_that_opens_elsewhere_stays_kept_apart(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)

    kept = stage.import_file(gap.late(stage, opening=gap.before + 1))

    assert kept.verdict is FileVerdict.QUARANTINED
    assert [(one.rule, one.where) for one in kept.problems] == [
        ("late_opening", "opening"),
        ("late_closing", "closing"),
    ]
    assert stage.count("gap_fillings") == 0
    with pytest.raises(Conflict, match="acceptance_forbidden"):
        propose(stage, kept.file_id)


def test_a_late_statement_that_closes_elsewhere_stays_kept_apart(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)
    more = Paid("FT99999", 7_000, "khach khac", gap.paid.at)

    kept = stage.import_file(gap.late(stage, more))

    assert [(one.rule, dict(one.facts)) for one in kept.problems] == [
        ("late_closing", {"difference": "7000"})
    ]
    assert stage.balances()["bank_difference"] == -MISSING


def test_a_late_statement_that_breaks_a_rule_of_its_own_fills_nothing(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)

    kept = stage.import_file(gap.late(stage).replace(b"30,000", b"30,001", 1))

    assert kept.verdict is FileVerdict.QUARANTINED
    assert "equation" in {one.rule for one in kept.problems}


def test_a_statement_of_days_outside_of_the_gap_fills_nothing(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)
    body = stage.statement([gap.paid], opening=gap.before, first=makers.START.date().replace(day=1))

    kept = stage.import_file(body)

    assert kept.verdict is FileVerdict.QUARANTINED
    assert "previous_closing" in {one.rule for one in kept.problems}


def test_a_gap_is_filled_once(stage: Stage, second: StaffUser) -> None:
    gap = accepted_gap(stage, second)
    body = gap.late(stage)
    stage.import_file(body)

    again = stage.import_file(body)
    twin = stage.import_file(body.replace(b"khach ngay thieu", b"khach ngay thie2"))

    assert again.was_known
    assert twin.verdict is FileVerdict.QUARANTINED
    assert stage.count("gap_fillings") == 1


def test_two_that_fill_a_gap_at_the_same_moment_fill_it_once(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)
    body = gap.late(stage)
    other = body.replace(b"khach ngay thieu", b"khach ngay thie2")

    at_once(partial(stage.import_file, body), partial(stage.import_file, other))

    assert stage.count("gap_fillings") == 1
    assert "bank_difference" not in stage.balances()


def test_each_of_two_gaps_is_filled_by_its_own_statement(stage: Stage, second: StaffUser) -> None:
    first_gap = accepted_gap(stage, second)
    other_gap = accepted_gap(stage, second)

    results = [stage.import_file(gap.late(stage)) for gap in (other_gap, first_gap)]

    assert [one.verdict for one in results] == [FileVerdict.IMPORTED] * 2
    assert stage.count("gap_fillings") == 2
    assert "bank_difference" not in stage.balances()


def large(stage: Stage, gap: Gap, closing: int) -> bytes:
    """The missing day as a large file of two lines."""
    day = gap.paid.at.date()
    lines = [
        Line(day, 10_000, "A1", "mot", gap.before + 10_000),
        Line(day, closing - gap.before - 10_000, "A2", "hai", closing),
    ]
    number = stage.made.account.account_number
    return written(number, gap.before, closing, (day, day), lines)


def take_large(stage: Stage, body: bytes, lives: int = -1) -> ImportResult:
    importer = an_importer(stage, MortalBooks(stage, lives=lives))
    return result_of(importer, finish_file(importer, begin(stage, body, importer)), was_known=False)


def test_a_large_late_statement_fills_the_gap_wherever_it_is_stopped(
    stage: Stage, second: StaffUser
) -> None:
    filled = 0
    while True:
        gap = accepted_gap(stage, second)
        body = large(stage, gap, gap.before + MISSING)
        filled += 1
        try:
            take_large(stage, body, lives=filled)
            break
        except KilledError:
            assert stage.findings() == []
            result = take_large(stage, body)
            assert result.verdict is FileVerdict.IMPORTED
        assert stage.count("gap_fillings") == filled
        assert "bank_difference" not in stage.balances()

    assert filled > len(Phase)
    assert stage.count("gap_fillings") == filled


def test_a_large_late_statement_that_does_not_fit_stays_kept_apart(
    stage: Stage, second: StaffUser
) -> None:
    gap = accepted_gap(stage, second)

    result = take_large(stage, large(stage, gap, gap.before + MISSING + 5))

    assert [one.rule for one in result.problems] == ["late_closing"]
    assert stage.count("gap_fillings") == stage.count("line_lots") == 0
