"""What the running balances of a table tell: its opening and closing, and an amount left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, islice
from operator import eq

Step = tuple[int | None, int | None]
"""What a row moves, None when its amount is missing, and the balance printed after it, if any."""

MOST_LOOSE = 100_000
"""Balances without a neighbour that are kept; rows with more of them are not in any order."""


class _Links:
    """Balances before and after rows, as multisets, what is on both sides taken away."""

    def __init__(self) -> None:
        self._loose: dict[int, int] | None = {}

    def add(self, before: int, after: int) -> None:
        if self._loose is not None:
            self._count(self._loose, before, 1)
            self._count(self._loose, after, -1)
            if len(self._loose) > MOST_LOOSE:
                self._loose = None

    @staticmethod
    def _count(loose: dict[int, int], balance: int, change: int) -> None:
        if count := loose.get(balance, 0) + change:
            loose[balance] = count
        else:
            del loose[balance]

    def ends(self) -> tuple[int, int] | None:
        """Return the only balance that is before a row and none, and the only one after."""
        ends = {count: balance for balance, count in (self._loose or {}).items()}
        return (
            (ends[1], ends[-1]) if len(self._loose or ()) == 2 and ends.keys() == {1, -1} else None
        )


class Running:
    """The running balances of a table, while its rows go by.

    ``down`` and ``up`` count the neighbours that agree when the rows are read from the top and from
    the bottom: most tables stand oldest first, many newest first.
    """

    def __init__(self) -> None:
        """Begin without a row."""
        self.down = self.up = 0
        self.last: int | None = None
        """The balance of the last row; None when it has none."""
        self._some_missing = False
        self._first: tuple[int | None, int] | None = None
        self._row: tuple[int | None, int] = (None, 0)
        self._before_first = 0
        self._has_bare_beginning = False
        self._moved_since = 0
        self._links_down, self._links_up = _Links(), _Links()

    def take(self, steps: Sequence[Step]) -> None:
        """Take the next rows."""
        for moved, after in steps:
            self._some_missing = self._some_missing or moved is None
            self.last = after
            if after is None:
                self._moved_since += moved or 0
                self._has_bare_beginning = self._has_bare_beginning or self._first is None
            else:
                self._join(moved, after)

    def _join(self, moved: int | None, after: int) -> None:
        since = self._moved_since
        before = after - since - (moved or 0)
        if self._first is None:
            self._first, self._before_first = (moved, after), since
        else:
            moved_last, last = self._row
            self.down += moved is not None and last == before
            upper = last - (moved_last or 0)
            self.up += moved_last is not None and after + since == upper
            self._links_up.add(upper - since, last)
        self._links_down.add(before, after)
        self._row, self._moved_since = (moved, after), 0

    def take_columns(self, moved: list[int], balances: list[int] | None) -> None:
        """Take rows that all have an amount, and all a balance or none of them."""
        if balances is None:
            self.take([(sum(moved), None)])
            return
        reached = list(accumulate(moved, initial=balances[0] - moved[0]))
        before = reached.pop()
        if balances[-1] != before or balances[:-1] != reached[1:]:
            self.take(list(zip(moved, balances, strict=True)))
            return
        self.take([(moved[0], balances[0])])
        if len(moved) == 1:
            return
        # Every row begins where the one above it ended, so all between cancel.
        self.down += len(moved) - 1
        self.up += sum(map(eq, islice(balances, 1, None), reached))
        self._links_down.add(balances[0], balances[-1])
        self._links_up.add(reached[0], reached[-1])
        self._row, self.last = (moved[-1], balances[-1]), balances[-1]

    def ends(self) -> tuple[int, int] | None:
        """Return opening and closing by the running balances; None when they do not tell both.

        As multisets the balances before and after the rows cancel but for one on each side, in
        whatever order rows of one second stand. Where rows are missing, the first and last tell.
        """
        if self._some_missing or self._first is None:
            return None
        first_moved, first = self._first
        last_moved, last = self._row
        if self.up > self.down:
            if self._has_bare_beginning:
                return None
            before = last - (last_moved or 0) - self._moved_since
            self._links_up.add(before, last)
            found = self._links_up.ends()
            self._links_up.add(last, before)
            return found or (before, first)
        if self.last is None:
            return None
        return self._links_down.ends() or (first - (first_moved or 0) - self._before_first, last)


def newest_first(
    steps: Sequence[Step], opening: int | None = None, known: tuple[int, int] = (0, 0)
) -> bool:
    """Say whether the rows stand newest first: more neighbours agree when they are read upwards.

    ``known`` are the neighbours that agreed before, downwards and upwards.
    """
    down = _joints(steps, opening) + known[0]
    return _joints(steps[::-1], opening) + known[1] > down


def missing_amount(
    steps: Sequence[Step], place: int, before: int | None, after: int | None, *, upwards: bool
) -> int | None:
    """Return what the row at ``place`` moved, by its balance and that of its older neighbour.

    ``before`` and ``after`` are what stands around the steps. None when a balance is not printed.
    """
    reached = steps[place][1]
    older = place + 1 if upwards else place - 1
    outside = after if upwards else before
    start = steps[older][1] if 0 <= older < len(steps) else outside
    return None if reached is None or start is None else reached - start


def total_that_counts(printed: Sequence[int | None], counted: int) -> int | None:
    """Return the last printed total, unless the totals are of days and make the sum counted."""
    told = [total for total in printed if total is not None]
    if len(told) > 1 and abs(told[-1]) != counted and sum(map(abs, told)) == counted:
        return counted
    return told[-1] if told else None


def _joints(steps: Sequence[Step], opening: int | None) -> int:
    joints = 0
    reached = opening
    for moved, after in steps:
        if after is not None and moved is not None and reached == after - moved:
            joints += 1
        if after is not None:
            reached = after
        elif reached is not None and moved is not None:
            reached += moved
    return joints
