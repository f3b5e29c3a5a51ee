"""A transfer pays its request, and nothing the bank does pays it twice."""

from __future__ import annotations

from tests.flows.stage import TOTAL, Stage


def test_a_transfer_pays_its_request_and_is_receipted_by_kind(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(f"MBVCB.123.{standing.request.reference.lower()} nop phi")

    recorded = stage.announce(paid)

    assert recorded[0].transfer.outcome == "exact"
    assert stage.state(standing) == "paid"
    assert stage.count("receipts") == 2
    assert stage.balances() == {"bank_clearing": TOTAL, "fee_income": -TOTAL}


def test_a_repeated_webhook_changes_nothing(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    stage.announce(paid)
    before = stage.balances()

    again = stage.announce(paid, paid)

    assert all(one.is_repeat for one in again)
    assert stage.count("transfers") == 1
    assert stage.count("receipts") == 2
    assert stage.balances() == before


def test_a_dossier_without_a_fee_gets_its_own_document(stage: Stage) -> None:
    standing = stage.request("1.003")

    assert stage.state(standing) == "exempt"
    report = stage.report()
    assert (report.zero_documents, report.total) == (1, 0)
