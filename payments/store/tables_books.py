"""Tables of the books: the journal, breaks, closed days, the audit log, jobs, the feed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

from payments.domain.breaks import BreakKind
from payments.domain.ledger import Account
from payments.store.schema import (
    centre,
    check,
    count,
    day,
    dong,
    fact_table,
    flag,
    instant,
    kept_table,
    key,
    refers,
    text,
    word,
    words,
)
from payments.store.types import Word

journal_entries = fact_table(
    "journal_entries",
    centre(),
    key("entry_id"),
    words("event", 40),
    words("subject_id", 64),
    day("business_date"),
    instant("recorded_at"),
    UniqueConstraint("subject_id", "event", "centre_id"),
    Index("ix_journal_entries__day", "business_date", "centre_id"),
)

postings = fact_table(
    "postings",
    centre(),
    key("entry_id"),
    count("line_no", primary_key=True),
    word("account", Word(Account)),
    dong("amount"),
    day("business_date"),
    words("kind", 10),
    words("field_code", 40),
    words("method", 10),
    words("staff_id", 32),
    words("bank_account_id", 32),
    refers(["entry_id"], "journal_entries"),
    Index("ix_postings__account_day", "account", "business_date", "centre_id"),
    check("amount_not_zero", "amount <> 0"),
)

breaks = fact_table(
    "breaks",
    centre(),
    key("break_id"),
    word("kind", Word(BreakKind)),
    words("subject_id", 64),
    dong("amount"),
    day("business_date"),
    instant("opened_at"),
    UniqueConstraint("subject_id", "kind", "centre_id"),
    Index("ix_breaks__day", "business_date", "centre_id"),
)

break_resolutions = fact_table(
    "break_resolutions",
    centre(),
    key("break_id"),
    words("explanation", 1000),
    words("resolved_by", 100),
    instant("resolved_at"),
    day("business_date"),
    refers(["break_id"], "breaks"),
)

day_closes = fact_table(
    "day_closes",
    centre(),
    day("business_date", primary_key=True),
    Column("kind", String(10), primary_key=True),
    text("report"),
    words("report_sha256", 64),
    words("closed_by", 100),
    instant("closed_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    PrimaryKeyConstraint("centre_id", "business_date", "kind"),
)

calendar_days = fact_table(
    "calendar_days",
    centre(),
    key("change_id"),
    day("day"),
    flag("is_open"),
    words("reason"),
    words("said_by", 100),
    instant("said_at"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    Index("ix_calendar_days__day", "day", "centre_id"),
)

audit_events = fact_table(
    "audit_events",
    centre(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    words("actor", 100),
    words("action", 60),
    words("subject_id", 64),
    text("detail"),
    words("previous_hash", 64),
    words("event_hash", 64),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
    # The head of a centre's chain is read before every change.
    PrimaryKeyConstraint("centre_id", "seq"),
    Index("ix_audit_events__at", "at", "centre_id"),
    # Every fact has its event: asked of each by the books check, of one by a person who looks.
    Index("ix_audit_events__subject", "subject_id", "action", "centre_id"),
)

job_runs = kept_table(
    "job_runs",
    centre(),
    Column("job", String(40), primary_key=True),
    day("business_date", primary_key=True),
    instant("started_at"),
    instant("finished_at", nullable=True),
    text("result"),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
)

# Words to the open screens. SQLite needs the plain INTEGER to count positions by itself.
feed_events = fact_table(
    "feed_events",
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    centre(primary_key=False),
    words("kind", 20),
    words("subject_id", 64),
    instant("at"),
)
