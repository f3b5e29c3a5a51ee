"""Where banks announce transfers: proven, read, kept and committed, and only then answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid, NotAuthenticated, NotFound, PaymentsError
from payments.ports import BankAdapter
from payments.services.authenticate_delivery import authenticate_delivery
from payments.services.receive_deliveries import Delivery, Received, receive_deliveries
from payments.web.access import body_limit, current_wiring, signed_by_bank
from payments.web.batching import Batcher
from payments.wiring import Wiring

pages = Blueprint("webhooks", __name__)

MOST_BYTES = 1024 * 1024
"""The largest body that any adapter may ask for."""

_EXTENSION = "thuphi_deliveries"
_START = threading.Lock()
_log = structlog.get_logger(__name__)
_BELIEVED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Address:
    """An endpoint and its account as they were at an instant."""

    endpoint: Endpoint
    account: BankAccount
    read_at: datetime


class Deliveries:
    """One batcher a centre, because a transaction never holds the rows of two."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._lock = threading.Lock()
        self._batchers: dict[str, Batcher[Delivery, Received]] = {}
        self._addresses: dict[str, _Address] = {}

    def address(self, endpoint_id: str) -> tuple[Endpoint, BankAccount]:
        """Return an open endpoint with its account. Raises NotFound for a closed or unknown one.

        What was read is believed for a second, so that a burst of deliveries asks once: closing an
        endpoint or changing its secret takes effect within that second in every process.
        """
        now = self._wiring.world.clock.now()
        known = self._addresses.get(endpoint_id)
        if known is None or not timedelta() <= now - known.read_at < _BELIEVED:
            with self._wiring.open_uow(write=False) as uow:
                endpoint = uow.centres.endpoint(endpoint_id)
                account = uow.centres.account(endpoint.centre_id, endpoint.account_id)
            known = self._addresses[endpoint_id] = _Address(endpoint, account, now)
        if not known.endpoint.is_enabled:
            raise NotFound("endpoints_unknown")
        return known.endpoint, known.account

    def receive(self, delivery: Delivery) -> Received:
        """Take in one delivery, together with those that wait for the same centre.

        Returns after the commit. Raises Conflict or Unavailable when nothing certain was done.
        """
        centre_id = delivery.endpoint.centre_id
        with self._lock:
            batcher = self._batchers.setdefault(centre_id, Batcher(partial(self._carry, centre_id)))
        return batcher.ask(delivery)

    def _carry(self, centre_id: str, take: Callable[[], Sequence[Delivery]]) -> list[Received]:
        """Take in the deliveries that have come by the time the centre's lock is had."""
        with self._wiring.open_uow() as uow:
            uow.centres.lock(centre_id)
            answers = receive_deliveries(uow, self._wiring.world, take())
            uow.commit()
        return answers


@pages.post("/webhooks/<endpoint_id>")
@signed_by_bank
@body_limit(MOST_BYTES)
def receive(endpoint_id: str) -> Response:
    """Answer a provider in its own form: accepted, not proven, unreadable, or try again."""
    wiring = current_wiring()
    endpoint, account, adapter = _find(wiring, endpoint_id)
    bank_request = _bank_request(adapter)
    try:
        delivery = authenticate_delivery(
            wiring.world,
            wiring.secret_box,
            adapter,
            endpoint=endpoint,
            account=account,
            request=bank_request,
        )
        received = _deliveries(wiring).receive(delivery)
    except NotAuthenticated as error:
        _log.warning("delivery_refused", endpoint=endpoint_id, reason=error.code)
        return _answer(adapter.reply(ReplyKind.NOT_AUTHENTICATED))
    except PaymentsError as error:
        _log.warning("delivery_not_taken", endpoint=endpoint_id, reason=str(error))
        return _answer(adapter.reply(ReplyKind.UNAVAILABLE))
    reply = adapter.reply(received.reply)
    if received.unreadable is not None:
        _log.warning("delivery_unreadable", endpoint=endpoint_id, reason=str(received.unreadable))
        reply = _naming(reply, received.unreadable)
    return _answer(reply)


def _find(wiring: Wiring, endpoint_id: str) -> tuple[Endpoint, BankAccount, BankAdapter]:
    """Return an open endpoint with its account and adapter; a closed one looks like none at all."""
    try:
        endpoint, account = _deliveries(wiring).address(endpoint_id)
    except NotFound:
        abort(HTTPStatus.NOT_FOUND)
    adapter = wiring.adapters.get(endpoint.adapter)
    if adapter is None:
        # Its package is not installed on this machine; the provider shall try again elsewhere.
        abort(HTTPStatus.SERVICE_UNAVAILABLE)
    return endpoint, account, adapter


def _bank_request(adapter: BankAdapter) -> BankRequest:
    """Return the request as it came over the wire, if it is one that the provider may send."""
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    request.max_content_length = min(adapter.max_body_bytes, MOST_BYTES)
    body = request.get_data(cache=False)
    if len(body) > adapter.max_body_bytes:
        raise RequestEntityTooLarge
    return BankRequest(
        method=request.method,
        query=request.query_string.decode("latin-1"),
        headers=tuple(request.headers.items()),
        body=body,
        remote_address=request.remote_addr or "",
    )


def _naming(reply: BankReply, error: Invalid) -> BankReply:
    """Put the field that could not be read into a provider's form of a refusal, if it is JSON."""
    try:
        form = json.loads(reply.body)
    except ValueError:
        return reply
    if not isinstance(form, dict):
        return reply
    form["error"] = {"code": error.code, "field": str(error.facts.get("field", "body"))}
    return BankReply(reply.status, json.dumps(form).encode(), reply.content_type)


def _answer(reply: BankReply) -> Response:
    """Return a reply as it goes over the wire."""
    return Response(reply.body, reply.status, content_type=reply.content_type)


def _deliveries(wiring: Wiring) -> Deliveries:
    """Return the one set of batchers of this application."""
    with _START:
        known = current_app.extensions.setdefault(_EXTENSION, Deliveries(wiring))
    if not isinstance(known, Deliveries):
        raise TypeError(_EXTENSION)
    return known
