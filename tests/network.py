"""Keeps tests off the network: only this machine itself may be spoken to."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkForbidden(Exception):
    """A test tried to leave this machine. Inject a fake instead."""


def forbid_network(patch: pytest.MonkeyPatch) -> None:
    """Make sockets and name look-ups refuse every address that is not this machine's own."""
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    real_lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as the real one
        if not is_here(host):
            raise NetworkForbidden(host)
        return real_lookup(host, *rest, **named)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def is_here(host: object) -> bool:
    """Say whether a host name or address is this machine's own."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text is None or text in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guarded(real: Any) -> Any:  # noqa: ANN401 - a method of the socket type
    def guarded(self: socket.socket, address: Any) -> Any:  # noqa: ANN401 - as the real one
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
            raise NetworkForbidden(address)
        return real(self, address)

    return guarded
