"""The books check: proves every invariant on the live database and names what breaks it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from payments.store.engine import JOB_STATEMENT_MS
from payments.store.session import Session
from reconciliation.domain.books import Finding, named
from reconciliation.store.books_folds import FOLDS
from reconciliation.store.books_rules import FACT_RULES, Rule
from reconciliation.store.books_rules_journal import JOURNAL_RULES

# More rows than this say nothing that the first ones do not.
_SHOWN = 20


class SqlChecks:
    """Runs the rules and the folds within one transaction, so that all see the same moment."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def findings(self, centre_id: str | None) -> list[Finding]:
        """Return every broken invariant of one centre or of all, in the order of their numbers."""
        self._session.flush()
        connection = self._session.connection
        if connection.dialect.name == "postgresql":
            # The check reads everything, which takes longer than a page may.
            connection.execute(text(f"SET LOCAL statement_timeout = {JOB_STATEMENT_MS}"))
        found = [
            finding
            for rule in (*FACT_RULES, *JOURNAL_RULES)
            for finding in self._broken(rule, centre_id)
        ]
        for fold in FOLDS:
            found.extend(fold(connection, centre_id))
        return sorted(found, key=lambda finding: int(finding.invariant[1:]))

    def _broken(self, rule: Rule, centre_id: str | None) -> Iterator[Finding]:
        """Yield one finding for the rows that break a rule."""
        own = "WHERE broken.centre_id = :centre" if centre_id is not None else ""
        query = f"SELECT centre_id, subject FROM ({rule.query}) AS broken {own} LIMIT {_SHOWN}"  # noqa: S608 -- rules are constants, the centre is bound.
        values = {} if centre_id is None else {"centre": centre_id}
        rows = self._session.connection.execute(text(query), values).all()
        if rows:
            where = named([f"{row.centre_id}/{row.subject}" for row in rows])
            yield Finding(rule.invariant, where, rule.message)
