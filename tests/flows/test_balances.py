"""The running balance of a feed: the first gap or double is named once, and filled where it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payments import jobs
from payments.domain.bank_messages import TransferNotice
from payments.domain.breaks import BreakKind
from tests.flows.asking import Asking
from tests.flows.stage import TOTAL, Stage


@pytest.fixture
def asking(stage: Stage) -> Asking:
    return Asking(stage)


def amounts(stage: Stage) -> list[tuple[object, ...]]:
    return stage._rows("SELECT kind, amount FROM breaks WHERE kind LIKE 'feed%'")


def test_the_balance_that_a_notice_tells_is_kept_with_its_evidence(asking: Asking) -> None:
    notice = asking.ledger.book("x")
    asking.announce([notice])

    assert asking.stage._rows("SELECT balance_after FROM evidence") == [(notice.balance_after,)]


def test_a_gap_is_named_once_with_what_is_missing_after_the_provider_had_its_time(
    asking: Asking,
) -> None:
    stage = asking.stage
    first, _missed, last = (asking.ledger.book("x", amount) for amount in (1_000, 2_000, 3_000))
    asking.announce([first, last])

    early = jobs.check_feeds(stage.wiring)
    stage.clock.move(hours=1)
    (flaw,) = jobs.check_feeds(stage.wiring)
    again = jobs.check_feeds(stage.wiring)

    assert (early, again) == ([], [])
    assert flaw.missing == 2_000
    assert amounts(stage) == [("feed_gap", 2_000)]
    assert stage.count("audit_events WHERE action = 'feed.gap'") == 1


def test_only_the_first_gap_is_in_the_work_list_until_it_is_answered(asking: Asking) -> None:
    stage = asking.stage
    told = [asking.ledger.book("x", amount) for amount in (1_000, 2_000, 3_000, 4_000, 5_000)]
    asking.announce([told[0], told[2], told[4]])
    stage.clock.move(hours=1)

    jobs.check_feeds(stage.wiring)
    assert amounts(stage) == [("feed_gap", 2_000)]
    asking.announce([told[1]])
    jobs.check_feeds(stage.wiring)
    jobs.check_feeds(stage.wiring)

    assert amounts(stage) == [("feed_gap", 2_000), ("feed_gap", 4_000)]
    assert stage.open_breaks().count(BreakKind.FEED_GAP) == 1


def test_a_gap_is_filled_by_asking_the_provider_for_it(asking: Asking) -> None:
    stage = asking.stage
    asking.switch()
    asked = stage.request()
    first = asking.ledger.book("x", 1_000)
    asking.ledger.book(asked.request.reference, TOTAL)
    last = asking.ledger.book("x", 3_000)
    asking.announce([first, last])
    stage.clock.move(hours=1)

    (flaw,) = jobs.check_feeds(stage.wiring)

    assert flaw.missing == TOTAL
    assert stage.state(asked) == "paid"
    assert BreakKind.FEED_GAP not in stage.open_breaks()
    assert stage._rows("SELECT explanation FROM break_resolutions") == [("balance_follows",)]


def test_a_gap_asks_nobody_where_polling_is_not_switched_on(asking: Asking) -> None:
    first, _missed, last = (asking.ledger.book("x", amount) for amount in (1_000, 2_000, 3_000))
    asking.announce([first, last])
    asking.stage.clock.move(hours=1)

    jobs.check_feeds(asking.stage.wiring)

    assert asking.provider.calls == []


def test_a_transfer_told_under_two_numbers_is_named_once(asking: Asking) -> None:
    stage = asking.stage
    first, second = (asking.ledger.book("x", amount) for amount in (1_000, 2_000))
    asking.announce([first, second, replace(second, event_id="9999")])
    stage.clock.move(hours=1)

    jobs.check_feeds(stage.wiring)
    jobs.check_feeds(stage.wiring)

    assert amounts(stage) == [("feed_double", 2_000)]


def test_rows_of_one_second_in_any_order_are_no_gap(asking: Asking) -> None:
    moment = asking.stage.clock.now()
    told = [asking.ledger.book("x", amount, at=moment) for amount in (1_000, 2_000, 3_000, 4_000)]
    for notice in (told[2], told[0], told[3], told[1]):
        asking.announce([notice])
        asking.stage.clock.move(hours=1)

    assert jobs.check_feeds(asking.stage.wiring) == []


def test_a_transfer_known_from_the_statement_alone_fills_its_gap(asking: Asking) -> None:
    stage = asking.stage
    first = stage.pay("x", 1_000)
    missed, last = stage.pay("y", 2_000), stage.pay("z", 3_000)
    for paid, balance in ((first, 1_000), (last, 6_000)):
        (notice,) = stage.delivery(paid).events
        assert isinstance(notice, TransferNotice)
        asking.announce([replace(notice, balance_after=balance)])
    stage.clock.move(hours=1)
    assert [flaw.missing for flaw in jobs.check_feeds(stage.wiring)] == [2_000]

    stage.import_file(stage.statement([first, missed, last]))
    jobs.check_feeds(stage.wiring)

    assert BreakKind.FEED_GAP not in stage.open_breaks()
