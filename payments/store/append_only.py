"""Triggers that keep facts as they were written, and closed days closed, on either database."""

from __future__ import annotations

from collections.abc import Iterable


def append_only(dialect: str, tables: Iterable[str]) -> list[str]:
    """Return the statements that forbid UPDATE and DELETE on tables of facts."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in tables
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION thuphi_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION thuphi_append_only()"
            for table in tables
        ),
    ]


def closed_days(dialect: str) -> list[str]:
    """Return the statements that refuse a journal entry in a closed day."""
    closed = (
        "SELECT 1 FROM day_closes WHERE day_closes.centre_id = NEW.centre_id "
        "AND day_closes.business_date >= NEW.business_date"
    )
    if dialect == "sqlite":
        return [
            (
                "CREATE TRIGGER journal_entries_open_day BEFORE INSERT ON journal_entries "
                f"WHEN EXISTS ({closed}) BEGIN SELECT RAISE(ABORT, 'the day is closed'); END"
            )
        ]
    return [
        (
            "CREATE FUNCTION thuphi_open_day() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF EXISTS ({closed}) THEN RAISE EXCEPTION 'the day is closed' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER journal_entries_open_day BEFORE INSERT ON journal_entries "
            "FOR EACH ROW EXECUTE FUNCTION thuphi_open_day()"
        ),
    ]
