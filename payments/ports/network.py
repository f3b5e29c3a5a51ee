"""The network, injected: what the service asks of other machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from payments.domain.adapters import OutgoingRequest


@dataclass(frozen=True, slots=True)
class IncomingAnswer:
    """What another machine answered: its status, and at most the bytes that were asked for."""

    status: int
    body: bytes


class Network(Protocol):
    """Sends one request and reads its answer. Redirects are not followed."""

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Send a request and return its answer, the body cut after ``most_bytes``.

        Raises Unavailable: ``address_not_allowed`` for a host on a private network,
        ``host_not_reached`` when no answer came in time.
        """
        ...
