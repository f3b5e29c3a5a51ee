"""Repository of subscriptions and of the messages that wait for them, and the delivery log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from payments.domain.audit import AuditEvent
from payments.domain.errors import NotFound
from payments.domain.outgoing import OutgoingMessage, Subscription, Waiting
from payments.store import tables_books as books
from payments.store import tables_outgoing as outgoing
from payments.store.session import Session

_messages, _results = outgoing.outgoing_messages, outgoing.delivery_results
_attempts, _subscriptions = outgoing.delivery_attempts, outgoing.subscriptions
_MESSAGE_COLUMNS = len(_messages.c)
_DELIVERED = (200, 299)

latest_attempt = (
    select(func.coalesce(func.max(_attempts.c.attempt), 0))
    .where(
        _attempts.c.message_id == _messages.c.message_id,
        _attempts.c.centre_id == _messages.c.centre_id,
    )
    .correlate(_messages)
    .scalar_subquery()
)
is_delivered = (
    exists()
    .where(
        _results.c.message_id == _messages.c.message_id,
        _results.c.centre_id == _messages.c.centre_id,
        _results.c.status.between(*_DELIVERED),
    )
    .correlate(_messages)
)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One attempt as people see it; ``status`` is None while it is under way, 0 without answer."""

    message_id: str
    event_type: str
    url: str
    attempt: int
    started_at: datetime
    status: int | None
    error: str | None
    milliseconds: int | None


class SqlOutgoing:
    """Reads subscriptions and messages."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def subscription(self, centre_id: str, subscription_id: str) -> Subscription:
        """Return a subscription. Raises NotFound."""
        statement = select(_subscriptions).where(
            _subscriptions.c.centre_id == centre_id,
            _subscriptions.c.subscription_id == subscription_id,
        )
        found = self._session.first(Subscription, statement)
        if found is None:
            raise NotFound("subscription_unknown")
        return found

    def subscriptions(self, centre_id: str) -> list[Subscription]:
        """Return a centre's subscriptions, the oldest first."""
        statement = select(_subscriptions).where(_subscriptions.c.centre_id == centre_id)
        return self._session.all(Subscription, statement.order_by(_subscriptions.c.created_at))

    def message(self, centre_id: str, message_id: str) -> OutgoingMessage:
        """Return a message. Raises NotFound."""
        statement = select(_messages).where(
            _messages.c.centre_id == centre_id, _messages.c.message_id == message_id
        )
        found = self._session.first(OutgoingMessage, statement)
        if found is None:
            raise NotFound("outgoing_message_unknown")
        return found

    def events_after(self, centre_id: str, seq: int, limit: int) -> list[AuditEvent]:
        """Return the audit events behind a number, in their order."""
        events = books.audit_events
        statement = select(events).where(events.c.centre_id == centre_id, events.c.seq > seq)
        return self._session.all(AuditEvent, statement.order_by(events.c.seq).limit(limit))

    def waiting(self, centre_id: str, *, since: datetime, limit: int) -> list[Waiting]:
        """Return the messages made since then that are not delivered, the oldest first."""
        last = _attempts.alias("last")
        ended = _results.alias("ended")
        statement = (
            select(_messages, latest_attempt, last.c.started_at, ended.c.ended_at)
            .outerjoin_from(
                _messages,
                last,
                (last.c.message_id == _messages.c.message_id)
                & (last.c.centre_id == _messages.c.centre_id)
                & (last.c.attempt == latest_attempt),
            )
            .outerjoin(
                ended,
                (ended.c.message_id == last.c.message_id)
                & (ended.c.centre_id == last.c.centre_id)
                & (ended.c.attempt == last.c.attempt),
            )
            .where(
                _messages.c.centre_id == centre_id, _messages.c.created_at >= since, ~is_delivered
            )
            .order_by(_messages.c.created_at, _messages.c.seq)
            .limit(limit)
        )
        return [
            Waiting(OutgoingMessage(*row[:_MESSAGE_COLUMNS]), *row[_MESSAGE_COLUMNS:])
            for row in self._session.rows(statement)
        ]

    def attempts(self, centre_id: str, message_id: str) -> int:
        """Return how many attempts a message has had."""
        statement = select(func.coalesce(func.max(_attempts.c.attempt), 0)).where(
            _attempts.c.centre_id == centre_id, _attempts.c.message_id == message_id
        )
        return int(self._session.scalar(statement))


def delivery_log(session: Session, centre_id: str, limit: int = 100) -> list[DeliveryRow]:
    """Return the newest attempts of a centre with how they ended."""
    statement = (
        select(
            _messages.c.message_id,
            _messages.c.event_type,
            _subscriptions.c.url,
            _attempts.c.attempt,
            _attempts.c.started_at,
            _results.c.status,
            _results.c.error,
            _results.c.milliseconds,
        )
        .join_from(
            _attempts,
            _messages,
            (_messages.c.message_id == _attempts.c.message_id)
            & (_messages.c.centre_id == _attempts.c.centre_id),
        )
        .join(
            _subscriptions,
            (_subscriptions.c.subscription_id == _messages.c.subscription_id)
            & (_subscriptions.c.centre_id == _messages.c.centre_id),
        )
        .outerjoin(
            _results,
            (_results.c.message_id == _attempts.c.message_id)
            & (_results.c.attempt == _attempts.c.attempt)
            & (_results.c.centre_id == _attempts.c.centre_id),
        )
        .where(_attempts.c.centre_id == centre_id)
        .order_by(_attempts.c.started_at.desc(), _attempts.c.attempt.desc())
        .limit(limit)
    )
    return session.all(DeliveryRow, statement)
