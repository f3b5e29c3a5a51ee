"""The bank's statement of a day that many payments were made on, each entry proving its transfer."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from payments.domain.bank_messages import Direction, StatementEntry
from payments.domain.business_day import local
from payments.domain.posting_rules import transfer_settled
from payments.domain.transfers import Teller, Transfer
from payments.services.begin_transfer import Told, bear_witness
from payments.services.record_event import post, record
from reconciliation.domain.statement_checks import entry_keys
from reconciliation.domain.statements import (
    FileVerdict,
    Settlement,
    StatementEntryRecord,
    StatementFileRecord,
    StatementRecord,
)
from reconciliation.services.match_statement import SOURCE

if TYPE_CHECKING:
    from tests.bench.many_payments import Day


def prove(day: Day, transfers: list[Transfer], balance: int) -> int:
    """Let the bank's statement of the day prove its transfers."""
    today, now = local(day.clock.now()).date(), day.clock.now()
    entries = []
    closing = balance
    for line, transfer in enumerate(transfers, start=1):
        closing += transfer.amount
        entries.append(
            StatementEntry(
                where=f"row {line}",
                booked_on=today,
                amount=transfer.amount,
                direction=Direction.IN,
                text=transfer.remittance_information,
                bank_reference=transfer.bank_reference,
                balance_after=closing,
            )
        )
    body = "\n".join(f"{e.bank_reference},{e.amount},{e.text}" for e in entries).encode()
    file = StatementFileRecord(
        centre_id=day.made.centre_id,
        file_id=day.world.ids.new(),
        name=f"{today}.csv",
        reader="spreadsheet",
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        verdict=FileVerdict.IMPORTED,
        problems="[]",
        received_by=day.finance.actor_id,
        received_at=now,
    )
    statement = StatementRecord(
        centre_id=file.centre_id,
        statement_id=day.world.ids.new(),
        file_id=file.file_id,
        account_id=day.made.account.account_id,
        number="",
        period_from=today,
        period_to=today,
        opening=balance,
        closing=closing,
        entries=len(entries),
        skipped=0,
        position=day.number + 1,
        recorded_at=now,
    )
    day.uow.add(file, statement)
    keyed = zip(entry_keys(entries), entries, transfers, strict=True)
    for line, (key, entry, transfer) in enumerate(keyed, start=1):
        _settle(day, statement, line, key, entry, transfer)
    record(
        day.uow, day.world, day.finance, "statement.imported", statement.statement_id,
        file=file.file_id, sha256=file.body_sha256, account=statement.account_id,
        period_to=today.isoformat(), entries=statement.entries, skipped=0, closing=closing,
    )  # fmt: skip
    return closing


def _settle(
    day: Day,
    statement: StatementRecord,
    line: int,
    key: str,
    entry: StatementEntry,
    transfer: Transfer,
) -> None:
    """Keep an entry and let it prove its transfer."""
    row = StatementEntryRecord(
        centre_id=statement.centre_id,
        entry_id=day.world.ids.new(),
        statement_id=statement.statement_id,
        account_id=statement.account_id,
        entry_key=key,
        line_no=line,
        booked_on=entry.booked_on,
        direction=entry.direction,
        amount=entry.amount,
        bank_reference=entry.bank_reference,
        remittance_information=entry.text,
        balance_after=entry.balance_after,
        recorded_at=statement.recorded_at,
    )
    told = Told(
        source=SOURCE,
        event_id=key,
        direction=entry.direction,
        amount=entry.amount,
        occurred_at=transfer.occurred_at,
        text=entry.text,
        bank_reference=entry.bank_reference,
    )
    bear_witness(day.context(day.finance, Teller.STATEMENT), told, transfer)
    settlement = Settlement(
        centre_id=row.centre_id,
        entry_id=row.entry_id,
        transfer_id=transfer.transfer_id,
        how="bank_reference",
        settled_at=statement.recorded_at,
        business_date=entry.booked_on,
    )
    day.uow.add(row, settlement)
    post(
        day.uow,
        day.world,
        centre_id=row.centre_id,
        event="transfer_settled",
        subject_id=row.entry_id,
        business_date=entry.booked_on,
        legs=transfer_settled(row.amount, row.direction, row.account_id),
    )
