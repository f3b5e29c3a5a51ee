"""The statement proves the transfers, shows what nobody announced, and closes the day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict, Invalid
from reconciliation.domain.statements import FileVerdict
from tests.flows.stage import TOTAL, Stage


def test_a_statement_settles_what_was_announced_and_the_day_closes(stage: Stage) -> None:
    first, second = stage.request(), stage.request("1.002")
    payments = [
        stage.pay(f"IBFT {first.request.reference} nop phi"),
        stage.pay(second.request.reference, 8_000),
    ]
    stage.announce(*payments)

    result = stage.import_file(stage.statement(payments, opening=1_000_000))
    done = stage.close_day()

    assert (result.verdict, result.entries_new, result.settled) == (FileVerdict.IMPORTED, 2, 2)
    report = json.loads(done.report)
    assert (report["cashless"], report["share_by_value"]) == (TOTAL + 8_000, "100.00")
    assert report["balances"]["bank"] == 1_000_000 + TOTAL + 8_000
    assert report["balances"]["bank_clearing"] == 0
    assert stage.open_breaks() == []


def test_a_transfer_known_only_from_the_statement_pays_all_the_same(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)

    result = stage.import_file(stage.statement([paid]))

    assert (result.entries_new, result.settled) == (1, 0)
    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == [BreakKind.NEVER_ANNOUNCED]


def test_an_announcement_after_the_statement_is_more_evidence_and_no_more_money(
    stage: Stage,
) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    stage.import_file(stage.statement([paid]))

    recorded = stage.announce(paid)
    stage.close_day()

    assert not recorded[0].is_new
    assert stage.count("transfers") == 1
    assert stage.count("receipts") == 2
    assert stage.open_breaks() == []


def test_the_same_file_twice_adds_nothing(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    body = stage.statement([paid])
    stage.import_file(body)

    again = stage.import_file(body, "another-name.csv")

    assert again.was_known
    assert (again.entries_new, again.entries_known) == (0, 1)
    assert stage.count("statement_files") == 1


def test_overlapping_statements_bring_only_what_is_new(stage: Stage) -> None:
    first = stage.pay(stage.request().request.reference)
    stage.import_file(stage.statement([first], opening=70_000))
    second = stage.pay(stage.request().request.reference)

    result = stage.import_file(stage.statement([first, second], opening=70_000))

    assert (result.entries_new, result.entries_known) == (1, 1)
    assert stage.balances()["bank"] == 70_000 + 2 * TOTAL


def test_two_equal_payments_are_two_payments(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    twin = replace(paid)

    stage.import_file(stage.statement([paid, twin]))

    assert stage.count("transfers") == 2
    assert stage.balances()["suspense"] == -TOTAL


def test_equal_payments_in_two_parts_of_a_day_are_not_taken_for_one(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.import_file(stage.statement([paid]))

    part = stage.import_file(stage.statement([replace(paid)], opening=TOTAL))
    whole = stage.import_file(stage.statement([paid, replace(paid)]))

    assert [p.rule for p in part.problems] == ["previous_closing"]
    assert (whole.entries_new, whole.entries_known) == (1, 1)


def test_an_older_statement_exported_anew_adds_nothing(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.import_file(stage.statement([paid]))
    day = stage.today
    stage.tomorrow()
    later = stage.pay(stage.request().request.reference)
    stage.import_file(stage.statement([later], opening=TOTAL))

    again = stage.import_file(stage.statement([paid], first=day.replace(day=1), last=day))

    assert (again.verdict, again.entries_new) == (FileVerdict.IMPORTED, 0)


def test_a_statement_that_does_not_add_up_is_put_apart_whole(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    body = stage.statement([paid]).decode("utf-8-sig").replace("475,000", "475,001", 1)

    result = stage.import_file(body.encode("utf-8-sig"))
    again = stage.import_file(body.encode("utf-8-sig"))

    assert result.verdict is FileVerdict.QUARANTINED
    assert {problem.rule for problem in result.problems} >= {"equation"}
    assert stage.count("statements") == stage.count("transfers") == 0
    assert again.was_known
    assert again.file_id == result.file_id


def test_a_statement_after_a_gap_waits_for_the_one_between(stage: Stage) -> None:
    first = stage.pay("mot")
    stage.import_file(stage.statement([first]))
    stage.tomorrow()
    second = stage.pay("hai")
    between, between_day = stage.statement([second], opening=TOTAL), stage.today
    stage.tomorrow()
    third = stage.pay("ba")
    after = stage.statement([third], opening=2 * TOTAL)

    early = stage.import_file(after)
    stage.import_file(between)
    late = stage.import_file(after)

    assert [problem.rule for problem in early.problems] == ["previous_closing", "missing_days"]
    assert dict(early.problems[1].facts)["missing"] == between_day.isoformat()
    assert late.verdict is FileVerdict.IMPORTED
    assert late.entries_new == 1


def test_another_account_is_put_apart(stage: Stage) -> None:
    body = stage.statement([stage.pay("mot")]).replace(b"0123499999", b"0999999999")

    result = stage.import_file(body)

    assert [problem.rule for problem in result.problems] == ["account"]


def test_a_file_of_no_known_format_is_refused_and_not_kept(stage: Stage) -> None:
    with pytest.raises(Invalid, match="statement_format_unknown"):
        stage.import_file(b"xin chao")

    assert stage.count("statement_files") == 0


def test_a_day_with_transfers_waits_for_its_statement(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)

    with pytest.raises(Conflict, match="statement_missing"):
        stage.close_day()

    stage.import_file(stage.statement([paid]))
    stage.close_day()


def test_a_transfer_missing_on_its_statement_is_shown_until_it_appears(stage: Stage) -> None:
    shown, missing = stage.pay("mot"), stage.pay("hai")
    stage.announce(shown, missing)
    stage.import_file(stage.statement([shown]))
    assert BreakKind.MISSING_ON_STATEMENT in stage.open_breaks()

    stage.import_file(stage.statement([missing], opening=TOTAL))

    assert BreakKind.MISSING_ON_STATEMENT not in stage.open_breaks()
    assert "bank_clearing" not in stage.balances()


def test_a_day_closed_without_its_statement_lists_its_transfers_as_missing(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)
    stage.close_day(accept_missing=True)
    assert stage.open_breaks() == [BreakKind.MISSING_ON_STATEMENT]
    stage.tomorrow()

    stage.import_file(stage.statement([paid]))

    assert stage.open_breaks() == []
    assert stage.report().balances.bank == TOTAL
    assert stage.report(stage.today.replace(day=stage.today.day - 1)).balances.bank == 0


def test_money_that_goes_out_is_in_the_books_and_in_the_work_list(stage: Stage) -> None:
    income = stage.pay("thu")
    sweep = stage.pay("nop ngan sach", direction=Direction.OUT)

    stage.import_file(stage.statement([income, sweep]))

    assert stage.report().transfers_out == TOTAL
    assert BreakKind.OUTGOING in stage.open_breaks()
    assert "bank" not in stage.balances()


def test_a_late_entry_counts_on_the_next_open_day(stage: Stage) -> None:
    stage.close_day()
    paid = stage.pay(stage.request().request.reference)
    day = stage.today

    stage.import_file(stage.statement([paid]))

    assert stage.report(day).total == 0
    assert stage.report(day.replace(day=day.day + 1)).total == TOTAL


def test_an_empty_statement_is_a_statement(stage: Stage) -> None:
    result = stage.import_file(stage.statement([], opening=5_000))

    assert (result.verdict, result.statements) == (FileVerdict.IMPORTED, 1)
    assert stage.balances()["bank"] == 5_000
    stage.close_day()


def test_a_statement_of_days_that_have_not_come_is_put_apart(stage: Stage) -> None:
    body = stage.statement([], last=stage.today + timedelta(days=1))

    result = stage.import_file(body)

    assert result.verdict is FileVerdict.QUARANTINED
    assert [problem.rule for problem in result.problems] == ["period_in_future"]


def test_an_amount_that_no_transfer_moves_puts_the_file_apart(stage: Stage) -> None:
    result = stage.import_file(stage.statement([stage.pay("nop phi", 10**13 + 1)]))

    assert result.verdict is FileVerdict.QUARANTINED
    assert [problem.rule for problem in result.problems] == ["amount_too_large"]
