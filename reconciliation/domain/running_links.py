"""The running balances of a statement too large to be held: is each row joined to its neighbour.

Where neighbours are not joined, the rows may still follow from each other in another order, as
those of one second do. Then ``row_chain``'s rule needs all balances, which are in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from operator import sub

from payments.domain.bank_messages import StatementProblem
from payments.domain.statement_parts import EntryBatch
from reconciliation.domain.entry_sums import signed_amounts

MOST_KEPT = 200
"""Places where neighbours are not joined that are remembered; who mends so many asks again."""


@dataclass(frozen=True, slots=True)
class Loose:
    """A row that its neighbour does not lead to. ``before`` and ``reached`` are balances."""

    where: str
    before: int
    reached: int


@dataclass(slots=True)
class RunningLinks:
    """The links of the booked rows so far; each has a balance before it and one after it."""

    count: int = 0
    is_complete: bool = True
    is_ascending: bool = True
    ends: bool = False
    first: tuple[int, int] = (0, 0)
    last: tuple[int, int] = (0, 0)
    last_where: str = ""
    downward: list[Loose] = field(default_factory=list)
    upward: list[Loose] = field(default_factory=list)
    downward_count: int = 0
    upward_count: int = 0
    _moved: int = 0
    _day: date = date.min

    def add(self, money: EntryBatch) -> list[int | None]:
        """Join some booked rows to those before; return the balance before each, None without one.

        Rows without a printed balance are counted together with the next that has one.
        """
        if not money:
            return []
        self._look_at_days(money.booked_on)
        moved = signed_amounts(money)
        afters = money.balance_after
        self.ends = afters[-1] is not None
        if None not in afters and not self._moved:
            befores: list[int | None] = list(map(sub, afters, moved))
        else:
            befores = self._grouped(moved, afters)
        if any(before is not None for before in befores):
            self._join(money.where, befores, afters)
        return befores

    def follows(self, opening: int | None, closing: int | None) -> bool:
        """Say whether the rows follow from each other as they stand, downwards or upwards.

        ``closing`` is None as well where rows stand behind the last printed balance.
        """
        if not self.is_checked:
            return True
        if not self.downward_count:
            return opening in (None, self.first[0]) and closing in (None, self.last[1])
        if not self.upward_count and self.is_complete:
            return opening in (None, self.last[0]) and closing in (None, self.first[1])
        return False

    @property
    def is_checked(self) -> bool:
        """Whether the balances say anything: rows that lack one need the rows oldest first."""
        return self.count > 0 and (self.is_complete or self.is_ascending)

    def _look_at_days(self, days: Sequence[date]) -> None:
        if self.is_ascending:
            self.is_ascending = days[0] >= self._day and list(days) == sorted(days)
            self._day = days[-1]

    def _grouped(self, moved: Sequence[int], afters: Sequence[int | None]) -> list[int | None]:
        befores: list[int | None] = []
        for amount, after in zip(moved, afters, strict=True):
            self._moved += amount
            if after is None:
                self.is_complete = False
                befores.append(None)
            else:
                befores.append(after - self._moved)
                self._moved = 0
        return befores

    def _join(
        self, places: Sequence[str], befores: Sequence[int | None], afters: Sequence[int | None]
    ) -> None:
        """Compare each row with the one before it, by whole columns while nothing is loose."""
        links = [
            (where, before, after)
            for where, before, after in zip(places, befores, afters, strict=True)
            if before is not None and after is not None
        ]
        starts, ends = [link[1] for link in links], [link[2] for link in links]
        if not self.count:
            self.first = (starts[0], ends[0])
        else:
            links.insert(0, (self.last_where, *self.last))
            starts.insert(0, self.last[0])
            ends.insert(0, self.last[1])
        if starts[1:] != ends[:-1]:
            for (_, _, reached), (where, before, _) in pairwise(links):
                if reached != before:
                    self.downward_count += 1
                    _remember(self.downward, Loose(where, before, reached))
        if starts[:-1] != ends[1:]:
            self._join_upward(links)
        self.count += len(links) - bool(self.count)
        self.last_where, *last = links[-1]
        self.last = (last[0], last[1])

    def _join_upward(self, links: Sequence[tuple[str, int, int]]) -> None:
        if len(self.upward) >= MOST_KEPT:
            # More than anybody reads; that there is one is all that counts.
            self.upward_count += 1
            return
        for (where, before, _), (_, _, reached) in pairwise(links):
            if before != reached:
                self.upward_count += 1
                _remember(self.upward, Loose(where, before, reached))


def gaps(
    links: RunningLinks,
    unreached: dict[int, int],
    opening: int | None,
    closing: int | None,
) -> list[StatementProblem]:
    """Return the rows that nothing leads to; ``unreached`` are balances that no row ends on."""
    is_upward = links.upward_count < links.downward_count and links.is_complete
    loose = list(links.upward if is_upward else links.downward)
    oldest, newest = (links.last, links.first) if is_upward else (links.first, links.last)
    top, bottom = oldest[0], newest[1]
    if opening is not None and opening != top:
        loose.insert(0, Loose("opening", top, opening))
    if closing is not None and closing != bottom:
        loose.append(Loose("closing", closing, bottom))
    found = []
    for one in loose:
        if unreached.get(one.before, 0) > 0:
            unreached[one.before] -= 1
            found.append(gap(one.where, one.before - one.reached))
    message = "the running balances do not follow each other"
    return found or [StatementProblem("row_chain", "", message)]


def _remember(loose: list[Loose], one: Loose) -> None:
    if len(loose) < MOST_KEPT:
        loose.append(one)


def gap(where: str, missing: int) -> StatementProblem:
    """Return the problem of a place where a movement of so many đồng is missing."""
    message = f"a movement of {missing} is missing before this row"
    return StatementProblem("row_chain", where, message, (("missing", str(missing)),))
