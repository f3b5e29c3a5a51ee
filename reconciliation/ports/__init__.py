"""What reconciliation needs from the database beyond what payments does, as Protocols."""

from reconciliation.ports.books import ChecksRepository, JobsRepository, ReportsRepository
from reconciliation.ports.large_files import LargeFilesRepository
from reconciliation.ports.sources import OpenServer, Place, ServerAccess, SourcesRepository, Target
from reconciliation.ports.statements import ChainPosition, StatementsRepository
from reconciliation.ports.unit_of_work import BooksUnitOfWork, OpenBooks

__all__ = [
    "BooksUnitOfWork",
    "ChainPosition",
    "ChecksRepository",
    "JobsRepository",
    "LargeFilesRepository",
    "OpenBooks",
    "OpenServer",
    "Place",
    "ReportsRepository",
    "ServerAccess",
    "SourcesRepository",
    "StatementsRepository",
    "Target",
]
