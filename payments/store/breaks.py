"""Repository of differences to be explained."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from payments.domain.breaks import Break, BreakResolution
from payments.domain.errors import NotFound
from payments.store import tables_books as books
from payments.store.session import Session


class SqlBreaks:
    """Reads breaks and their resolutions."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def get(self, centre_id: str, break_id: str) -> Break:
        """Return a break. Raises NotFound."""
        table = books.breaks
        same = (table.c.centre_id == centre_id) & (table.c.break_id == break_id)
        found = self._session.first(Break, select(table).where(same))
        if found is None:
            raise NotFound("break_unknown")
        return found

    def resolution(self, centre_id: str, break_id: str) -> BreakResolution | None:
        """Return how a break was worked off, or None while it is open."""
        table = books.break_resolutions
        same = (table.c.centre_id == centre_id) & (table.c.break_id == break_id)
        return self._session.first(BreakResolution, select(table).where(same))

    def known(self, centre_id: str, subject_ids: Iterable[str]) -> list[Break]:
        """Return the breaks about some subjects."""
        table = books.breaks
        statement = select(table).where(
            table.c.centre_id == centre_id, table.c.subject_id.in_(list(subject_ids))
        )
        return self._session.all(Break, statement)
