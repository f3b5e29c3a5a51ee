"""Which events a subscriber is told of, and what it answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Who was told before asked for everything that there was then.
_EVERYTHING = "payment_request.paid payment_request.cancelled transfer.taken_back"


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column(
        "subscriptions",
        sa.Column("event_types", sa.String(length=200), nullable=False, server_default=_EVERYTHING),
    )
    op.add_column(
        "delivery_results",
        sa.Column("answer", sa.String(length=1000), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Go one revision back."""
    op.drop_column("delivery_results", "answer")
    op.drop_column("subscriptions", "event_types")
