"""Threads that wait at the same moment travel together: one of them leads, one transaction for all.

A commit costs a write to disk, whoever is in it. So while one batch is being committed, those who
come meanwhile line up, and the first of them leads the next batch. Nobody waits for company: who
comes alone leaves at once.

    lone thread      ask ─ lead ─ carry [a] ─ answer
    under load       ask ─ lead ─ carry [a] ─────────── call b
                     ask ─ wait ·············· lead ─ carry [b c d]
                     ask ─ wait ········································ answer
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from payments.domain.errors import Conflict, PaymentsError, Unavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST_TOGETHER = 64
PATIENCE_S = 4


class _Seat(Generic[Item, Answer]):
    """One thread's place: what it brings, and later what it gets."""

    __slots__ = ("_gate", "answers", "error", "is_called", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.is_called = False
        # Locked until the call. An Event would do, at several switches of threads a seat.
        self._gate = threading.Lock()
        self._gate.acquire()
        self.answers: list[Answer] = []
        self.error: Exception | None = None

    def wait(self, patience_s: float) -> bool:
        """Wait for the call, and say whether it came in time."""
        return self._gate.acquire(timeout=patience_s)

    def call(self) -> None:
        """Call the thread, if nobody has. The batcher's lock is held."""
        if not self.is_called:
            self.is_called = True
            self._gate.release()

    @property
    def is_served(self) -> bool:
        """Whether the item has been carried, well or badly."""
        return bool(self.answers) or self.error is not None

    def outcome(self) -> Answer:
        """Return the answer, or raise what went wrong with this item."""
        if self.error is not None:
            raise self.error
        return self.answers[0]


class Batcher(Generic[Item, Answer]):
    """Carries items of many threads in few transactions, each answered after its own commit.

    ``carry`` is given ``take``: once it has what it must wait for, such as a lock, it calls it for
    the items that have come by then, in their order, commits them together and returns one answer
    an item; if it raises, nothing of the call has happened. ``most`` limits a batch,
    ``patience_s`` how long a thread waits for its turn. ``clock_s`` counts seconds and never runs
    back.
    """

    def __init__(
        self,
        carry: Callable[[Callable[[], Sequence[Item]]], Sequence[Answer]],
        *,
        most: int = MOST_TOGETHER,
        patience_s: int = PATIENCE_S,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self._carry = carry
        self._most = most
        self._patience_s = patience_s
        self._clock_s = clock_s
        # Guards the two below. While a leader is at work, or called, _is_led is True; a leader that
        # has not begun is always the first of the queue, so that it is in the batch it leads.
        self._lock = threading.Lock()
        self._queue: list[_Seat[Item, Answer]] = []
        self._is_led = False

    def ask(self, item: Item) -> Answer:
        """Have an item carried and return its answer, after the commit it was part of.

        Raises what ``carry`` raised for this item alone, and Unavailable when the turn did not come
        in time: the item may then have been carried or not.
        """
        seat: _Seat[Item, Answer] = _Seat(item)
        with self._lock:
            self._queue.append(seat)
            leads, self._is_led = not self._is_led, True
        if not leads and not seat.wait(self._patience_s):
            self._give_up(seat)
        if not seat.is_served:
            self._lead()
        return seat.outcome()

    def _give_up(self, seat: _Seat[Item, Answer]) -> None:
        """Leave the queue. A seat that was called in this very moment stays and goes on."""
        with self._lock:
            if seat.is_called:
                return
            if seat in self._queue:
                self._queue.remove(seat)
        raise Unavailable("turn_did_not_come")

    def _lead(self) -> None:
        """Carry the head of the queue, then call its threads and the next leader."""
        batch: list[_Seat[Item, Answer]] = []
        try:
            self._serve(batch)
        finally:
            with self._lock:
                if not batch:
                    # The leader was ended before it took anything; its own seat is the first.
                    batch.append(self._queue.pop(0))
            for seat in batch:
                if not seat.is_served:
                    # This thread is being ended from outside; nobody knows how far it came.
                    seat.error = Unavailable("batch_abandoned")
            with self._lock:
                following = self._queue[:1]
                self._is_led = bool(following)
                for seat in (*batch, *following):
                    seat.call()

    def _serve(self, batch: list[_Seat[Item, Answer]]) -> None:
        """Carry a batch; when it fails, carry its items one by one, so that none hurts another."""

        def take() -> list[Item]:
            if not batch:
                with self._lock:
                    batch.extend(self._queue[: self._most])
                    del self._queue[: self._most]
            return [seat.item for seat in batch]

        try:
            answers = self._carry(take)
        except Exception as error:  # noqa: BLE001 -- whatever it was, each item gets its own try.
            take()
            if len(batch) == 1:
                self._again(batch[0], error)
            else:
                self._serve_one_by_one(batch, error)
        else:
            for seat, answer in zip(batch, answers, strict=True):
                seat.answers.append(answer)

    def _serve_one_by_one(self, batch: Sequence[_Seat[Item, Answer]], failure: Exception) -> None:
        """Carry each item in a transaction of its own; when time is up, the rest is not tried."""
        until_s = self._clock_s() + self._patience_s
        for seat in batch:
            if self._clock_s() < until_s:
                self._serve_alone(seat)
            else:
                seat.error = _unavailable(failure)

    def _serve_alone(self, seat: _Seat[Item, Answer]) -> None:
        """Carry one item; what goes wrong is raised in the thread that it belongs to."""
        try:
            seat.answers.append(self._carry(lambda: [seat.item])[0])
        except Exception as error:  # noqa: BLE001 -- kept for its own thread.
            self._again(seat, error)

    def _again(self, seat: _Seat[Item, Answer], error: Exception) -> None:
        """Carry an item once more after a conflict: another process was first, now it is a repeat.

        Any other error, and the second one, is the item's own.
        """
        seat.error = error
        if isinstance(error, Conflict):
            try:
                seat.answers.append(self._carry(lambda: [seat.item])[0])
                seat.error = None
            except Exception as second:  # noqa: BLE001 -- kept for its own thread.
                seat.error = second


def _unavailable(failure: Exception) -> Unavailable:
    """Return the error of items that were not tried again, with the code of what went before."""
    code = failure.code if isinstance(failure, PaymentsError) else "batch_failed"
    return Unavailable("turn_did_not_come", cause=code)
