"""Which value lives in which table."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table

from payments.domain import (
    audit,
    breaks,
    calendar,
    cash,
    centres,
    days,
    dossiers,
    fees,
    ledger,
    outgoing,
    polling,
    receipts,
    requests,
    reversals,
    staff,
    transfers,
)
from payments.store import tables_books as books
from payments.store import tables_feeds as feeds
from payments.store import tables_money as money
from payments.store import tables_outgoing as told
from payments.store import tables_registry as kept
from payments.store.schema import metadata

_TABLES: dict[type, Table] = {
    centres.Centre: kept.centres,
    centres.BankAccount: kept.bank_accounts,
    centres.Endpoint: kept.endpoints,
    centres.ServiceCounter: kept.service_counters,
    centres.CounterScreen: kept.counter_screens,
    centres.ApiKey: kept.api_keys,
    centres.Field: kept.fields,
    centres.Procedure: kept.procedures,
    fees.FeeItem: kept.fee_items,
    dossiers.Dossier: kept.dossiers,
    staff.StaffUser: kept.staff_users,
    staff.SignIn: kept.sign_ins,
    receipts.ReceiptSeries: kept.receipt_series,
    requests.PaymentRequest: money.payment_requests,
    requests.RequestLine: money.request_lines,
    requests.RequestCancellation: money.request_cancellations,
    transfers.BankMessage: money.bank_messages,
    transfers.Transfer: money.transfers,
    transfers.Evidence: money.evidence,
    transfers.Identification: money.identifications,
    transfers.Allocation: money.allocations,
    reversals.Reversal: money.reversals,
    cash.TillSession: money.till_sessions,
    cash.TillClosing: money.till_closings,
    cash.CashPayment: money.cash_payments,
    receipts.Receipt: money.receipts,
    ledger.JournalEntry: books.journal_entries,
    ledger.Posting: books.postings,
    breaks.Break: books.breaks,
    breaks.BreakResolution: books.break_resolutions,
    outgoing.Subscription: told.subscriptions,
    outgoing.OutgoingMessage: told.outgoing_messages,
    outgoing.DeliveryAttempt: told.delivery_attempts,
    outgoing.DeliveryResult: told.delivery_results,
    polling.Poll: feeds.polls,
    polling.PollResult: feeds.poll_results,
    days.DayClose: books.day_closes,
    calendar.CalendarDay: books.calendar_days,
    days.JobRun: books.job_runs,
    days.FeedEvent: books.feed_events,
    audit.AuditEvent: books.audit_events,
}


def keep(kind: type, table: Table) -> None:
    """Say in which table a value of another package lives."""
    _TABLES[kind] = table


def table_of(kind: type) -> Table:
    """Return the table of a value."""
    return _TABLES[kind]


def kept_values() -> dict[type, Table]:
    """Return every value with its table, for the test that compares their names."""
    return dict(_TABLES)


def write_order(table: Table) -> int:
    """Return a table's place in the order in which foreign keys allow writing."""
    return _places(len(metadata.tables))[table]


@cache
def _places(tables: int) -> dict[Table, int]:
    """Number the tables; their count keeps the numbers fresh when a package adds its own."""
    del tables
    return {table: place for place, table in enumerate(metadata.sorted_tables)}
