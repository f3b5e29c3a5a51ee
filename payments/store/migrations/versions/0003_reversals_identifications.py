"""Transfers that a bank has taken back, and those whose request a later telling has named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "reversals",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("reversal_id", sa.String(length=32), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount >= 0 AND amount <= 10000000000000",
            name=op.f("ck_reversals__amount_not_negative"),
        ),
        sa.CheckConstraint("reversal_id <> transfer_id", name=op.f("ck_reversals__not_itself")),
        sa.ForeignKeyConstraint(
            ["centre_id", "reversal_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_reversals__centre_id_reversal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "transfer_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_reversals__centre_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("reversal_id", "centre_id", name=op.f("pk_reversals")),
    )
    op.create_index(
        "ix_reversals__transfer", "reversals", ["transfer_id", "centre_id"], unique=False
    )
    op.create_table(
        "identifications",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("transfer_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=15), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("told_by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "request_id"],
            ["payment_requests.centre_id", "payment_requests.request_id"],
            name=op.f("fk_identifications__centre_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "transfer_id"],
            ["transfers.centre_id", "transfers.transfer_id"],
            name=op.f("fk_identifications__centre_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "centre_id", name=op.f("pk_identifications")),
    )
    op.create_index(
        "ix_identifications__request", "identifications", ["request_id", "centre_id"], unique=False
    )
    for statement in append_only(op.get_context().dialect.name, ["identifications", "reversals"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("identifications")
    op.drop_table("reversals")
