"""The books check: proves every invariant on the live database and names what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, Engine, text

from payments.store.engine import JOB_STATEMENT_MS, begin
from payments.store.session import Session
from reconciliation.domain.books import Finding, named
from reconciliation.store.books_folds import FOLDS
from reconciliation.store.books_rules import FACT_RULES, Rule
from reconciliation.store.books_rules_journal import JOURNAL_RULES
from reconciliation.store.books_walks import WALKS

# More rows than this say nothing that the first ones do not.
_SHOWN = 20


class SqlChecks:
    """Runs the rules and the folds within one transaction, so that all see the same moment.

    The walks look at one table each, where any moment will do.
    """

    def __init__(self, session: Session, *, beside: Engine | None = None) -> None:
        """Read within a transaction, and let the walks run on a second connection ``beside`` it.

        Without one, as where the transaction has written, they run within it.
        """
        self._session = session
        self._beside = beside

    def findings(self, centre_id: str | None) -> list[Finding]:
        """Return every broken invariant of one centre or of all, in the order of their numbers."""
        self._session.flush()
        connection = self._session.connection
        _take_time(connection)
        if self._beside is None:
            found = [*_walked(connection, centre_id), *_ruled(connection, centre_id)]
        else:
            # Databases work while Python hashes: two cores share the check.
            with ThreadPoolExecutor(1) as other:
                walked = other.submit(_walked_beside, self._beside, centre_id)
                found = _ruled(connection, centre_id)
                found += walked.result()
        return sorted(found, key=lambda finding: int(finding.invariant[1:]))


def _ruled(connection: Connection, centre_id: str | None) -> list[Finding]:
    """Return what the rules and the folds find."""
    found = [
        finding
        for rule in (*FACT_RULES, *JOURNAL_RULES)
        for finding in _broken(connection, rule, centre_id)
    ]
    for fold in FOLDS:
        found.extend(fold(connection, centre_id))
    return found


def _walked(connection: Connection, centre_id: str | None) -> list[Finding]:
    """Return what the walks find."""
    return [finding for walk in WALKS for finding in walk(connection, centre_id)]


def _walked_beside(engine: Engine, centre_id: str | None) -> list[Finding]:
    """Return what the walks find on a connection of their own."""
    with engine.connect() as connection:
        begin(connection, write=False)
        _take_time(connection)
        return _walked(connection, centre_id)


def _take_time(connection: Connection) -> None:
    """Let statements take longer than those of a page may: the check reads everything."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = {JOB_STATEMENT_MS}"))


def _broken(connection: Connection, rule: Rule, centre_id: str | None) -> Iterator[Finding]:
    """Yield one finding for the rows that break a rule."""
    own = "WHERE broken.centre_id = :centre" if centre_id is not None else ""
    query = f"SELECT centre_id, subject FROM ({rule.query}) AS broken {own} LIMIT {_SHOWN}"  # noqa: S608 -- rules are constants, the centre is bound.
    values = {} if centre_id is None else {"centre": centre_id}
    rows = connection.execute(text(query), values).all()
    if rows:
        where = named([f"{row.centre_id}/{row.subject}" for row in rows])
        yield Finding(rule.invariant, where, rule.message)
