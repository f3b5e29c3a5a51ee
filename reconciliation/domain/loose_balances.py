"""Find the balances of very many rows on which not as many rows begin as end.

Rows that follow from each other, in whatever order they stand, begin where others end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

MOST_HELD = 100_000
"""Balances that are remembered at the same time. Where that is too few, they are looked at in parts
and the rows are read once for each."""

_SPREAD = 0x9E3779B97F4A7C15
_MORE_PARTS = 8

Ends = Iterable[tuple[int | None, int | None]]
"""The balance before each row and the one after it; a row without the first has none."""


def loose_balances(read: Callable[[], Ends], most: int) -> dict[int, int]:
    """Return balances with the surplus of rows that begin on them, ``most`` of them or a few more.

    ``read`` gives the rows again each time it is called.
    """
    parts = 1
    while True:
        found: dict[int, int] = {}
        for part in range(parts):
            some = _loose(read(), part, parts)
            if some is None:
                break
            found.update(some)
            if len(found) >= most:
                return found
        else:
            return found
        parts *= _MORE_PARTS


def _loose(ends: Ends, part: int, parts: int) -> dict[int, int] | None:
    """Return the surplus of one part of the balances; None if there are too many of them."""
    surplus: dict[int, int] = {}
    for before, after in ends:
        if before is None or after is None:
            continue
        for balance, n in ((before, 1), (after, -1)):
            if parts > 1 and (balance * _SPREAD >> 32) % parts != part:
                continue
            now = surplus.get(balance, 0) + n
            if now:
                surplus[balance] = now
            else:
                del surplus[balance]
        if len(surplus) > MOST_HELD:
            return None
    return surplus
