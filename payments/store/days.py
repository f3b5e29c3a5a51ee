"""Repository of closed days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from payments.domain.days import DayClose
from payments.store import tables_money as money
from payments.store.session import Session


class SqlDays:
    """Reads day closes."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def closed_through(self, centre_id: str) -> date | None:
        """Return the last closed business date; everything up to it is locked."""
        table = money.day_closes
        statement = select(table.c.business_date).where(table.c.centre_id == centre_id)
        last: date | None = self._session.scalar(
            statement.order_by(table.c.business_date.desc()).limit(1)
        )
        return last

    def close_of(self, centre_id: str, business_date: date) -> DayClose | None:
        """Return how a day was closed, or None while it is open."""
        table = money.day_closes
        same = (table.c.centre_id == centre_id) & (table.c.business_date == business_date)
        return self._session.first(DayClose, select(table).where(same))
