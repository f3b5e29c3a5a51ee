"""Take in a bank statement: keep the file, check that it adds up, match its entries with transfers.

A file is believed whole or not at all. One that breaks a rule is kept apart with the rule and the
row, and nothing of it is posted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payments.domain.bank_messages import LONGEST_NAME, StatementProblem, storable
from payments.domain.business_day import local
from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from payments.ports import StatementReader, World
from payments.services.record_event import record
from reconciliation.domain.large_files import CHAINING
from reconciliation.domain.statement_chain import Followed
from reconciliation.domain.statements import (
    FileVerdict,
    StatementEntryRecord,
    StatementFileRecord,
    StatementRecord,
)
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.accept_difference import accept_difference
from reconciliation.services.check_statement_file import Plan, plan_file
from reconciliation.services.fill_gap import fill_gap
from reconciliation.services.map_statement import reading_of
from reconciliation.services.match_statement import (
    Importing,
    open_account,
    prove,
    review_transfers,
)
from reconciliation.services.read_statement import MAX_BYTES, choose_reader


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. ``settled`` counts transfers proven by its new entries.

    ``noticed`` is what a person should know of a file that was believed. ``was_known`` says that
    these very bytes were handed in before; then nothing is added.
    """

    file_id: str
    verdict: FileVerdict
    statements: int = 0
    entries_new: int = 0
    entries_known: int = 0
    settled: int = 0
    problems: tuple[StatementProblem, ...] = ()
    noticed: tuple[StatementProblem, ...] = ()
    was_known: bool = False


def import_statement(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    readers: Mapping[str, StatementReader],
    *,
    file_name: str,
    body: bytes,
) -> ImportResult:
    """Import a statement file of the actor's centre; the caller commits.

    Raises Invalid when the file is empty, too large, or of no known format: then nothing is kept;
    Conflict while a large file of the centre is being booked.
    A file that is read but cannot be believed is kept and quarantined, with its problems.
    """
    uow.centres.lock(actor.centre_id)
    if uow.large_files.any_in(actor.centre_id, CHAINING):
        raise Conflict("statement_import_running")
    if not body:
        raise Invalid("file_empty", field="file")
    if len(body) > MAX_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MAX_BYTES)
    digest = hashlib.sha256(body).hexdigest()
    known = uow.statements.file_of(actor.centre_id, digest, FileVerdict.IMPORTED)
    if known is not None:
        count = uow.statements.entries_in(actor.centre_id, known.file_id)
        return ImportResult(
            known.file_id, FileVerdict.IMPORTED, entries_known=count, was_known=True
        )
    reader = choose_reader(file_name, body, readers)
    today = local(world.clock.now()).date()
    read = reading_of(uow, actor.centre_id, reader, body)
    plans, problems = plan_file(uow, actor.centre_id, read, today)
    file = StatementFileRecord(
        centre_id=actor.centre_id,
        file_id=world.ids.new(),
        name=storable(file_name[-200:]),
        reader=reader.name,
        body=body,
        body_sha256=digest,
        verdict=FileVerdict.QUARANTINED if problems else FileVerdict.IMPORTED,
        problems=problems_json(problems or noticed(plans)),
        received_by=actor.actor_id,
        received_at=world.clock.now(),
    )
    if problems:
        return quarantine(uow, world, actor, file, problems)
    uow.add(file)
    return book_file(uow, world, actor, file, plans)


def noticed(plans: Iterable[Plan]) -> list[StatementProblem]:
    """Return what was noticed about statements that are believed all the same."""
    return [one for plan in plans for one in plan.noticed]


def problems_json(problems: Iterable[StatementProblem]) -> str:
    """Return problems as the JSON that a file's row keeps."""
    plain = [
        {
            "rule": problem.rule,
            "where": problem.where,
            "message": problem.message,
            "facts": dict(problem.facts),
        }
        for problem in problems
    ]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def quarantine(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    file: StatementFileRecord,
    problems: Sequence[StatementProblem],
) -> ImportResult:
    """Keep a file that cannot be believed, once however often it is handed in."""
    known = uow.statements.file_of(actor.centre_id, file.body_sha256, FileVerdict.QUARANTINED)
    if known is None:
        uow.add(file)
        record(
            uow, world, actor, "statement.quarantined", file.file_id,
            name=file.name, sha256=file.body_sha256, rules=sorted({p.rule for p in problems}),
        )  # fmt: skip
    return ImportResult(
        known.file_id if known else file.file_id,
        FileVerdict.QUARANTINED,
        problems=tuple(problems),
        was_known=known is not None,
    )


def book_file(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    file: StatementFileRecord,
    plans: Sequence[Plan],
) -> ImportResult:
    """Write the statements of a file, and let each new entry prove its transfer."""
    centre = uow.centres.get(actor.centre_id)
    closed = uow.days.closed_through(actor.centre_id)
    new = settled = 0
    for plan in plans:
        importing = Importing(uow, world, actor, centre, plan.account, closed)
        position = uow.statements.position(actor.centre_id, plan.account.account_id).statements + 1
        statement = _statement(world, file, plan, position)
        uow.add(statement)
        if plan.followed.opening_to_post:
            held = plan.followed.opening_to_post
            open_account(importing, statement.statement_id, statement.period_from, held)
        accept_difference(importing, statement, plan.followed.difference)
        if plan.gap is not None:
            fill_gap(importing, statement.statement_id, statement.period_from, plan.gap)
        entries = _entries(world, statement, plan.followed)
        uow.add(*entries)
        settled += prove(importing, list(zip(entries, plan.followed.fresh, strict=True)))
        new += len(entries)
        record(
            uow, world, actor, "statement.imported", statement.statement_id,
            file=file.file_id, sha256=file.body_sha256, account=plan.account.account_id,
            period_to=statement.period_to.isoformat(), entries=statement.entries,
            skipped=statement.skipped, closing=statement.closing,
        )  # fmt: skip
    review_transfers(uow, world, actor)
    return ImportResult(
        file.file_id,
        FileVerdict.IMPORTED,
        statements=len(plans),
        entries_new=new,
        entries_known=sum(plan.followed.skipped for plan in plans),
        settled=settled,
        noticed=tuple(noticed(plans)),
    )


def _statement(
    world: World, file: StatementFileRecord, plan: Plan, position: int
) -> StatementRecord:
    """Build the row of a statement."""
    followed = plan.followed
    return StatementRecord(
        centre_id=file.centre_id,
        statement_id=world.ids.new(),
        file_id=file.file_id,
        account_id=plan.account.account_id,
        number=storable(followed.statement.number, 40),
        period_from=followed.period_from,
        period_to=followed.period_to,
        opening=followed.statement.opening,
        closing=followed.statement.closing,
        entries=len(followed.fresh),
        skipped=followed.skipped,
        position=position,
        recorded_at=world.clock.now(),
    )


def _entries(
    world: World, statement: StatementRecord, followed: Followed
) -> list[StatementEntryRecord]:
    """Build the rows of a statement's new entries, in the bank's order."""
    return [
        StatementEntryRecord(
            centre_id=statement.centre_id,
            entry_id=world.ids.new(),
            statement_id=statement.statement_id,
            account_id=statement.account_id,
            entry_key=key,
            line_no=number,
            booked_on=entry.booked_on,
            direction=entry.direction,
            amount=entry.amount,
            bank_reference=storable(entry.bank_reference, LONGEST_NAME),
            remittance_information=storable(entry.text),
            balance_after=entry.balance_after,
            recorded_at=statement.recorded_at,
        )
        for number, (key, entry) in enumerate(followed.fresh, start=1)
    ]
