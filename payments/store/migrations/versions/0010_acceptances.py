"""Statements that two people accept, changes of mappings, and the open days of a centre."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payments.store.append_only import append_only
from payments.store.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FACTS = [
    "acceptance_decisions",
    "acceptance_proposals",
    "calendar_days",
    "profile_changes",
    "statement_differences",
]


def upgrade() -> None:
    """Go one revision forward."""
    # A plain column: SQLite adds it without writing the table anew, and its triggers stay.
    op.add_column("statement_profiles", sa.Column("file_id", sa.String(length=32), nullable=True))
    _calendar()
    _profile_changes()
    _proposals()
    _decisions()
    _differences()
    for statement in append_only(op.get_context().dialect.name, FACTS):
        op.execute(statement)


def downgrade() -> None:
    """Go one revision back."""
    for table in FACTS:
        op.drop_table(table)
    op.drop_column("statement_profiles", "file_id")


def _calendar() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("change_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("said_by", sa.String(length=100), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name=op.f("fk_calendar_days__centre_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "centre_id", name=op.f("pk_calendar_days")),
    )
    op.create_index("ix_calendar_days__day", "calendar_days", ["day", "centre_id"])


def _profile_changes() -> None:
    op.create_table(
        "profile_changes",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "profile_id"],
            ["statement_profiles.centre_id", "statement_profiles.profile_id"],
            name=op.f("fk_profile_changes__centre_id_profile_id"),
        ),
        sa.PrimaryKeyConstraint(
            "profile_id", "number", "centre_id", name=op.f("pk_profile_changes")
        ),
    )


def _proposals() -> None:
    op.create_table(
        "acceptance_proposals",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("proposal_id", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id", "file_id"],
            ["statement_files.centre_id", "statement_files.file_id"],
            name=op.f("fk_acceptance_proposals__centre_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", "centre_id", name=op.f("pk_acceptance_proposals")),
        sa.UniqueConstraint(
            "file_id",
            "round",
            "centre_id",
            name=op.f("uq_acceptance_proposals__file_id_round_centre_id"),
        ),
        sa.UniqueConstraint(
            "centre_id",
            "proposal_id",
            "proposed_by",
            name=op.f("uq_acceptance_proposals__centre_id_proposal_id_proposed_by"),
        ),
    )


def _decisions() -> None:
    op.create_table(
        "acceptance_decisions",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("proposal_id", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("booked_file_id", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_acceptance_decisions__two_people")
        ),
        sa.CheckConstraint(
            "is_approved = (booked_file_id IS NOT NULL)",
            name=op.f("ck_acceptance_decisions__approved_is_booked"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "proposal_id", "proposed_by"],
            [
                "acceptance_proposals.centre_id",
                "acceptance_proposals.proposal_id",
                "acceptance_proposals.proposed_by",
            ],
            name=op.f("fk_acceptance_decisions__centre_id_proposal_id_proposed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "booked_file_id"],
            ["statement_files.centre_id", "statement_files.file_id"],
            name=op.f("fk_acceptance_decisions__centre_id_booked_file_id"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", "centre_id", name=op.f("pk_acceptance_decisions")),
        sa.UniqueConstraint(
            "booked_file_id",
            "centre_id",
            name=op.f("uq_acceptance_decisions__booked_file_id_centre_id"),
        ),
    )


def _differences() -> None:
    op.create_table(
        "statement_differences",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("statement_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "difference <> 0", name=op.f("ck_statement_differences__difference_not_zero")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "statement_id"],
            ["statements.centre_id", "statements.statement_id"],
            name=op.f("fk_statement_differences__centre_id_statement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id", "account_id"],
            ["bank_accounts.centre_id", "bank_accounts.account_id"],
            name=op.f("fk_statement_differences__centre_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "centre_id", name=op.f("pk_statement_differences")),
    )
