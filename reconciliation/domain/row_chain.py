"""The running balances of the rows of a statement: each follows from one before, in any order.

Banks print rows of one second in any order, so the links are tried as a whole: every balance before
a row has to be the balance after another one, the opening, and every balance after a row the one
before another, or the closing. What is left over is a missing row, and the gap is its amount.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem

_Link = tuple[StatementEntry, int, int]
"""An entry, the balance before it and the balance after it."""


def movement(entry: StatementEntry) -> int:
    """What an entry adds to the balance: nothing when it is pending."""
    if entry.is_pending:
        return 0
    return entry.amount if entry.direction is Direction.IN else -entry.amount


def broken_links(statement: Statement) -> Iterator[StatementProblem]:
    """Yield one problem for each place where rows are missing or changed, with what is missing.

    Rows without a printed balance are counted together with the next row that has one, as banks do
    that print the balance once a day; this needs the rows oldest first.
    """
    booked = [entry for entry in statement.entries if not entry.is_pending]
    links = [
        (entry, entry.balance_after - movement(entry), entry.balance_after)
        for entry in booked
        if entry.balance_after is not None
    ]
    if len(links) < len(booked):
        links = _grouped(booked) if _oldest_first(booked) else []
    if links:
        yield from _gaps(links, statement.opening, statement.closing, ends=_ends(booked))


def _ends(booked: Sequence[StatementEntry]) -> bool:
    # Rows behind the last printed balance still move it, so it need not be the closing one.
    return booked[-1].balance_after is not None


def _oldest_first(entries: Sequence[StatementEntry]) -> bool:
    days = [entry.booked_on for entry in entries]
    return days == sorted(days)


def _grouped(booked: Sequence[StatementEntry]) -> list[_Link]:
    links: list[_Link] = []
    moved = 0
    for entry in booked:
        moved += movement(entry)
        if entry.balance_after is not None:
            links.append((entry, entry.balance_after - moved, entry.balance_after))
            moved = 0
    return links


def _gaps(
    links: Sequence[_Link], opening: int | None, closing: int | None, *, ends: bool
) -> Iterator[StatementProblem]:
    befores = Counter(before for _, before, _ in links)
    afters = Counter(after for _, _, after in links)
    if opening is not None:
        afters[opening] += 1
    if closing is not None and ends:
        befores[closing] += 1
    unreached, unused = befores - afters, afters - befores
    # Without a printed end, one value may be left over on its side: it is that end.
    free_last = closing is None or not ends
    if unreached.total() <= (opening is None) and unused.total() <= free_last:
        return
    if unreached.total() == unused.total() == 1:
        before, after = next(iter(unreached)), next(iter(unused))
        where = next((entry.where for entry, start, _ in links if start == before), "closing")
        yield _gap(where, before - after)
    else:
        end = closing if ends else None
        yield from _walk(_in_order(links, opening, end), unreached, opening, end)


def _in_order(links: Sequence[_Link], opening: int | None, closing: int | None) -> Sequence[_Link]:
    """Turn rows that stand newest first, so that a gap lies between neighbours."""
    turned = links[::-1]
    by_joints = _joints(turned, opening, closing) > _joints(links, opening, closing)
    return turned if by_joints else links


def _joints(links: Sequence[_Link], opening: int | None, closing: int | None) -> int:
    afters = [opening, *(after for _, _, after in links)]
    befores = [*(before for _, before, _ in links), closing]
    return sum(after == before for after, before in zip(afters, befores, strict=True))


def _walk(
    links: Sequence[_Link],
    unreached: Counter[int],
    opening: int | None,
    closing: int | None,
) -> Iterator[StatementProblem]:
    """Go through the rows and name each whose balance before nothing reaches."""
    reached = opening
    found = False
    for entry, before, after in links:
        if unreached[before] and reached is not None and reached != before:
            unreached[before] -= 1
            found = True
            yield _gap(entry.where, before - reached)
        reached = after
    if closing is not None and reached is not None and unreached[closing] and reached != closing:
        found = True
        yield _gap("closing", closing - reached)
    if not found:
        yield StatementProblem("row_chain", "", "the running balances do not follow each other")


def _gap(where: str, missing: int) -> StatementProblem:
    message = f"a movement of {missing} is missing before this row"
    return StatementProblem("row_chain", where, message, (("missing", str(missing)),))
