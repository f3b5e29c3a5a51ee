"""Transfers that are too small, too large, late, double or nameless: no money is refused or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from payments.domain.bank_messages import TransferNotice
from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict
from payments.domain.requests import RequestStanding
from payments.services.issue_request import cancel_request, issue_request
from payments.services.receive_deliveries import receive_deliveries
from payments.services.resolve_break import resolve_break
from tests.flows.stage import LATER, TOTAL, Paid, Stage


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

    stage.place(standing, recorded[0].transfer.transfer_id)

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


def test_a_late_transfer_waits_when_a_newer_request_has_replaced_the_expired_one(
    stage: Stage,
) -> None:
    expired = stage.request()
    stage.clock.move(days=LATER.days)
    newer = _ask_again(stage, expired)

    stage.announce(stage.pay(newer.request.reference))
    stage.announce(stage.pay(expired.request.reference))

    assert (stage.state(expired), stage.state(newer)) == ("cancelled", "paid")
    assert stage.balances()["fee_income"] == -TOTAL
    assert stage.open_breaks() == [BreakKind.CANCELLED]


def test_cash_is_not_taken_for_a_request_that_a_newer_one_has_replaced(stage: Stage) -> None:
    expired = stage.request()
    stage.clock.move(days=LATER.days)
    newer = _ask_again(stage, expired)
    stage.open_till()
    stage.take_cash(newer)

    with pytest.raises(Conflict, match="request_cancelled"):
        stage.take_cash(expired)

    assert stage.balances()["cash_drawer"] == TOTAL


def test_a_bank_reference_of_any_length_is_taken(stage: Stage) -> None:
    standing = stage.request()

    stage.announce(replace(stage.pay(standing.request.reference), bank_reference="F" * 128))
    _announce_as(stage, stage.pay("khong ro"), bank_reference="F" * 4_000)

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == [BreakKind.UNKNOWN]


def test_money_is_given_on_the_day_of_the_last_transfer_though_it_was_told_first(
    stage: Stage,
) -> None:
    _cut_off_at(stage, 16 * 60 + 30)
    standing = stage.request()
    stage.clock.at = datetime(2021, 3, 9, 9, 35, tzinfo=UTC)
    before = datetime(2021, 3, 9, 9, 20, tzinfo=UTC)
    rest = stage.pay(standing.request.reference, 400_000)
    first = replace(stage.pay(standing.request.reference, 75_000), at=before)

    stage.announce(rest)
    stage.announce(first)

    assert stage.state(standing) == "paid"
    assert stage.report(date(2021, 3, 9)).balances.suspense == 75_000
    assert stage.report(date(2021, 3, 10)).balances.suspense == 0
    assert stage.report(date(2021, 3, 10)).total == TOTAL


def test_a_notice_of_another_account_after_the_cut_off_counts_on_the_next_day(
    stage: Stage,
) -> None:
    _cut_off_at(stage, 16 * 60 + 30)
    stage.clock.at = datetime(2021, 3, 9, 10, 0, tzinfo=UTC)

    _announce_as(stage, stage.pay("khong ro"), account_number="1900000001")

    (break_id,) = stage.break_ids(BreakKind.FOREIGN)
    with stage.wiring.open_uow(write=False) as uow:
        assert uow.breaks.get(stage.centre_id, break_id).business_date == date(2021, 3, 10)


def test_placing_money_does_not_explain_why_a_statement_lacks_it(stage: Stage) -> None:
    standing = stage.request()
    recorded = stage.announce(stage.pay("nop tien ho so"))
    stage.import_file(stage.statement([]))
    assert stage.open_breaks() == [BreakKind.MISSING_ON_STATEMENT, BreakKind.UNKNOWN]

    stage.place(standing, recorded[0].transfer.transfer_id)

    assert stage.open_breaks() == [BreakKind.MISSING_ON_STATEMENT]


def test_a_transfer_named_twice_is_placed_once(stage: Stage) -> None:
    standing = stage.request()
    recorded = stage.announce(stage.pay("nop tien ho so", 300_000))
    transfer_id = recorded[0].transfer.transfer_id

    with pytest.raises(Conflict, match="does_not_cover"):
        stage.place(standing, transfer_id, transfer_id)

    assert stage.balances()["suspense"] == -300_000


def _ask_again(stage: Stage, standing: RequestStanding) -> RequestStanding:
    """Issue another request of the same dossier."""
    with stage.wiring.open_uow() as uow:
        newer = issue_request(uow, stage.wiring.world, stage.made.actor, standing.dossier)
        uow.commit()
    return newer


def _announce_as(
    stage: Stage, paid: Paid, *, bank_reference: str = "", account_number: str = ""
) -> None:
    """Let the bank post a webhook whose notice says something else."""
    delivery = stage.delivery(paid)
    (told,) = delivery.events
    assert isinstance(told, TransferNotice)
    notice = replace(
        told,
        bank_reference=bank_reference or paid.bank_reference,
        account_number=account_number or stage.made.account.account_number,
    )
    changed = replace(delivery, events=(notice,))
    with stage.wiring.open_uow() as uow:
        receive_deliveries(uow, stage.wiring.world, [changed])
        uow.commit()


def _cut_off_at(stage: Stage, minutes: int) -> None:
    with stage.wiring.engine.begin() as connection:
        connection.execute(
            text("UPDATE centres SET cutoff_minutes = :minutes"), {"minutes": minutes}
        )
