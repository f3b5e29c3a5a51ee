"""Tables of what other software is told: subscriptions, messages, attempts and their results."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, UniqueConstraint

from payments.store.schema import (
    blob,
    centre,
    check,
    count,
    fact_table,
    flag,
    ident,
    instant,
    kept_table,
    key,
    refers,
    text,
    words,
)

subscriptions = kept_table(
    "subscriptions",
    centre(),
    key("subscription_id"),
    words("url", 500),
    blob("secret_box"),
    flag("is_enabled"),
    Column("read_through", BigInteger, nullable=False),
    instant("created_at"),
    words("event_types", 200),
    ForeignKeyConstraint(["centre_id"], ["centres.centre_id"]),
)

outgoing_messages = fact_table(
    "outgoing_messages",
    centre(),
    key("message_id"),
    ident("subscription_id"),
    Column("seq", BigInteger, nullable=False),
    words("event_type", 60),
    text("body"),
    instant("created_at"),
    refers(["subscription_id"], "subscriptions"),
    UniqueConstraint("subscription_id", "seq", "centre_id"),
    Index("ix_outgoing_messages__created", "created_at", "centre_id"),
)

delivery_attempts = fact_table(
    "delivery_attempts",
    centre(),
    key("message_id"),
    count("attempt", primary_key=True),
    instant("started_at"),
    refers(["message_id"], "outgoing_messages"),
    check("attempt_positive", "attempt > 0"),
)

delivery_results = fact_table(
    "delivery_results",
    centre(),
    key("message_id"),
    count("attempt", primary_key=True),
    count("status"),
    words("error", 200),
    count("milliseconds"),
    instant("ended_at"),
    words("answer", 1000),
    refers(["message_id", "attempt"], "delivery_attempts"),
)
