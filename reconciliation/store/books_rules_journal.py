"""The invariants of the journal and the audit log that one query can prove.

Every fact stands in the journal with its own amount, every journal entry has its fact, the accounts
are the sums of the facts, and nothing happened without its event in the audit log.
"""

from __future__ import annotations

from reconciliation.store.books_rules import Rule

_SIGNED_TRANSFER = "CASE WHEN t.direction = 'in' THEN t.amount ELSE -t.amount END"
_SIGNED_ENTRY = "CASE WHEN s.direction = 'in' THEN s.amount ELSE -s.amount END"


def _journalled(table: str, key: str, event: str, account: str, amount: str) -> str:
    """Return the query of facts whose journal entry is absent or says another amount.

    ``amount`` is what the posting on ``account`` must say, in terms of the fact's alias ``f``.
    The CASE keeps SQLite, which has no statistics, from looking postings up by their account.
    """
    return f"""
        SELECT f.centre_id AS centre_id, f.{key} AS subject FROM {table} f
        LEFT JOIN journal_entries e ON e.centre_id = f.centre_id
            AND e.event = '{event}' AND e.subject_id = f.{key}
        LEFT JOIN postings p ON p.entry_id = e.entry_id
            AND CASE WHEN p.centre_id = e.centre_id AND p.account = '{account}'
                THEN 1 ELSE 0 END = 1
        WHERE p.amount IS NULL OR p.amount <> {amount}"""  # noqa: S608 -- built from constants of this file.


def _orphaned(event: str, table: str, key: str) -> str:
    """Return the query of journal entries whose fact does not exist."""
    return f"""
        SELECT e.centre_id AS centre_id, e.entry_id AS subject FROM journal_entries e
        LEFT JOIN {table} f ON f.centre_id = e.centre_id AND f.{key} = e.subject_id
        WHERE e.event = '{event}' AND f.{key} IS NULL"""  # noqa: S608 -- built from constants of this file.


def _audited(table: str, key: str, action: str) -> str:
    """Return the query of facts without their event in the audit log."""
    return f"""
        SELECT f.centre_id AS centre_id, CAST(f.{key} AS VARCHAR(64)) AS subject FROM {table} f
        EXCEPT
        SELECT a.centre_id, a.subject_id FROM audit_events a WHERE a.action = '{action}'"""  # noqa: S608 -- built from constants of this file.


def _account(account: str, sign: str, facts: str) -> str:
    """Return the query of centres where an account's balance is not what the facts say.

    ``facts`` is a query of ``centre_id`` and ``amount``, signed as the balance is.
    """
    return f"""
        SELECT b.centre_id AS centre_id, '{account}' AS subject FROM (
            SELECT centre_id, SUM(amount) AS amount FROM postings
            WHERE account = '{account}' GROUP BY centre_id
            UNION ALL
            SELECT centre_id, {sign}SUM(amount) AS amount FROM ({facts}) x GROUP BY centre_id
        ) b GROUP BY b.centre_id HAVING SUM(b.amount) <> 0"""  # noqa: S608 -- built from constants of this file.


_TAKINGS = """
    SELECT k.centre_id AS centre_id, k.expected - s.float_amount{plus} AS amount
    FROM till_closings k JOIN till_sessions s
    ON s.centre_id = k.centre_id AND s.session_id = k.session_id"""

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
            ("day_closes", "business_date", "day.closed"),
        )
    ),
    Rule(
        "I21",
        "a journal entry does not balance",
        """SELECT centre_id, entry_id AS subject FROM postings
           GROUP BY centre_id, entry_id HAVING SUM(amount) <> 0""",
    ),
    Rule(
        "I21",
        "a journal entry has no postings",
        """SELECT centre_id, entry_id AS subject FROM journal_entries
           EXCEPT SELECT centre_id, entry_id FROM postings""",
    ),
    Rule(
        "I21",
        "clearing is not what was announced and not settled",
        _account(
            "bank_clearing",
            "-",
            f"SELECT t.centre_id, {_SIGNED_TRANSFER} AS amount FROM transfers t "  # noqa: S608 -- built from constants of this file.
            f"UNION ALL SELECT s.centre_id, -({_SIGNED_ENTRY}) FROM statement_entries s "
            "JOIN settlements m ON m.centre_id = s.centre_id AND m.entry_id = s.entry_id",
        ),
    ),
    Rule(
        "I21",
        "suspense is not transfers less allocations",
        _account(
            "suspense",
            "",
            f"SELECT t.centre_id, {_SIGNED_TRANSFER} AS amount FROM transfers t "  # noqa: S608 -- built from constants of this file.
            "UNION ALL SELECT centre_id, -amount FROM allocations",
        ),
    ),
    Rule(
        "I21",
        "fee income is not the receipts issued",
        _account("fee_income", "", "SELECT centre_id, amount FROM receipts"),
    ),
    Rule(
        "I21",
        "the drawers do not hold the cash of open tills",
        _account(
            "cash_drawer",
            "-",
            "SELECT centre_id, amount FROM cash_payments UNION ALL "  # noqa: S608 -- built from constants of this file.
            f"SELECT centre_id, -amount FROM ({_TAKINGS.format(plus='')}) k",
        ),
    ),
    Rule(
        "I21",
        "cash in transit is not what the closed tills handed over",
        _account("cash_in_transit", "-", _TAKINGS.format(plus=" + k.difference")),
    ),
    Rule(
        "I21",
        "over and short is not the differences of the tills",
        _account(
            "cash_over_short", "", "SELECT centre_id, difference AS amount FROM till_closings"
        ),
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
        ),
    ),
    *(
        Rule("I22", f"an entry {event} has no fact in {table}", _orphaned(event, table, key))
        for event, table, key in (
            ("transfer_announced", "transfers", "transfer_id"),
            ("transfer_allocated", "allocations", "allocation_id"),
            ("cash_taken", "cash_payments", "cash_payment_id"),
            ("transfer_settled", "statement_entries", "entry_id"),
            ("till_counted", "till_closings", "session_id"),
        )
    ),
)
