"""Repository of closed days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from payments.domain.calendar import CalendarDay
from payments.domain.days import DayClose
from payments.store import tables_books as books
from payments.store.reading import Prepared
from payments.store.session import Session

LAST_CLOSED = Prepared(
    select(books.day_closes.c.business_date)
    .where(books.day_closes.c.centre_id == bindparam("centre_id"))
    .order_by(books.day_closes.c.business_date.desc())
    .limit(1)
)


class SqlDays:
    """Reads day closes."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction; the centre's lock keeps days as they are until its end."""
        self._session = session
        self._closed: dict[str, date | None] = {}

    def closed_through(self, centre_id: str) -> date | None:
        """Return the last closed business date; everything up to it is locked."""
        if centre_id not in self._closed:
            self._closed[centre_id] = self._session.scalar(LAST_CLOSED, centre_id=centre_id)
        return self._closed[centre_id]

    def said(self, centre_id: str, first: date, last: date) -> list[CalendarDay]:
        """Return what the centre says of single days, first and last included, by day."""
        table = books.calendar_days
        statement = (
            select(table)
            .where(table.c.centre_id == centre_id, table.c.day.between(first, last))
            .order_by(table.c.said_at, table.c.change_id)
        )
        newest = {one.day: one for one in self._session.all(CalendarDay, statement)}
        return [newest[day] for day in sorted(newest)]

    def close_of(self, centre_id: str, business_date: date) -> DayClose | None:
        """Return how a day was closed, or None while it is open."""
        table = books.day_closes
        same = (table.c.centre_id == centre_id) & (table.c.business_date == business_date)
        return self._session.first(DayClose, select(table).where(same))
