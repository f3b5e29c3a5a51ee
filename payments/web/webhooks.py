"""The door for banks, in front of the application for people: proven, read, kept, then answered.

A bank has no session, no language and no form, so nothing that serves a browser runs for it, and
nothing at all before its signature has been looked at: see decision 12. What the door refuses by
the rules of HTTP it hands to the application, which knows how to say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from werkzeug.exceptions import (
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from payments.domain import errors
from payments.domain.adapters import Answer, Credentials
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind
from payments.ports import BankAdapter
from payments.services.authenticate_delivery import authenticate_delivery, word_reply
from payments.services.hear_delivery import Delivery
from payments.services.keep_secrets import settings_of
from payments.services.receive_deliveries import Received
from payments.web.access import REFUSED, holds_a_nul
from payments.web.incoming import Address, Incoming
from payments.web.request_log import RULE, write_line
from payments.wiring import Wiring

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/webhooks/"
TEMPLATE = f"{PREFIX}<endpoint_id>"

MOST_BYTES = 1024 * 1024
"""The largest body that any adapter may ask for."""

_log = structlog.get_logger(__name__)


def install(app: Flask, wiring: Wiring) -> None:
    """Put the door in front of the application."""
    app.jinja_env.globals["webhook_path"] = path_of
    app.wsgi_app = Door(app.wsgi_app, wiring)  # type: ignore[method-assign] # Flask's documented way.


def path_of(endpoint_id: str, rest: str = "") -> str:
    """Return the path of an endpoint's address, or of one behind it."""
    return f"{PREFIX}{endpoint_id}/{rest}" if rest else f"{PREFIX}{endpoint_id}"


class Door:
    """Answers a provider in its own form: accepted, not proven, unreadable, or try again."""

    def __init__(self, inside: WSGIApplication, wiring: Wiring) -> None:
        self._inside = inside
        self._wiring = wiring
        self._incoming = Incoming(wiring)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what is for the door, and hand on everything else."""
        if not environ["PATH_INFO"].startswith(PREFIX) or holds_a_nul(environ):
            return self._inside(environ, start_response)
        began_at, request_id = monotonic(), self._wiring.world.ids.new()
        request = Request(environ, populate_request=False)
        try:
            said = self._answer(request)
        except Exception as error:  # noqa: BLE001 -- raised again inside, where it is answered.
            environ[REFUSED], environ[RULE] = error, TEMPLATE
            return self._inside(environ, start_response)
        write_line(
            request_id=request_id,
            method=request.method,
            path=TEMPLATE,
            status=said.status,
            began_at=began_at,
            actor="bank",
        )
        headers = [
            ("Content-Type", said.content_type),
            ("Content-Length", str(len(said.body))),
            ("X-Request-Id", request_id),
        ]
        start_response(f"{said.status} {HTTP_STATUS_CODES.get(said.status, '')}", headers)
        return [said.body]

    def _answer(self, request: Request) -> BankReply:
        """Return the answer to a request. Raises HTTPException for one that is no delivery."""
        endpoint_id, behind, path = request.path.removeprefix(PREFIX).partition("/")
        if behind and not path:
            raise NotFound
        address, adapter = self._find(endpoint_id)
        bank_request = _bank_request(adapter, request, path)
        now = self._wiring.world.clock.now()
        delivery: Delivery | None = None
        try:
            delivery = self._proven(adapter, address, bank_request, now)
            received = self._incoming.receive(delivery)
        except errors.NotAuthenticated as error:
            _log.warning(
                "delivery_refused",
                endpoint=endpoint_id,
                reason=str(error),
                address=bank_request.remote_address,
            )
            received = Received(ReplyKind.NOT_AUTHENTICATED)
        except errors.PaymentsError as error:
            _log.warning("delivery_not_taken", endpoint=endpoint_id, reason=str(error))
            received = Received(ReplyKind.UNAVAILABLE)
        if received.unreadable is not None:
            reason = str(received.unreadable)
            _log.warning("delivery_unreadable", endpoint=endpoint_id, reason=reason)
        if received.said is not None:
            return received.said
        answer = Answer(received.reply)
        if delivery is not None and delivery.speak is not None:
            return delivery.speak(answer)
        # Without any secret: nothing is signed for somebody who has proven nothing.
        unproven = Credentials(address.endpoint.way, {}, settings_of(address.endpoint))
        return word_reply(adapter, answer, bank_request, unproven, now)

    def _find(self, endpoint_id: str) -> tuple[Address, BankAdapter]:
        """Return an open endpoint with its account and adapter; a closed one looks like none."""
        try:
            address = self._incoming.address(endpoint_id)
        except errors.NotFound:
            raise NotFound from None
        adapter = self._wiring.adapters.get(address.endpoint.adapter)
        if adapter is None:
            # Its package is not installed on this machine; the provider shall try again elsewhere.
            raise ServiceUnavailable
        return address, adapter

    def _proven(
        self, adapter: BankAdapter, address: Address, request: BankRequest, now: datetime
    ) -> Delivery:
        """Return the delivery of an authenticated request.

        Raises NotAuthenticated only by an endpoint that is read anew, or has not changed since.
        """
        try:
            return self._judged(adapter, address, request, now)
        except errors.NotAuthenticated:
            try:
                again = self._incoming.address(address.endpoint.endpoint_id, newer_than=address)
            except errors.NotFound:
                again = address
            if again.endpoint == address.endpoint:
                raise
        return self._judged(adapter, again, request, now)

    def _judged(
        self, adapter: BankAdapter, address: Address, request: BankRequest, now: datetime
    ) -> Delivery:
        """Return the delivery of a request that the endpoint's secrets prove."""
        return authenticate_delivery(
            adapter,
            endpoint=address.endpoint,
            account=address.account,
            credentials=self._incoming.credentials(address, now),
            request=request,
            now=now,
        )


def _bank_request(adapter: BankAdapter, request: Request, path: str) -> BankRequest:
    """Return the request as it came over the wire, if it is one that the provider may send."""
    declared = adapter.declaration
    if path not in declared.paths:
        raise NotFound
    if request.method not in declared.methods:
        raise MethodNotAllowed(valid_methods=declared.methods)
    request.max_content_length = most = min(declared.max_body_bytes, MOST_BYTES)
    body = request.get_data(cache=False)
    if len(body) > most:
        raise RequestEntityTooLarge
    if (body or request.method != "GET") and request.mimetype not in declared.content_types:
        raise UnsupportedMediaType
    return BankRequest(
        method=request.method,
        query=request.query_string.decode("latin-1"),
        headers=tuple(request.headers.items()),
        body=body,
        remote_address=request.remote_addr or "",
        path=path,
    )
