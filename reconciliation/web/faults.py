"""What is wrong with a statement file, and what two people have said of it, as pages show it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from payments.domain.bank_messages import StatementProblem
from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    may_be_accepted,
)
from reconciliation.domain.statements import FileVerdict
from reconciliation.store.queries_statements import FileRow
from reconciliation.store.unit_of_work import SqlBooks


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a file breaks, where, and the facts that fill the rule's sentence."""

    rule: str
    where: str
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """A proposal with what was decided about it; None while it waits."""

    proposal: AcceptanceProposal
    decision: AcceptanceDecision | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What two people have said about a file, and what may still be said.

    ``booked_file_id`` is the same file in the books, for one that was kept apart before.
    """

    rounds: list[Round]
    is_acceptable: bool
    booked_file_id: str | None

    @property
    def waiting(self) -> AcceptanceProposal | None:
        """The proposal that waits for a second person."""
        last = self.rounds[-1] if self.rounds else None
        return last.proposal if last is not None and last.decision is None else None


def faults_of(problems: str) -> list[Fault]:
    """Read the problems that a file's row keeps as JSON."""
    return [
        Fault(str(one.get("rule", "")), str(one.get("where", "")), dict(one.get("facts", {})))
        for one in json.loads(problems or "[]")
    ]


def acceptance_of(uow: SqlBooks, file: FileRow, faults: list[Fault], centre_id: str) -> Acceptance:
    """Gather what was said about a file: by itself, or by the approval that booked it."""
    if file.verdict is FileVerdict.IMPORTED:
        approval = uow.acceptances.approval_of(centre_id, file.file_id)
        if approval is None:
            return Acceptance([], is_acceptable=False, booked_file_id=None)
        proposal = uow.acceptances.proposal(centre_id, approval.proposal_id)
        return Acceptance([Round(proposal, approval)], is_acceptable=False, booked_file_id=None)
    booked = uow.statements.file_of(centre_id, file.body_sha256, FileVerdict.IMPORTED)
    rounds = [
        Round(one, uow.acceptances.decision(centre_id, one.proposal_id))
        for one in uow.acceptances.proposals(centre_id, file.file_id)
    ]
    broken = [StatementProblem(one.rule, one.where, "") for one in faults]
    return Acceptance(rounds, may_be_accepted(broken), booked.file_id if booked else None)
