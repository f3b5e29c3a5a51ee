"""The audit log by what its events are about, so that no fact has to be looked for in all of it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_index(
        "ix_audit_events__subject",
        "audit_events",
        ["subject_id", "action", "centre_id"],
        unique=False,
    )


def downgrade() -> None:
    """Go one revision back."""
    op.drop_index("ix_audit_events__subject", table_name="audit_events")
