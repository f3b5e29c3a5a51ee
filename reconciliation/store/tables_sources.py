"""Tables of where statement files come from by themselves, and of what was taken there."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, UniqueConstraint

from payments.store.registry import keep
from payments.store.schema import (
    blob,
    centre,
    fact_table,
    flag,
    ident,
    instant,
    kept_table,
    key,
    refers,
    text,
    word,
    words,
)
from payments.store.types import Word
from reconciliation.domain.sources import SourceKind, StatementSource, TakenFile, TakeOutcome

statement_sources = kept_table(
    "statement_sources",
    centre(),
    key("source_id"),
    word("kind", Word(SourceKind)),
    words("name", 100),
    ident("account_id", nullable=True),
    text("settings"),
    blob("secret_box"),
    flag("is_enabled"),
    instant("created_at"),
    instant("visited_at", nullable=True),
    text("problem"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    refers(["account_id"], "bank_accounts"),
)

taken_files = fact_table(
    "taken_files",
    centre(),
    key("taken_id"),
    words("source", 32),
    words("name", 255),
    Column("size", BigInteger, nullable=False),
    instant("modified_at"),
    words("body_sha256", 64),
    word("outcome", Word(TakeOutcome)),
    ident("file_id", nullable=True),
    text("problem"),
    instant("taken_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    refers(["file_id"], "statement_files"),
    UniqueConstraint(
        "source",
        "name",
        "size",
        "modified_at",
        "body_sha256",
        "outcome",
        "centre_id",
        name="uq_taken_files__once",
    ),
    Index("ix_taken_files__time", "taken_at", "centre_id"),
)

keep(StatementSource, statement_sources)
keep(TakenFile, taken_files)
