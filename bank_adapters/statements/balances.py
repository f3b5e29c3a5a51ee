"""What the running balances of a table tell: its opening and closing, and an amount left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Step = tuple[int | None, int | None]
"""What a row moves, None when its amount is missing, and the balance printed after it, if any."""


def newest_first(steps: Sequence[Step], opening: int | None = None) -> bool:
    """Say whether the rows stand newest first: more neighbours agree when they are read upwards."""
    down = _joints(steps, opening)
    return _joints(steps[::-1], opening) > down


def missing_amount(steps: Sequence[Step], place: int, opening: int | None) -> int | None:
    """Return what the row at ``place`` moved, by its balance and that of its older neighbour.

    None when one of them is not printed.
    """
    after = steps[place][1]
    upwards = newest_first(steps, opening)
    older = place + 1 if upwards else place - 1
    before = steps[older][1] if 0 <= older < len(steps) else opening
    return None if after is None or before is None else after - before


def ends(steps: Sequence[Step]) -> tuple[int, int] | None:
    """Return opening and closing by the running balances; None when they do not tell both.

    As multisets the balances before and after the rows cancel but for one on each side, in whatever
    order rows of one second stand. Where rows are missing, the first and the last row tell.
    """
    if not steps or any(moved is None for moved, _ in steps):
        return None
    ordered = steps[::-1] if newest_first(steps) else steps
    links = _links(ordered)
    if not links or ordered[-1][1] is None:
        return None
    first, last = links[0][0], links[-1][1]
    befores = Counter(before for before, _ in links)
    afters = Counter(after for _, after in links)
    left, over = befores - afters, afters - befores
    if left.total() == over.total() == 1:
        return next(iter(left)), next(iter(over))
    return first, last


def _links(ordered: Sequence[Step]) -> list[tuple[int, int]]:
    """Join rows without a balance to the next one that has it, as banks print it once a day."""
    links = []
    moved_since = 0
    for moved, after in ordered:
        moved_since += moved or 0
        if after is not None:
            links.append((after - moved_since, after))
            moved_since = 0
    return links


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
