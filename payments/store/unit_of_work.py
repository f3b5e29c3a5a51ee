"""The unit of work on SQLAlchemy: one connection, one transaction, and the repositories in it."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from payments.domain.audit import AuditEvent
from payments.domain.days import FeedEvent
from payments.domain.errors import Conflict, Invalid, PaymentsError, Unavailable
from payments.domain.transfers import Outlook
from payments.store.breaks import SqlBreaks
from payments.store.centres import SqlCentres
from payments.store.days import SqlDays
from payments.store.driver import end, execute, together
from payments.store.engine import begin
from payments.store.feeds import SqlFeeds
from payments.store.fitting import require_fit
from payments.store.outgoing import SqlOutgoing
from payments.store.outlook import AUDIT_HEAD, questions
from payments.store.receipts import SqlReceipts
from payments.store.requests import SqlRequests
from payments.store.session import Session
from payments.store.staff import SqlStaff
from payments.store.tills import SqlTills
from payments.store.transfers import SqlTransfers

FEED_CHANNEL = "thuphi_feed"
# What the database or its driver raises: a text of half characters and a number of too many digits
# do not come as far as the database.
_DECLARED = (DBAPIError, UnicodeEncodeError, OverflowError)
_NOTIFY = "SELECT pg_notify(%s, word) FROM unnest(%s::text[]) word"


class SqlUnitOfWork:
    """One transaction. ``write=False`` reads a consistent picture and cannot change it."""

    def __init__(self, engine: Engine, *, write: bool = True) -> None:
        """Prepare a transaction on the engine; nothing is opened before ``with``."""
        self._engine = engine
        self._write = write
        self._audit_heads: dict[str, AuditEvent] = {}
        self._feed: list[FeedEvent] = []

    def __enter__(self) -> Self:
        """Begin. Raises Unavailable when the database cannot be had in time."""
        try:
            self._connection: Connection = self._engine.connect()
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("database_unavailable") from error
        try:
            begin(self._connection, write=self._write)
        except DBAPIError as error:
            self._connection.close()
            raise Unavailable("database_unavailable") from error
        self.session = Session(self._connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed, and give the connection back."""
        # Closing rolls back what was not committed.
        self._connection.close()
        if isinstance(error, _DECLARED):
            raise declared(error) from error

    def add(self, *values: object) -> None:
        """Add rows; they are written together, in the order foreign keys ask for.

        Raises Invalid naming the field of a value that no database could store.
        """
        for value in values:
            require_fit(value)
            if isinstance(value, AuditEvent):
                self._audit_heads[value.centre_id] = value
            elif isinstance(value, FeedEvent):
                self._feed.append(value)
        self.session.add(*values)

    def replace(self, value: object) -> None:
        """Overwrite a row that is kept rather than happened. Raises Invalid as ``add`` does."""
        require_fit(value)
        self.session.replace(value)

    def look_ahead(self, outlook: Outlook) -> None:
        """Ask in one journey what recording some tellings will ask piece by piece."""
        self.session.ask_ahead(questions(outlook))

    def last_audit_event(self, centre_id: str) -> AuditEvent | None:
        """Return the head of the centre's audit chain."""
        if centre_id not in self._audit_heads:
            head = self.session.first(AuditEvent, AUDIT_HEAD, centre_id=centre_id)
            if head is None:
                return None
            self._audit_heads[centre_id] = head
        return self._audit_heads[centre_id]

    def commit(self) -> None:
        """Make it so. Raises Conflict when a unique key says that it was done before."""
        try:
            with together(self._connection):
                self.session.write()
                self._tell_screens()
                self._connection.commit()
        except BaseException as error:
            end(self._connection)
            if isinstance(error, _DECLARED):
                raise declared(error) from error
            raise

    def _tell_screens(self) -> None:
        """Wake the listening web processes; PostgreSQL delivers this with the commit."""
        if self._feed and self._connection.dialect.name == "postgresql":
            words = [f"{event.kind}:{event.subject_id}" for event in self._feed]
            execute(self._connection, _NOTIFY, (FEED_CHANNEL, words))

    @cached_property
    def centres(self) -> SqlCentres:
        """Centres and what is set up for them."""
        return SqlCentres(self.session)

    @cached_property
    def requests(self) -> SqlRequests:
        """Dossiers and payment requests."""
        return SqlRequests(self.session)

    @cached_property
    def transfers(self) -> SqlTransfers:
        """Transfers and evidence."""
        return SqlTransfers(self.session)

    @cached_property
    def tills(self) -> SqlTills:
        """Till sessions and cash."""
        return SqlTills(self.session)

    @cached_property
    def receipts(self) -> SqlReceipts:
        """Receipts."""
        return SqlReceipts(self.session)

    @cached_property
    def breaks(self) -> SqlBreaks:
        """Differences."""
        return SqlBreaks(self.session)

    @cached_property
    def staff(self) -> SqlStaff:
        """People."""
        return SqlStaff(self.session)

    @cached_property
    def outgoing(self) -> SqlOutgoing:
        """Other software that is told of payments."""
        return SqlOutgoing(self.session)

    @cached_property
    def feeds(self) -> SqlFeeds:
        """Polls of providers and the balances they have told."""
        return SqlFeeds(self.session)

    @cached_property
    def days(self) -> SqlDays:
        """Closed days."""
        return SqlDays(self.session)


def declared(error: Exception) -> PaymentsError:
    """Return the declared error that one of the database or its driver stands for.

    What was asked with a value that no column can hold is not asked again: the answer would be the
    same.
    """
    if isinstance(error, IntegrityError):
        return Conflict("done_before", rule=constraint_of(error))
    if isinstance(error, DataError | UnicodeEncodeError | OverflowError):
        return Invalid("value_not_storable")
    return Unavailable("database_unavailable")


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the broken rule as the database says it, without any value."""
    diagnosis = getattr(error.orig, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    return str(name) if name else str(error.orig).splitlines()[0]
