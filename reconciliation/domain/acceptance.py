"""Which broken rules two people may accept, and the facts of their doing so.

A rule may be accepted where every amount of the file is known and agrees with itself, and only what
lies between this statement and the one before it is not. Where money is unknown - a row that cannot
be read, a running balance that jumps, sums that differ, another account or currency, a file that is
cut off, a preview - nobody may accept it: the bank has to send the file again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from payments.domain.bank_messages import Statement, StatementProblem
from reconciliation.domain.statement_gaps import MISSING_DAYS, MISSING_NUMBERS

ACCEPTABLE = frozenset(
    {("previous_closing", "opening"), (MISSING_NUMBERS, "number"), (MISSING_DAYS, "period")}
)
"""Rules with the place they are broken at. A closing balance that does not follow is another thing:
rows that the books have may be missing in it, so it is not among them."""


@dataclass(frozen=True, slots=True)
class AcceptanceProposal:
    """One person asks to believe a file that was kept apart, and says why.

    ``problems`` is JSON: what the file breaks at that moment, which is all that is accepted.
    ``round`` counts the proposals for a file from 1; a refused one may be followed by another.
    """

    centre_id: str
    proposal_id: str
    file_id: str
    round: int
    problems: str
    reason: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptanceDecision:
    """Another person approves or refuses. ``proposed_by`` is repeated to be held against theirs.

    ``booked_file_id`` is the file as it went into the books; None when it was refused.
    """

    centre_id: str
    proposal_id: str
    proposed_by: str
    is_approved: bool
    words: str
    booked_file_id: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class StatementDifference:
    """What an accepted statement opens with, more (negative: less) than the one before closed."""

    centre_id: str
    statement_id: str
    account_id: str
    difference: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class GapFilling:
    """A statement that came late fills the gap before an accepted one, ``filled_id``."""

    centre_id: str
    statement_id: str
    filled_id: str
    account_id: str
    difference: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptedGap:
    """A gap between statements that two people have accepted, and no statement has filled yet.

    ``statement_id`` is the accepted statement, which begins on ``opens_on`` with ``opening``, that
    is ``difference`` more than the one before it, which ends on ``closed_on``, closed with.
    """

    statement_id: str
    account_id: str
    closed_on: date
    opens_on: date
    opening: int
    difference: int

    @property
    def closing_before(self) -> int:
        """The balance at which the gap begins."""
        return self.opening - self.difference

    def is_around(self, first: date, last: date) -> bool:
        """Say whether some days lie in the gap; the statements beside it may share its days."""
        return self.closed_on <= first and last <= self.opens_on

    def misfits(self, statement: Statement) -> Iterator[StatementProblem]:
        """Yield where a statement does not join its neighbours, which nobody may accept."""
        opening, closing = statement.opening, statement.closing
        if opening is not None and opening != self.closing_before:
            message = f"the statement before the gap closed at {self.closing_before}"
            facts = (("difference", str(opening - self.closing_before)),)
            yield StatementProblem("late_opening", "opening", message, facts)
        if closing is not None and closing != self.opening:
            message = f"the statement behind the gap opens at {self.opening}"
            facts = (("difference", str(closing - self.opening)),)
            yield StatementProblem("late_closing", "closing", message, facts)
        if closing is None and opening is None:
            facts = (("absent", "closing"),)
            yield StatementProblem("balance_missing", "closing", "no balance is printed", facts)

    @property
    def noticed(self) -> StatementProblem:
        """What is said of the statement that fills the gap."""
        told = (("difference", str(self.difference)), ("until", self.opens_on.isoformat()))
        return StatementProblem("gap_filled", "", "fills a gap that was accepted", told)


def may_be_accepted(problems: Iterable[StatementProblem]) -> bool:
    """Say whether two people may accept all that a file breaks; nothing broken needs nobody."""
    broken = {(one.rule, one.where) for one in problems}
    return bool(broken) and broken <= ACCEPTABLE
