"""How announcements travel from a provider to a centre: some twice, some late, some in disorder.

One courier serves every provider, because what goes wrong on the way is the same for all: an answer
is lost and the provider sends again, its queue stands still, its machines overtake each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final, NamedTuple

from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.domain.errors import Unavailable
from payments.ports import BankSimulator, Clock, Delivery

PostDelivery = Callable[[str, Delivery], int]
"""Posts a delivery to a path of the customer's site and returns the HTTP status."""

Wait = Callable[[timedelta], None]
"""Lets time go by: sleeps, or moves a clock on."""

MOST_TRIES: Final = 3
_BUSY: Final = 500


@dataclass(frozen=True, slots=True)
class Manners:
    """What goes wrong on the way. ``times`` is how often each announcement is sent.

    Each is held back for a while of at most ``latest``, so that several overtake each other;
    ``is_exact`` holds all of them back for just as long. ``in_disorder`` sends several in another
    order than they were booked in even when none is late.
    """

    times: int = 1
    latest: timedelta = timedelta()
    is_exact: bool = False
    in_disorder: bool = False


PROMPT: Final = Manners()
"""Nothing goes wrong: each is sent once, at once, in order."""


class Turn(NamedTuple):
    """When an announcement is sent, counted from now, and which of them it is."""

    after: timedelta
    place: int


def turns(count: int, manners: Manners, random: Random) -> list[Turn]:
    """Return when each of ``count`` announcements is sent, in the order of sending.

    The same seed gives the same order. A repeat never goes before what it repeats.
    """
    places = list(range(count))
    if manners.in_disorder:
        _disorder(places, random)
    planned = []
    for place in places:
        after = timedelta()
        for _ in range(manners.times):
            share = 1.0 if manners.is_exact else random.random()
            after = max(after, manners.latest * share)
            planned.append(Turn(after, place))
    # What is sent at the same moment keeps the order that it was drawn in.
    return sorted(planned, key=lambda turn: turn.after)


class Courier:
    """Carries the announcements of one provider to one address of one centre."""

    def __init__(
        self, simulator: BankSimulator, clock: Clock, random: Random, post: PostDelivery, wait: Wait
    ) -> None:
        """Carry by ``post``; ``random`` decides what goes wrong, ``wait`` lets time go by."""
        self._simulator = simulator
        self._clock = clock
        self._random = random
        self._post = post
        self._wait = wait

    def carry(
        self,
        notices: Sequence[TransferNotice],
        path: str,
        credentials: Credentials,
        manners: Manners = PROMPT,
    ) -> int:
        """Announce transfers, each signed at the moment it is sent. Returns how many were sent.

        A busy site is tried again, as every provider does. Raises Unavailable when one is still not
        accepted; what was sent before it has been.
        """
        gone, sent = timedelta(), 0
        for turn in turns(len(notices), manners, self._random):
            if turn.after > gone:
                self._wait(turn.after - gone)
                gone = turn.after
            self._send(notices[turn.place], path, credentials)
            sent += 1
        return sent

    def _send(self, notice: TransferNotice, path: str, credentials: Credentials) -> None:
        status = _BUSY
        tries = 0
        while status >= _BUSY and tries < MOST_TRIES:
            tries += 1
            delivery = self._simulator.delivery(notice, credentials, self._clock.now())
            status = self._post(f"{path}/{delivery.path}".rstrip("/"), delivery)
        if not 200 <= status < 300:
            raise Unavailable("webhook_not_accepted", status=status)


def wait_really(span: timedelta) -> None:
    """Let as much time go by as it says."""
    time.sleep(span.total_seconds())


def _disorder(places: list[int], random: Random) -> None:
    """Shuffle until something has changed its place, if there is more than one."""
    before = list(places)
    while len(places) > 1 and places == before:
        random.shuffle(places)
