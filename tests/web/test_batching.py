"""Threads that wait together are carried together, each answered by itself and only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from payments.domain.errors import Conflict, Invalid, Unavailable
from payments.web.batching import Batcher


class Carrier:
    """A fake transaction: it can be held up, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.committed: list[str] = []
        self.refuse: dict[str, list[Exception]] = {}
        self.begun = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, items: Sequence[str]) -> list[str]:
        self.batches.append(list(items))
        self.begun.release()
        self.gate.wait(10)
        for item in items:
            if self.refuse.get(item):
                raise self.refuse[item].pop(0)
        self.committed.extend(items)
        return [f"{item} done" for item in items]


def taking(
    carry: Callable[[Sequence[str]], list[str]],
) -> Callable[[Callable[[], Sequence[str]]], list[str]]:
    """A transaction that waits for nothing: it takes the items at once and carries them."""
    return lambda take: carry(take())


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


def waiting_behind_one(
    batcher: Batcher[str, str], carrier: Carrier, items: Sequence[str]
) -> tuple[Future[str], list[Future[str]]]:
    """Hold up one leader, line the items up behind it in order, then let everything go."""
    pool = ThreadPoolExecutor(len(items) + 1)
    carrier.gate.clear()
    first = pool.submit(batcher.ask, "first")
    carrier.begun.acquire()
    asked = []
    for place, item in enumerate(items, start=1):
        asked.append(pool.submit(batcher.ask, item))
        until_waiting(batcher, place)
    carrier.gate.set()
    pool.shutdown(wait=True)
    return first, asked


def until_waiting(batcher: Batcher[str, str], count: int) -> None:
    """Wait until so many threads stand in line, by asking again and again for a while."""
    for _ in range(10_000_000):
        if len(batcher._queue) == count:
            return
    pytest.fail("it never came to pass")


def test_who_comes_alone_leaves_at_once(carrier: Carrier) -> None:
    batcher = Batcher(taking(carrier))

    assert batcher.ask("a") == "a done"
    assert carrier.batches == [["a"]]


def test_those_who_wait_are_carried_together_in_the_order_they_came(carrier: Carrier) -> None:
    first, asked = waiting_behind_one(Batcher(taking(carrier)), carrier, ["a", "b", "c"])

    assert carrier.batches == [["first"], ["a", "b", "c"]]
    assert [future.result() for future in (first, *asked)] == [
        "first done", "a done", "b done", "c done",
    ]  # fmt: skip


def test_a_batch_has_a_limit_and_nobody_behind_it_is_forgotten(carrier: Carrier) -> None:
    _, asked = waiting_behind_one(Batcher(taking(carrier), most=2), carrier, list("abcde"))

    assert carrier.batches == [["first"], ["a", "b"], ["c", "d"], ["e"]]
    assert [future.result() for future in asked] == [f"{item} done" for item in "abcde"]


def test_one_bad_item_does_not_hurt_the_others(carrier: Carrier) -> None:
    carrier.refuse["b"] = [Invalid("bad"), Invalid("bad")]

    _, (a, b, c) = waiting_behind_one(Batcher(taking(carrier)), carrier, ["a", "b", "c"])

    assert (a.result(), c.result()) == ("a done", "c done")
    assert isinstance(b.exception(), Invalid)
    assert carrier.committed == ["first", "a", "c"]


def test_a_conflict_is_tried_once_more_because_it_is_then_a_repeat(carrier: Carrier) -> None:
    carrier.refuse["a"] = [Conflict("done_before")]

    assert Batcher(taking(carrier)).ask("a") == "a done"
    assert carrier.batches == [["a"], ["a"]]


def test_a_second_conflict_is_told(carrier: Carrier) -> None:
    carrier.refuse["a"] = [Conflict("done_before"), Conflict("done_before")]

    with pytest.raises(Conflict):
        Batcher(taking(carrier)).ask("a")


