"""Make entries of the lines of a believed file, and let them prove transfers afterwards."""

from __future__ import annotations

import json
from datetime import date

from payments.domain.centres import BankAccount
from payments.domain.staff import Actor
from payments.ports import World
from payments.services.record_event import record
from reconciliation.domain.large_files import BUCKETS, LargeFile, Phase
from reconciliation.ports import BooksUnitOfWork, OpenBooks, TakenLine
from reconciliation.services.advance_file import advance
from reconciliation.services.fill_gap import fill_gap
from reconciliation.services.judge_file import buckets_at_once
from reconciliation.services.match_statement import (
    Importing,
    open_account,
    prove,
    review_transfers,
)

LINES_PROVEN_AT_ONCE = 250
"""Lines whose transfers are settled in one transaction: webhooks and cashiers wait as long."""

LINES_DROPPED_AT_ONCE = 20_000


def book_some(open_books: OpenBooks, world: World, file: LargeFile) -> LargeFile:
    """Book some buckets of a file, in one short transaction; after the last one it is whole."""
    with open_books() as uow:
        if file.buckets == BUCKETS:
            uow.centres.lock(file.centre_id)
            moved = advance(uow, world, file, phase=Phase.PROVING)
            _count_it(uow, world, file)
        else:
            end = min(file.buckets + buckets_at_once(file), BUCKETS)
            moved = advance(uow, world, file, buckets=end)
            for bucket in range(file.buckets, end):
                uow.large_files.book(file, bucket, world.clock.now())
        uow.commit()
    return moved


def _count_it(uow: BooksUnitOfWork, world: World, file: LargeFile) -> None:
    """Post what accounts held before their first statement, now that the file counts.

    Gaps that its statements fill are filled now; a file begun before there were any names none.
    """
    actor = Actor(file.centre_id, file.received_by)
    for statement_id, account_id, first, amount, *filled in json.loads(file.openings):
        importing = _importing(uow, world, file, account_id)
        day = date.fromisoformat(first)
        if amount:
            open_account(importing, statement_id, day, amount)
        for gap in uow.acceptances.open_gaps(file.centre_id, account_id):
            if gap.statement_id in filled:
                fill_gap(importing, statement_id, day, gap)
    record(
        uow, world, actor, "statement.booked", file.file_id,
        sha256=file.body_sha256, entries=file.entries_new, skipped=file.entries_known,
    )  # fmt: skip


def prove_some(open_books: OpenBooks, world: World, file: LargeFile) -> LargeFile:
    """Let some lines prove their transfers, in one short transaction; then the file is done."""
    with open_books() as uow:
        uow.centres.lock(file.centre_id)
        lines = uow.large_files.lines_to_prove(file, LINES_PROVEN_AT_ONCE)
        if lines:
            settled = file.settled + _prove(uow, world, file, lines)
            moved = advance(uow, world, file, proven=file.proven + len(lines), settled=settled)
            uow.large_files.forget_lines(file, lines[-1].line_no)
        else:
            moved = advance(uow, world, file, phase=Phase.DONE)
            review_transfers(uow, world, Actor(file.centre_id, file.received_by))
        uow.commit()
    return moved


def drop_some(open_books: OpenBooks, world: World, file: LargeFile) -> LargeFile:
    """Drop some lines of a file that was put apart, in one short transaction."""
    left = max(file.lines - LINES_DROPPED_AT_ONCE, 0)
    with open_books() as uow:
        moved = advance(uow, world, file, lines=left)
        uow.large_files.forget_lines_behind(file, left)
        uow.commit()
    return moved


def _prove(uow: BooksUnitOfWork, world: World, file: LargeFile, lines: list[TakenLine]) -> int:
    """Settle the transfers of lines, account by account. Return how many were announced before."""
    settled = 0
    by_account: dict[str, list[TakenLine]] = {}
    for line in lines:
        if line.row is not None:
            by_account.setdefault(line.row.account_id, []).append(line)
    for account_id, own in by_account.items():
        pairs = [
            (line.row, (line.row.entry_key, line.entry))
            for line in own
            if line.row is not None and line.entry is not None
        ]
        settled += prove(_importing(uow, world, file, account_id), pairs)
    return settled


def _importing(uow: BooksUnitOfWork, world: World, file: LargeFile, account_id: str) -> Importing:
    account: BankAccount = uow.centres.account(file.centre_id, account_id)
    return Importing(
        uow,
        world,
        Actor(file.centre_id, file.received_by),
        uow.centres.get(file.centre_id),
        account,
        uow.days.closed_through(file.centre_id),
    )
