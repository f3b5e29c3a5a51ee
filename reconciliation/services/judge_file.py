"""Decide whether a large file is believed: every rule of a small one, by sums and in the database.

While one file of a centre is judged and booked no other statement of it may be imported, so that
what was known when it was judged is what is known when it is booked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from payments.domain.bank_messages import Statement, StatementProblem, storable
from payments.domain.business_day import local
from payments.domain.centres import BankAccount
from payments.domain.errors import Conflict
from payments.domain.staff import Actor
from payments.ports import World
from payments.services.record_event import record
from reconciliation.domain.acceptance import AcceptedGap
from reconciliation.domain.large_files import (
    CHAINING,
    LargeFile,
    Phase,
    statement_id_of,
)
from reconciliation.domain.statement_chain import (
    Brought,
    Chain,
    Laid,
    expected_opening,
    lay,
    period_missing,
)
from reconciliation.domain.statement_checks import check_sums
from reconciliation.domain.statement_gaps import Gaps, Series
from reconciliation.domain.statements import FileVerdict, StatementFileRecord, StatementRecord
from reconciliation.ports import BooksUnitOfWork, OpenBooks
from reconciliation.services.advance_file import Tell, advance
from reconciliation.services.check_statement_file import (
    add_end,
    beyond,
    chain_of,
    gap_of,
    gaps_of,
    not_the_record,
)
from reconciliation.services.doubtful_days import doubtful_days
from reconciliation.services.import_statement import problems_json, quarantine
from reconciliation.services.look_at_lines import look_at_lines
from reconciliation.services.take_in import Sheet, Taken
from reconciliation.services.walk_lots import known_among, walk


@dataclass(frozen=True, slots=True)
class Believed:
    """A statement that passed every rule, with what the account held before it, if it is first.

    ``noticed`` is what a person should know of it all the same; ``gap`` is one that it fills.
    """

    record: StatementRecord
    opening_to_post: int | None
    noticed: tuple[StatementProblem, ...]
    gap: AcceptedGap | None = None


@dataclass(slots=True)
class Found:
    """What the lines of a file say, by the number of their statement."""

    brought: dict[int, Brought] = field(default_factory=dict)
    problems: dict[int, list[StatementProblem]] = field(default_factory=dict)


def judge(
    open_books: OpenBooks, world: World, taken: Taken, tell: Tell
) -> tuple[LargeFile, list[StatementProblem]]:
    """Judge a file that has been read: it goes on to be booked, or is put apart with its problems.

    Raises Conflict when another file of the centre is being judged or booked.
    """
    with open_books() as uow:
        uow.centres.lock(taken.file.centre_id)
        if uow.large_files.any_in(taken.file.centre_id, CHAINING, but=taken.file.body_sha256):
            raise Conflict("statement_import_running")
        file = advance(
            uow,
            world,
            taken.file,
            phase=Phase.CHECKING,
            buckets=0,
            bucket_line=0,
            looked_at=taken.file.size,
            statements=len(taken.sheets),
        )
        uow.commit()
    tell(file)
    found = Found()
    if not taken.problems.count:
        file = _count(open_books, world, file, taken, found, tell)
        with open_books(write=False) as uow:
            found.problems = look_at_lines(uow, file, taken.sheets)
    with open_books() as uow:
        uow.centres.lock(file.centre_id)
        believed = list(_judged(uow, world, file, taken, found))
        if taken.problems.count:
            file = _put_apart(uow, world, file, taken.problems.told())
        else:
            file = _believe(uow, world, file, believed)
        uow.commit()
    tell(file)
    return file, taken.problems.told()


def _count(
    open_books: OpenBooks, world: World, file: LargeFile, taken: Taken, found: Found, tell: Tell
) -> LargeFile:
    """Find what each statement brings: everything, but for lines that are known already."""
    for sheet in taken.sheets:
        found.brought[sheet.number] = Brought(sheet.sums.booked, 0, sheet.sums.moved, 0)
    with open_books(write=False) as uow:
        doubtful = doubtful_days(uow, file.centre_id, taken.sheets)
    if not doubtful:
        return file
    accounts = {each.number: each.account.account_id for each in taken.sheets if each.account}
    for walked in walk(open_books, file, accounts):
        lines = walked.keyed.lines
        places = [
            place
            for place, told in enumerate(zip(walked.keyed.accounts, lines.days, strict=True))
            if doubtful.hold(*told)
        ]
        for place in known_among(open_books, file, walked.keyed, places):
            moved = lines.moved[place]
            found.brought[lines.statement_nos[place]] += Brought(-1, 1, -moved, moved)
        with open_books() as uow:
            file = advance(uow, world, file, buckets=walked.bucket, bucket_line=walked.line)
            uow.commit()
        tell(file)
    return file


def _judged(
    uow: BooksUnitOfWork, world: World, file: LargeFile, taken: Taken, found: Found
) -> Iterator[Believed]:
    """Lay each statement at the end of its account's chain; what is wrong is added to ``taken``."""
    chains: dict[str, Chain] = {}
    positions: dict[str, int] = {}
    series: dict[str, Series] = {}
    filled: set[str] = set()
    for sheet in taken.sheets:
        statement, account = sheet.statement, sheet.account
        if statement is None:
            taken.problems.add(StatementProblem("message_cut", "", "a statement has no end"))
        if statement is not None and statement.preview:
            taken.problems.add(not_the_record(statement.preview))
            continue
        if statement is None or account is None:
            continue
        is_counted = not taken.problems.count
        chain = chain_of(uow, account, chains)
        add_end(uow, account, chain, statement)
        told = found.brought.get(sheet.number, Brought(0, 0, 0, 0))
        first, last = _period(statement, sheet)
        days = (first, last) if first is not None and last is not None else None
        gap = gap_of(uow, account, chain, days, told, filled) if is_counted else None
        opening = expected_opening(chain, told) if is_counted else None
        if gap is not None:
            taken.problems.add(*gap.misfits(statement))
            opening = gap.closing_before if statement.opening is None else None
        taken.problems.add(
            *check_sums(
                statement,
                sheet.sums,
                account_number=account.account_number,
                previous_closing=opening,
            ),
            *beyond(statement.period_to, sheet.sums.last, local(world.clock.now()).date()),
        )
        if first is None or last is None:
            taken.problems.add(period_missing())
        elif is_counted:
            taken.problems.add(*found.problems.get(sheet.number, ()))
            gaps, laid = Gaps(noticed=(gap.noticed,) if gap else ()), Laid(None, 0)
            if gap is None:
                gaps = gaps_of(uow, account, series, chain, statement, (first, last), opening)
                laid, broken = lay(chain, statement, last, told)
                taken.problems.add(*gaps.problems, *broken)
            known = positions.get(account.account_id)
            if known is None:
                known = uow.statements.position(account.centre_id, account.account_id).statements
            positions[account.account_id] = position = known + 1
            row = _record(world, file, sheet.number, account, statement, (first, last), told)
            yield Believed(replace(row, position=position), laid.opening_to_post, gaps.noticed, gap)


