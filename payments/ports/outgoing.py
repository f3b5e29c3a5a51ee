"""What the use cases read of other software that is told of payments."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from payments.domain.audit import AuditEvent
from payments.domain.outgoing import OutgoingMessage, Subscription, Waiting


class OutgoingRepository(Protocol):
    """Subscriptions, and the messages that wait for them."""

    def subscription(self, centre_id: str, subscription_id: str) -> Subscription:
        """Return a subscription. Raises NotFound."""
        ...

    def subscriptions(self, centre_id: str) -> list[Subscription]:
        """Return a centre's subscriptions, the oldest first."""
        ...

    def message(self, centre_id: str, message_id: str) -> OutgoingMessage:
        """Return a message. Raises NotFound."""
        ...

    def events_after(self, centre_id: str, seq: int, limit: int) -> list[AuditEvent]:
        """Return the audit events behind a number, in their order."""
        ...

    def waiting(self, centre_id: str, *, since: datetime, limit: int) -> list[Waiting]:
        """Return the messages made since then that are not delivered, the oldest first."""
        ...

    def attempts(self, centre_id: str, message_id: str) -> int:
        """Return how many attempts a message has had."""
        ...
