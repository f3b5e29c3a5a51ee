"""Other software that is told of payments: subscriptions, messages, attempts, results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FACTS = ["delivery_attempts", "delivery_results", "outgoing_messages"]


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "subscriptions",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret_box", sa.LargeBinary(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("read_through", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_subscriptions__centre_id")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "centre_id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "outgoing_messages",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "subscription_id"],
            ["subscriptions.centre_id", "subscriptions.subscription_id"],
            name=op.f("fk_outgoing_messages__centre_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("message_id", "centre_id", name=op.f("pk_outgoing_messages")),
        sa.UniqueConstraint(
            "subscription_id",
            "seq",
            "centre_id",
            name=op.f("uq_outgoing_messages__subscription_id_seq_centre_id"),
        ),
    )
    op.create_index(
        "ix_outgoing_messages__created", "outgoing_messages", ["created_at", "centre_id"]
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_delivery_attempts__attempt_positive")),
        sa.ForeignKeyConstraint(
            ["centre_id", "message_id"],
            ["outgoing_messages.centre_id", "outgoing_messages.message_id"],
            name=op.f("fk_delivery_attempts__centre_id_message_id"),
        ),
        sa.PrimaryKeyConstraint(
            "message_id", "attempt", "centre_id", name=op.f("pk_delivery_attempts")
        ),
    )
    op.create_table(
        "delivery_results",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "message_id", "attempt"],
            [
                "delivery_attempts.centre_id",
                "delivery_attempts.message_id",
                "delivery_attempts.attempt",
            ],
            name=op.f("fk_delivery_results__centre_id_message_id_attempt"),
        ),
        sa.PrimaryKeyConstraint(
            "message_id", "attempt", "centre_id", name=op.f("pk_delivery_results")
        ),
    )
    for statement in append_only(op.get_context().dialect.name, FACTS):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    for table in ("delivery_results", "delivery_attempts", "outgoing_messages", "subscriptions"):
        op.drop_table(table)
