"""Let statement entries prove transfers, and keep the list of those that lack one witness.

An entry joins the transfer that the bank has announced, or is the first to tell of one: then the
announcement was lost, which somebody should know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payments.domain.bank_messages import LONGEST_NAME, Direction, StatementEntry, storable
from payments.domain.breaks import Break, BreakKind
from payments.domain.business_day import business_date
from payments.domain.centres import BankAccount, Centre
from payments.domain.posting_rules import opening_balance, transfer_settled
from payments.domain.staff import Actor
from payments.domain.transfers import Teller, Transfer
from payments.ports import World
from payments.services.record_event import open_break, open_day, post
from payments.services.record_tellings import Context, Recorded, Told, noon, record_tellings
from payments.services.resolve_break import work_off
from reconciliation.domain.large_files import UNDER_WAY
from reconciliation.domain.statements import Settlement, StatementEntryRecord
from reconciliation.ports import BooksUnitOfWork

SOURCE = "statement"
"""Statement entries tell of transfers under this name, with their entry key as the event."""

# A bank announces within days; older breaks are left to people.
_LATE_ANNOUNCEMENT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Importing:
    """What stays the same while one statement is imported. ``closed`` is the last closed day."""

    uow: BooksUnitOfWork
    world: World
    actor: Actor
    centre: Centre
    account: BankAccount
    closed: date | None

    def counted_on(self, day: date) -> date:
        """Return the business date of a bank's day: that day, or the next open one."""
        if self.closed is None or day > self.closed:
            return day
        return self.closed + timedelta(days=1)


def open_account(importing: Importing, statement_id: str, first: date, amount: int) -> None:
    """Post what an account held before its first statement, which begins on the day ``first``."""
    post(
        importing.uow,
        importing.world,
        centre_id=importing.centre.centre_id,
        event="opening_balance",
        subject_id=statement_id,
        business_date=importing.counted_on(first),
        legs=opening_balance(amount, importing.account.account_id),
    )


def prove(
    importing: Importing,
    entries: Sequence[tuple[StatementEntryRecord, tuple[str, StatementEntry]]],
) -> int:
    """Settle the transfer of each new entry. Return how many were announced before."""
    uow, world = importing.uow, importing.world
    context = Context(
        uow, world, importing.actor, importing.centre, importing.account, Teller.STATEMENT
    )
    tellings = [_told(key, entry) for _, (key, entry) in entries]
    recorded = record_tellings(context, tellings)
    joined: list[str] = []
    for (row, (_, entry)), found in zip(entries, recorded, strict=True):
        _settle(importing, row, found)
        if not found.is_new:
            joined.append(found.transfer.transfer_id)
        _open_breaks(importing, entry, found)
    _found_after_all(importing, joined)
    return len(joined)


def review_transfers(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    *,
    until: date | None = None,
    accept_missing: bool = False,
) -> None:
    """Bring the breaks about missing witnesses up to date, in the open days up to ``until``.

    A transfer that a statement should show and does not is a break; one that a bank announces
    after its statement entry no longer is. While the entries of a large file are still proving
    transfers nothing is missing yet: the review at its end says what is. With ``accept_missing``
    transfers of days without a statement count as missing too.
    """
    if uow.large_files.any_in(actor.centre_id, UNDER_WAY):
        return
    centre = uow.centres.get(actor.centre_id)
    closed = uow.days.closed_through(centre.centre_id)
    today = business_date(world.clock.now(), centre.cutoff_minutes)
    last = until or today + timedelta(days=1)
    for account in uow.centres.accounts(centre.centre_id):
        through = uow.statements.position(centre.centre_id, account.account_id).through
        waiting = uow.statements.unproven(
            centre.centre_id, account.account_id, since=closed, until=last
        )
        missing = [
            transfer
            for transfer in waiting
            if accept_missing or (through is not None and _day_of(transfer) <= through)
        ]
        _open_missing(uow, world, missing)
    late = uow.statements.announced_late(centre.centre_id, since=today - _LATE_ANNOUNCEMENT)
    answer_breaks(uow, world, actor, late, "announced_later")


