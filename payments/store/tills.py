"""Repository of till sessions and the cash in them."""

from __future__ import annotations

from sqlalchemy import Select, exists, func, select

from payments.domain.cash import CashPayment, TillClosing, TillSession
from payments.domain.errors import NotFound
from payments.store import tables_money as money
from payments.store.session import Session

_sessions = money.till_sessions
_closed = exists().where(
    money.till_closings.c.centre_id == _sessions.c.centre_id,
    money.till_closings.c.session_id == _sessions.c.session_id,
)


class SqlTills:
    """Reads till sessions."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def open_session(self, centre_id: str, staff_id: str) -> TillSession | None:
        """Return a cashier's session that has not been closed."""
        statement = self._open(centre_id).where(_sessions.c.staff_id == staff_id)
        return self._session.first(TillSession, statement)

    def open_sessions(self, centre_id: str) -> list[TillSession]:
        """Return every session that has not been closed."""
        return self._session.all(TillSession, self._open(centre_id))

    def session(self, centre_id: str, session_id: str) -> TillSession:
        """Return a session. Raises NotFound."""
        same = (_sessions.c.centre_id == centre_id) & (_sessions.c.session_id == session_id)
        found = self._session.first(TillSession, select(_sessions).where(same))
        if found is None:
            raise NotFound("till_session_unknown")
        return found

    def closing(self, centre_id: str, session_id: str) -> TillClosing | None:
        """Return how a session ended, or None while it is open."""
        table = money.till_closings
        same = (table.c.centre_id == centre_id) & (table.c.session_id == session_id)
        return self._session.first(TillClosing, select(table).where(same))

    def sessions_of(self, centre_id: str, staff_id: str) -> int:
        """Return how many sessions a cashier has had."""
        statement = select(func.count()).where(
            _sessions.c.centre_id == centre_id, _sessions.c.staff_id == staff_id
        )
        return int(self._session.scalar(statement))

    def takings(self, centre_id: str, session_id: str) -> int:
        """Return the cash taken in a session, without its float."""
        table = money.cash_payments
        statement = select(func.coalesce(func.sum(table.c.amount), 0)).where(
            table.c.centre_id == centre_id, table.c.session_id == session_id
        )
        return int(self._session.scalar(statement))

    def payment_by_form(self, centre_id: str, form_key: str) -> CashPayment | None:
        """Return the payment that a form has already made."""
        table = money.cash_payments
        same = (table.c.centre_id == centre_id) & (table.c.form_key == form_key)
        return self._session.first(CashPayment, select(table).where(same))

    @staticmethod
    def _open(centre_id: str) -> Select[tuple[object, ...]]:
        """Return the query of sessions without a closing."""
        return select(_sessions).where(_sessions.c.centre_id == centre_id, ~_closed)
