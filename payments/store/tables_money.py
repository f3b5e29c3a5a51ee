"""Tables of what happened: requests, transfers, cash, receipts, the journal, the audit log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.fees import FeeKind
from payments.domain.ledger import Account
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.domain.transfers import Outcome, Teller
from payments.store.schema import (
    blob,
    centre,
    check,
    count,
    day,
    dong,
    fact_table,
    flag,
    ident,
    instant,
    kept_table,
    key,
    not_negative,
    positive,
    refers,
    text,
    word,
    words,
)
from payments.store.types import Word

payment_requests = fact_table(
    "payment_requests",
    centre(),
    key("request_id"),
    ident("dossier_id"),
    count("attempt"),
    ident("account_id"),
    words("reference", 15),
    words("token", 64),
    dong("total"),
    instant("issued_at"),
    instant("expires_at"),
    words("issued_by", 100),
    refers(["dossier_id"], "dossiers"),
    refers(["account_id"], "bank_accounts"),
    UniqueConstraint("reference"),
    UniqueConstraint("token"),
    UniqueConstraint("dossier_id", "attempt", "centre_id"),
    Index("ix_payment_requests__issued", "centre_id", "issued_at"),
    not_negative("total"),
    check("expires_after_issue", "expires_at > issued_at"),
)

request_lines = fact_table(
    "request_lines",
    centre(),
    key("request_id"),
    count("line_no", primary_key=True),
    ident("fee_item_id"),
    words("fee_code", 40),
    words("field_code", 40),
    words("name", 400),
    word("kind", Word(FeeKind)),
    count("quantity"),
    dong("unit_amount"),
    dong("amount"),
    refers(["request_id"], "payment_requests"),
    refers(["fee_item_id"], "fee_items"),
    not_negative("amount"),
    check("quantity_positive", "quantity > 0"),
    check("amount_is_product", "amount = quantity * unit_amount"),
)

request_cancellations = fact_table(
    "request_cancellations",
    centre(),
    key("request_id"),
    words("reason", 400),
    instant("cancelled_at"),
    words("cancelled_by", 100),
    refers(["request_id"], "payment_requests"),
)

bank_messages = fact_table(
    "bank_messages",
    centre(),
    key("message_id"),
    words("endpoint_id", 64),
    instant("received_at"),
    words("method", 10),
    text("headers"),
    blob("body"),
    words("body_sha256", 64),
    ForeignKeyConstraint(["endpoint_id"], ["endpoints.endpoint_id"]),
    Index("ix_bank_messages__received", "centre_id", "received_at"),
    Index("ix_bank_messages__body", "body_sha256", "centre_id"),
)

transfers = fact_table(
    "transfers",
    centre(),
    key("transfer_id"),
    ident("account_id"),
    words("transfer_key", 128),
    word("direction", Word(Direction)),
    dong("amount"),
    instant("occurred_at"),
    day("business_date"),
    text("remittance_information"),
    words("bank_reference", 128),
    words("reference", 15),
    ident("request_id", nullable=True),
    word("outcome", Word(Outcome)),
    word("told_by", Word(Teller)),
    instant("recorded_at"),
    refers(["account_id"], "bank_accounts"),
    refers(["request_id"], "payment_requests"),
    UniqueConstraint("transfer_key", "account_id", "centre_id"),
    Index("ix_transfers__request", "request_id", "centre_id"),
    Index("ix_transfers__alike", "account_id", "amount", "told_by", "occurred_at"),
    Index("ix_transfers__day", "centre_id", "business_date"),
    positive("amount"),
)

evidence = fact_table(
    "evidence",
    centre(),
    key("evidence_id"),
    ident("transfer_id"),
    ident("account_id"),
    word("teller", Word(Teller)),
    words("source", 64),
    words("event_id", 128),
    count("telling"),
    ident("message_id", nullable=True),
    word("direction", Word(Direction)),
    dong("amount"),
    instant("occurred_at"),
    words("content_sha256", 64),
    flag("agrees"),
    instant("recorded_at"),
    refers(["transfer_id"], "transfers"),
    refers(["message_id"], "bank_messages"),
    UniqueConstraint("event_id", "account_id", "source", "telling", "centre_id"),
    Index("ix_evidence__transfer", "transfer_id", "centre_id"),
    Index("ix_evidence__message", "message_id", "centre_id"),
    positive("amount"),
    check("telling_positive", "telling > 0"),
)

allocations = fact_table(
    "allocations",
    centre(),
    key("allocation_id"),
    ident("transfer_id"),
    ident("request_id"),
    dong("amount"),
    words("allocated_by", 100),
    instant("allocated_at"),
    day("business_date"),
    refers(["transfer_id"], "transfers"),
    refers(["request_id"], "payment_requests"),
    UniqueConstraint("transfer_id", "request_id", "centre_id"),
    Index("ix_allocations__request", "request_id", "centre_id"),
    positive("amount"),
)

till_sessions = fact_table(
    "till_sessions",
    centre(),
    key("session_id"),
    ident("staff_id"),
    ident("counter_id"),
    count("session_no"),
    dong("float_amount"),
    instant("opened_at"),
    day("business_date"),
    refers(["staff_id"], "staff_users"),
    refers(["counter_id"], "service_counters"),
    UniqueConstraint("staff_id", "session_no", "centre_id"),
    not_negative("float_amount"),
)

till_closings = fact_table(
    "till_closings",
    centre(),
    key("session_id"),
    text("counts"),
    dong("counted"),
    dong("expected"),
    dong("difference"),
    words("reason", 400),
    instant("closed_at"),
    words("closed_by", 100),
    day("business_date"),
    refers(["session_id"], "till_sessions"),
    not_negative("counted"),
    check("difference_is_kept", "difference = counted - expected"),
)

cash_payments = fact_table(
    "cash_payments",
    centre(),
    key("cash_payment_id"),
    ident("session_id"),
    ident("request_id"),
    ident("staff_id"),
    dong("amount"),
    dong("tendered"),
    dong("change"),
    words("form_key", 64),
    instant("taken_at"),
    day("business_date"),
    refers(["session_id"], "till_sessions"),
    refers(["request_id"], "payment_requests"),
    refers(["staff_id"], "staff_users"),
    UniqueConstraint("form_key", "centre_id"),
    UniqueConstraint("request_id", "centre_id"),
    Index("ix_cash_payments__session", "session_id", "centre_id"),
    positive("amount"),
    check("change_is_kept", "change = tendered - amount AND change >= 0"),
)

receipts = fact_table(
    "receipts",
    centre(),
    key("receipt_id"),
    ident("series_id"),
    count("number"),
    ident("request_id"),
    word("kind", Word(SeriesKind)),
    count("issue_no"),
    dong("amount"),
    word("method", Word(PaymentMethod)),
    words("payer"),
    words("token", 64),
    instant("issued_at"),
    words("issued_by", 100),
    day("business_date"),
    refers(["series_id"], "receipt_series"),
    refers(["request_id"], "payment_requests"),
    UniqueConstraint("series_id", "number", "centre_id"),
    UniqueConstraint("request_id", "kind", "issue_no", "centre_id"),
    UniqueConstraint("token"),
    Index("ix_receipts__day", "centre_id", "business_date"),
    not_negative("amount"),
    check("number_positive", "number > 0"),
)

journal_entries = fact_table(
    "journal_entries",
    centre(),
    key("entry_id"),
    words("event", 40),
    words("subject_id", 64),
    day("business_date"),
    instant("recorded_at"),
    UniqueConstraint("subject_id", "event", "centre_id"),
    Index("ix_journal_entries__day", "centre_id", "business_date"),
)

postings = fact_table(
    "postings",
    centre(),
    key("entry_id"),
    count("line_no", primary_key=True),
    word("account", Word(Account)),
    dong("amount"),
    day("business_date"),
    words("kind", 10),
    words("field_code", 40),
    words("method", 10),
    words("staff_id", 32),
    words("bank_account_id", 32),
    refers(["entry_id"], "journal_entries"),
    Index("ix_postings__account_day", "centre_id", "account", "business_date"),
    check("amount_not_zero", "amount <> 0"),
)

breaks = fact_table(
    "breaks",
    centre(),
    key("break_id"),
    word("kind", Word(BreakKind)),
    words("subject_id", 64),
    dong("amount"),
    day("business_date"),
    instant("opened_at"),
    UniqueConstraint("subject_id", "kind", "centre_id"),
    Index("ix_breaks__day", "centre_id", "business_date"),
)

break_resolutions = fact_table(
    "break_resolutions",
    centre(),
    key("break_id"),
    words("explanation", 1000),
    words("resolved_by", 100),
    instant("resolved_at"),
    day("business_date"),
    refers(["break_id"], "breaks"),
)

day_closes = fact_table(
    "day_closes",
    centre(),
    day("business_date", primary_key=True),
    Column("kind", String(10), primary_key=True),
    text("report"),
    words("report_sha256", 64),
    words("closed_by", 100),
    instant("closed_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
)

audit_events = fact_table(
    "audit_events",
    centre(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    words("actor", 100),
    words("action", 60),
    words("subject_id", 64),
    text("detail"),
    words("previous_hash", 64),
    words("event_hash", 64),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    Index("ix_audit_events__at", "centre_id", "at"),
)

job_runs = kept_table(
    "job_runs",
    centre(),
    Column("job", String(40), primary_key=True),
    day("business_date", primary_key=True),
    instant("started_at"),
    instant("finished_at", nullable=True),
    text("result"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
)

# Words to the open screens. SQLite needs the plain INTEGER to count positions by itself.
feed_events = fact_table(
    "feed_events",
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    centre(primary_key=False),
    words("kind", 20),
    words("subject_id", 64),
    instant("at"),
)
