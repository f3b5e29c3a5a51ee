"""The running balance of a feed: each transfer's balance follows from another's, in any order.

Banks list rows of one second in any order, so the balances are compared as a whole: every balance
before a transfer has to be the balance after another one. Only the first balance before and the
last balance after are free. What else is left over is a gap, or a transfer told twice. Times are
used only to name the place.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.business_day import local

MOST_FLAWS = 20
"""A feed with more of them tells no running balance at all."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer with the balance that the feed told after it, or None where it told none."""

    transfer_id: str
    direction: Direction
    amount: int
    occurred_at: datetime
    bank_reference: str
    recorded_at: datetime
    balance_after: int | None

    @property
    def movement(self) -> int:
        """What the transfer adds to the balance."""
        return self.amount if self.direction is Direction.IN else -self.amount


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where balances do not follow: ``missing`` đồng moved between two transfers.

    For a double, ``behind`` is the transfer's first telling and ``missing`` what it adds twice.
    """

    kind: BreakKind
    behind: Moved
    found: Moved
    missing: int


@dataclass(frozen=True, slots=True)
class _Link:
    """A transfer with a balance before and after it."""

    moved: Moved
    before: int
    after: int


def flaws(movements: Sequence[Moved]) -> list[Flaw]:
    """Return the gaps and doubles of a feed, the oldest first, at most ``MOST_FLAWS`` of each.

    A gap that transfers without a balance fill exactly, such as those known from a statement, is
    none.
    """
    ordered = sorted(movements, key=lambda one: (one.occurred_at, one.recorded_at))
    links = [
        _Link(one, one.balance_after - one.movement, one.balance_after)
        for one in ordered
        if one.balance_after is not None
    ]
    without = [one for one in ordered if one.balance_after is None]
    doubles, links = _without_doubles(links)
    found = [*doubles, *_gaps(links, without)]
    return sorted(found, key=lambda one: (one.found.occurred_at, one.found.recorded_at))


def _ends(links: Sequence[_Link]) -> tuple[Counter[int], Counter[int]]:
    """Return the balances before that nothing reaches, and those after that nothing goes on."""
    befores = Counter(link.before for link in links)
    afters = Counter(link.after for link in links)
    return befores - afters, afters - befores


def _without_doubles(links: Sequence[_Link]) -> tuple[list[Flaw], list[_Link]]:
    """Take out transfers told twice under two names: alike in all, and left over on both sides."""
    unreached, unused = _ends(links)
    doubles: list[Flaw] = []
    kept: list[_Link] = []
    seen: dict[tuple[object, ...], Moved] = {}
    for link in links:
        one = link.moved
        alike = (one.occurred_at, link.before, link.after, one.bank_reference)
        is_left_over = (
            unreached.total() > 1 and unreached[link.before] > 0 and unused[link.after] > 0
        )
        if alike in seen and is_left_over and len(doubles) < MOST_FLAWS:
            unreached[link.before] -= 1
            unused[link.after] -= 1
            doubles.append(Flaw(BreakKind.FEED_DOUBLE, seen[alike], one, one.movement))
        else:
            seen.setdefault(alike, one)
            kept.append(link)
    return doubles, kept


def _gaps(links: Sequence[_Link], without: Sequence[Moved]) -> Iterator[Flaw]:
    """Yield the gaps, the oldest first: where one stretch of balances ends and another begins."""
    unreached, unused = _ends(links)
    gaps = min(unreached.total(), unused.total()) - 1
    ends = list(_loose(links, unused, by_after=True))
    starts = list(_loose(links, unreached, by_after=False))
    own = _stretches(links, starts)
    for _ in range(min(gaps, MOST_FLAWS)):
        pair = _first_pair(ends, starts, own)
        if pair is None:
            return
        end, start = pair
        ends.remove(end)
        starts.remove(start)
        missing = start.before - end.after
        if not _is_filled(missing, end.moved, start.moved, without):
            yield Flaw(BreakKind.FEED_GAP, end.moved, start.moved, missing)


def _loose(links: Sequence[_Link], wanted: Counter[int], *, by_after: bool) -> Iterator[_Link]:
    """Yield the links at the loose ends, in order.

    Where one balance comes up several times, the one that its neighbour does not join is loose.
    """
    left = Counter(wanted)
    candidates: list[tuple[bool, int]] = []
    for place, link in enumerate(links):
        if wanted[link.after if by_after else link.before] > 0:
            beside = place + 1 if by_after else place - 1
            is_joined = 0 <= beside < len(links) and (
                links[beside].before == link.after
                if by_after
                else links[beside].after == link.before
            )
            candidates.append((is_joined, place))
    places = []
    for _is_joined, place in sorted(candidates):
        value = links[place].after if by_after else links[place].before
        if left[value] > 0:
            left[value] -= 1
            places.append(place)
    yield from (links[place] for place in sorted(places))


def _stretches(links: Sequence[_Link], starts: Sequence[_Link]) -> dict[_Link, _Link]:
    """Return at which link each stretch that begins at a loose start comes to its end."""
    waiting: dict[int, deque[_Link]] = {}
    for link in links:
        waiting.setdefault(link.before, deque()).append(link)
    for start in starts:
        waiting[start.before].remove(start)
    ends = {}
    for start in starts:
        last = start
        while waiting.get(last.after):
            last = waiting[last.after].popleft()
        ends[start] = last
    return ends


def _first_pair(
    ends: Sequence[_Link], starts: Sequence[_Link], own: Mapping[_Link, _Link]
) -> tuple[_Link, _Link] | None:
    """Return the oldest end with the next start behind it; in one second the nearest balances.

    ``own`` says where the stretch of each start ends: behind that end another one begins.
    """
    for end in ends:
        level = [one for one in ends if one.moved.occurred_at == end.moved.occurred_at]
        pairs = [
            (first, second)
            for first in level
            for second in starts
            if own[second] is not first and second.moved.occurred_at >= first.moved.occurred_at
        ]
        if pairs:
            return min(
                pairs,
                key=lambda pair: (
                    pair[1].moved.occurred_at,
                    abs(pair[1].before - pair[0].after),
                ),
            )
    return None


def _is_filled(missing: int, behind: Moved, found: Moved, without: Sequence[Moved]) -> bool:
    """Say whether transfers whose balance nobody told are what is missing in a gap."""
    exact = [one for one in without if behind.occurred_at <= one.occurred_at <= found.occurred_at]
    first, last = local(behind.occurred_at).date(), local(found.occurred_at).date()
    near = [one for one in without if first <= local(one.occurred_at).date() <= last]
    sums = {sum(one.movement for one in exact), sum(one.movement for one in near)}
    return missing in sums | {one.movement for one in near}
