"""A webhook and a poll that tell of one transfer at the same instant: it is credited once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from payments.domain.bank_messages import TransferNotice
from tests.flows.asking import Asking
from tests.flows.stage import TOTAL, Stage

ROUNDS = 6


def race(asking: Asking, notice: TransferNotice, webhooks: int) -> int:
    """Announce a transfer at the instant at which the provider answers the poll that tells of it.

    Returns how many transfers the poll took for new.
    """
    barrier = Barrier(webhooks + 1)
    asking.provider.before = lambda: _meet(barrier)

    def announce() -> None:
        _meet(barrier)
        asking.announce([notice])

    with ThreadPoolExecutor(webhooks) as pool:
        sent = [pool.submit(announce) for _ in range(webhooks)]
        (result,) = asking.poll()
        for one in sent:
            one.result(30)
    assert (result.problem, result.told > 0) == ("", True)
    return result.new


def _meet(barrier: Barrier) -> None:
    barrier.wait(10)


@pytest.mark.parametrize("webhooks", [1, 3])
def test_a_poll_and_webhooks_of_one_transfer_at_the_same_instant_credit_it_once(
    stage: Stage, webhooks: int
) -> None:
    asking = Asking(stage)
    asking.switch()
    for number in range(1, ROUNDS + 1):
        asked = stage.request()
        notice = asking.ledger.book(f"{asked.request.reference} nop", TOTAL)
        stage.clock.move(minutes=10)

        new = race(asking, notice, webhooks)

        assert new in {0, 1}
        assert (stage.state(asked), stage.standing(asked).held) == ("paid", 0)
        assert stage.count("transfers") == number
        told = stage._rows(f"SELECT teller FROM evidence WHERE event_id = '{notice.event_id}'")
        assert [teller for (teller,) in told].count("webhook") == webhooks
        assert [teller for (teller,) in told].count("poll") == 1

    assert stage.balances() == {"bank_clearing": ROUNDS * TOTAL, "fee_income": -ROUNDS * TOTAL}
    assert stage._rows("SELECT SUM(amount) FROM allocations") == [(ROUNDS * TOTAL,)]
    assert stage.open_breaks() == []
