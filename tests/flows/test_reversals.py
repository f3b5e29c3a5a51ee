"""Transfers that the bank takes back: whatever words they repeat, they pay nothing."""

from __future__ import annotations

from bank_adapters.statements.writing import mt940
from payments.domain.bank_messages import Direction, Statement, StatementEntry
from payments.domain.breaks import BreakKind
from payments.domain.business_day import local
from tests.flows.stage import TOTAL, Paid, Stage


def test_money_that_comes_back_from_a_reversed_debit_pays_no_request(stage: Stage) -> None:
    standing = stage.request()
    gone = stage.pay(f"hoan tien {standing.request.reference}", direction=Direction.OUT)
    back = stage.pay(f"hoan tien {standing.request.reference}")

    stage.import_file(_statement(stage, [gone], [back]), "sao-ke.sta")

    assert stage.state(standing) == "open"
    assert stage.standing(standing).held == 0
    assert stage.count("receipts") == 0
    assert stage.open_breaks() == [BreakKind.OUTGOING, BreakKind.REVERSED]


def test_a_credit_that_the_bank_takes_back_is_named_reversed(stage: Stage) -> None:
    standing = stage.request()
    came = stage.pay(standing.request.reference)
    stage.announce(came)
    taken = stage.pay(standing.request.reference, direction=Direction.OUT)

    stage.import_file(_statement(stage, [came], [taken]), "sao-ke.sta")

    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == [BreakKind.REVERSED]
    assert stage.balances() == {"fee_income": -TOTAL, "suspense": TOTAL}


def test_a_reversal_that_was_announced_as_a_plain_transfer_is_in_the_work_list(
    stage: Stage,
) -> None:
    taken = stage.pay("tra lai tien", direction=Direction.OUT)
    stage.announce(taken)

    stage.import_file(_statement(stage, [], [taken], opening=TOTAL), "sao-ke.sta")

    assert stage.open_breaks() == [BreakKind.OUTGOING, BreakKind.REVERSED]


def _statement(
    stage: Stage, plain: list[Paid], reversals: list[Paid], *, opening: int = 0
) -> bytes:
    """The bank's MT940 of a day: payments, then those it takes back (RC and RD)."""
    entries = tuple(
        StatementEntry(
            where="",
            booked_on=local(paid.at).date(),
            amount=paid.amount,
            direction=paid.direction,
            text=paid.text,
            bank_reference=paid.bank_reference,
            is_reversal=paid in reversals,
        )
        for paid in (*plain, *reversals)
    )
    moved = sum(e.amount if e.direction is Direction.IN else -e.amount for e in entries)
    return mt940(
        Statement(
            account_number=stage.made.account.account_number,
            currency="VND",
            entries=entries,
            number="1",
            opening=opening,
            closing=opening + moved,
            period_from=stage.today,
            period_to=stage.today,
        )
    )
