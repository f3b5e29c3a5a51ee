"""The invariants of the journal and the audit log that one query can prove.

Every fact stands in the journal with its own amount, every journal entry has its fact, the accounts
are the sums of the facts, and nothing happened without its event in the audit log.
"""

from __future__ import annotations

from reconciliation.store.books_rules import Rule, is_proving, same_centre


def _journalled(
    table: str, key: str, event: str, account: str, amount: str, *, but: str = ""
) -> str:
    """Return the query of facts whose journal entry is absent or says another amount.

    ``amount`` is what the posting on ``account`` must say, in terms of the fact's alias ``f``;
    ``but`` is a condition of rows that may break the rule for the present.
    The CASE keeps SQLite, which has no statistics, from looking postings up by their account.
    """
    return f"""
        SELECT f.centre_id AS centre_id, f.{key} AS subject FROM {table} f
        LEFT JOIN journal_entries e ON e.centre_id = f.centre_id
            AND e.event = '{event}' AND e.subject_id = f.{key}
        LEFT JOIN postings p ON p.entry_id = e.entry_id
            AND CASE WHEN p.centre_id = e.centre_id AND p.account = '{account}'
                THEN 1 ELSE 0 END = 1
        WHERE (p.amount IS NULL OR p.amount <> {amount}){f" AND NOT {but}" if but else ""}"""  # noqa: S608 -- built from constants of this file.


def _orphaned(event: str, table: str, key: str) -> str:
    """Return the query of journal entries whose fact does not exist."""
    return f"""
        SELECT e.centre_id AS centre_id, e.entry_id AS subject FROM journal_entries e
        LEFT JOIN {table} f ON f.centre_id = e.centre_id AND f.{key} = e.subject_id
        WHERE e.event = '{event}' AND f.{key} IS NULL"""  # noqa: S608 -- built from constants of this file.


def _audited(table: str, key: str, action: str) -> str:
    """Return the query of facts without their event in the audit log."""
    return f"""
        SELECT f.centre_id AS centre_id, f.{key} AS subject FROM {table} f
        WHERE NOT EXISTS (SELECT 1 FROM audit_events a
            WHERE a.subject_id = CAST(f.{key} AS VARCHAR(64)) AND a.action = '{action}'
                AND {same_centre("a", "f")})"""  # noqa: S608 -- built from constants of this file.


JOURNAL_RULES: tuple[Rule, ...] = (
    *(
        Rule("I19", f"a row of {table} has no audit event", _audited(table, key, action))
        for table, key, action in (
            ("dossiers", "dossier_id", "dossier.registered"),
            ("payment_requests", "request_id", "request.issued"),
            ("request_cancellations", "request_id", "request.cancelled"),
            ("transfers", "transfer_id", "transfer.received"),
            ("identifications", "transfer_id", "transfer.identified"),
            ("reversals", "reversal_id", "transfer.taken_back"),
            ("receipts", "request_id", "request.settled"),
            ("cash_payments", "cash_payment_id", "cash.taken"),
            ("till_sessions", "session_id", "till.opened"),
            ("till_closings", "session_id", "till.closed"),
            ("statements", "statement_id", "statement.imported"),
            ("statement_differences", "statement_id", "statement.difference"),
            ("gap_fillings", "statement_id", "statement.gap_filled"),
            ("acceptance_proposals", "proposal_id", "acceptance.proposed"),
            ("acceptance_decisions", "proposal_id", "acceptance.decided"),
            ("day_closes", "business_date", "day.closed"),
        )
    ),
    Rule(
        "I21",
        "a journal entry does not balance or has no postings",
        f"""SELECT e.centre_id AS centre_id, e.entry_id AS subject FROM journal_entries e
            LEFT JOIN postings p ON p.entry_id = e.entry_id AND {same_centre("p", "e")}
            GROUP BY e.entry_id, e.centre_id HAVING COALESCE(SUM(p.amount), 1) <> 0""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I22",
        "a transfer is not what was posted for it",
        _journalled(
            "transfers",
            "transfer_id",
            "transfer_announced",
            "bank_clearing",
            "CASE WHEN f.direction = 'in' THEN f.amount ELSE -f.amount END",
        ),
    ),
    Rule(
        "I22",
        "an allocation is not what was posted for it",
        _journalled("allocations", "allocation_id", "transfer_allocated", "suspense", "f.amount"),
    ),
    Rule(
        "I22",
        "a cash payment is not what was posted for it",
        _journalled("cash_payments", "cash_payment_id", "cash_taken", "cash_drawer", "f.amount"),
    ),
    Rule(
        "I22",
        "a statement entry is not what was posted for it",
        _journalled(
            "statement_entries",
            "entry_id",
            "transfer_settled",
            "bank",
            "CASE WHEN f.direction = 'in' THEN f.amount ELSE -f.amount END",
            but=f"(p.amount IS NULL AND {is_proving('f.entry_id')})",
        ),
    ),
    Rule(
        "I22",
        "an accepted difference is not what was posted for it",
        _journalled(
            "statement_differences", "statement_id", "statement_difference", "bank", "f.difference"
        ),
    ),
    Rule(
        "I22",
        "a gap that was filled is not what was posted for it",
        _journalled("gap_fillings", "statement_id", "gap_filled", "bank", "-f.difference"),
    ),
    *(
        Rule("I22", f"an entry {event} has no fact in {table}", _orphaned(event, table, key))
        for event, table, key in (
            ("transfer_announced", "transfers", "transfer_id"),
            ("transfer_allocated", "allocations", "allocation_id"),
            ("cash_taken", "cash_payments", "cash_payment_id"),
            ("transfer_settled", "statement_entries", "entry_id"),
            ("statement_difference", "statement_differences", "statement_id"),
            ("gap_filled", "gap_fillings", "statement_id"),
            ("till_counted", "till_closings", "session_id"),
        )
    ),
)
