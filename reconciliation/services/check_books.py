"""The books check: every invariant of the money model, proven on the live database."""

from __future__ import annotations

from reconciliation.domain.books import Finding
from reconciliation.ports import BooksUnitOfWork


def check_books(uow: BooksUnitOfWork, centre_id: str | None = None) -> list[Finding]:
    """Return what is broken in one centre's books, or in all; nothing when all is well."""
    return uow.checks.findings(centre_id)
