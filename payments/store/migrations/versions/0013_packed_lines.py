"""The working rows of large statement files, many lines packed in each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op

from payments.store.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BUCKETS = 256
_LOT_LINES = 1_000
_STRETCH_LINES = 5_000

_IN_ORDER = sa.text(
    "SELECT line_no, bucket, place, booked_on, booked_at, is_reversal, balance_before,"
    " balance_after FROM statement_lines WHERE file_id = :file_id AND centre_id = :centre_id"
    " AND line_no BETWEEN :first AND :last ORDER BY line_no"
)
_IN_BUCKET = sa.text(
    "SELECT line_no, statement_no, content, booked_on,"
    " CASE WHEN direction = 'in' THEN amount ELSE -amount END, bank_reference,"
    " remittance_information, balance_after FROM statement_lines WHERE file_id = :file_id"
    " AND centre_id = :centre_id AND bucket = :bucket ORDER BY line_no"
)


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "line_lots",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "file_id", "bucket", "first_line", "centre_id", name=op.f("pk_line_lots")
        ),
    )
    op.create_table(
        "line_stretches",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "file_id", "first_line", "centre_id", name=op.f("pk_line_stretches")
        ),
    )
    op.add_column(
        "large_files",
        sa.Column("bucket_line", sa.Integer(), nullable=False, server_default="0"),
    )
    _pack(op.get_bind())
    op.drop_table("statement_lines")


def downgrade() -> None:
    """Go one revision back. Lines of a file that is being imported are not unpacked."""
    for table in ("line_lots", "line_stretches"):
        op.drop_table(table)
    op.drop_column("large_files", "bucket_line")
    texts = ("place", "bank_reference", "remittance_information")
    op.create_table(
        "statement_lines",
        sa.Column("centre_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("statement_no", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=True),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "file_id", "bucket", "line_no", "centre_id", name=op.f("pk_statement_lines")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_statement_lines__line", "statement_lines", ["file_id", "line_no", "centre_id"]
    )


def _pack(connection: sa.Connection) -> None:
    """Pack the lines of files that are being booked or proven; others are read again."""
    for change in (
        "phase = 'taking', looked_at = 0, lines = 0 WHERE phase IN ('taking', 'checking')",
        "lines = 0 WHERE phase = 'quarantined'",
    ):
        connection.execute(sa.text(f"UPDATE large_files SET {change}"))  # noqa: S608 -- constants.
    files = connection.execute(
        sa.text(
            "SELECT centre_id, file_id, phase, buckets, lines FROM large_files"
            " WHERE phase IN ('booking', 'proving')"
        )
    ).all()
    for centre_id, file_id, phase, buckets, lines in files:
        own = {"centre_id": centre_id, "file_id": file_id}
        for first in range(1, lines + 1, _STRETCH_LINES):
            within = {**own, "first": first, "last": first + _STRETCH_LINES - 1}
            rows = connection.execute(_IN_ORDER, within).all()
            if rows:
                numbers, buckets_of, places, days, instants, flags, befores, afters = zip(
                    *rows, strict=True
                )
                told = [instant and _iso(instant) for instant in instants]
                marks = [bool(flag) for flag in flags]
                columns = [buckets_of, places, list(map(_iso, days)), told, marks, befores, afters]
                _add(connection, "line_stretches", own, numbers, columns)
        for bucket in range(buckets if phase == "booking" else _BUCKETS, _BUCKETS):
            rows = connection.execute(_IN_BUCKET, {**own, "bucket": bucket}).all()
            for start in range(0, len(rows), _LOT_LINES):
                numbers, statements, contents, days, *rest = zip(
                    *rows[start : start + _LOT_LINES], strict=True
                )
                columns = [numbers, statements, contents, list(map(_iso, days)), *rest]
                _add(connection, "line_lots", {**own, "bucket": bucket}, numbers, columns)


def _add(
    connection: sa.Connection,
    table: str,
    key: Mapping[str, object],
    numbers: Sequence[int],
    columns: Sequence[Sequence[object]],
) -> None:
    """Add a lot or a stretch."""
    body = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    row = {**key, "first_line": numbers[0], "lines": len(numbers), "body": body}
    into, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(sa.text(f"INSERT INTO {table} ({into}) VALUES ({values})"), row)  # noqa: S608 -- names of this file.


def _iso(day: date | str) -> str:
    """Return a day or an instant as text, which it is already on SQLite."""
    return day if isinstance(day, str) else day.isoformat()
