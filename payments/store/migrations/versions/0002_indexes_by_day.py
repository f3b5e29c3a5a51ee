"""Indexes led by what tells rows apart, the centre last, as the keys are (decision 8)."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Each index with its table, and the columns that it had in another order before.
INDEXES = [
    ("ix_audit_events__at", "audit_events", ["at"]),
    ("ix_bank_messages__received", "bank_messages", ["received_at"]),
    ("ix_breaks__day", "breaks", ["business_date"]),
    ("ix_dossiers__received", "dossiers", ["received_on"]),
    ("ix_journal_entries__day", "journal_entries", ["business_date"]),
    ("ix_payment_requests__issued", "payment_requests", ["issued_at"]),
    ("ix_postings__account_day", "postings", ["account", "business_date"]),
    ("ix_receipts__day", "receipts", ["business_date"]),
    ("ix_statement_entries__day", "statement_entries", ["account_id", "booked_on"]),
    ("ix_statements__period", "statements", ["account_id", "period_to"]),
    ("ix_transfers__day", "transfers", ["business_date"]),
]


def upgrade() -> None:
    """Put the centre last."""
    for name, table, columns in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [*columns, "centre_id"])


def downgrade() -> None:
    """Put the centre first."""
    for name, table, columns in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, ["centre_id", *columns])
