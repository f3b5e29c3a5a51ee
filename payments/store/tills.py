"""Repository of till sessions and the cash in them."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, func, select

from payments.domain.cash import CashPayment, TillClosing, TillSession
from payments.domain.errors import NotFound
from payments.store import tables_money as money
from payments.store.reading import Prepared
from payments.store.session import Session

_sessions = money.till_sessions
_closed = exists().where(
    money.till_closings.c.centre_id == _sessions.c.centre_id,
    money.till_closings.c.session_id == _sessions.c.session_id,
)

_open = select(_sessions).where(_sessions.c.centre_id == bindparam("centre_id"), ~_closed)
_OPEN = Prepared(_open)
# Only a cashier's newest session can be open; looking at it alone keeps this quick for years.
_newest = (
    select(func.max(_sessions.c.session_no))
    .where(
        _sessions.c.centre_id == bindparam("centre_id"),
        _sessions.c.staff_id == bindparam("staff_id"),
    )
    .scalar_subquery()
)
_OPEN_OF = Prepared(
    _open.where(_sessions.c.staff_id == bindparam("staff_id"), _sessions.c.session_no == _newest)
)
_COUNT_OF = Prepared(
    select(func.count()).where(
        _sessions.c.centre_id == bindparam("centre_id"),
        _sessions.c.staff_id == bindparam("staff_id"),
    )
)
_TAKINGS = Prepared(
    select(func.coalesce(func.sum(money.cash_payments.c.amount), 0)).where(
        money.cash_payments.c.centre_id == bindparam("centre_id"),
        money.cash_payments.c.session_id == bindparam("session_id"),
    )
)
_BY_FORM = Prepared(
    select(money.cash_payments).where(
        money.cash_payments.c.centre_id == bindparam("centre_id"),
        money.cash_payments.c.form_key == bindparam("form_key"),
    )
)


class SqlTills:
    """Reads till sessions."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def open_session(self, centre_id: str, staff_id: str) -> TillSession | None:
        """Return a cashier's session that has not been closed."""
        return self._session.first(TillSession, _OPEN_OF, centre_id=centre_id, staff_id=staff_id)

    def open_sessions(self, centre_id: str) -> list[TillSession]:
        """Return every session that has not been closed."""
        return self._session.all(TillSession, _OPEN, centre_id=centre_id)

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
        return int(self._session.scalar(_COUNT_OF, centre_id=centre_id, staff_id=staff_id))

    def takings(self, centre_id: str, session_id: str) -> int:
        """Return the cash taken in a session, without its float."""
        return int(self._session.scalar(_TAKINGS, centre_id=centre_id, session_id=session_id))

    def payment_by_form(self, centre_id: str, form_key: str) -> CashPayment | None:
        """Return the payment that a form has already made."""
        return self._session.first(CashPayment, _BY_FORM, centre_id=centre_id, form_key=form_key)
