"""Tables of statements, their entries, and what the entries prove."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)

from payments.domain.bank_messages import Direction
from payments.store.registry import keep
from payments.store.schema import (
    blob,
    centre,
    check,
    count,
    day,
    dong,
    fact_table,
    flag,
    ident,
    instant,
    kept_table,
    key,
    positive,
    refers,
    text,
    word,
    words,
)
from payments.store.types import DONG, Word
from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    GapFilling,
    StatementDifference,
)
from reconciliation.domain.large_files import FilePart, LargeFile, Phase
from reconciliation.domain.statements import (
    FileVerdict,
    ProfileChange,
    Settlement,
    StatementEntryRecord,
    StatementFileRecord,
    StatementProfile,
    StatementRecord,
)
from reconciliation.domain.taken_lines import Lot, Stretch

statement_files = fact_table(
    "statement_files",
    centre(),
    key("file_id"),
    words("name"),
    words("reader", 40),
    blob("body"),
    words("body_sha256", 64),
    word("verdict", Word(FileVerdict)),
    text("problems"),
    words("received_by", 100),
    instant("received_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    UniqueConstraint("body_sha256", "verdict", "centre_id"),
)

statement_profiles = fact_table(
    "statement_profiles",
    centre(),
    key("profile_id"),
    words("name", 100),
    words("header_key", 64),
    ident("account_id"),
    text("columns"),
    words("made_by", 100),
    instant("made_at"),
    ident("file_id", nullable=True),
    refers(["account_id"], "bank_accounts"),
    Index("ix_statement_profiles__header", "header_key", "centre_id"),
)

profile_changes = fact_table(
    "profile_changes",
    centre(),
    key("profile_id"),
    count("number", primary_key=True),
    words("name", 100),
    flag("is_ended"),
    words("changed_by", 100),
    instant("changed_at"),
    refers(["profile_id"], "statement_profiles"),
)

acceptance_proposals = fact_table(
    "acceptance_proposals",
    centre(),
    key("proposal_id"),
    ident("file_id"),
    count("round"),
    text("problems"),
    words("reason", 1000),
    words("proposed_by", 100),
    instant("proposed_at"),
    refers(["file_id"], "statement_files"),
    UniqueConstraint("file_id", "round", "centre_id"),
    UniqueConstraint("centre_id", "proposal_id", "proposed_by"),
)

acceptance_decisions = fact_table(
    "acceptance_decisions",
    centre(),
    key("proposal_id"),
    words("proposed_by", 100),
    flag("is_approved"),
    words("words", 1000),
    ident("booked_file_id", nullable=True),
    words("decided_by", 100),
    instant("decided_at"),
    refers(["proposal_id", "proposed_by"], "acceptance_proposals"),
    refers(["booked_file_id"], "statement_files", ["file_id"]),
    UniqueConstraint("booked_file_id", "centre_id"),
    check("two_people", "decided_by <> proposed_by"),
    check("approved_is_booked", "is_approved = (booked_file_id IS NOT NULL)"),
)

statements = fact_table(
    "statements",
    centre(),
    key("statement_id"),
    ident("file_id"),
    ident("account_id"),
    words("number", 40),
    day("period_from"),
    day("period_to"),
    Column("opening", DONG),
    Column("closing", DONG),
    count("entries"),
    count("skipped"),
    count("position"),
    instant("recorded_at"),
    refers(["file_id"], "statement_files"),
    refers(["account_id"], "bank_accounts"),
    UniqueConstraint("centre_id", "account_id", "position"),
    Index("ix_statements__period", "account_id", "period_to", "centre_id"),
)

statement_entries = fact_table(
    "statement_entries",
    centre(),
    key("entry_id"),
    ident("statement_id"),
    ident("account_id"),
    words("entry_key", 128),
    count("line_no"),
    Column("booked_on", Date, nullable=False),
    word("direction", Word(Direction)),
    dong("amount"),
    words("bank_reference", 128),
    text("remittance_information"),
    Column("balance_after", DONG),
    instant("recorded_at"),
    refers(["statement_id"], "statements"),
    refers(["account_id"], "bank_accounts"),
    UniqueConstraint("entry_key", "account_id", "centre_id"),
    Index("ix_statement_entries__day", "account_id", "booked_on", "centre_id"),
    positive("amount"),
)

statement_differences = fact_table(
    "statement_differences",
    centre(),
    key("statement_id"),
    ident("account_id"),
    dong("difference"),
    instant("recorded_at"),
    refers(["statement_id"], "statements"),
    refers(["account_id"], "bank_accounts"),
    check("difference_not_zero", "difference <> 0"),
)

gap_fillings = fact_table(
    "gap_fillings",
    centre(),
    key("statement_id"),
    ident("filled_id"),
    ident("account_id"),
    dong("difference"),
    instant("recorded_at"),
    refers(["statement_id"], "statements"),
    refers(["filled_id"], "statement_differences", ["statement_id"]),
    refers(["account_id"], "bank_accounts"),
    UniqueConstraint("filled_id", "centre_id"),
    check("filling_not_zero", "difference <> 0"),
)

settlements = fact_table(
    "settlements",
    centre(),
    key("entry_id"),
    ident("transfer_id"),
    words("how", 40),
    instant("settled_at"),
    day("business_date"),
    refers(["entry_id"], "statement_entries"),
    refers(["transfer_id"], "transfers"),
    UniqueConstraint("transfer_id", "centre_id"),
)

# Bytes are kept under their own hash: a file handed in again is there already.
statement_file_parts = fact_table(
    "statement_file_parts",
    centre(),
    Column("body_sha256", String(64), primary_key=True),
    count("part_no", primary_key=True),
    blob("body"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
)

large_files = kept_table(
    "large_files",
    centre(),
    Column("body_sha256", String(64), primary_key=True),
    ident("file_id"),
    words("name"),
    words("reader", 40),
    Column("size", BigInteger, nullable=False),
    word("phase", Word(Phase)),
    Column("kept", BigInteger, nullable=False),
    Column("looked_at", BigInteger, nullable=False),
    count("lines"),
    count("buckets"),
    count("bucket_line"),
    count("proven"),
    count("statements"),
    count("entries_new"),
    count("entries_known"),
    count("settled"),
    text("openings"),
    words("received_by", 100),
    instant("received_at"),
    instant("worked_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    UniqueConstraint("file_id", "centre_id"),
)

# Working rows, many lines in each: lots go when they are booked, stretches when they are proven,
# both when the file is put apart.
line_lots = kept_table(
    "line_lots",
    centre(),
    key("file_id"),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    count("first_line", primary_key=True),
    count("lines"),
    text("body"),
)

line_stretches = kept_table(
    "line_stretches",
    centre(),
    key("file_id"),
    count("first_line", primary_key=True),
    count("lines"),
    text("body"),
)

keep(FilePart, statement_file_parts)
keep(LargeFile, large_files)
keep(Lot, line_lots)
keep(Stretch, line_stretches)
keep(StatementFileRecord, statement_files)
keep(StatementProfile, statement_profiles)
keep(ProfileChange, profile_changes)
keep(AcceptanceProposal, acceptance_proposals)
keep(AcceptanceDecision, acceptance_decisions)
keep(StatementDifference, statement_differences)
keep(GapFilling, gap_fillings)
keep(StatementRecord, statements)
keep(StatementEntryRecord, statement_entries)
keep(Settlement, settlements)
