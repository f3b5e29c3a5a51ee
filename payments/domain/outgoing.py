"""Payment events for other software: what is told, how it is signed, and when it is tried again.

Source of form and schedule: standardwebhooks.com, "Standard Webhooks" 1.0.0 (headers
``webhook-id``, ``webhook-timestamp``, ``webhook-signature``; symmetric signatures ``v1``).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from payments.domain.errors import Invalid

EVENT_TYPES: Final[Mapping[str, str]] = {
    "request.settled": "payment_request.paid",
    "request.cancelled": "payment_request.cancelled",
    "transfer.taken_back": "transfer.taken_back",
}
"""Which events of the audit log are told to others, and under which name."""

EVENT_NAMES: Final = tuple(EVENT_TYPES.values())
"""What a subscriber may ask to be told of."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 # how a secret begins, not a secret
LEAST_SECRET_BYTES: Final = 24
MOST_SECRET_BYTES: Final = 64

RETRY_AFTER: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failed attempt the next one comes; after the last a person must resend."""

KEPT_TRYING: Final = timedelta(days=5)
"""How old a message may become before it is left, however often it was tried."""

ABANDONED_AFTER: Final = timedelta(minutes=2)
"""An attempt without a result by then was cut off; it counts as failed."""

_GONE: Final = 410


class MessageState(StrEnum):
    """What has become of a message: it waits, somebody took it, or it is left to a person."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Other software that is told of a centre's payments.

    ``read_through`` is the number of the last audit event that was looked at for it, and
    ``event_types`` has the names of what it asked for, with a blank between them.
    """

    centre_id: str
    subscription_id: str
    url: str
    secret_box: bytes
    is_enabled: bool
    read_through: int
    created_at: datetime
    event_types: str

    def wants(self, event_type: str) -> bool:
        """Say whether the subscriber asked to be told of such events."""
        return event_type in self.event_types.split()


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What one subscriber is to be told of one event. ``body`` is sent byte for byte."""

    centre_id: str
    message_id: str
    subscription_id: str
    seq: int
    event_type: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """The beginning of an attempt: kept before anything is sent, so that two never overlap."""

    centre_id: str
    message_id: str
    attempt: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How an attempt ended. ``status`` is 0 when no answer came, ``error`` says why.

    ``answer`` is the beginning of what came back, as text: what a person looks at first.
    """

    centre_id: str
    message_id: str
    attempt: int
    status: int
    error: str
    milliseconds: int
    ended_at: datetime
    answer: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the subscriber has taken it: any 2xx."""
        return 200 <= self.status < 300

    @property
    def wants_no_more(self) -> bool:
        """Whether the subscriber has left for good (410 Gone)."""
        return self.status == _GONE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that has not been delivered, with its last attempt and how that ended."""

    message: OutgoingMessage
    attempts: int
    last_started_at: datetime | None
    last_ended_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Say whether it is time for the next attempt."""
        if self.attempts == 0 or self.last_started_at is None:
            return True
        if self.last_ended_at is None:
            return now >= self.last_started_at + ABANDONED_AFTER
        if self.attempts > len(RETRY_AFTER):
            return False
        return now >= self.last_ended_at + RETRY_AFTER[self.attempts - 1]


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the ``webhook-signature`` of a message. Raises Invalid for a secret of another form.

    ``timestamp`` is Unix seconds; the signed text is id, timestamp and body, joined by dots.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(secret_bytes(secret), signed, "sha256")
    return "v1," + base64.b64encode(digest).decode()


def secret_bytes(secret: str) -> bytes:
    """Return the bytes of a secret ``whsec_<base64>``. Raises Invalid unless it has 24 to 64."""
    try:
        value = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        value = b""
    if (
        not secret.startswith(SECRET_PREFIX)
        or not LEAST_SECRET_BYTES <= len(value) <= MOST_SECRET_BYTES
    ):
        raise Invalid("webhook_secret_malformed", field="secret", least=LEAST_SECRET_BYTES)
    return value
