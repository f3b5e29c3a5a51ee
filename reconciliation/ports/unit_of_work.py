"""One transaction, as the use cases of reconciliation see it."""

from __future__ import annotations

from typing import Protocol

from payments.ports import UnitOfWork
from reconciliation.ports.acceptances import AcceptancesRepository
from reconciliation.ports.books import ChecksRepository, JobsRepository, ReportsRepository
from reconciliation.ports.large_files import LargeFilesRepository
from reconciliation.ports.profiles import ProfilesRepository
from reconciliation.ports.sources import SourcesRepository
from reconciliation.ports.statements import StatementsRepository


class BooksUnitOfWork(UnitOfWork, Protocol):
    """A unit of work that also reads statements, figures, checks and runs of jobs."""

    @property
    def statements(self) -> StatementsRepository:
        """Statements and what they prove."""
        ...

    @property
    def large_files(self) -> LargeFilesRepository:
        """Statement files too large for one transaction."""
        ...

    @property
    def acceptances(self) -> AcceptancesRepository:
        """Files that two people accept."""
        ...

    @property
    def profiles(self) -> ProfilesRepository:
        """Mappings of columns."""
        ...

    @property
    def reports(self) -> ReportsRepository:
        """Figures of days."""
        ...

    @property
    def checks(self) -> ChecksRepository:
        """The books check."""
        ...

    @property
    def jobs(self) -> JobsRepository:
        """Runs of jobs."""
        ...

    @property
    def sources(self) -> SourcesRepository:
        """Where statement files come from."""
        ...


class OpenBooks(Protocol):
    """Opens a unit of work of reconciliation: one that only reads, or one that may write."""

    def __call__(self, *, write: bool = True) -> BooksUnitOfWork:
        """Return a unit of work that has not begun."""
        ...
