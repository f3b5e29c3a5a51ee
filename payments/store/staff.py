"""Repository of people, their sign-ins, and the count of vain attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from payments.domain.errors import NotFound
from payments.domain.staff import SignIn, StaffUser
from payments.store import tables_registry as kept
from payments.store.session import Session


class SqlStaff:
    """Reads people and keeps sign-ins."""

    def __init__(self, session: Session) -> None:
        """Work within a transaction."""
        self._session = session

    def get(self, centre_id: str, staff_id: str) -> StaffUser:
        """Return a person. Raises NotFound."""
        table = kept.staff_users
        same = (table.c.centre_id == centre_id) & (table.c.staff_id == staff_id)
        user = self._session.first(StaffUser, select(table).where(same))
        if user is None:
            raise NotFound("staff_unknown")
        return user

    def by_username(self, username: str) -> StaffUser | None:
        """Return a person by the name they type."""
        table = kept.staff_users
        return self._session.first(StaffUser, select(table).where(table.c.username == username))

    def all(self, centre_id: str) -> list[StaffUser]:
        """Return the centre's people in the order of their names."""
        table = kept.staff_users
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(StaffUser, statement.order_by(table.c.username))

    def sign_in(self, token_hash: str) -> SignIn | None:
        """Return a sign-in by the SHA-256 of its token."""
        table = kept.sign_ins
        return self._session.first(SignIn, select(table).where(table.c.token_hash == token_hash))

    def forget_sign_in(self, token_hash: str) -> None:
        """End a sign-in."""
        table = kept.sign_ins
        self._session.connection.execute(delete(table).where(table.c.token_hash == token_hash))

    def forget_sign_ins_of(self, centre_id: str, staff_id: str, *, but: str = "") -> None:
        """End every sign-in of a person, except the one with a given token hash."""
        table = kept.sign_ins
        of_person = (table.c.centre_id == centre_id) & (table.c.staff_id == staff_id)
        self._session.connection.execute(delete(table).where(of_person, table.c.token_hash != but))

    def forget_expired_sign_ins(self, now: datetime) -> None:
        """Remove sign-ins that have reached their end."""
        table = kept.sign_ins
        self._session.connection.execute(delete(table).where(table.c.expires_at <= now))

    def failures(self, bucket: str, *, since: datetime) -> int:
        """Return how often something was tried in vain since an instant."""
        table = kept.throttles
        statement = select(table.c.failures).where(
            table.c.bucket == bucket, table.c.window_started_at >= since
        )
        return int(self._session.scalar(statement) or 0)

    def count_failure(self, bucket: str, *, now: datetime, since: datetime) -> None:
        """Count one vain attempt; a window that began before ``since`` starts anew."""
        table = kept.throttles
        connection = self._session.connection
        build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        began = table.c.window_started_at
        is_over = began < since
        # One statement, so that two attempts at the same moment are two.
        counted = build(table).values(bucket=bucket, failures=1, window_started_at=now)
        connection.execute(
            counted.on_conflict_do_update(
                index_elements=[table.c.bucket],
                set_={
                    "failures": case((is_over, 1), else_=table.c.failures + 1),
                    "window_started_at": case((is_over, literal(now, began.type)), else_=began),
                },
            )
        )

    def clear_failures(self, bucket: str) -> None:
        """Forget vain attempts after a good one."""
        self._session.connection.execute(
            delete(kept.throttles).where(kept.throttles.c.bucket == bucket)
        )
