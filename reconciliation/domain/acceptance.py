"""Which broken rules two people may accept, and the facts of their doing so.

A rule may be accepted where every amount of the file is known and agrees with itself, and only what
lies between this statement and the one before it is not. Where money is unknown - a row that cannot
be read, a running balance that jumps, sums that differ, another account or currency, a file that is
cut off, a preview - nobody may accept it: the bank has to send the file again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from payments.domain.bank_messages import StatementProblem
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


def may_be_accepted(problems: Iterable[StatementProblem]) -> bool:
    """Say whether two people may accept all that a file breaks; nothing broken needs nobody."""
    broken = {(one.rule, one.where) for one in problems}
    return bool(broken) and broken <= ACCEPTABLE