def _told(key: str, entry: StatementEntry) -> Told:
    """Return what an entry says, as any teller says it."""
    return Told(
        source=SOURCE,
        event_id=key,
        direction=entry.direction,
        amount=entry.amount,
        occurred_at=entry.booked_at or noon(entry.booked_on),
        text=storable(entry.text),
        bank_reference=storable(entry.bank_reference, LONGEST_NAME),
        is_reversal=entry.is_reversal,
    )


def _settle(importing: Importing, row: StatementEntryRecord, found: Recorded) -> None:
    """Say that an entry proves a transfer, and move its money from clearing to the bank."""
    day = importing.counted_on(row.booked_on)
    importing.uow.add(
        Settlement(
            centre_id=row.centre_id,
            entry_id=row.entry_id,
            transfer_id=found.transfer.transfer_id,
            how=_how(row, found),
            settled_at=importing.world.clock.now(),
            business_date=day,
        )
    )
    post(
        importing.uow,
        importing.world,
        centre_id=row.centre_id,
        event="transfer_settled",
        subject_id=row.entry_id,
        business_date=day,
        legs=transfer_settled(row.amount, row.direction, row.account_id),
    )


def _how(row: StatementEntryRecord, found: Recorded) -> str:
    """Name the rule that matched an entry, the surest that fits."""
    if found.is_new:
        return "never_announced"
    if row.bank_reference and row.bank_reference == found.transfer.bank_reference:
        return "bank_reference"
    return "reference" if found.transfer.reference else "content"


def _open_breaks(importing: Importing, entry: StatementEntry, found: Recorded) -> None:
    """Put a transfer that nobody announced, or a reversal, in the work list."""
    kinds = []
    # Charges, money going out and reversals are seldom announced: the break that came with the
    # transfer says enough. Only an announcement cannot say that it is a reversal.
    if found.is_new and entry.direction is Direction.IN and not entry.is_reversal:
        kinds.append(BreakKind.NEVER_ANNOUNCED)
    if entry.is_reversal and not found.is_new:
        kinds.append(BreakKind.REVERSED)
    for kind in kinds:
        open_break(
            importing.uow,
            importing.world,
            centre_id=importing.centre.centre_id,
            kind=kind,
            subject_id=found.transfer.transfer_id,
            amount=entry.amount,
            business_date=importing.counted_on(entry.booked_on),
        )


def _found_after_all(importing: Importing, transfer_ids: Sequence[str]) -> None:
    """Take transfers that have now appeared on a statement off the list of missing ones."""
    breaks = importing.uow.statements.open_missing(importing.centre.centre_id, transfer_ids)
    answer_breaks(importing.uow, importing.world, importing.actor, breaks, "on_statement")


def _open_missing(uow: BooksUnitOfWork, world: World, transfers: Sequence[Transfer]) -> None:
    """Open a break for each missing transfer that has none."""
    if not transfers:
        return
    centre_id = transfers[0].centre_id
    known = {
        found.subject_id
        for found in uow.breaks.known(centre_id, [transfer.transfer_id for transfer in transfers])
        if found.kind is BreakKind.MISSING_ON_STATEMENT
    }
    for transfer in transfers:
        if transfer.transfer_id not in known:
            open_break(
                uow,
                world,
                centre_id=centre_id,
                kind=BreakKind.MISSING_ON_STATEMENT,
                subject_id=transfer.transfer_id,
                amount=transfer.amount,
                business_date=open_day(uow, centre_id, transfer.business_date),
            )


def answer_breaks(
    uow: BooksUnitOfWork, world: World, actor: Actor, breaks: Sequence[Break], explanation: str
) -> None:
    """Resolve breaks that facts have answered, with the code of the answer as explanation."""
    if not breaks:
        return
    now = world.clock.now()
    cutoff = uow.centres.get(actor.centre_id).cutoff_minutes
    day = open_day(uow, actor.centre_id, business_date(now, cutoff))
    work_off(uow, world, actor, breaks, explanation, day)


def _day_of(transfer: Transfer) -> date:
    """Return the local day on which a bank says that a transfer happened."""
    return business_date(transfer.occurred_at)
