"""Transfers that are too small, too large, late, double or nameless: no money is refused or lost."""

from __future__ import annotations

import pytest

from payments.domain.breaks import BreakKind
from payments.services.issue_request import cancel_request
from payments.services.place_transfer import place_transfers
from payments.services.resolve_break import resolve_break
from tests.flows.stage import LATER, TOTAL, Stage


def test_a_short_transfer_is_held_until_the_rest_comes(stage: Stage) -> None:
    standing = stage.request()
    stage.announce(stage.pay(standing.request.reference, 400_000))
    assert stage.state(standing) == "short"
    assert stage.open_breaks() == [BreakKind.SHORT]

    stage.announce(stage.pay(standing.request.reference, 75_000))

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == []
    assert "suspense" not in stage.balances()


def test_what_is_over_stays_in_suspense(stage: Stage) -> None:
    standing = stage.request()

    stage.announce(stage.pay(standing.request.reference, 500_000))

    assert stage.state(standing) == "paid"
    assert stage.balances()["suspense"] == -25_000
    assert stage.report().balances.suspense == 25_000
    assert stage.open_breaks() == [BreakKind.OVER]


def test_a_late_transfer_still_pays_the_request(stage: Stage) -> None:
    standing = stage.request()
    stage.clock.move(days=LATER.days)

    stage.announce(stage.pay(standing.request.reference))

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == [BreakKind.LATE]


def test_a_request_paid_twice_keeps_the_second_transfer_apart(stage: Stage) -> None:
    standing = stage.request()
    stage.announce(stage.pay(standing.request.reference))

    stage.announce(stage.pay(standing.request.reference))

    assert stage.balances()["suspense"] == -TOTAL
    assert stage.count("receipts") == 2
    assert stage.open_breaks() == [BreakKind.TWICE]


def test_a_transfer_to_a_cancelled_request_waits(stage: Stage) -> None:
    standing = stage.request()
    with stage.wiring.open_uow() as uow:
        cancel_request(
            uow, stage.wiring.world, stage.made.actor, standing.request.request_id, "nhầm hồ sơ"
        )
        uow.commit()

    stage.announce(stage.pay(standing.request.reference))

    assert stage.state(standing) == "cancelled"
    assert stage.open_breaks() == [BreakKind.CANCELLED]


def test_a_transfer_without_a_reference_is_placed_by_hand(stage: Stage) -> None:
    standing = stage.request()
    recorded = stage.announce(stage.pay("nop tien ho so"))
    assert stage.open_breaks() == [BreakKind.UNKNOWN]

    with stage.wiring.open_uow() as uow:
        officer = uow.staff.get(stage.centre_id, stage.finance.actor_id.removeprefix("staff:"))
        place_transfers(
            uow,
            stage.wiring.world,
            officer,
            transfer_ids=[recorded[0].transfer.transfer_id],
            reference=standing.request.reference,
        )
        uow.commit()

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == []


def test_an_event_told_with_another_amount_is_a_conflict(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    stage.announce(paid)

    again = stage.announce(paid, amount=TOTAL + 1)

    assert not again[0].agrees
    assert stage.balances()["fee_income"] == -TOTAL
    assert stage.open_breaks() == [BreakKind.CONFLICT]


def test_a_break_is_worked_off_in_words(stage: Stage) -> None:
    stage.announce(stage.pay("khong ro"))
    (break_id,) = stage.break_ids(BreakKind.UNKNOWN)

    with stage.wiring.open_uow() as uow:
        resolve_break(uow, stage.wiring.world, stage.finance, break_id, "đã liên hệ người nộp")
        uow.commit()

    assert stage.open_breaks() == []
    assert stage.report().breaks[0].resolved == 1


@pytest.mark.parametrize("amount", [1, TOTAL - 1, TOTAL, TOTAL + 1, 3 * TOTAL])
def test_whatever_comes_is_in_the_books(stage: Stage, amount: int) -> None:
    standing = stage.request()

    stage.announce(stage.pay(standing.request.reference, amount))

    balances = stage.balances()
    assert balances["bank_clearing"] == amount
    assert -balances.get("fee_income", 0) - balances.get("suspense", 0) == amount
