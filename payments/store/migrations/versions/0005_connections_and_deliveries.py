"""Connections with a way and settings of their own, and deliveries with what they were answered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = "REFERENCES bank_messages (centre_id, message_id)"
_BY_COMMIT = " DEFERRABLE INITIALLY DEFERRED"


def upgrade() -> None:
    """Go one revision forward."""
    op.execute("ALTER TABLE endpoints RENAME COLUMN secret_name TO way")
    op.add_column(
        "endpoints", sa.Column("settings", sa.Text(), nullable=False, server_default="{}")
    )
    for column in _delivery():
        op.add_column("bank_messages", column)
    # The row of a delivery says what it was answered, so it is written after its evidence.
    if op.get_context().dialect.name == "sqlite":
        _rebuild_evidence(_KEY, _KEY + _BY_COMMIT)
    else:
        op.execute(
            "ALTER TABLE evidence ALTER CONSTRAINT fk_evidence__centre_id_message_id" + _BY_COMMIT
        )


def downgrade() -> None:
    """Go one revision back. Secrets that were sealed by name are not read by what came before."""
    if op.get_context().dialect.name == "sqlite":
        _rebuild_evidence(_KEY + _BY_COMMIT, _KEY)
    else:
        op.execute(
            "ALTER TABLE evidence ALTER CONSTRAINT fk_evidence__centre_id_message_id NOT DEFERRABLE"
        )
    for column in reversed(_delivery()):
        op.drop_column("bank_messages", column.name)
    op.drop_column("endpoints", "settings")
    op.execute("ALTER TABLE endpoints RENAME COLUMN way TO secret_name")


def _delivery() -> list[sa.Column[Any]]:
    """Return what is kept of a delivery from now on; of an earlier one nobody knows it."""
    return [
        sa.Column("path", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("query", sa.Text(), nullable=False, server_default=""),
        sa.Column("remote_address", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("verdict", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("problem", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("reply_status", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reply_type", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("reply_body", sa.LargeBinary(), nullable=False, server_default=""),
        sa.Column("handled_ms", sa.Integer(), nullable=False, server_default="0"),
    ]


def _rebuild_evidence(former: str, latter: str) -> None:
    """Write the table anew with another foreign key: SQLite changes none that is there.

    Its indexes and triggers go with the old table and are made again from their own words.
    """
    connection = op.get_bind()
    words = "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'evidence' AND sql IS NOT NULL"
    parts = [(kind, sql) for kind, sql in connection.exec_driver_sql(words)]
    table = next(sql for kind, sql in parts if kind == "table")
    if former not in table:
        raise RuntimeError("the table evidence is not as revision 0001 made it")
    columns = table[table.index("(") :].replace(former, latter)
    for statement in (
        f"CREATE TABLE evidence_new {columns}",
        "INSERT INTO evidence_new SELECT * FROM evidence",
        "DROP TABLE evidence",
        "ALTER TABLE evidence_new RENAME TO evidence",
        *(sql for kind, sql in parts if kind != "table"),
    ):
        connection.exec_driver_sql(statement)
