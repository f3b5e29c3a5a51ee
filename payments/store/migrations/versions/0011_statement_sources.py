"""Sources of statements, and the files that were taken from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "statement_sources",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secret_box", sa.LargeBinary(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_statement_sources__centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_statement_sources__centre_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("source_id", "centre_id", name=op.f("pk_statement_sources")),
    )
    op.create_table(
        "taken_files",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("taken_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_taken_files__centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "file_id"],
            ["statement_files.centre_id", "statement_files.file_id"],
            name=op.f("fk_taken_files__centre_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("taken_id", "centre_id", name=op.f("pk_taken_files")),
        sa.UniqueConstraint(
            "source",
            "name",
            "size",
            "modified_at",
            "body_sha256",
            "outcome",
            "centre_id",
            name="uq_taken_files__once",
        ),
    )
    op.create_index("ix_taken_files__time", "taken_files", ["taken_at", "centre_id"], unique=False)
    for statement in append_only(op.get_context().dialect.name, ["taken_files"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("taken_files")
    op.drop_table("statement_sources")