def _period(statement: Statement, sheet: Sheet) -> tuple[date | None, date | None]:
    """Return the days a statement speaks of: as printed, else those of its booked entries."""
    return (
        statement.period_from or sheet.sums.first_booked or statement.period_to,
        statement.period_to or sheet.sums.last_booked or statement.period_from,
    )


def _record(
    world: World,
    file: LargeFile,
    number: int,
    account: BankAccount,
    statement: Statement,
    period: tuple[date, date],
    told: Brought,
) -> StatementRecord:
    """Build the row of a statement; its position is its account's."""
    return StatementRecord(
        centre_id=file.centre_id,
        statement_id=statement_id_of(file, number),
        file_id=file.file_id,
        account_id=account.account_id,
        number=storable(statement.number, 40),
        period_from=period[0],
        period_to=period[1],
        opening=statement.opening,
        closing=statement.closing,
        entries=told.fresh,
        skipped=told.skipped,
        position=0,
        recorded_at=world.clock.now(),
    )


def _put_apart(
    uow: BooksUnitOfWork, world: World, file: LargeFile, problems: list[StatementProblem]
) -> LargeFile:
    """Keep a file that cannot be believed, with its problems; its lines are dropped afterwards."""
    actor = Actor(file.centre_id, file.received_by)
    quarantine(uow, world, actor, _kept(file, FileVerdict.QUARANTINED, problems), problems)
    return advance(uow, world, file, phase=Phase.QUARANTINED, buckets=0, bucket_line=0)


def _believe(
    uow: BooksUnitOfWork, world: World, file: LargeFile, believed: list[Believed]
) -> LargeFile:
    """Write the statements of a file. Its entries follow; until they are whole, nothing counts."""
    actor = Actor(file.centre_id, file.received_by)
    noticed = [problem for one in believed for problem in one.noticed]
    uow.add(_kept(file, FileVerdict.IMPORTED, noticed))
    for one in believed:
        statement = one.record
        uow.add(statement)
        record(
            uow, world, actor, "statement.imported", statement.statement_id,
            file=file.file_id, sha256=file.body_sha256, account=statement.account_id,
            period_to=statement.period_to.isoformat(), entries=statement.entries,
            skipped=statement.skipped, closing=statement.closing,
        )  # fmt: skip
    openings = [
        [
            one.record.statement_id,
            one.record.account_id,
            one.record.period_from.isoformat(),
            one.opening_to_post or 0,
            one.gap.statement_id if one.gap else "",
        ]
        for one in believed
        if one.opening_to_post or one.gap
    ]
    return advance(
        uow, world, file,
        phase=Phase.BOOKING, buckets=0, bucket_line=0,
        statements=len(believed), openings=json.dumps(openings),
        entries_new=sum(one.record.entries for one in believed),
        entries_known=sum(one.record.skipped for one in believed),
    )  # fmt: skip


def _kept(
    file: LargeFile, verdict: FileVerdict, problems: list[StatementProblem]
) -> StatementFileRecord:
    """Build the row of a file whose bytes are kept in parts."""
    return StatementFileRecord(
        centre_id=file.centre_id,
        file_id=file.file_id,
        name=file.name,
        reader=file.reader,
        body=b"",
        body_sha256=file.body_sha256,
        verdict=verdict,
        problems=problems_json(problems),
        received_by=file.received_by,
        received_at=file.received_at,
    )
