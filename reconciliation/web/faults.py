"""What is wrong with a statement file, and what two people have said of it, as pages show it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from payments.domain.bank_messages import StatementProblem
from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    may_be_accepted,
)
from reconciliation.domain.statements import FileVerdict
from reconciliation.store.queries_statements import FileRow
from reconciliation.store.unit_of_work import SqlBooks

TABLES = "spreadsheet"
"""The reader of tables, whose columns a person may name."""

_COUNTED = ("row", "line")
"""Places in a file that are told by their number."""


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

    ``booked_file_id`` is the same file in the books, for one that was kept apart before;
    ``is_unknown_table`` says that naming its columns is what is missing, ``may_name_columns`` that
    it might help.
    """

    rounds: list[Round]
    is_acceptable: bool = False
    booked_file_id: str | None = None
    is_unknown_table: bool = False
    may_name_columns: bool = False

    @property
    def waiting(self) -> AcceptanceProposal | None:
        """The proposal that waits for a second person."""
        last = self.rounds[-1] if self.rounds else None
        return last.proposal if last is not None and last.decision is None else None


def faults_of(problems: str) -> list[Fault]:
    """Read the problems that a file's row keeps as JSON, gathered."""
    return gathered(
        Fault(str(one.get("rule", "")), str(one.get("where", "")), dict(one.get("facts", {})))
        for one in json.loads(problems or "[]")
    )


def gathered(faults: Iterable[Fault]) -> list[Fault]:
    """Name the rows that break a rule in the same way together: "row 15–59, 61".

    Whoever has to mend a file reads one sentence, not forty that are alike.
    """
    numbers: dict[tuple[str, str, str], list[int]] = {}
    firsts: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        kind, _blank, number = fault.where.partition(" ")
        is_row = kind in _COUNTED and number.isdecimal()
        alike = (fault.rule, kind if is_row else fault.where, json.dumps(fault.facts))
        firsts.setdefault(alike, fault)
        if is_row:
            numbers.setdefault(alike, []).append(int(number))
    return [
        Fault(fault.rule, f"{alike[1]} {_runs(numbers[alike])}", fault.facts)
        if alike in numbers
        else fault
        for alike, fault in firsts.items()
    ]


def _runs(numbers: list[int]) -> str:
    """Write numbers with runs of them as first and last."""
    runs = []
    for _key, group in groupby(enumerate(sorted(set(numbers))), lambda one: one[1] - one[0]):
        run = [number for _place, number in group]
        runs.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join(runs)


def acceptance_of(uow: SqlBooks, file: FileRow, faults: list[Fault], centre_id: str) -> Acceptance:
    """Gather what was said about a file: by itself, or by the approval that booked it."""
    if file.verdict is FileVerdict.IMPORTED:
        approval = uow.acceptances.approval_of(centre_id, file.file_id)
        if approval is None:
            return Acceptance([])
        proposal = uow.acceptances.proposal(centre_id, approval.proposal_id)
        return Acceptance([Round(proposal, approval)])
    booked = uow.statements.file_of(centre_id, file.body_sha256, FileVerdict.IMPORTED)
    rounds = [
        Round(one, uow.acceptances.decision(centre_id, one.proposal_id))
        for one in uow.acceptances.proposals(centre_id, file.file_id)
    ]
    broken = [StatementProblem(one.rule, one.where, "") for one in faults]
    is_acceptable = may_be_accepted(broken)
    # A table whose figures agree has been read rightly: other columns would only spoil it.
    may_name = file.reader == TABLES and not is_acceptable and booked is None
    return Acceptance(
        rounds,
        is_acceptable=is_acceptable,
        booked_file_id=booked.file_id if booked else None,
        is_unknown_table=may_name and {one.rule for one in faults} == {"header_not_found"},
        may_name_columns=may_name,
    )
