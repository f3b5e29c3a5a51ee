"""One transaction, as the use cases see it."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from payments.domain.audit import AuditEvent
from payments.domain.transfers import Outlook
from payments.ports.feeds import FeedsRepository
from payments.ports.outgoing import OutgoingRepository
from payments.ports.store import (
    BreaksRepository,
    CentresRepository,
    DaysRepository,
    ReceiptsRepository,
    RequestsRepository,
    StaffRepository,
    TillsRepository,
)
from payments.ports.transfers import TransfersRepository


class UnitOfWork(Protocol):
    """One transaction. Leaving it without ``commit`` means that nothing happened."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed."""
        ...

    def look_ahead(self, outlook: Outlook) -> None:
        """Ask in one journey what recording some tellings will ask piece by piece."""
        ...

    @property
    def centres(self) -> CentresRepository:
        """Centres and what is set up for them."""
        ...

    @property
    def requests(self) -> RequestsRepository:
        """Dossiers and payment requests."""
        ...

    @property
    def transfers(self) -> TransfersRepository:
        """Transfers and evidence."""
        ...

    @property
    def tills(self) -> TillsRepository:
        """Till sessions and cash."""
        ...

    @property
    def receipts(self) -> ReceiptsRepository:
        """Receipts."""
        ...

    @property
    def breaks(self) -> BreaksRepository:
        """Differences."""
        ...

    @property
    def staff(self) -> StaffRepository:
        """People."""
        ...

    @property
    def outgoing(self) -> OutgoingRepository:
        """Other software that is told of payments."""
        ...

    @property
    def feeds(self) -> FeedsRepository:
        """Polls of providers and the balances they have told."""
        ...

    @property
    def days(self) -> DaysRepository:
        """Closed days."""
        ...

    def last_audit_event(self, centre_id: str) -> AuditEvent | None:
        """Return the head of a centre's audit chain, this transaction's own events included."""
        ...

    def add(self, *values: object) -> None:
        """Add rows; they are written together, in the order foreign keys ask for.

        Raises Invalid naming the field of a value that no database could store.
        """
        ...

    def replace(self, value: object) -> None:
        """Overwrite a row that is kept rather than happened, found by its primary key."""
        ...

    def commit(self) -> None:
        """Make it so. Raises Conflict when a unique key says it was done before."""
        ...


class OpenUnitOfWork(Protocol):
    """Opens a unit of work: one that only reads, or one that may write."""

    def __call__(self, *, write: bool = True) -> UnitOfWork:
        """Return a unit of work that has not begun."""
        ...
