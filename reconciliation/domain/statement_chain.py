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


@dataclass(frozen=True, slots=True)
class Brought:
    """What a statement brings to its chain: counts and signed sums of its booked entries, in đồng.

    ``fresh`` entries are new and move the balance by ``added``; ``skipped`` ones were known and had
    moved it by ``seen``.
    """

    fresh: int
    skipped: int
    added: int
    seen: int

    def __add__(self, other: Brought) -> Brought:
        """Return what both bring together."""
        return Brought(
            self.fresh + other.fresh,
            self.skipped + other.skipped,
            self.added + other.added,
            self.seen + other.seen,
        )


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


def expected_opening(chain: Chain, brought: Brought) -> int | None:
    """Return the opening balance that would follow: where the books stand, less what is known.

    None when nothing can be said: no balance is known yet, or the statement brings nothing new.
    """
    if chain.balance is None or not brought.fresh:
        return None
    return chain.balance - brought.seen


def brought_by(chain: Chain, statement: Statement, keys: Sequence[str]) -> Brought:
    """Return what a statement brings; ``keys`` are those of its booked entries."""
    known = [key in chain.known for key in keys]
    moved = [signed(entry) for entry in booked(statement)]
    seen = sum(amount for is_known, amount in zip(known, moved, strict=True) if is_known)
    return Brought(known.count(False), sum(known), sum(moved) - seen, seen)


def follow(
    chain: Chain, statement: Statement, keys: Sequence[str]
) -> tuple[Followed | None, tuple[StatementProblem, ...]]:
    """Lay a statement at the end of its chain and move the chain on.

    ``keys`` are those of the booked entries. The problems are those of the chain that the rules of
    one statement cannot see.
    """
    period = period_of(statement)
    if period is None:
        return None, (period_missing(),)
    brought = brought_by(chain, statement, keys)
    pairs = zip(keys, booked(statement), strict=True)
    fresh = tuple((key, entry) for key, entry in pairs if key not in chain.known)
    laid, problems = lay(chain, statement, period[1], brought)
    chain.known.update(keys)
    followed = Followed(
        statement, *period, fresh, brought.skipped, laid.opening_to_post, laid.difference
    )
    return followed, problems


def period_missing() -> StatementProblem:
    """Return what is wrong with a statement that names no day."""
    return StatementProblem("period_missing", "period", "the statement names no day")


@dataclass(frozen=True, slots=True)
class Laid:
    """How a statement's opening stands to its chain.

    ``opening_to_post`` is what the account held before its first entry in the books, if this
    statement is the first to tell; ``difference`` is by how much it opens elsewhere than expected.
    """

    opening_to_post: int | None
    difference: int


def lay(
    chain: Chain, statement: Statement, period_to: date, brought: Brought
) -> tuple[Laid, tuple[StatementProblem, ...]]:
    """Move the chain on by a statement whose entries may be elsewhere; the keys stay as they are.

    Return how its opening stands to the chain, and the problems.
    """
    problems = tuple(_problems(chain, statement, period_to, brings=bool(brought.fresh)))
    opening_to_post, difference = None, 0
    expected = expected_opening(chain, brought)
    if expected is not None and statement.opening is not None:
        # The next statement is measured by this one, so that a break is named once.
        difference = statement.opening - expected
        chain.balance = statement.opening + brought.seen
    if chain.balance is None and statement.opening is not None:
        opening_to_post = statement.opening + brought.seen - chain.moved
        chain.balance = statement.opening + brought.seen
    if chain.balance is not None:
        chain.balance += brought.added
    chain.moved += brought.added
    chain.through = max(period_to, chain.through or period_to)
    if statement.closing is not None:
        chain.ends.add((period_to, statement.closing))
    return Laid(opening_to_post, difference), problems


def _problems(
    chain: Chain, statement: Statement, period_to: date, *, brings: bool
) -> list[StatementProblem]:
    """Return what is wrong with the place of a statement in its chain."""
    problems: list[StatementProblem] = []
    if chain.balance is None or statement.closing is None or chain.through is None:
        return problems
    is_newest = period_to >= chain.through
    # Equal payments in two parts of one day look known in the second part: the balance tells.
    loses = not brings and is_newest and chain.balance != statement.closing
    if (loses and (period_to, statement.closing) not in chain.ends) or (brings and not is_newest):
        message = f"the books stand at {chain.balance}, the statement ends at {statement.closing}"
        difference = ("difference", str(statement.closing - chain.balance))
        problems.append(StatementProblem("previous_closing", "closing", message, (difference,)))
    return problems
