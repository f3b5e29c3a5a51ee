"""What two people or the bank do at the same moment: whoever is first, the books agree after it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from payments.domain.errors import Conflict, PaymentsError
from payments.domain.requests import RequestStanding
from payments.services.issue_request import cancel_request, issue_request
from tests.flows.stage import TOTAL, Stage

ROUNDS = 5


def at_once(*work: Callable[[], object]) -> list[object]:
    """Do everything in threads that start together; a declared error is an answer too."""
    barrier = Barrier(len(work))

    def run(task: Callable[[], object]) -> object:
        barrier.wait(10)
        try:
            return task()
        except PaymentsError as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_a_transfer_at_the_moment_of_the_close_counts_in_one_day(stage: Stage) -> None:
    for _ in range(ROUNDS):
        standing = stage.request()
        day, tomorrow = stage.today, stage.today + timedelta(days=1)
        paid = stage.pay(standing.request.reference)

        at_once(
            partial(stage.announce, paid),
            partial(stage.close_day, day, accept_missing=True),
        )

        assert stage.state(standing) == "paid"
        assert stage.report(day).total + stage.report(tomorrow).total == TOTAL
        stage.clock.move(days=2)
        if stage.report(tomorrow).total:
            stage.close_day(tomorrow, accept_missing=True)


def test_a_webhook_and_its_statement_at_the_same_moment_are_one_transfer(stage: Stage) -> None:
    balance = 0
    for number in range(1, ROUNDS + 1):
        standing = stage.request()
        paid = stage.pay(standing.request.reference)
        body = stage.statement([paid], opening=balance)
        balance += TOTAL

        answers = at_once(
            partial(stage.announce, paid),
            partial(stage.import_file, body),
            partial(stage.announce, paid),
        )

        assert not [answer for answer in answers if isinstance(answer, PaymentsError)]
        assert stage.state(standing) == "paid"
        assert stage.count("transfers") == number
        stage.tomorrow()
    assert stage.balances() == {"bank": balance, "fee_income": -balance}


def test_a_file_handed_in_twice_at_the_same_moment_is_one_statement(stage: Stage) -> None:
    standing = stage.request()
    body = stage.statement([stage.pay(standing.request.reference)])

    at_once(*[lambda: stage.import_file(body)] * 4)

    assert stage.count("statements") == 1
    assert stage.balances() == {"bank": TOTAL, "fee_income": -TOTAL}


def test_cash_at_the_moment_of_the_count_is_in_the_count_or_not_taken(stage: Stage) -> None:
    for _ in range(ROUNDS):
        standing = stage.request()
        stage.open_till()

        taken, _ = at_once(
            partial(stage.take_cash, standing),
            partial(stage.close_till, 500_000),
        )

        was_taken = not isinstance(taken, Conflict)
        assert (stage.state(standing) == "paid") is was_taken
        assert stage.balances().get("cash_drawer", 0) == 0


def test_a_transfer_at_the_moment_of_a_cancellation_is_kept(stage: Stage) -> None:
    for _ in range(ROUNDS):
        standing = stage.request()
        paid = stage.pay(standing.request.reference)

        at_once(
            partial(stage.announce, paid),
            partial(_cancel, stage, standing),
        )

        assert stage.state(standing) in ("paid", "cancelled")
        held = stage.standing(standing)
        assert held.paid + held.held == TOTAL


def test_a_dossier_asked_for_twice_at_the_same_moment_has_one_open_request(stage: Stage) -> None:
    standing = stage.request()
    stage.clock.move(days=8)

    answers = at_once(*[lambda: _ask_again(stage, standing)] * 4)

    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert stage.state(standing) == "cancelled"


@pytest.mark.parametrize("amount", [TOTAL - 1, TOTAL])
def test_transfers_and_cash_at_the_same_moment_lose_and_double_nothing(
    stage: Stage, amount: int
) -> None:
    stage.open_till()
    came = 0
    for _ in range(ROUNDS):
        standing = stage.request()
        first = stage.pay(standing.request.reference, amount)
        second = stage.pay(standing.request.reference, amount)

        taken, *_ = at_once(
            partial(stage.take_cash, standing),
            partial(stage.announce, first),
            partial(stage.announce, second),
        )

        came += 2 * amount
        assert stage.state(standing) == "paid"
        assert isinstance(taken, Conflict) or taken is not None
        balances = stage.balances()
        assert balances["bank_clearing"] == came
        assert came + balances.get("cash_drawer", 0) == -(
            balances["fee_income"] + balances.get("suspense", 0)
        )


def _cancel(stage: Stage, standing: RequestStanding) -> None:
    with stage.wiring.open_uow() as uow:
        cancel_request(
            uow, stage.wiring.world, stage.made.actor, standing.request.request_id, "nhầm hồ sơ"
        )
        uow.commit()


def _ask_again(stage: Stage, standing: RequestStanding) -> RequestStanding:
    with stage.wiring.open_uow() as uow:
        newer = issue_request(uow, stage.wiring.world, stage.made.actor, standing.dossier)
        uow.commit()
    return newer
