"""Requests to other machines: bounded waits, no redirects, no private address unless allowed."""

from __future__ import annotations

import time
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx2

from payments.domain.adapters import OutgoingRequest
from payments.domain.errors import Unavailable
from payments.host_lookup import HostLookup
from payments.ports.network import IncomingAnswer

CONNECT_S = 3
ANSWER_S = 15
WHOLE_S = 30.0
"""How long a whole answer may take: a body that drips keeps within each wait for itself."""

_PORTS = {"http": 80, "https": 443}


class HttpNetwork:
    """Sends over HTTP. The address that was checked is the one that is connected to.

    A name may lead to a private address only after it was checked; so it is resolved once, and the
    connection goes to what was found, with the name for the certificate and the Host header.
    """

    def __init__(
        self,
        *,
        allows_private: bool = False,
        lookup: HostLookup | None = None,
        whole_s: float = WHOLE_S,
    ) -> None:
        """Prepare to send; ``allows_private`` lets requests reach this machine and its network."""
        self._allows_private = allows_private
        self._lookup = lookup or HostLookup()
        self._whole_s = whole_s
        timeout = httpx2.Timeout(ANSWER_S, connect=CONNECT_S)
        self._http = httpx2.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Send a request and return its answer, the body cut after ``most_bytes``.

        Raises Unavailable: ``address_not_allowed`` or ``host_not_reached``.
        """
        parts = urlsplit(request.url)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username:
            raise Unavailable("address_not_allowed", host=parts.hostname or "")
        until = time.monotonic() + self._whole_s
        port = parts.port or _PORTS[parts.scheme]
        address = address_of(
            parts.hostname, port, self._lookup, allows_private=self._allows_private
        )
        outgoing = self._http.build_request(
            request.method,
            _at(parts, address),
            headers=[("Host", parts.netloc), *request.headers],
            content=request.body,
            extensions={"sni_hostname": parts.hostname},
        )
        try:
            answer = self._http.send(outgoing, stream=True)
            try:
                body = _head(answer, most_bytes, until)
                return IncomingAnswer(answer.status_code, body, tuple(answer.headers.multi_items()))
            finally:
                answer.close()
        except httpx2.HTTPError as error:
            raise Unavailable(
                "host_not_reached", host=parts.hostname, reason=type(error).__name__
            ) from error


def address_of(host: str, port: int, lookup: HostLookup, *, allows_private: bool) -> str:
    """Return an address of a host that may be connected to. Raises Unavailable."""
    try:
        addresses = lookup.addresses(host, port)
    except TimeoutError as error:
        raise Unavailable("host_not_reached", host=host, reason="lookup") from error
    except (OSError, UnicodeError, ValueError) as error:
        raise Unavailable("host_not_reached", host=host, reason="unknown") from error
    # One private address among several is enough to refuse: which is taken must not matter.
    if not allows_private and not all(_is_public(address) for address in addresses):
        raise Unavailable("address_not_allowed", host=host)
    return addresses[0]


def _is_public(address: str) -> bool:
    """Say whether an address belongs to the Internet at large."""
    known = ip_address(address.partition("%")[0])
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    return known.is_global and not known.is_multicast and (inner is None or inner.is_global)


def _at(parts: SplitResult, address: str) -> str:
    """Return the URL with the host replaced by an address."""
    literal = f"[{address}]" if ":" in address else address
    netloc = literal if parts.port is None else f"{literal}:{parts.port}"
    return parts._replace(netloc=netloc).geturl()


def _head(answer: httpx2.Response, most_bytes: int, until: float) -> bytes:
    """Read an answer's body, but no more than some bytes. Raises ReadTimeout after ``until``."""
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) >= most_bytes:
            break
        if time.monotonic() > until:
            raise httpx2.ReadTimeout("the answer drips", request=answer.request)
    return body[:most_bytes]
