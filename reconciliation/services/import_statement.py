"""Take in a bank statement: keep the file, check that it adds up, match its entries with transfers.

A file is believed whole or not at all. One that breaks a rule is kept apart with the rule and the
row, and nothing of it is posted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payments.domain.bank_messages import Statement, StatementFile, StatementProblem
from payments.domain.centres import BankAccount
from payments.domain.errors import Invalid, InvalidFile
from payments.domain.staff import Actor
from payments.ports import StatementReader, World
from payments.services.record_event import record
from reconciliation.domain.statement_chain import (
    Chain,
    Followed,
    booked,
    expected_opening,
    follow,
)
from reconciliation.domain.statement_checks import check_statement, entry_keys, same_account
from reconciliation.domain.statements import (
    FileVerdict,
    StatementEntryRecord,
    StatementFileRecord,
    StatementRecord,
)
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.match_statement import (
    Importing,
    open_account,
    prove,
    review_transfers,
)
from reconciliation.services.read_statement import choose_reader

MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. ``settled`` counts transfers proven by its new entries.

    ``was_known`` says that these very bytes were handed in before; then nothing is added.
    """

    file_id: str
    verdict: FileVerdict
    statements: int = 0
    entries_new: int = 0
    entries_known: int = 0
    settled: int = 0
    problems: tuple[StatementProblem, ...] = ()
    was_known: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement that passed every rule, with its account."""

    account: BankAccount
    followed: Followed


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

    Raises Invalid when the file is empty, too large, or of no known format: then nothing is kept.
    A file that is read but cannot be believed is kept and quarantined, with its problems.
    """
    uow.centres.lock(actor.centre_id)
    if not body:
        raise Invalid("file_empty", field="file")
    if len(body) > MAX_BYTES:
        raise Invalid("file_too_large", field="file", limit=MAX_BYTES)
    digest = hashlib.sha256(body).hexdigest()
    known = uow.statements.file_of(actor.centre_id, digest, FileVerdict.IMPORTED)
    if known is not None:
        count = uow.statements.entries_in(actor.centre_id, known.file_id)
        return ImportResult(
            known.file_id, FileVerdict.IMPORTED, entries_known=count, was_known=True
        )
    reader = choose_reader(file_name, body, readers)
    plans, problems = _plan(uow, actor.centre_id, reader, body)
    file = StatementFileRecord(
        centre_id=actor.centre_id,
        file_id=world.ids.new(),
        name=file_name[-200:],
        reader=reader.name,
        body=body,
        body_sha256=digest,
        verdict=FileVerdict.QUARANTINED if problems else FileVerdict.IMPORTED,
        problems=problems_json(problems),
        received_by=actor.actor_id,
        received_at=world.clock.now(),
    )
    if problems:
        return _quarantine(uow, world, actor, file, problems)
    uow.add(file)
    return _import(uow, world, actor, file, plans)


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


def _plan(
    uow: BooksUnitOfWork, centre_id: str, reader: StatementReader, body: bytes
) -> tuple[list[_Plan], list[StatementProblem]]:
    """Read the file and lay each statement at the end of its account's chain; nothing is written."""
    try:
        content = reader.read(body)
    except InvalidFile as error:
        return [], [
            StatementProblem(found.code, found.where, found.code, _facts(found.facts))
            for found in error.problems
        ]
    except Invalid as error:
        return [], [StatementProblem(error.code, "", str(error), _facts(error.facts))]
    return _follow_all(uow, centre_id, content)


def _facts(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return an error's facts as a problem carries them."""
    return tuple((name, str(value)) for name, value in facts.items())


def _follow_all(
    uow: BooksUnitOfWork, centre_id: str, content: StatementFile
) -> tuple[list[_Plan], list[StatementProblem]]:
    """Check every statement of a file against the rules and its account's chain."""
    plans: list[_Plan] = []
    problems = list(content.problems)
    accounts = uow.centres.accounts(centre_id)
    chains: dict[str, Chain] = {}
    if not content.statements and not problems:
        problems.append(StatementProblem("nothing_read", "", "no statement was read"))
    for statement in content.statements:
        account = _account_of(accounts, statement)
        if account is None:
            problems.append(
                StatementProblem("account", "", "the statement is not of the centre's account")
            )
            continue
        keys = entry_keys(booked(statement))
        chain = _chain(uow, account, chains, keys, statement)
        problems.extend(
            check_statement(
                statement,
                account_number=account.account_number,
                previous_closing=expected_opening(chain, statement, keys),
            )
        )
        followed, broken = follow(chain, statement, keys)
        problems.extend(broken)
        if followed is not None:
            plans.append(_Plan(account, followed))
    return plans, problems


def _account_of(accounts: Sequence[BankAccount], statement: Statement) -> BankAccount | None:
    """Return the centre's account that a statement is of."""
    for account in accounts:
        if same_account(statement.account_number, account.account_number):
            return account
    return None


def _chain(
    uow: BooksUnitOfWork,
    account: BankAccount,
    chains: dict[str, Chain],
    keys: Sequence[str],
    statement: Statement,
) -> Chain:
    """Return the account's chain as the database has it, moved on by this file's own statements."""
    chain = chains.get(account.account_id)
    if chain is None:
        place = uow.statements.position(account.centre_id, account.account_id)
        chain = Chain(place.balance, place.moved, place.through)
        chains[account.account_id] = chain
    chain.known |= uow.statements.known_keys(account.centre_id, account.account_id, keys)
    end = statement.period_to
    if (
        end is not None
        and statement.closing is not None
        and uow.statements.ended(account.centre_id, account.account_id, end, statement.closing)
    ):
        chain.ends.add((end, statement.closing))
    return chain


def _quarantine(
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


def _import(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    file: StatementFileRecord,
    plans: Sequence[_Plan],
) -> ImportResult:
    """Write the statements of a file, and let each new entry prove its transfer."""
    centre = uow.centres.get(actor.centre_id)
    closed = uow.days.closed_through(actor.centre_id)
    # Sorted, so that statements of one file keep their order.
    identifiers = sorted(world.ids.new() for _ in plans)
    new = settled = 0
    for statement_id, plan in zip(identifiers, plans, strict=True):
        importing = Importing(uow, world, actor, centre, plan.account, closed)
        statement = _statement(world, file, plan, statement_id)
        uow.add(statement)
        if plan.followed.opening_to_post:
            open_account(importing, statement, plan.followed.opening_to_post)
        entries = _entries(world, statement, plan.followed)
        uow.add(*entries)
        settled += prove(importing, list(zip(entries, plan.followed.fresh, strict=True)))
        new += len(entries)
        record(
            uow, world, actor, "statement.imported", statement_id,
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
    )


def _statement(
    world: World, file: StatementFileRecord, plan: _Plan, statement_id: str
) -> StatementRecord:
    """Build the row of a statement."""
    followed = plan.followed
    return StatementRecord(
        centre_id=file.centre_id,
        statement_id=statement_id,
        file_id=file.file_id,
        account_id=plan.account.account_id,
        number=followed.statement.number[:40],
        period_from=followed.period_from,
        period_to=followed.period_to,
        opening=followed.statement.opening,
        closing=followed.statement.closing,
        entries=len(followed.fresh),
        skipped=followed.skipped,
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
            bank_reference=entry.bank_reference[:128],
            remittance_information=entry.text,
            balance_after=entry.balance_after,
            recorded_at=statement.recorded_at,
        )
        for number, (key, entry) in enumerate(followed.fresh, start=1)
    ]
