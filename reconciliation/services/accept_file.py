"""Two people take a file into the books that was kept apart: one proposes, another decides.

What may be accepted at all is in ``reconciliation.domain.acceptance``. On approval the file is read
and measured again, and booked by the same code as a clean one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from payments.domain.bank_messages import Statement, StatementProblem
from payments.domain.business_day import local
from payments.domain.errors import Conflict, Forbidden, Invalid
from payments.domain.staff import Actor, Permission, StaffUser
from payments.ports import StatementReader, World
from payments.services.record_event import record
from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    may_be_accepted,
)
from reconciliation.domain.statements import FileVerdict, StatementFileRecord
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.check_statement_file import Plan, plan_file
from reconciliation.services.import_statement import (
    ImportResult,
    book_file,
    noticed,
    problems_json,
)
from reconciliation.services.map_statement import reading_of
from reconciliation.services.read_statement import choose_reader, kept_body

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class _Measured:
    """A kept file as it stands against today's books."""

    file: StatementFileRecord
    plans: Sequence[Plan]
    problems: Sequence[StatementProblem]


def look_at_kept(
    uow: BooksUnitOfWork, centre_id: str, readers: Mapping[str, StatementReader], file_id: str
) -> Sequence[Statement]:
    """Return what a kept file says, for those who decide about it; nothing of a large one.

    Raises NotFound.
    """
    file = uow.statements.kept_file(centre_id, file_id)
    if not file.body:
        return ()
    try:
        reader = choose_reader(file.name, file.body, readers)
        return reading_of(uow, centre_id, reader, file.body)().statements
    except Invalid:
        return ()


def propose_acceptance(
    uow: BooksUnitOfWork,
    world: World,
    officer: StaffUser,
    readers: Mapping[str, StatementReader],
    file_id: str,
    reason: str,
) -> AcceptanceProposal:
    """Ask that a kept file be believed, with the reason; the caller commits.

    Raises Invalid without a reason, NotFound, and Conflict when the file is in the books, waits for
    a second person already, breaks no rule any more, or breaks one that nobody may accept.
    """
    _require(officer, Permission.IMPORT_STATEMENT)
    words = _words("reason", reason)
    uow.centres.lock(officer.centre_id)
    measured = _measure(uow, world, officer.centre_id, readers, file_id)
    if not measured.problems:
        raise Conflict("acceptance_needless")
    if not may_be_accepted(measured.problems):
        raise Conflict("acceptance_forbidden")
    before = uow.acceptances.proposals(officer.centre_id, file_id)
    if before and uow.acceptances.decision(officer.centre_id, before[-1].proposal_id) is None:
        raise Conflict("acceptance_open")
    proposal = AcceptanceProposal(
        centre_id=officer.centre_id,
        proposal_id=world.ids.new(),
        file_id=file_id,
        round=len(before) + 1,
        problems=problems_json(measured.problems),
        reason=words,
        proposed_by=Actor.of(officer).actor_id,
        proposed_at=world.clock.now(),
    )
    uow.add(proposal)
    record(
        uow, world, Actor.of(officer), "acceptance.proposed", proposal.proposal_id,
        file=file_id, rules=sorted({one.rule for one in measured.problems}), reason=words,
    )  # fmt: skip
    return proposal


def refuse_acceptance(
    uow: BooksUnitOfWork, world: World, officer: StaffUser, proposal_id: str, words: str
) -> None:
    """Say no to another person's proposal, and why; the file stays kept apart.

    Raises Forbidden for who proposed, Conflict when it is decided, Invalid without words.
    """
    proposal = _undecided(uow, officer, proposal_id)
    _decide(uow, world, officer, proposal, _words("words", words), None)


def approve_acceptance(
    uow: BooksUnitOfWork,
    world: World,
    officer: StaffUser,
    readers: Mapping[str, StatementReader],
    proposal_id: str,
) -> ImportResult:
    """Say yes to another person's proposal, and book the file; the caller commits.

    Raises Forbidden for the person who proposed, Conflict when it is decided, the file is in the
    books, or no longer breaks what was proposed: then it has to be looked at again.
    """
    proposal = _undecided(uow, officer, proposal_id)
    measured = _measure(uow, world, officer.centre_id, readers, proposal.file_id)
    is_same = problems_json(measured.problems) == proposal.problems
    if not is_same or not may_be_accepted(measured.problems):
        raise Conflict("acceptance_outdated")
    actor = Actor.of(officer)
    taken = replace(
        measured.file,
        file_id=world.ids.new(),
        verdict=FileVerdict.IMPORTED,
        problems=problems_json([*measured.problems, *noticed(measured.plans)]),
        received_by=actor.actor_id,
        received_at=world.clock.now(),
    )
    uow.add(taken)
    _decide(uow, world, officer, proposal, "", taken.file_id)
    return book_file(uow, world, actor, taken, measured.plans)


def _undecided(uow: BooksUnitOfWork, officer: StaffUser, proposal_id: str) -> AcceptanceProposal:
    """Return a proposal that this person may decide about, with the centre's lock held."""
    _require(officer, Permission.APPROVE_STATEMENT)
    uow.centres.lock(officer.centre_id)
    proposal = uow.acceptances.proposal(officer.centre_id, proposal_id)
    if proposal.proposed_by == Actor.of(officer).actor_id:
        raise Forbidden("acceptance_same_person")
    if uow.acceptances.decision(officer.centre_id, proposal_id) is not None:
        raise Conflict("acceptance_decided")
    return proposal


def _decide(
    uow: BooksUnitOfWork,
    world: World,
    officer: StaffUser,
    proposal: AcceptanceProposal,
    words: str,
    booked_file_id: str | None,
) -> None:
    actor = Actor.of(officer)
    decision = AcceptanceDecision(
        centre_id=proposal.centre_id,
        proposal_id=proposal.proposal_id,
        proposed_by=proposal.proposed_by,
        is_approved=booked_file_id is not None,
        words=words,
        booked_file_id=booked_file_id,
        decided_by=actor.actor_id,
        decided_at=world.clock.now(),
    )
    uow.add(decision)
    record(
        uow, world, actor, "acceptance.decided", proposal.proposal_id,
        approved=decision.is_approved, file=booked_file_id or proposal.file_id,
        reason=words or proposal.reason,
    )  # fmt: skip


def _measure(
    uow: BooksUnitOfWork,
    world: World,
    centre_id: str,
    readers: Mapping[str, StatementReader],
    file_id: str,
) -> _Measured:
    """Read a kept file again and lay it at the end of today's chain."""
    file = uow.statements.kept_file(centre_id, file_id)
    taken = uow.statements.file_of(centre_id, file.body_sha256, FileVerdict.IMPORTED)
    if file.verdict is not FileVerdict.QUARANTINED or taken is not None:
        raise Conflict("statement_file_imported")
    body = kept_body(uow, file)
    reader = choose_reader(file.name, body, readers)
    read = reading_of(uow, centre_id, reader, body)
    plans, problems = plan_file(uow, centre_id, read, local(world.clock.now()).date())
    return _Measured(file, plans, problems)


def _require(officer: StaffUser, permission: Permission) -> None:
    if not officer.may(permission):
        raise Forbidden("not_permitted")


def _words(field: str, text: str) -> str:
    words = text.strip()
    if not 1 <= len(words) <= _LONGEST:
        raise Invalid("explanation_missing", field=field, limit=_LONGEST)
    return words