def test_any_other_failure_of_a_lone_item_is_not_tried_again(carrier: Carrier) -> None:
    carrier.refuse["a"] = [Unavailable("database_unavailable")]

    with pytest.raises(Unavailable):
        Batcher(taking(carrier)).ask("a")
    assert carrier.batches == [["a"]]


def test_nobody_is_answered_before_the_commit(carrier: Carrier) -> None:
    batcher = Batcher(taking(carrier))
    carrier.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(batcher.ask, "a")
        carrier.begun.acquire()

        assert not asked.done()
        carrier.gate.set()
        assert asked.result() == "a done"
    assert carrier.committed == ["a"]


def test_when_time_is_up_the_rest_of_a_failed_batch_is_not_tried(carrier: Carrier) -> None:
    carrier.refuse["a"] = [Unavailable("database_unavailable")]
    times = iter([0.0, 1.0, 99.0])

    _, (a, b) = waiting_behind_one(
        Batcher(taking(carrier), clock_s=lambda: next(times)), carrier, ["a", "b"]
    )

    assert a.result() == "a done"
    assert isinstance(b.exception(), Unavailable)
    assert carrier.committed == ["first", "a"]


def test_a_turn_that_does_not_come_in_time_is_given_up_and_the_queue_goes_on(
    carrier: Carrier,
) -> None:
    batcher = Batcher(taking(carrier), patience_s=0)
    carrier.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(batcher.ask, "first")
        carrier.begun.acquire()

        with pytest.raises(Unavailable):
            batcher.ask("late")
        carrier.gate.set()
        assert first.result() == "first done"
    assert batcher.ask("next") == "next done"
    assert carrier.committed == ["first", "next"]


class Ended(BaseException):
    """What ends a thread from outside."""


def test_a_leader_that_is_ended_from_outside_leaves_no_thread_waiting() -> None:
    carried: list[list[str]] = []
    carrier = Carrier()

    def carry(items: Sequence[str]) -> list[str]:
        answers = carrier(items)
        carried.append(list(items))
        if "a" in items:
            raise Ended
        return answers

    first, (a, b) = waiting_behind_one(Batcher(taking(carry)), carrier, ["a", "b"])

    assert first.result() == "first done"
    assert isinstance(a.exception(), Ended)
    assert isinstance(b.exception(), Unavailable)


def test_no_wake_up_is_lost_between_many_threads() -> None:
    carrier = Carrier()
    batcher = Batcher(taking(carrier), most=7)
    names = [f"{number}" for number in range(2_000)]

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(batcher.ask, names, timeout=60))

    assert answers == [f"{name} done" for name in names]
    assert sorted(carrier.committed) == sorted(names)
    assert max(map(len, carrier.batches)) <= 7


def test_who_comes_while_the_leader_waits_for_its_lock_travels_with_it(carrier: Carrier) -> None:
    locked = threading.Event()
    waits = threading.Event()

    def carry(take: Callable[[], Sequence[str]]) -> list[str]:
        waits.set()
        locked.wait(10)
        return carrier(take())

    batcher = Batcher(carry)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(batcher.ask, "first")
        waits.wait(10)
        asked = [pool.submit(batcher.ask, item) for item in "ab"]
        until_waiting(batcher, 3)
        locked.set()

        assert {future.result() for future in (first, *asked)} == {
            "first done",
            "a done",
            "b done",
        }
    assert [len(batch) for batch in carrier.batches] == [3]


def test_a_leader_ended_while_it_waits_for_its_lock_leaves_the_queue(carrier: Carrier) -> None:
    endings = iter([Ended()])

    def carry(take: Callable[[], Sequence[str]]) -> list[str]:
        for ending in endings:
            raise ending
        return carrier(take())

    batcher = Batcher(carry)

    with pytest.raises(Ended):
        batcher.ask("first")
    assert batcher.ask("next") == "next done"
    assert carrier.committed == ["next"]
