"""What cannot push is asked, and what a webhook has missed is fetched: each transfer once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict, Invalid
from payments.domain.polling import Poll
from payments.ports.network import IncomingAnswer
from payments.services.catch_up_feed import catch_up
from payments.services.manage_endpoints import switch_polling
from payments.services.poll_feed import poll_span
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import poller_of
from tests.flows.asking import TOKEN, Asking
from tests.flows.stage import TOTAL, Stage
from tests.providers import Casso

NO_ANSWER = IncomingAnswer(0, b"")


@pytest.fixture
def asking(stage: Stage) -> Asking:
    return Asking(stage)


def rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    return stage._rows(query)


def test_a_connection_is_not_asked_unless_somebody_switched_it_on(asking: Asking) -> None:
    asking.ledger.book("x")

    assert asking.poll() == []
    assert asking.provider.calls == []


def test_a_transfer_that_only_the_poll_tells_of_pays_its_request(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asked = stage.request()
    asking.ledger.book(f"{asked.request.reference} nop le phi", TOTAL)

    (result,) = asking.poll()

    assert (result.pages, result.told, result.new, result.problem) == (1, 1, 1, "")
    assert stage.state(asked) == "paid"
    assert rows(stage, "SELECT told_by FROM transfers") == [("poll",)]
    assert rows(stage, "SELECT method, path FROM bank_messages") == [
        ("POLL", "/userapi/transactions/list")
    ]
    assert asking.provider.headers == [(("Authorization", f"Bearer {TOKEN}"),)]


@pytest.mark.parametrize("webhook_first", [True, False])
def test_a_transfer_told_by_webhook_and_by_poll_is_one(
    asking: Asking, *, webhook_first: bool
) -> None:
    stage = asking.stage
    asking.switch()
    asked = stage.request()
    notice = asking.ledger.book(f"{asked.request.reference}  nop", TOTAL)

    if webhook_first:
        asking.announce([notice])
        asking.poll()
    else:
        asking.poll()
        asking.announce([notice])

    assert stage.count("transfers") == 1
    assert sorted(rows(stage, "SELECT teller FROM evidence")) == [("poll",), ("webhook",)]
    assert stage.state(asked) == "paid"
    assert stage.open_breaks() == []


def test_equal_twins_of_which_the_webhook_missed_one_are_two(asking: Asking) -> None:
    asking.switch()
    moment = asking.stage.clock.now()
    first = asking.ledger.book("nop le phi", 8_000, at=moment)
    second = asking.ledger.book("nop le phi", 8_000, at=moment)
    asking.announce([second])

    asking.stage.clock.move(minutes=1)
    (result,) = asking.poll()

    assert first.occurred_at == second.occurred_at
    assert (result.told, result.new) == (2, 1)
    assert asking.stage.count("transfers") == 2


def test_asking_again_adds_no_evidence_and_keeps_no_bytes(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asking.ledger.book("x")
    asking.poll()
    before = [stage.count(name) for name in ("evidence", "bank_messages", "audit_events")]

    stage.clock.move(minutes=5)
    (again,) = asking.poll()

    assert (again.told, again.new) == (1, 0)
    assert [stage.count(name) for name in ("evidence", "bank_messages", "audit_events")] == before


def test_another_amount_under_the_same_number_is_a_conflict_named_once(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    notice = asking.ledger.book("x", 8_000)
    asking.announce([notice])
    asking.ledger.transfers[0] = replace(notice, amount=9_000)

    for _ in range(3):
        asking.poll()
        stage.clock.move(minutes=5)

    assert stage.open_breaks() == [BreakKind.CONFLICT, BreakKind.UNKNOWN]
    assert stage.count("evidence") == 2


def test_an_outage_of_days_is_caught_up_day_by_day(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    stage.clock.move(minutes=1)
    asking.poll()
    requests = [stage.request() for _ in range(5)]
    for asked in requests:
        stage.clock.move(days=1)
        asking.ledger.book(asked.request.reference, TOTAL)
    stage.clock.move(hours=1)

    results = asking.poll()

    assert [result.is_complete for result in results] == [True] * len(results)
    assert len(results) >= 5
    assert sum(result.new for result in results) == 5
    assert stage.count("transfers") == 5
    assert asking.state().whole_until == results[-1].whole_until
    assert {stage.state(asked) for asked in requests} == {"paid"}


def test_an_outage_in_the_middle_goes_on_where_it_stopped(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    for _ in range(4):
        stage.clock.move(days=1)
        asking.ledger.book("x")
    asking.provider.answers = [
        IncomingAnswer(200, asking.provider.answered(
            {"transaction_date_min": "0", "transaction_date_max": "0", "limit": "1"}
        )),
        NO_ANSWER,
    ]  # fmt: skip

    first, stopped = asking.poll()
    stage.clock.move(minutes=5)
    rest = asking.poll()

    assert (first.is_complete, stopped.is_complete) == (True, False)
    assert stopped.problem == "host_not_reached"
    assert stopped.whole_until == first.whole_until
    assert all(result.is_complete for result in rest)
    assert stage.count("transfers") == 4


def test_a_provider_that_wants_to_be_left_alone_is(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asking.ledger.book("x")
    headers = (("X-SePay-UserAPI-Retry-After", "900"),)
    asking.provider.answers = [IncomingAnswer(429, b"", headers)]

    (refused,) = asking.poll()
    now = stage.clock.now()
    with pytest.raises(Conflict, match="poll_too_early"):
        list(catch_up(poller_of(stage.wiring), asking.feed(), now.replace(hour=0), now))
    stage.clock.move(minutes=14)
    too_early = asking.poll()
    stage.clock.move(minutes=2)
    (done,) = asking.poll()

    assert refused.problem == "poll_refused 429"
    assert refused.not_before is not None
    assert too_early == []
    assert (done.new, len(asking.provider.calls)) == (1, 2)


def test_between_two_calls_lies_the_gap_that_the_provider_asks_for(stage: Stage) -> None:
    asking = Asking(stage, Casso)
    asking.by_casso()
    asking.switch(name="api_key")
    moment = stage.clock.now()
    for number in range(250):
        asking.ledger.book(f"so {number}", 8_000 + number, at=moment)
    stage.clock.move(minutes=1)

    (result,) = asking.poll()

    assert (result.pages, result.told, result.new) == (3, 250, 250)
    assert [call["page"] for call in asking.provider.calls] == ["1", "2", "3"]
    assert [span.total_seconds() for span in asking.waits.waited] == [1, 1, 1]
    assert stage.count("transfers") == 250


def test_an_error_between_pages_keeps_what_was_told_and_asks_for_all_again(stage: Stage) -> None:
    asking = Asking(stage, Casso)
    asking.by_casso()
    asking.switch(name="api_key")
    moment = stage.clock.now()
    for number in range(150):
        asking.ledger.book(f"so {number}", 8_000 + number, at=moment)
    stage.clock.move(minutes=1)
    day = f"{stage.today}"
    query = {"fromDate": day, "toDate": day, "page": "1", "pageSize": "100"}
    asking.provider.answers = [IncomingAnswer(200, asking.provider.answered(query)), NO_ANSWER]

    (stopped,) = asking.poll()
    kept = stage.count("transfers")
    stage.clock.move(minutes=10)
    (done,) = asking.poll()

    assert (stopped.pages, stopped.new, kept, stopped.is_complete) == (1, 100, 100, False)
    assert stopped.whole_until is None
    assert (done.told, done.new, done.is_complete) == (150, 50, True)
    assert stage.count("transfers") == 150


def test_an_answer_that_nobody_can_read_is_kept_and_named_once(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asking.ledger.book("x")
    broken = IncomingAnswer(200, b'{"transactions": [{"id": 4.5}]}')
    asking.provider.answers = [broken, broken]

    for _ in range(2):
        (result,) = asking.poll()
        assert not result.is_complete
        assert result.problem.startswith("field_")
        stage.clock.move(minutes=5)

    assert stage.open_breaks() == [BreakKind.UNREADABLE]
    assert rows(stage, "SELECT verdict FROM bank_messages") == [("unreadable",)]
    assert sum(one.new for one in asking.poll()) == 1


def test_nobody_waits_for_the_centre_while_a_provider_is_asked(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asking.ledger.book("x")
    locked = []

    def work_meanwhile() -> None:
        with stage.wiring.open_uow() as uow:
            locked.append(uow.centres.lock(stage.centre_id).centre_id)
            uow.commit()

    asking.provider.before = work_meanwhile

    (result,) = asking.poll()

    assert (locked, result.new) == ([stage.centre_id], 1)


def test_two_processes_do_not_ask_at_the_same_time(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    now = stage.clock.now()
    with stage.wiring.open_uow() as uow:
        uow.add(Poll(stage.centre_id, asking.endpoint_id, 1, now.replace(hour=0), now, now))
        uow.commit()

    with pytest.raises(Conflict, match="poll_under_way"):
        poll_span(poller_of(stage.wiring), asking.feed(), now.replace(hour=0), now)
    assert asking.poll() == []
    stage.clock.move(minutes=15)

    assert [result.number for result in asking.poll()] == [2]


def test_polls_and_their_results_cannot_be_changed(asking: Asking) -> None:
    asking.switch()
    asking.stage.clock.move(minutes=1)
    asking.poll()

    for table in ("polls", "poll_results"):
        with pytest.raises(Conflict), SqlUnitOfWork(asking.stage.wiring.engine) as uow:
            uow.session.connection.execute(text(f"UPDATE {table} SET number = 7"))


def test_where_a_provider_no_longer_reaches_the_poll_says_so(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    stage.clock.move(minutes=1)
    asking.poll()
    stage.clock.move(days=40)

    results = asking.poll()

    assert [result.problem for result in results if result.problem] == ["out_of_reach"]
    assert all(result.is_complete for result in results)
    assert asking.state().whole_until == results[-1].whole_until


def test_a_catch_up_of_an_earlier_time_moves_no_end(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    now = stage.clock.now()
    earlier = now.replace(day=1)

    (result,) = catch_up(poller_of(stage.wiring), asking.feed(), earlier, earlier.replace(hour=9))

    assert (result.is_complete, result.whole_until) == (True, None)


def test_without_its_secret_polling_cannot_be_switched_on(asking: Asking) -> None:
    wiring = asking.stage.wiring
    with wiring.open_uow() as uow, pytest.raises(Invalid, match="secret_missing"):
        switch_polling(
            uow,
            wiring.world,
            wiring.secret_box,
            asking.stage.finance,
            wiring.adapters["sepay"],
            endpoint_id=asking.endpoint_id,
            is_on=True,
        )


def test_money_that_left_is_polled_too(asking: Asking) -> None:
    asking.switch()
    asking.ledger.book("phi dich vu", 11_000, Direction.OUT)

    asking.poll()

    assert asking.stage.open_breaks() == [BreakKind.OUTGOING]


def test_a_fault_of_ours_is_kept_with_the_poll_and_holds_nobody_up(asking: Asking) -> None:
    asking.switch()
    asking.ledger.book("x")

    def fail() -> None:
        raise ZeroDivisionError

    asking.provider.before = fail
    assert asking.poll() == []
    state = asking.state()
    assert state.result is not None
    assert state.result.problem == "fault ZeroDivisionError"

    asking.provider.before = lambda: None
    asking.stage.clock.move(minutes=5)
    assert [result.new for result in asking.poll()] == [1]
