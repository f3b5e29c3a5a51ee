"""The invariants of facts that one query can prove: each names the rows that break it.

The numbers are those of docs/invariants.md. Every query reads from facts, never from another
query's result, and returns the centre and the row; an empty answer is the proof.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant's number, what it means when rows are found, and the query that finds them."""

    invariant: str
    message: str
    query: str


def same_centre(one: str, other: str) -> str:
    """Return the condition that two rows are of one centre, beside a key that finds the row.

    SQLite, which has no statistics, would take an index led by the centre for as good as the key,
    and read all rows of the centre for each row. It does not look into a CASE.
    """
    return f"CASE WHEN {one}.centre_id = {other}.centre_id THEN 1 ELSE 0 END = 1"


def is_proving(entry: str) -> str:
    """Return the condition that the file of an entry is still being booked or proven."""
    return f"""EXISTS (SELECT 1 FROM statement_entries u
        JOIN statements us ON us.statement_id = u.statement_id AND {same_centre("us", "u")}
        JOIN large_files uf ON uf.file_id = us.file_id AND {same_centre("uf", "us")}
        WHERE u.entry_id = {entry} AND uf.phase IN ('booking', 'proving'))"""  # noqa: S608 -- built from constants of this file.


def _sum(table: str) -> str:
    """Return what a table says of the transfer ``t``, added up."""
    return f"""COALESCE((SELECT SUM(x.amount) FROM {table} x
        WHERE x.transfer_id = t.transfer_id AND {same_centre("x", "t")}), 0)"""  # noqa: S608 -- built from constants of this file.


# What no longer waits of a transfer ``t``: given to a request, or taken back by the bank.
_GIVEN_OR_GONE = f"({_sum('allocations')} + {_sum('reversals')})"

