"""Tables of the polls: when a provider was asked for transfers, and what came of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, String

from payments.store.schema import centre, check, count, fact_table, flag, instant, refers, words

polls = fact_table(
    "polls",
    centre(),
    Column("endpoint_id", String(64), primary_key=True),
    count("number", primary_key=True),
    instant("since"),
    instant("until"),
    instant("started_at"),
    ForeignKeyConstraint(["endpoint_id"], ["endpoints.endpoint_id"]),
    check("number_positive", "number > 0"),
    check("until_after_since", "until > since"),
)

poll_results = fact_table(
    "poll_results",
    centre(),
    Column("endpoint_id", String(64), primary_key=True),
    count("number", primary_key=True),
    count("pages"),
    count("told"),
    count("new"),
    flag("is_complete"),
    words("problem", 200),
    instant("not_before", nullable=True),
    instant("whole_until", nullable=True),
    instant("ended_at"),
    refers(["endpoint_id", "number"], "polls"),
)
