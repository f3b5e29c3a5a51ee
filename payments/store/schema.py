"""The one MetaData of all packages, and the short forms that tables are written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from payments.domain.money import MAX_AMOUNT
from payments.store.types import DONG, IDENTIFIER, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s__%(column_0_N_name)s",
        "uq": "uq_%(table_name)s__%(column_0_N_name)s",
        "ck": "ck_%(table_name)s__%(constraint_name)s",
        "fk": "fk_%(table_name)s__%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Tables of facts: no UPDATE and no DELETE, by a trigger on either database.
FACTS: set[str] = set()


def fact_table(name: str, *parts: Any) -> Table:  # noqa: ANN401 -- SQLAlchemy's own SchemaItem arguments are untyped here.
    """Declare a table whose rows are only ever added."""
    FACTS.add(name)
    return kept_table(name, *parts)


def kept_table(name: str, *parts: Any, without_rowid: bool = False) -> Table:  # noqa: ANN401 -- as above.
    """Declare a table, its primary key led by what tells rows apart.

    Without a rowid, SQLite keeps the rows in the primary key itself: one tree less to write.

    The centre comes last in the key: one centre may have all the rows, and a planner without
    statistics would take an index led by it for a good one. A table that is asked for a centre's
    newest row says its primary key itself, led by the centre.
    """
    if any(isinstance(part, PrimaryKeyConstraint) for part in parts):
        return Table(name, metadata, *parts, sqlite_with_rowid=not without_rowid)
    keys = [part.name for part in parts if isinstance(part, Column) and part.primary_key]
    if len(keys) > 1:
        keys.sort(key=lambda column: column == "centre_id")
        parts = (*parts, PrimaryKeyConstraint(*keys))
    return Table(name, metadata, *parts, sqlite_with_rowid=not without_rowid)


def centre(*, primary_key: bool = True) -> Column[str]:
    """Declare the centre that every row of business data belongs to."""
    return Column("centre_id", String(20), primary_key=primary_key, nullable=False)


def key(name: str) -> Column[str]:
    """Declare an identifier that is part of the primary key."""
    return Column(name, IDENTIFIER, primary_key=True)


def ident(name: str, *, nullable: bool = False) -> Column[str]:
    """Declare an identifier that points elsewhere."""
    return Column(name, IDENTIFIER, nullable=nullable)


def words(name: str, length: int = 200) -> Column[str]:
    """Declare a text of at most so many characters."""
    return Column(name, String(length), nullable=False)


def text(name: str) -> Column[str]:
    """Declare a text of any length."""
    return Column(name, Text, nullable=False)


def dong(name: str) -> Column[int]:
    """Declare an amount in whole đồng."""
    return Column(name, DONG, nullable=False)


def count(name: str, *, primary_key: bool = False) -> Column[int]:
    """Declare a whole number."""
    return Column(name, Integer, nullable=False, primary_key=primary_key)


def instant(name: str, *, nullable: bool = False) -> Column[Any]:
    """Declare an instant in UTC."""
    return Column(name, UtcDateTime, nullable=nullable)


def day(name: str, *, primary_key: bool = False) -> Column[Any]:
    """Declare a local date."""
    return Column(name, Date, nullable=False, primary_key=primary_key)


def flag(name: str) -> Column[bool]:
    """Declare a yes or no."""
    return Column(name, Boolean, nullable=False)


def blob(name: str) -> Column[bytes]:
    """Declare raw bytes."""
    return Column(name, LargeBinary, nullable=False)


def word(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    """Declare a word of a closed list."""
    return Column(name, kind, nullable=False)


def refers(
    columns: Sequence[str],
    table: str,
    to: Sequence[str] | None = None,
    *,
    by_commit: bool = False,
) -> ForeignKeyConstraint:
    """Declare a foreign key within the centre; ``columns`` leave the centre out.

    With ``by_commit`` the other row may be written later in the same transaction.
    """
    return ForeignKeyConstraint(
        ["centre_id", *columns],
        [f"{table}.centre_id", *(f"{table}.{column}" for column in to or columns)],
        deferrable=by_commit or None,
        initially="DEFERRED" if by_commit else None,
    )


def check(name: str, condition: str) -> CheckConstraint:
    """Declare a CHECK of one table."""
    return CheckConstraint(condition, name=name)


def positive(column: str) -> CheckConstraint:
    """Declare that an amount is at least one đồng and at most ten thousand billion."""
    return _between(f"{column}_positive", column, f"{column} > 0", 1)


def not_negative(column: str) -> CheckConstraint:
    """Declare that an amount may be zero but not less."""
    return _between(f"{column}_not_negative", column, f"{column} >= 0", 0)


def _between(name: str, column: str, at_least: str, least: int) -> CheckConstraint:
    """Declare the range of an amount, so that values can be looked at before they are written."""
    return CheckConstraint(
        f"{at_least} AND {column} <= {MAX_AMOUNT}",
        name=name,
        info={"column": column, "range": (least, MAX_AMOUNT)},
    )
