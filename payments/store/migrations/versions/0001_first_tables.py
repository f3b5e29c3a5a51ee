"""First tables: the centre, its fees, requests, transfers, cash, receipts, books, statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only, closed_days
from payments.store.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FACTS = [
    "allocations",
    "audit_events",
    "bank_messages",
    "break_resolutions",
    "breaks",
    "cash_payments",
    "day_closes",
    "dossiers",
    "evidence",
    "fee_items",
    "feed_events",
    "journal_entries",
    "payment_requests",
    "postings",
    "receipts",
    "request_cancellations",
    "request_lines",
    "settlements",
    "statement_entries",
    "statement_files",
    "statements",
    "till_closings",
    "till_sessions",
    "transfers",
]


def upgrade() -> None:  # noqa: PLR0915 -- one statement a table.
    """Create every table, and the triggers that keep facts as they were written."""
    op.create_table(
        "breaks",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("break_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("break_id", "centre_id", name=op.f("pk_breaks")),
        sa.UniqueConstraint(
            "subject_id", "kind", "centre_id", name=op.f("uq_breaks__subject_id_kind_centre_id")
        ),
    )
    op.create_index("ix_breaks__day", "breaks", ["centre_id", "business_date"], unique=False)
    op.create_table(
        "centres",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("tax_code", sa.String(length=20), nullable=False),
        sa.Column("reference_prefix", sa.String(length=4), nullable=False),
        sa.Column("cutoff_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "cutoff_minutes BETWEEN 1 AND 1440", name=op.f("ck_centres__cutoff_minutes_in_day")
        ),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_centres")),
    )
    op.create_table(
        "feed_events",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_feed_events")),
    )
    op.create_table(
        "journal_entries",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "centre_id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint(
            "subject_id",
            "event",
            "centre_id",
            name=op.f("uq_journal_entries__subject_id_event_centre_id"),
        ),
    )
    op.create_index(
        "ix_journal_entries__day", "journal_entries", ["centre_id", "business_date"], unique=False
    )
    op.create_table(
        "throttles",
        sa.Column("bucket", sa.String(length=128), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_throttles")),
    )
    op.create_table(
        "api_keys",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_api_keys__centre_id")
        ),
        sa.PrimaryKeyConstraint("key_id", "centre_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys__key_hash")),
    )
    op.create_table(
        "audit_events",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_audit_events__centre_id")
        ),
        sa.PrimaryKeyConstraint("centre_id", "seq", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events__at", "audit_events", ["centre_id", "at"], unique=False)
    op.create_table(
        "bank_accounts",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("bank_bin", sa.String(length=6), nullable=False),
        sa.Column("account_number", sa.String(length=19), nullable=False),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("is_collecting", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_bank_accounts__centre_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "centre_id", name=op.f("pk_bank_accounts")),
        sa.UniqueConstraint(
            "bank_bin", "account_number", name=op.f("uq_bank_accounts__bank_bin_account_number")
        ),
    )
    op.create_table(
        "break_resolutions",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("break_id", sa.String(length=32), nullable=False),
        sa.Column("explanation", sa.String(length=1000), nullable=False),
        sa.Column("resolved_by", sa.String(length=100), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "break_id"],
            ["breaks.centre_id", "breaks.break_id"],
            name=op.f("fk_break_resolutions__centre_id_break_id"),
        ),
        sa.PrimaryKeyConstraint("break_id", "centre_id", name=op.f("pk_break_resolutions")),
    )
    op.create_table(
        "day_closes",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_by", sa.String(length=100), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_day_closes__centre_id")
        ),
        sa.PrimaryKeyConstraint("centre_id", "business_date", "kind", name=op.f("pk_day_closes")),
    )
    op.create_table(
        "fields",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("field_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_fields__centre_id")
        ),
        sa.PrimaryKeyConstraint("field_code", "centre_id", name=op.f("pk_fields")),
    )
    op.create_table(
        "job_runs",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_job_runs__centre_id")
        ),
        sa.PrimaryKeyConstraint("job", "business_date", "centre_id", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "postings",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("field_code", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("bank_account_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_postings__amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["centre_id", "entry_id"],
            ["journal_entries.centre_id", "journal_entries.entry_id"],
            name=op.f("fk_postings__centre_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "line_no", "centre_id", name=op.f("pk_postings")),
    )
    op.create_index(
        "ix_postings__account_day",
        "postings",
        ["centre_id", "account", "business_date"],
        unique=False,
    )
    op.create_table(
        "receipt_series",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("series_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("pattern", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_receipt_series__centre_id")
        ),
        sa.PrimaryKeyConstraint("series_id", "centre_id", name=op.f("pk_receipt_series")),
        sa.UniqueConstraint(
            "centre_id",
            "kind",
            "year",
            "serial",
            name=op.f("uq_receipt_series__centre_id_kind_year_serial"),
        ),
    )
    op.create_table(
        "service_counters",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("counter_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("display_token", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_service_counters__centre_id")
        ),
        sa.PrimaryKeyConstraint("counter_id", "centre_id", name=op.f("pk_service_counters")),
        sa.UniqueConstraint("display_token", name=op.f("uq_service_counters__display_token")),
    )
    op.create_table(
        "staff_users",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_staff_users__centre_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", "centre_id", name=op.f("pk_staff_users")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_users__username")),
    )
    op.create_table(
        "statement_files",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reader", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("received_by", sa.String(length=100), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_statement_files__centre_id")
        ),
        sa.PrimaryKeyConstraint("file_id", "centre_id", name=op.f("pk_statement_files")),
        sa.UniqueConstraint(
            "body_sha256",
            "verdict",
            "centre_id",
            name=op.f("uq_statement_files__body_sha256_verdict_centre_id"),
        ),
    )
    op.create_table(
        "endpoints",
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("adapter", sa.String(length=40), nullable=False),
        sa.Column("secret_name", sa.String(length=40), nullable=False),
        sa.Column("secret_box", sa.LargeBinary(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_endpoints__centre_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoints")),
    )
    op.create_table(
        "procedures",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("procedure_code", sa.String(length=40), nullable=False),
        sa.Column("field_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "field_code"],
            ["fields.centre_id", "fields.field_code"],
            name=op.f("fk_procedures__centre_id_field_code"),
        ),
        sa.PrimaryKeyConstraint("procedure_code", "centre_id", name=op.f("pk_procedures")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("signed_in_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "staff_id"],
            ["staff_users.centre_id", "staff_users.staff_id"],
            name=op.f("fk_sign_ins__centre_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_table(
        "statements",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_statements__centre_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "file_id"],
            ["statement_files.centre_id", "statement_files.file_id"],
            name=op.f("fk_statements__centre_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "centre_id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "centre_id",
            "account_id",
            "position",
            name=op.f("uq_statements__centre_id_account_id_position"),
        ),
    )
    op.create_index(
        "ix_statements__period",
        "statements",
        ["centre_id", "account_id", "period_to"],
        unique=False,
    )
    op.create_table(
        "till_sessions",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("counter_id", sa.String(length=32), nullable=False),
        sa.Column("session_no", sa.Integer(), nullable=False),
        sa.Column("float_amount", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "float_amount >= 0 AND float_amount <= 10000000000000",
            name=op.f("ck_till_sessions__float_amount_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "counter_id"],
            ["service_counters.centre_id", "service_counters.counter_id"],
            name=op.f("fk_till_sessions__centre_id_counter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "staff_id"],
            ["staff_users.centre_id", "staff_users.staff_id"],
            name=op.f("fk_till_sessions__centre_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("session_id", "centre_id", name=op.f("pk_till_sessions")),
        sa.UniqueConstraint(
            "staff_id",
            "session_no",
            "centre_id",
            name=op.f("uq_till_sessions__staff_id_session_no_centre_id"),
        ),
    )
    op.create_table(
        "bank_messages",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.endpoint_id"], name=op.f("fk_bank_messages__endpoint_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "centre_id", name=op.f("pk_bank_messages")),
    )
    op.create_index(
        "ix_bank_messages__body", "bank_messages", ["body_sha256", "centre_id"], unique=False
    )
    op.create_index(
        "ix_bank_messages__received", "bank_messages", ["centre_id", "received_at"], unique=False
    )
    op.create_table(
        "dossiers",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("code_key", sa.String(length=60), nullable=False),
        sa.Column("procedure_code", sa.String(length=40), nullable=False),
        sa.Column("applicant", sa.String(length=200), nullable=False),
        sa.Column("second_factor", sa.String(length=4), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("payer_class", sa.String(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "procedure_code"],
            ["procedures.centre_id", "procedures.procedure_code"],
            name=op.f("fk_dossiers__centre_id_procedure_code"),
        ),
        sa.PrimaryKeyConstraint("dossier_id", "centre_id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code_key", "centre_id", name=op.f("uq_dossiers__code_key_centre_id")),
    )
    op.create_index("ix_dossiers__code_key", "dossiers", ["code_key"], unique=False)
    op.create_index("ix_dossiers__received", "dossiers", ["centre_id", "received_on"], unique=False)
    op.create_table(
        "fee_items",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("fee_item_id", sa.String(length=32), nullable=False),
        sa.Column("fee_code", sa.String(length=40), nullable=False),
        sa.Column("procedure_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("payer_class", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount >= 0 AND amount <= 10000000000000",
            name=op.f("ck_fee_items__amount_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "procedure_code"],
            ["procedures.centre_id", "procedures.procedure_code"],
            name=op.f("fk_fee_items__centre_id_procedure_code"),
        ),
        sa.PrimaryKeyConstraint("fee_item_id", "centre_id", name=op.f("pk_fee_items")),
        sa.UniqueConstraint(
            "centre_id",
            "fee_code",
            "channel",
            "payer_class",
            "valid_from",
            name=op.f("uq_fee_items__centre_id_fee_code_channel_payer_class_valid_from"),
        ),
    )
    op.create_table(
        "statement_entries",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("entry_key", sa.String(length=128), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(length=128), nullable=False),
        sa.Column("remittance_information", sa.Text(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 10000000000000",
            name=op.f("ck_statement_entries__amount_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_statement_entries__centre_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "statement_id"],
            ["statements.centre_id", "statements.statement_id"],
            name=op.f("fk_statement_entries__centre_id_statement_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "centre_id", name=op.f("pk_statement_entries")),
        sa.UniqueConstraint(
            "entry_key",
            "account_id",
            "centre_id",
            name=op.f("uq_statement_entries__entry_key_account_id_centre_id"),
        ),
    )
    op.create_index(
        "ix_statement_entries__day",
        "statement_entries",
        ["centre_id", "account_id", "booked_on"],
        unique=False,
    )
    op.create_table(
        "till_closings",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=100), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "counted >= 0 AND counted <= 10000000000000",
            name=op.f("ck_till_closings__counted_not_negative"),
        ),
        sa.CheckConstraint(
            "difference = counted - expected", name=op.f("ck_till_closings__difference_is_kept")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "session_id"],
            ["till_sessions.centre_id", "till_sessions.session_id"],
            name=op.f("fk_till_closings__centre_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("session_id", "centre_id", name=op.f("pk_till_closings")),
    )
    op.create_table(
        "payment_requests",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=15), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "expires_at > issued_at", name=op.f("ck_payment_requests__expires_after_issue")
        ),
        sa.CheckConstraint(
            "total >= 0 AND total <= 10000000000000",
            name=op.f("ck_payment_requests__total_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_payment_requests__centre_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "dossier_id"],
            ["dossiers.centre_id", "dossiers.dossier_id"],
            name=op.f("fk_payment_requests__centre_id_dossier_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "centre_id", name=op.f("pk_payment_requests")),
        sa.UniqueConstraint(
            "dossier_id",
            "attempt",
            "centre_id",
            name=op.f("uq_payment_requests__dossier_id_attempt_centre_id"),
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_requests__reference")),
        sa.UniqueConstraint("token", name=op.f("uq_payment_requests__token")),
    )
    op.create_index(
        "ix_payment_requests__issued", "payment_requests", ["centre_id", "issued_at"], unique=False
    )
    op.create_table(
        "cash_payments",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("cash_payment_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tendered", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 10000000000000",
            name=op.f("ck_cash_payments__amount_positive"),
        ),
        sa.CheckConstraint(
            "change = tendered - amount AND change >= 0",
            name=op.f("ck_cash_payments__change_is_kept"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_cash_payments__centre_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "session_id"],
            ["till_sessions.centre_id", "till_sessions.session_id"],
            name=op.f("fk_cash_payments__centre_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "staff_id"],
            ["staff_users.centre_id", "staff_users.staff_id"],
            name=op.f("fk_cash_payments__centre_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("cash_payment_id", "centre_id", name=op.f("pk_cash_payments")),
        sa.UniqueConstraint(
            "form_key", "centre_id", name=op.f("uq_cash_payments__form_key_centre_id")
        ),
        sa.UniqueConstraint(
            "request_id", "centre_id", name=op.f("uq_cash_payments__request_id_centre_id")
        ),
    )
    op.create_index(
        "ix_cash_payments__session", "cash_payments", ["session_id", "centre_id"], unique=False
    )
    op.create_table(
        "counter_screens",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("counter_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "counter_id"],
            ["service_counters.centre_id", "service_counters.counter_id"],
            name=op.f("fk_counter_screens__centre_id_counter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_counter_screens__centre_id_request_id"),
        ),
        sa.PrimaryKeyConstraint("counter_id", "centre_id", name=op.f("pk_counter_screens")),
    )
    op.create_table(
        "receipts",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("receipt_id", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("issue_no", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("payer", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "amount >= 0 AND amount <= 10000000000000",
            name=op.f("ck_receipts__amount_not_negative"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipts__number_positive")),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_receipts__centre_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "series_id"],
            ["receipt_series.centre_id", "receipt_series.series_id"],
            name=op.f("fk_receipts__centre_id_series_id"),
        ),
        sa.PrimaryKeyConstraint("receipt_id", "centre_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "request_id",
            "kind",
            "issue_no",
            "centre_id",
            name=op.f("uq_receipts__request_id_kind_issue_no_centre_id"),
        ),
        sa.UniqueConstraint(
            "series_id", "number", "centre_id", name=op.f("uq_receipts__series_id_number_centre_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_receipts__token")),
    )
    op.create_index("ix_receipts__day", "receipts", ["centre_id", "business_date"], unique=False)
    op.create_table(
        "request_cancellations",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_request_cancellations__centre_id_request_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "centre_id", name=op.f("pk_request_cancellations")),
    )
    op.create_table(
        "request_lines",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("fee_item_id", sa.String(length=32), nullable=False),
        sa.Column("fee_code", sa.String(length=40), nullable=False),
        sa.Column("field_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount = quantity * unit_amount", name=op.f("ck_request_lines__amount_is_product")
        ),
        sa.CheckConstraint(
            "amount >= 0 AND amount <= 10000000000000",
            name=op.f("ck_request_lines__amount_not_negative"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_request_lines__quantity_positive")),
        sa.ForeignKeyConstraint(
            ["centre_id", "fee_item_id"],
            ["fee_items.centre_id", "fee_items.fee_item_id"],
            name=op.f("fk_request_lines__centre_id_fee_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_request_lines__centre_id_request_id"),
        ),
        sa.PrimaryKeyConstraint(
            "request_id", "line_no", "centre_id", name=op.f("pk_request_lines")
        ),
    )
    op.create_table(
        "transfers",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("transfer_key", sa.String(length=128), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("remittance_information", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.String(length=128), nullable=False),
        sa.Column("reference", sa.String(length=15), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("told_by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 10000000000000", name=op.f("ck_transfers__amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_transfers__centre_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_transfers__centre_id_request_id"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "centre_id", name=op.f("pk_transfers")),
        sa.UniqueConstraint(
            "transfer_key",
            "account_id",
            "centre_id",
            name=op.f("uq_transfers__transfer_key_account_id_centre_id"),
        ),
    )
    op.create_index(
        "ix_transfers__alike",
        "transfers",
        ["account_id", "amount", "told_by", "occurred_at"],
        unique=False,
    )
    op.create_index("ix_transfers__day", "transfers", ["centre_id", "business_date"], unique=False)
    op.create_index("ix_transfers__request", "transfers", ["request_id", "centre_id"], unique=False)
    op.create_table(
        "allocations",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("allocation_id", sa.String(length=32), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("allocated_by", sa.String(length=100), nullable=False),
        sa.Column("allocated_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 10000000000000", name=op.f("ck_allocations__amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_allocations__centre_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "transfer_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_allocations__centre_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("allocation_id", "centre_id", name=op.f("pk_allocations")),
        sa.UniqueConstraint(
            "transfer_id",
            "request_id",
            "centre_id",
            name=op.f("uq_allocations__transfer_id_request_id_centre_id"),
        ),
    )
    op.create_index(
        "ix_allocations__request", "allocations", ["request_id", "centre_id"], unique=False
    )
    op.create_table(
        "evidence",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("evidence_id", sa.String(length=32), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("teller", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("telling", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 10000000000000", name=op.f("ck_evidence__amount_positive")
        ),
        sa.CheckConstraint("telling > 0", name=op.f("ck_evidence__telling_positive")),
        sa.ForeignKeyConstraint(
            ["centre_id", "message_id"],
            ["bank_messages.centre_id", "bank_messages.message_id"],
            name=op.f("fk_evidence__centre_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "transfer_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_evidence__centre_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("evidence_id", "centre_id", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "event_id",
            "account_id",
            "source",
            "telling",
            "centre_id",
            name=op.f("uq_evidence__event_id_account_id_source_telling_centre_id"),
        ),
    )
    op.create_index("ix_evidence__message", "evidence", ["message_id", "centre_id"], unique=False)
    op.create_index("ix_evidence__transfer", "evidence", ["transfer_id", "centre_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "entry_id"],
            ["statement_entries.centre_id", "statement_entries.entry_id"],
            name=op.f("fk_settlements__centre_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "transfer_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_settlements__centre_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "centre_id", name=op.f("pk_settlements")),
        sa.UniqueConstraint(
            "transfer_id", "centre_id", name=op.f("uq_settlements__transfer_id_centre_id")
        ),
    )
    dialect = op.get_context().dialect.name
    for statement in [*append_only(dialect, FACTS), *closed_days(dialect)]:
        op.execute(statement)


def downgrade() -> None:
    """Drop every table, the ones that refer to others first."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION thuphi_append_only()")
        op.execute("DROP FUNCTION thuphi_open_day()")


TABLES = [
    "settlements",
    "evidence",
    "allocations",
    "transfers",
    "request_lines",
    "request_cancellations",
    "receipts",
    "counter_screens",
    "cash_payments",
    "payment_requests",
    "till_closings",
    "statement_entries",
    "fee_items",
    "dossiers",
    "bank_messages",
    "till_sessions",
    "statements",
    "sign_ins",
    "procedures",
    "endpoints",
    "statement_files",
    "staff_users",
    "service_counters",
    "receipt_series",
    "postings",
    "job_runs",
    "fields",
    "day_closes",
    "break_resolutions",
    "bank_accounts",
    "audit_events",
    "api_keys",
    "throttles",
    "journal_entries",
    "feed_events",
    "centres",
    "breaks",
]
