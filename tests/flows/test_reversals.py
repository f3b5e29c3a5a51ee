"""Transfers that the bank takes back: whatever words they repeat, they pay nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict
from reconciliation.store.queries_breaks import waiting_money
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import TOTAL, Stage


def test_money_that_comes_back_from_a_reversed_debit_pays_no_request(stage: Stage) -> None:
    standing = stage.request()
    gone = stage.pay(f"hoan tien {standing.request.reference}", direction=Direction.OUT)
    back = stage.pay(f"hoan tien {standing.request.reference}")

    stage.import_file(stage.mt940([gone], [back]), "sao-ke.sta")

    assert stage.state(standing) == "open"
    assert stage.standing(standing).held == 0
    assert stage.count("receipts") == 0
    assert stage.open_breaks() == [BreakKind.OUTGOING, BreakKind.REVERSED]


def test_a_credit_that_the_bank_takes_back_is_named_reversed(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference)
    stage.announce(came)
    taken = stage.pay(standing.request.reference, direction=Direction.OUT)

    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == [BreakKind.REVERSED]
    assert stage.balances() == {"fee_income": -TOTAL, "suspense": TOTAL}


def test_a_reversal_that_was_announced_as_a_plain_transfer_is_in_the_work_list(
    stage: Stage,
) -> None:
    taken = stage.pay("tra lai tien", direction=Direction.OUT)
    stage.announce(taken)

    stage.import_file(stage.mt940([], [taken], opening=TOTAL), "sao-ke.sta")

    assert stage.open_breaks() == [BreakKind.OUTGOING, BreakKind.REVERSED]


def test_a_short_transfer_that_the_bank_takes_back_is_held_no_longer(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, 400_000)
    stage.announce(came)
    assert (stage.state(standing), stage.standing(standing).due) == ("short", 75_000)
    taken = stage.pay(f"hoan tra {standing.request.reference}", 400_000, Direction.OUT)

    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    assert (stage.state(standing), stage.standing(standing).due) == ("open", TOTAL)
    assert stage.open_breaks() == [BreakKind.REVERSED]
    assert "suspense" not in stage.balances()
    assert _waiting(stage) == []


def test_money_that_the_bank_has_taken_back_pays_nothing_when_the_whole_comes(
    stage: Stage,
) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, 400_000)
    taken = stage.pay(standing.request.reference, 400_000, Direction.OUT)
    rest = stage.pay(standing.request.reference, 75_000)
    whole = stage.pay(standing.request.reference)

    # One file brings all four: each must see what the one before it has done.
    stage.import_file(stage.mt940([came], [taken], [rest]), "mot.sta")
    assert (stage.state(standing), stage.standing(standing).due) == ("short", 400_000)
    stage.announce(whole)

    assert stage.state(standing) == "paid"
    assert stage.balances()["suspense"] == -75_000


def test_a_transfer_taken_back_cannot_be_given_to_a_request_by_hand(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay("nop le phi ho so dat dai")
    transfer_id = stage.announce(came)[0].transfer.transfer_id
    taken = stage.pay("HOAN TRA nop le phi ho so dat dai", direction=Direction.OUT)
    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    with pytest.raises(Conflict, match="transfer_has_nothing_left"):
        stage.place(standing, transfer_id)

    assert stage.open_breaks() == [BreakKind.REVERSED]


def test_cash_takes_the_whole_after_a_reversal(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, 400_000)
    stage.announce(came)
    taken = stage.pay("khong lien quan", 400_000, Direction.OUT)
    taken = replace(taken, bank_reference=came.bank_reference)
    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")
    stage.open_till()

    assert stage.take_cash(standing).payment.amount == TOTAL


def test_a_reversal_that_was_announced_before_takes_back_once_the_statement_says_so(
    stage: Stage,
) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, 400_000)
    taken = stage.pay(standing.request.reference, 400_000, Direction.OUT)
    stage.announce(came, taken)
    assert stage.state(standing) == "short"

    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    assert stage.state(standing) == "open"
    assert stage.open_breaks() == [BreakKind.OUTGOING, BreakKind.REVERSED]


def test_a_reversal_of_a_part_leaves_the_rest_held(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, 400_000)
    taken = stage.pay(standing.request.reference, 100_000, Direction.OUT)

    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    assert stage.standing(standing).held == 300_000
    assert stage.open_breaks() == [
        BreakKind.NEVER_ANNOUNCED, BreakKind.REVERSED, BreakKind.SHORT,
    ]  # fmt: skip


def test_what_was_over_is_gone_with_the_reversal_and_the_request_stays_paid(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference, TOTAL + 25_000)
    stage.announce(came)
    taken = stage.pay(standing.request.reference, TOTAL + 25_000, Direction.OUT)

    stage.import_file(stage.mt940([came], [taken]), "sao-ke.sta")

    assert stage.state(standing) == "paid"
    assert _waiting(stage) == []
    assert stage.open_breaks() == [BreakKind.REVERSED]
    assert stage.balances()["suspense"] == TOTAL


def test_two_equal_transfers_without_names_are_both_kept_when_one_is_taken_back(
    stage: Stage,
) -> None:
    first = stage.pay("nop le phi ho so dat dai")
    second = stage.pay("nop le phi ho so dat dai")
    stage.announce(first, second)
    taken = stage.pay("nop le phi ho so dat dai", direction=Direction.OUT)

    stage.import_file(stage.mt940([first, second], [taken]), "sao-ke.sta")

    assert _waiting(stage) == [TOTAL, TOTAL]
    assert BreakKind.REVERSED in stage.open_breaks()


def test_the_second_reversal_takes_back_the_second_transfer(stage: Stage) -> None:
    standing = stage.request()
    shorts = [stage.pay(standing.request.reference, 100_000) for _ in range(2)]
    taken = [stage.pay(standing.request.reference, 100_000, Direction.OUT) for _ in range(2)]

    stage.import_file(stage.mt940(shorts, taken), "sao-ke.sta")

    assert stage.standing(standing).held == 0
    assert stage.count("reversals") == 2


def _waiting(stage: Stage) -> list[int]:
    """What finance sees on the page of waiting money."""
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        return [one.rest for one in waiting_money(uow.session, stage.centre_id, limit=10)]