FACT_RULES: tuple[Rule, ...] = (
    Rule(
        "I2",
        "an announcement has no message it came in",
        """SELECT centre_id, evidence_id AS subject FROM evidence
           WHERE teller = 'webhook' AND message_id IS NULL""",
    ),
    Rule(
        "I3",
        "a transfer has no evidence",
        """SELECT t.centre_id AS centre_id, t.transfer_id AS subject FROM transfers t
           WHERE NOT EXISTS (SELECT 1 FROM evidence e
               WHERE e.centre_id = t.centre_id AND e.transfer_id = t.transfer_id)""",
    ),
    Rule(
        "I3",
        "evidence says another account, amount or direction than its transfer",
        """SELECT e.centre_id AS centre_id, e.evidence_id AS subject FROM evidence e
           JOIN transfers t ON t.centre_id = e.centre_id AND t.transfer_id = e.transfer_id
           WHERE e.agrees AND (e.amount <> t.amount OR e.direction <> t.direction
                               OR e.account_id <> t.account_id)""",
    ),
    Rule(
        "I3",
        "a transfer was identified that named its request itself, or never paid one",
        """SELECT i.centre_id AS centre_id, i.transfer_id AS subject FROM identifications i
           JOIN transfers t ON t.centre_id = i.centre_id AND t.transfer_id = i.transfer_id
           JOIN payment_requests r ON r.centre_id = i.centre_id AND r.request_id = i.request_id
           WHERE t.outcome <> 'unknown' OR t.request_id IS NOT NULL OR t.direction <> 'in'
                 OR i.reference <> r.reference""",
    ),
    Rule(
        "I4",
        "more of a transfer is allocated and taken back than has come",
        f"""SELECT t.centre_id AS centre_id, t.transfer_id AS subject FROM transfers t
            WHERE {_GIVEN_OR_GONE} > t.amount""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I4",
        "a reversal takes back what it cannot: another account, direction or amount",
        """SELECT r.centre_id AS centre_id, r.reversal_id AS subject FROM reversals r
           JOIN transfers x ON x.centre_id = r.centre_id AND x.transfer_id = r.reversal_id
           JOIN transfers t ON t.centre_id = r.centre_id AND t.transfer_id = r.transfer_id
           WHERE x.direction <> 'out' OR t.direction <> 'in' OR x.account_id <> t.account_id
                 OR x.amount > t.amount OR r.amount > x.amount""",
    ),
    Rule(
        "I4",
        "money that the bank has taken back still waits for a request",
        f"""SELECT r.centre_id AS centre_id, r.transfer_id AS subject FROM reversals r
            JOIN transfers x ON x.centre_id = r.centre_id AND x.transfer_id = r.reversal_id
            JOIN transfers t ON t.centre_id = r.centre_id AND t.transfer_id = r.transfer_id
            WHERE r.amount < x.amount AND {_GIVEN_OR_GONE} < t.amount""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I5",
        "a request is paid in part or more than its total",
        """SELECT r.centre_id AS centre_id, r.request_id AS subject FROM payment_requests r
           LEFT JOIN cash_payments c ON c.centre_id = r.centre_id AND c.request_id = r.request_id
           LEFT JOIN allocations a ON a.centre_id = r.centre_id AND a.request_id = r.request_id
           GROUP BY r.request_id, r.centre_id, r.total, c.amount
           HAVING COALESCE(SUM(a.amount), 0) + COALESCE(c.amount, 0) NOT IN (0, r.total)""",
    ),
    Rule(
        "I5",
        "a request is receipted for another sum than was paid for it",
        f"""SELECT r.centre_id AS centre_id, r.request_id AS subject FROM payment_requests r
            LEFT JOIN receipts x ON x.request_id = r.request_id AND {same_centre("x", "r")}
            GROUP BY r.request_id, r.centre_id, r.total
            HAVING COALESCE(SUM(x.amount), 0) <> CASE WHEN
                EXISTS (SELECT 1 FROM allocations a
                    WHERE a.centre_id = r.centre_id AND a.request_id = r.request_id)
                OR EXISTS (SELECT 1 FROM cash_payments c
                    WHERE c.centre_id = r.centre_id AND c.request_id = r.request_id)
                THEN r.total ELSE 0 END""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I5",
        "a request's lines do not add up to its total",
        """SELECT r.centre_id AS centre_id, r.request_id AS subject FROM payment_requests r
           LEFT JOIN request_lines l ON l.centre_id = r.centre_id AND l.request_id = r.request_id
           GROUP BY r.centre_id, r.request_id, r.total
           HAVING COALESCE(SUM(l.amount), -1) <> r.total""",
    ),
    Rule(
        "I6",
        "money waits in suspense and nobody was told",
        f"""SELECT t.centre_id AS centre_id, t.transfer_id AS subject FROM transfers t
            WHERE t.direction = 'in' AND t.amount > {_GIVEN_OR_GONE}
                AND NOT EXISTS (SELECT 1 FROM breaks b
                    WHERE b.subject_id = t.transfer_id AND {same_centre("b", "t")})""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I7",
        "money is given to a request that is not of this centre",
        """SELECT p.centre_id AS centre_id, p.request_id AS subject FROM (
               SELECT centre_id, request_id FROM allocations
               UNION ALL SELECT centre_id, request_id FROM cash_payments) p
           WHERE NOT EXISTS (SELECT 1 FROM payment_requests r
               WHERE r.centre_id = p.centre_id AND r.request_id = p.request_id)""",
    ),
    Rule(
        "I8",
        "the numbers of a receipt series have gaps",
        """SELECT r.centre_id AS centre_id, r.series_id AS subject FROM receipts r
           WHERE r.number <> 1 AND NOT EXISTS (SELECT 1 FROM receipts p
               WHERE p.series_id = r.series_id AND p.number = r.number - 1
                   AND p.centre_id = r.centre_id)""",
    ),
    Rule(
        "I8",
        "two receipts of a series have one number",
        """SELECT centre_id, series_id AS subject FROM receipts
           GROUP BY series_id, number, centre_id HAVING COUNT(*) > 1""",
    ),
    Rule(
        "I9",
        "cash is in a till that is not its cashier's",
        """SELECT c.centre_id AS centre_id, c.cash_payment_id AS subject FROM cash_payments c
           LEFT JOIN till_sessions s
               ON s.centre_id = c.centre_id AND s.session_id = c.session_id
           WHERE s.session_id IS NULL OR s.staff_id <> c.staff_id""",
    ),
    Rule(
        "I10",
        "a till was closed with another sum than its payments",
        """SELECT k.centre_id AS centre_id, k.session_id AS subject FROM till_closings k
           JOIN till_sessions s ON s.centre_id = k.centre_id AND s.session_id = k.session_id
           LEFT JOIN cash_payments c
               ON c.centre_id = k.centre_id AND c.session_id = k.session_id
           GROUP BY k.centre_id, k.session_id, k.expected, k.counted, k.difference, s.float_amount
           HAVING k.expected <> s.float_amount + COALESCE(SUM(c.amount), 0)
                  OR k.difference <> k.counted - k.expected""",
    ),
    Rule(
        "I11",
        "an entry was made in a day after it was closed",
        """SELECT e.centre_id AS centre_id, e.entry_id AS subject FROM day_closes d
           JOIN journal_entries e
               ON e.centre_id = d.centre_id AND e.business_date = d.business_date
           WHERE e.recorded_at > d.closed_at""",
    ),
    Rule(
        "I12",
        "a statement opens elsewhere than the one before closed, and no two people accepted it",
        """SELECT d.centre_id AS centre_id, d.statement_id AS subject FROM statement_differences d
           JOIN statements s ON s.centre_id = d.centre_id AND s.statement_id = d.statement_id
           WHERE NOT EXISTS (SELECT 1 FROM acceptance_decisions a
               JOIN acceptance_proposals p
                   ON p.centre_id = a.centre_id AND p.proposal_id = a.proposal_id
               WHERE a.centre_id = s.centre_id AND a.booked_file_id = s.file_id
                   AND a.is_approved AND a.decided_by <> p.proposed_by)""",
    ),
    Rule(
        "I12",
        "a late statement does not join the statements beside the gap that it fills",
        """SELECT f.centre_id AS centre_id, f.statement_id AS subject FROM gap_fillings f
           JOIN statements l ON l.centre_id = f.centre_id AND l.statement_id = f.statement_id
           JOIN statements s ON s.centre_id = f.centre_id AND s.statement_id = f.filled_id
           JOIN statement_differences d
               ON d.centre_id = f.centre_id AND d.statement_id = f.filled_id
           WHERE f.difference <> d.difference OR l.account_id <> s.account_id
                 OR l.closing IS NULL OR l.closing <> s.opening
                 OR l.opening <> s.opening - d.difference""",
    ),
    Rule(
        "I16",
        "one and the same person proposed and decided to accept a statement",
        """SELECT a.centre_id AS centre_id, a.proposal_id AS subject FROM acceptance_decisions a
           JOIN acceptance_proposals p
               ON p.centre_id = a.centre_id AND p.proposal_id = a.proposal_id
           WHERE a.decided_by = p.proposed_by OR a.proposed_by <> p.proposed_by""",
    ),
    Rule(
        "I13",
        "a statement entry proves no transfer",
        f"""SELECT s.centre_id AS centre_id, s.entry_id AS subject FROM statement_entries s
           LEFT JOIN settlements m ON m.centre_id = s.centre_id AND m.entry_id = s.entry_id
           WHERE m.entry_id IS NULL AND NOT {is_proving("s.entry_id")}""",  # noqa: S608 -- built from constants of this file.
    ),
    Rule(
        "I13",
        "a statement entry and its transfer differ",
        """SELECT s.centre_id AS centre_id, s.entry_id AS subject FROM settlements m
           JOIN statement_entries s ON s.centre_id = m.centre_id AND s.entry_id = m.entry_id
           JOIN transfers t ON t.centre_id = m.centre_id AND t.transfer_id = m.transfer_id
           WHERE s.amount <> t.amount OR s.direction <> t.direction
                 OR s.account_id <> t.account_id""",
    ),
    Rule(
        "I14",
        "an outgoing transfer pays a request",
        """SELECT a.centre_id AS centre_id, a.allocation_id AS subject FROM allocations a
           JOIN transfers t ON t.centre_id = a.centre_id AND t.transfer_id = a.transfer_id
           WHERE t.direction <> 'in'""",
    ),
)
