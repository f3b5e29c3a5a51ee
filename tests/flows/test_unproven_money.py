"""Money that a provider tells of without proof pays when the statement has it, and not before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payments.domain.breaks import BreakKind
from payments.services.receive_deliveries import receive_deliveries
from tests.flows.stage import TOTAL, Paid, Stage


def _announce_unproven(stage: Stage, paid: Paid) -> None:
    """Let a provider that signs nothing tell of a payment."""
    delivery = replace(stage.delivery(paid), is_provisional=True)
    with stage.wiring.open_uow() as uow:
        receive_deliveries(uow, stage.wiring.world, [delivery])
        uow.commit()


@pytest.mark.parametrize("order", ["webhook first", "statement first"])
def test_the_statement_pays_what_was_told_without_proof(stage: Stage, order: str) -> None:
    standing = stage.request()
    paid = stage.pay(f"{standing.request.reference} nop le phi")
    if order == "webhook first":
        _announce_unproven(stage, paid)
        assert stage.state(standing) == "open"
        assert stage.balances()["suspense"] == -TOTAL
        assert stage.open_breaks() == [BreakKind.UNKNOWN]

    stage.import_file(stage.statement([paid]))
    if order == "statement first":
        _announce_unproven(stage, paid)

    assert stage.state(standing) == "paid"
    assert stage.count("transfers") == 1
    assert BreakKind.UNKNOWN not in stage.open_breaks()
    assert stage.findings() == []


def test_a_forged_notice_pays_nothing_however_often_it_comes(stage: Stage) -> None:
    standing = stage.request()
    forged = stage.pay(standing.request.reference)

    for _ in range(3):
        _announce_unproven(stage, forged)

    assert stage.state(standing) == "open"
    assert stage.count("receipts") == 0
    assert stage.findings() == []


def test_who_pays_after_a_forged_notice_is_receipted_once(stage: Stage) -> None:
    standing = stage.request()
    _announce_unproven(stage, stage.pay(standing.request.reference))
    real = stage.pay(standing.request.reference)

    stage.announce(real)

    assert stage.state(standing) == "paid"
    assert stage.count("transfers") == 2
    assert stage.findings() == []
