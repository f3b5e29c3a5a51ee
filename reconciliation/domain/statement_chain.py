"""How a statement follows the ones before it: what in it is new, and whether its opening fits.

Banks let anyone download overlapping periods. What is known is skipped, and the opening balance
moves by it; what is left must begin where the books stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem


@dataclass(slots=True)
class Chain:
    """An account's chain while a file is being followed, statement by statement.

    ``balance`` is None until a statement has printed an opening; ``moved`` is the sum of the
    entries so far; ``ends`` are days and balances on which known statements end.
    """

    balance: int | None
    moved: int
    through: date | None
    known: set[str] = field(default_factory=set)
    ends: set[tuple[date, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Followed:
    """A statement with what is new in it.

    ``opening_to_post`` is what the account held before its first entry in the books, in đồng; it is
    None unless this is the first statement that prints an opening. ``difference`` is by how much
    its opening is more than the books say: a broken rule, unless two people accept it.
    """

    statement: Statement
    period_from: date
    period_to: date
    fresh: tuple[tuple[str, StatementEntry], ...]
    skipped: int
    opening_to_post: int | None
    difference: int = 0


def signed(entry: StatementEntry) -> int:
    """Return what an entry adds to the balance."""
    return entry.amount if entry.direction is Direction.IN else -entry.amount


def booked(statement: Statement) -> tuple[StatementEntry, ...]:
    """Return the entries that are money: a pending one is not."""
    return tuple(entry for entry in statement.entries if not entry.is_pending)


def period_of(statement: Statement) -> tuple[date, date] | None:
    """Return the days a statement speaks of: as printed, else those of its entries, else None."""
    days = [entry.booked_on for entry in booked(statement)]
    first = statement.period_from or min(days, default=statement.period_to)
    last = statement.period_to or max(days, default=statement.period_from)
    return None if first is None or last is None else (first, last)


def expected_opening(chain: Chain, statement: Statement, keys: Sequence[str]) -> int | None:
    """Return the opening balance that would follow: where the books stand, less what is known.

    None when nothing can be said: no balance is known yet, or the statement brings nothing new.
    """
    if chain.balance is None or all(key in chain.known for key in keys):
        return None
    return chain.balance - sum(
        signed(entry)
        for key, entry in zip(keys, booked(statement), strict=True)
        if key in chain.known
    )


def follow(
    chain: Chain, statement: Statement, keys: Sequence[str]
) -> tuple[Followed | None, tuple[StatementProblem, ...]]:
    """Lay a statement at the end of its chain and move the chain on.

    ``keys`` are those of the booked entries. The problems are those of the chain that the rules of
    one statement cannot see.
    """
    period = period_of(statement)
    if period is None:
        problem = StatementProblem("period_missing", "period", "the statement names no day")
        return None, (problem,)
    problems = tuple(_problems(chain, statement, keys, period[1]))
    pairs = list(zip(keys, booked(statement), strict=True))
    fresh = tuple((key, entry) for key, entry in pairs if key not in chain.known)
    seen = sum(signed(entry) for key, entry in pairs if key in chain.known)
    added = sum(signed(entry) for _, entry in fresh)
    opening_to_post, difference = None, 0
    expected = expected_opening(chain, statement, keys)
    if expected is not None and statement.opening is not None:
        # The next statement is measured by this one, so that a break is named once.
        difference = statement.opening - expected
        chain.balance = statement.opening + seen
    if chain.balance is None and statement.opening is not None:
        opening_to_post = statement.opening + seen - chain.moved
        chain.balance = statement.opening + seen
    if chain.balance is not None:
        chain.balance += added
    chain.moved += added
    chain.through = max(period[1], chain.through or period[1])
    chain.known.update(keys)
    if statement.closing is not None:
        chain.ends.add((period[1], statement.closing))
    skipped = len(pairs) - len(fresh)
    followed = Followed(statement, *period, fresh, skipped, opening_to_post, difference)
    return followed, problems


def _problems(
    chain: Chain, statement: Statement, keys: Sequence[str], period_to: date
) -> list[StatementProblem]:
    """Return what is wrong with the place of a statement in its chain."""
    problems: list[StatementProblem] = []
    if chain.balance is None or statement.closing is None or chain.through is None:
        return problems
    is_newest = period_to >= chain.through
    brings = any(key not in chain.known for key in keys)
    # Equal payments in two parts of one day look known in the second part: the balance tells.
    loses = not brings and is_newest and chain.balance != statement.closing
    if (loses and (period_to, statement.closing) not in chain.ends) or (brings and not is_newest):
        message = f"the books stand at {chain.balance}, the statement ends at {statement.closing}"
        difference = ("difference", str(statement.closing - chain.balance))
        problems.append(StatementProblem("previous_closing", "closing", message, (difference,)))
    return problems
