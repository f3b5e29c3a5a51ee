"""Make entries of the lines of a believed file, and let them prove transfers afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from payments.domain.bank_messages import StatementEntry
from payments.domain.centres import BankAccount
from payments.domain.staff import Actor
from payments.ports import World
from payments.services.record_event import record
from reconciliation.domain.keyed_lines import KeyedLines, new_entries
from reconciliation.domain.large_files import (
    BUCKETS,
    LargeFile,
    Phase,
    entry_id_of,
    statement_no_of,
)
from reconciliation.domain.statements import StatementEntryRecord
from reconciliation.domain.taken_lines import stretch_lines
from reconciliation.ports import BooksUnitOfWork, OpenBooks
from reconciliation.services.advance_file import advance
from reconciliation.services.fill_gap import fill_gap
from reconciliation.services.match_statement import (
    Importing,
    open_account,
    prove,
    review_transfers,
)
from reconciliation.services.walk_lots import known_among, walk

LINES_PROVEN_AT_ONCE = 250
"""Lines whose transfers are settled in one transaction: webhooks and cashiers wait as long."""

LINES_DROPPED_AT_ONCE = 20_000


def book(open_books: OpenBooks, world: World, file: LargeFile) -> Iterator[LargeFile]:
    """Book a file from where it stands, and yield it after each short transaction.

    With the last one it is whole, and begins to prove transfers.
    """
    with open_books(write=False) as uow:
        accounts = {
            statement_no_of(statement_id): account_id
            for statement_id, account_id in uow.large_files.accounts_of(file).items()
        }
    for walked in walk(open_books, file, accounts):
        new = new_entries(file, _new_among(open_books, file, walked.keyed))
        with open_books() as uow:
            file = advance(uow, world, file, buckets=walked.bucket, bucket_line=walked.line)
            uow.large_files.book(file, new, world.clock.now())
            uow.large_files.forget_lots(file, walked.bucket)
            uow.commit()
        yield file
    with open_books() as uow:
        uow.centres.lock(file.centre_id)
        moved = advance(uow, world, file, phase=Phase.PROVING, buckets=BUCKETS, bucket_line=0)
        uow.large_files.forget_lots(file, BUCKETS)
        _count_it(uow, world, file)
        uow.commit()
    yield moved


def _new_among(open_books: OpenBooks, file: LargeFile, keyed: KeyedLines) -> KeyedLines:
    """Return the lines that no earlier statement brought; if any is known, checking has said so."""
    if not file.entries_known:
        return keyed
    known = known_among(open_books, file, keyed, range(len(keyed.keys)))
    return keyed.only([place not in known for place in range(len(keyed.keys))])


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
        if file.proven < file.lines:
            lines = _lines_to_prove(uow, file)
            settled = file.settled + _prove(uow, world, file, lines.told)
            moved = advance(uow, world, file, proven=lines.last, settled=settled)
            uow.large_files.forget_stretches(file, lines.last)
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
        uow.large_files.forget_behind(file, left)
        uow.commit()
    return moved


_Told = tuple[StatementEntryRecord, StatementEntry]


@dataclass(frozen=True, slots=True)
class _Proving:
    """The entries that some lines brought with what they said, and the last of these lines."""

    told: list[_Told]
    last: int


def _lines_to_prove(uow: BooksUnitOfWork, file: LargeFile) -> _Proving:
    """Return the next lines of a file; those that were known before brought no entry."""
    stretch = next(uow.large_files.stretches(file, file.proven + 1, file.lines))
    lines = stretch_lines(stretch, file.proven + 1, file.proven + LINES_PROVEN_AT_ONCE)
    ids = [
        entry_id_of(file, f"{bucket:02x}", number)
        for number, bucket in enumerate(lines.buckets, start=file.proven + 1)
    ]
    rows = uow.large_files.entries(file.centre_id, ids)
    said = zip(ids, lines.places, lines.instants, lines.reversals, strict=True)
    told = [
        (rows[entry_id], _entry(rows[entry_id], place, instant, is_reversal=is_reversal))
        for entry_id, place, instant, is_reversal in said
        if entry_id in rows
    ]
    return _Proving(told, file.proven + len(ids))


def _entry(
    row: StatementEntryRecord, place: str, instant: str | None, *, is_reversal: bool
) -> StatementEntry:
    """Return what the line of an entry said."""
    return StatementEntry(
        where=place,
        booked_on=row.booked_on,
        amount=row.amount,
        direction=row.direction,
        text=row.remittance_information,
        bank_reference=row.bank_reference,
        booked_at=datetime.fromisoformat(instant) if instant else None,
        balance_after=row.balance_after,
        is_reversal=is_reversal,
    )


def _prove(uow: BooksUnitOfWork, world: World, file: LargeFile, told: list[_Told]) -> int:
    """Settle the transfers of lines, account by account. Return how many were announced before."""
    settled = 0
    by_account: dict[str, list[_Told]] = {}
    for row, entry in told:
        by_account.setdefault(row.account_id, []).append((row, entry))
    for account_id, own in by_account.items():
        pairs = [(row, (row.entry_key, entry)) for row, entry in own]
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
