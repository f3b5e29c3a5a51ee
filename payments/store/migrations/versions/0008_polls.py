"""Polls of providers, the balance that a telling names, and connections that are polled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column("endpoints", sa.Column("polled_since", UtcDateTime(), nullable=True))
    op.add_column("evidence", sa.Column("balance_after", sa.BigInteger(), nullable=True))
    op.create_table(
        "polls",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_polls__number_positive")),
        sa.CheckConstraint("until > since", name=op.f("ck_polls__until_after_since")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.endpoint_id"], name=op.f("fk_polls__endpoint_id")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "number", "centre_id", name=op.f("pk_polls")),
    )
    op.create_table(
        "poll_results",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("whole_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "endpoint_id", "number"],
            ["polls.centre_id", "polls.endpoint_id", "polls.number"],
            name=op.f("fk_poll_results__centre_id_endpoint_id_number"),
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "number", "centre_id", name=op.f("pk_poll_results")),
    )
    for statement in append_only(op.get_context().dialect.name, ["poll_results", "polls"]):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    op.drop_table("poll_results")
    op.drop_table("polls")
    op.drop_column("evidence", "balance_after")
    op.drop_column("endpoints", "polled_since")
