"""Mappings of columns that people made for the tables of statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "statement_profiles",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_statement_profiles__centre_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("profile_id", "centre_id", name=op.f("pk_statement_profiles")),
    )
    op.create_index(
        "ix_statement_profiles__header",
        "statement_profiles",
        ["header_key", "centre_id"],
        unique=False,
    )
    for statement in append_only(op.get_context().dialect.name, ["statement_profiles"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("statement_profiles")
