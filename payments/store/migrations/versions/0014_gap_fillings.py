"""Statements that came late and fill a gap which two people had accepted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "gap_fillings",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("filled_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("difference <> 0", name=op.f("ck_gap_fillings__filling_not_zero")),
        sa.ForeignKeyConstraint(
            ["centre_id", "statement_id"],
            ["statements.centre_id", "statements.statement_id"],
            name=op.f("fk_gap_fillings__centre_id_statement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "filled_id"],
            ["statement_differences.centre_id", "statement_differences.statement_id"],
            name=op.f("fk_gap_fillings__centre_id_filled_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_gap_fillings__centre_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "centre_id", name=op.f("pk_gap_fillings")),
        sa.UniqueConstraint(
            "filled_id", "centre_id", name=op.f("uq_gap_fillings__filled_id_centre_id")
        ),
    )
    for statement in append_only(op.get_context().dialect.name, ["gap_fillings"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("gap_fillings")
