"""Tables of the centre and its people: what is kept, rather than what happened."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, String, UniqueConstraint

from payments.domain.dossiers import DossierSource
from payments.domain.fees import Channel, FeeKind, PayerClass
from payments.domain.receipts import SeriesKind
from payments.domain.staff import Role
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
    not_negative,
    refers,
    text,
    word,
    words,
)
from payments.store.types import Word


def _of_centre() -> ForeignKeyConstraint:
    """Declare that the row's centre exists."""
    return ForeignKeyConstraint(["centre_id"], ["centres.centre_id"])


centres = kept_table(
    "centres",
    centre(),
    words("name"),
    words("address"),
    words("unit_code", 40),
    words("tax_code", 20),
    words("reference_prefix", 4),
    count("cutoff_minutes"),
    instant("created_at"),
    check("cutoff_minutes_in_day", "cutoff_minutes BETWEEN 1 AND 1440"),
)

bank_accounts = kept_table(
    "bank_accounts",
    centre(),
    key("account_id"),
    words("bank_bin", 6),
    words("account_number", 19),
    words("holder", 70),
    flag("is_collecting"),
    instant("created_at"),
    _of_centre(),
    UniqueConstraint("bank_bin", "account_number"),
)

endpoints = kept_table(
    "endpoints",
    Column("endpoint_id", String(64), primary_key=True),
    centre(primary_key=False),
    ident("account_id"),
    words("adapter", 40),
    words("way", 40),
    text("settings"),
    blob("secret_box"),
    flag("is_enabled"),
    instant("created_at"),
    instant("polled_since", nullable=True),
    refers(["account_id"], "bank_accounts"),
)

service_counters = kept_table(
    "service_counters",
    centre(),
    key("counter_id"),
    words("name", 80),
    words("display_token", 64),
    _of_centre(),
    UniqueConstraint("display_token"),
)

counter_screens = kept_table(
    "counter_screens",
    centre(),
    key("counter_id"),
    ident("request_id", nullable=True),
    instant("shown_at"),
    refers(["counter_id"], "service_counters"),
    refers(["request_id"], "payment_requests"),
)

api_keys = kept_table(
    "api_keys",
    centre(),
    key("key_id"),
    words("name", 80),
    words("key_hash", 64),
    flag("is_active"),
    instant("created_at"),
    _of_centre(),
    UniqueConstraint("key_hash"),
)

fields = kept_table(
    "fields",
    centre(),
    Column("field_code", String(40), primary_key=True),
    words("name"),
    _of_centre(),
)

procedures = kept_table(
    "procedures",
    centre(),
    Column("procedure_code", String(40), primary_key=True),
    words("field_code", 40),
    words("name", 400),
    refers(["field_code"], "fields"),
)

fee_items = fact_table(
    "fee_items",
    centre(),
    key("fee_item_id"),
    words("fee_code", 40),
    words("procedure_code", 40),
    words("name", 400),
    word("kind", Word(FeeKind)),
    word("channel", Word(Channel)),
    word("payer_class", Word(PayerClass)),
    dong("amount"),
    words("unit", 40),
    words("legal_basis"),
    day("valid_from"),
    flag("is_ended"),
    instant("created_at"),
    refers(["procedure_code"], "procedures"),
    UniqueConstraint("centre_id", "fee_code", "channel", "payer_class", "valid_from"),
    not_negative("amount"),
)

dossiers = fact_table(
    "dossiers",
    centre(),
    key("dossier_id"),
    words("code", 60),
    words("code_key", 60),
    words("procedure_code", 40),
    words("applicant"),
    words("second_factor", 4),
    word("channel", Word(Channel)),
    word("payer_class", Word(PayerClass)),
    day("received_on"),
    word("source", Word(DossierSource)),
    instant("created_at"),
    refers(["procedure_code"], "procedures"),
    UniqueConstraint("code_key", "centre_id"),
    # A citizen types a code without naming the centre.
    Index("ix_dossiers__code_key", "code_key"),
    # The day report counts the dossiers of a day.
    Index("ix_dossiers__received", "received_on", "centre_id"),
)

staff_users = kept_table(
    "staff_users",
    centre(),
    key("staff_id"),
    words("username", 64),
    words("display_name"),
    word("role", Word(Role)),
    words("password_hash"),
    flag("is_active"),
    instant("created_at"),
    _of_centre(),
    UniqueConstraint("username"),
)

sign_ins = kept_table(
    "sign_ins",
    Column("token_hash", String(64), primary_key=True),
    centre(primary_key=False),
    ident("staff_id"),
    words("csrf_token", 64),
    instant("signed_in_at"),
    instant("last_seen_at"),
    instant("expires_at"),
    refers(["staff_id"], "staff_users"),
)

# Attempts to sign in or to open a citizen's page by code, counted by what is tried and from where.
throttles = kept_table(
    "throttles",
    Column("bucket", String(128), primary_key=True),
    count("failures"),
    instant("window_started_at"),
)

receipt_series = kept_table(
    "receipt_series",
    centre(),
    key("series_id"),
    word("kind", Word(SeriesKind)),
    words("pattern", 20),
    words("serial", 20),
    count("year"),
    instant("created_at"),
    _of_centre(),
    UniqueConstraint("centre_id", "kind", "year", "serial"),
)
