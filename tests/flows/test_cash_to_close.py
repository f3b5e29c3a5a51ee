"""Cash goes from the counter over the till into the closed day."""

from __future__ import annotations

import json

import pytest

from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict
from tests.flows.stage import TOTAL, Stage


def test_a_day_of_cash_is_counted_and_closed(stage: Stage) -> None:
    standing = stage.request()
    stage.open_till()

    stage.take_cash(standing)
    stage.close_till(500_000 + TOTAL)
    done = stage.close_day()

    report = json.loads(done.report)
    assert (report["total"], report["cash"], report["share_by_value"]) == (TOTAL, TOTAL, "0.00")
    assert report["tills"][0]["takings"] == TOTAL
    assert report["by_cashier"][0]["count"] == 1
    assert stage.balances() == {"cash_in_transit": TOTAL, "fee_income": -TOTAL}


def test_cash_and_a_transfer_together_pay_one_request(stage: Stage) -> None:
    standing = stage.request()
    part = stage.pay(standing.request.reference, 100_000)
    stage.announce(part)
    stage.open_till()

    taken = stage.take_cash(standing)

    assert taken.payment.amount == TOTAL - 100_000
    assert stage.state(standing) == "paid"
    assert stage.report().counts.mixed == 1
    assert stage.open_breaks() == []


def test_a_drawer_that_is_short_is_kept_apart_and_shown(stage: Stage) -> None:
    standing = stage.request()
    stage.open_till()
    stage.take_cash(standing)

    stage.close_till(500_000 + TOTAL - 5_000)

    report = stage.report()
    assert report.tills[0].difference == -5_000
    assert report.balances.over_short == -5_000
    assert stage.open_breaks() == [BreakKind.CASH_SHORT]


def test_a_day_with_an_open_till_is_not_closed(stage: Stage) -> None:
    stage.open_till()

    with pytest.raises(Conflict, match="till_still_open"):
        stage.close_day()


def test_a_closed_day_is_not_closed_again(stage: Stage) -> None:
    stage.close_day()

    with pytest.raises(Conflict, match="day_already_closed"):
        stage.close_day()


def test_a_day_that_has_not_come_is_not_closed(stage: Stage) -> None:
    tomorrow = stage.today.replace(day=stage.today.day + 1)

    with pytest.raises(Conflict, match="day_in_future"):
        stage.close_day(tomorrow)


def test_days_are_closed_in_order(stage: Stage) -> None:
    standing = stage.request()
    stage.open_till()
    stage.take_cash(standing)
    stage.close_till(500_000 + TOTAL)
    first = stage.today
    stage.tomorrow()

    with pytest.raises(Conflict, match=f"earlier_day_open .day={first.isoformat()}"):
        stage.close_day()

    stage.close_day(first)
    assert stage.close_day().business_date > first


def test_cash_taken_after_the_close_counts_on_the_next_day(stage: Stage) -> None:
    stage.close_day()
    standing = stage.request()
    stage.open_till()

    taken = stage.take_cash(standing)

    assert taken.payment.business_date > stage.today
