"""Statement files too large for one transaction: bytes in parts, progress, lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    _make_parts()
    _make_files()
    _make_lines()
    for statement in append_only(op.get_context().dialect.name, ["statement_file_parts"]):
        op.execute(statement)


def _make_parts() -> None:
    op.create_table(
        "statement_file_parts",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("part_no", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_statement_file_parts__centre_id")
        ),
        sa.PrimaryKeyConstraint(
            "body_sha256", "part_no", "centre_id", name=op.f("pk_statement_file_parts")
        ),
    )


def _make_files() -> None:
    counts = ("lines", "buckets", "proven", "statements", "entries_new", "entries_known", "settled")
    op.create_table(
        "large_files",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reader", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("openings", sa.Text(), nullable=False),
        sa.Column("received_by", sa.String(length=100), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("worked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_large_files__centre_id")
        ),
        sa.PrimaryKeyConstraint("body_sha256", "centre_id", name=op.f("pk_large_files")),
        sa.UniqueConstraint("file_id", "centre_id", name=op.f("uq_large_files__file_id_centre_id")),
    )


def _make_lines() -> None:
    op.create_table(
        "statement_lines",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("statement_no", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("remittance_information", sa.Text(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=True),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "file_id", "bucket", "line_no", "centre_id", name=op.f("pk_statement_lines")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_statement_lines__line",
        "statement_lines",
        ["file_id", "line_no", "centre_id"],
        unique=False,
    )


def downgrade() -> None:
    """Go one revision back."""
    for table in ("statement_lines", "large_files", "statement_file_parts"):
        op.drop_table(table)
