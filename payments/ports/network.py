"""The network, injected: what the service asks of other machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from payments.domain.adapters import OutgoingRequest


@dataclass(frozen=True, slots=True)
class IncomingAnswer:
    """What another machine answered: its status, at most the bytes that were asked for, headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str:
        """Return the first value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Network(Protocol):
    """Sends one request and reads its answer. Redirects are not followed."""

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Send a request and return its answer, the body cut after ``most_bytes``.

        Raises Unavailable: ``address_not_allowed`` for a host on a private network,
        ``host_not_reached`` when no answer came in time.
        """
        ...
