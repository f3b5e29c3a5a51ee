"""The unit of work of reconciliation: that of payments, with statements, figures and checks."""

from __future__ import annotations

from functools import cached_property

from payments.store.unit_of_work import SqlUnitOfWork
from reconciliation.store.acceptances import SqlAcceptances
from reconciliation.store.books import SqlChecks
from reconciliation.store.jobs import SqlJobs
from reconciliation.store.large_files import SqlLargeFiles
from reconciliation.store.profiles import SqlProfiles
from reconciliation.store.reports import SqlReports
from reconciliation.store.sources import SqlSources
from reconciliation.store.statements import SqlStatements


class SqlBooks(SqlUnitOfWork):
    """One transaction over all tables: ``with SqlBooks(wiring.engine) as uow``."""

    @cached_property
    def statements(self) -> SqlStatements:
        """Statements and what they prove."""
        return SqlStatements(self.session)

    @cached_property
    def large_files(self) -> SqlLargeFiles:
        """Statement files too large for one transaction."""
        return SqlLargeFiles(self.session)

    @cached_property
    def acceptances(self) -> SqlAcceptances:
        """Files that two people accept."""
        return SqlAcceptances(self.session)

    @cached_property
    def profiles(self) -> SqlProfiles:
        """Mappings of columns."""
        return SqlProfiles(self.session)

    @cached_property
    def reports(self) -> SqlReports:
        """Figures of days."""
        return SqlReports(self.session)

    @cached_property
    def checks(self) -> SqlChecks:
        """The books check. A reader sees what others see, so a second connection may help it."""
        return SqlChecks(self.session, beside=None if self._write else self._engine)

    @cached_property
    def jobs(self) -> SqlJobs:
        """Runs of jobs."""
        return SqlJobs(self.session)

    @cached_property
    def sources(self) -> SqlSources:
        """Where statement files come from."""
        return SqlSources(self.session)
