"""A statement that is missing between two others is named: its number, or the days it is of."""

from __future__ import annotations

from datetime import date

from payments.services.set_calendar import set_calendar_day
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.import_statement import ImportResult
from tests.flows.stage import TOTAL, Stage


def numbered(stage: Stage, number: int, opening: int) -> bytes:
    """The bank's MT940 of one payment of today, under its number."""
    body = stage.mt940([stage.pay(f"nop phi {number}")], [], opening=opening)
    return body.replace(b":28C:1", f":28C:{number:05d}/001".encode())


def days_of(stage: Stage, *numbers: int) -> ImportResult:
    """Hand in a statement a day, and return what came of the last."""
    result = None
    for place, number in enumerate(numbers):
        if place:
            stage.tomorrow()
        result = stage.import_file(numbered(stage, number, place * TOTAL), f"{number}.sta")
    assert result is not None
    return result


def test_a_number_left_out_is_noticed_where_the_balances_join(stage: Stage) -> None:
    result = days_of(stage, 7, 8, 10)

    assert result.verdict is FileVerdict.IMPORTED
    assert [(one.rule, dict(one.facts)) for one in result.noticed] == [
        ("missing_numbers", {"missing": "9", "count": "1"})
    ]


def test_a_number_left_out_explains_why_the_balance_does_not_follow(stage: Stage) -> None:
    days_of(stage, 7, 8)
    stage.tomorrow()

    result = stage.import_file(numbered(stage, 10, 3 * TOTAL), "10.sta")

    assert result.verdict is FileVerdict.QUARANTINED
    assert [one.rule for one in result.problems] == ["previous_closing", "missing_numbers"]


def test_a_working_day_without_a_statement_is_noticed(stage: Stage) -> None:
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.clock.move(days=2)

    result = stage.import_file(stage.statement([stage.pay("hai")], opening=TOTAL))

    assert [dict(one.facts)["missing"] for one in result.noticed] == ["2021-03-10"]


def test_a_weekend_and_a_holiday_are_no_gap(stage: Stage) -> None:
    stage.clock.move(days=3)
    stage.import_file(stage.statement([stage.pay("thu sau")]))
    stage.clock.move(days=3)
    monday = stage.import_file(stage.statement([stage.pay("thu hai")], opening=TOTAL))
    say(stage, "2021-03-16", is_open=False)
    stage.clock.move(days=2)

    wednesday = stage.import_file(stage.statement([stage.pay("thu tu")], opening=2 * TOTAL))

    assert monday.noticed == wednesday.noticed == ()


def test_a_saturday_that_is_worked_needs_its_statement(stage: Stage) -> None:
    say(stage, "2021-03-13", is_open=True)
    stage.clock.move(days=3)
    stage.import_file(stage.statement([stage.pay("thu sau")]))
    stage.clock.move(days=3)

    monday = stage.import_file(stage.statement([stage.pay("thu hai")], opening=TOTAL))

    assert [dict(one.facts)["missing"] for one in monday.noticed] == ["2021-03-13"]


def test_what_was_said_last_of_a_day_counts_and_all_of_it_is_kept(stage: Stage) -> None:
    say(stage, "2021-03-13", is_open=True)
    stage.clock.move(minutes=1)
    say(stage, "2021-03-13", is_open=False)

    with stage.wiring.open_uow(write=False) as uow:
        said = uow.days.said(stage.centre_id, date.min, date.max)

    assert [(one.day, one.is_open) for one in said] == [(date(2021, 3, 13), False)]
    assert stage.count("calendar_days") == 2


def test_one_file_of_several_days_is_measured_day_by_day(stage: Stage) -> None:
    parts = []
    for place, number in enumerate((7, 8, 10)):
        parts.append(numbered(stage, number, place * TOTAL))
        stage.tomorrow()

    result = stage.import_file(b"".join(parts), "ba-ngay.sta")

    assert [(one.rule, dict(one.facts)["missing"]) for one in result.noticed] == [
        ("missing_numbers", "9")
    ]
    assert stage.count("statements") == 3


def say(stage: Stage, day: str, *, is_open: bool) -> None:
    """Let the centre say of a day whether it works."""
    with stage.wiring.open_uow() as uow:
        set_calendar_day(
            uow,
            stage.wiring.world,
            stage.finance,
            date.fromisoformat(day),
            is_open=is_open,
            reason="nghỉ bù",
        )
        uow.commit()
