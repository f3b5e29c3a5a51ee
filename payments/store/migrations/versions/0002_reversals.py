"""Reversals: which transfer a bank has taken back, and what of it had waited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
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
    for statement in append_only(op.get_context().dialect.name, ["reversals"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("reversals")
