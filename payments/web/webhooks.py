"""Where banks announce transfers: proven, read, kept and committed, and only then answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge

from payments.domain.adapters import Answer, Credentials
from payments.domain.bank_messages import BankRequest, ReplyKind
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import NotAuthenticated, NotFound, PaymentsError
from payments.ports import BankAdapter
from payments.services.authenticate_delivery import authenticate_delivery, word_reply
from payments.services.hear_delivery import Delivery
from payments.services.keep_secrets import credentials_of, settings_of
from payments.services.receive_deliveries import Received, receive_deliveries
from payments.web.access import body_limit, current_wiring, signed_by_bank
from payments.web.batching import Batcher
from payments.wiring import Wiring

pages = Blueprint("webhooks", __name__)

MOST_BYTES = 1024 * 1024
"""The largest body that any adapter may ask for."""

# Which of them an address takes is for its adapter to say.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_EXTENSION = "thuphi_deliveries"
_START = threading.Lock()
_log = structlog.get_logger(__name__)
_BELIEVED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Address:
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
        self._addresses: dict[str, Address] = {}

    def address(self, endpoint_id: str, *, newer_than: Address | None = None) -> Address:
        """Return an open endpoint with its account. Raises NotFound for a closed or unknown one.

        What was read is believed for a second, so that a burst of deliveries asks once: closing an
        endpoint or ending a secret takes effect within that second in every process. A sender that
        is refused by what was read is judged again by what is ``newer_than`` that, so that a secret
        is good as soon as it has been given out.
        """
        now = self._wiring.world.clock.now()
        known = self._addresses.get(endpoint_id)
        is_believed = known is not None and timedelta() <= now - known.read_at < _BELIEVED
        if known is None or known is newer_than or not is_believed:
            with self._wiring.open_uow(write=False) as uow:
                endpoint = uow.centres.endpoint(endpoint_id)
                account = uow.centres.account(endpoint.centre_id, endpoint.account_id)
            known = self._addresses[endpoint_id] = Address(endpoint, account, now)
        if not known.endpoint.is_enabled:
            raise NotFound("endpoints_unknown")
        return known

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


@pages.route("/webhooks/<endpoint_id>", methods=_METHODS, defaults={"rest": ""})
@pages.route("/webhooks/<endpoint_id>/<path:rest>", methods=_METHODS)
@signed_by_bank
@body_limit(MOST_BYTES)
def receive(endpoint_id: str, rest: str) -> Response:
    """Answer a provider in its own form: accepted, not proven, unreadable, or try again."""
    wiring = current_wiring()
    address, adapter = _find(wiring, endpoint_id)
    bank_request = _bank_request(adapter, rest)
    now = wiring.world.clock.now()
    delivery: Delivery | None = None
    try:
        delivery = _proven(wiring, adapter, address, bank_request, now)
        received = _deliveries(wiring).receive(delivery)
    except NotAuthenticated as error:
        _log.warning(
            "delivery_refused",
            endpoint=endpoint_id,
            reason=str(error),
            address=bank_request.remote_address,
        )
        received = Received(ReplyKind.NOT_AUTHENTICATED)
    except PaymentsError as error:
        _log.warning("delivery_not_taken", endpoint=endpoint_id, reason=str(error))
        received = Received(ReplyKind.UNAVAILABLE)
    if received.unreadable is not None:
        _log.warning("delivery_unreadable", endpoint=endpoint_id, reason=str(received.unreadable))
    said, answer = received.said, Answer(received.reply)
    if said is None and delivery is not None and delivery.speak is not None:
        said = delivery.speak(answer)
    if said is None:
        # Without any secret: nothing is signed for somebody who has proven nothing.
        unproven = Credentials(address.endpoint.way, {}, settings_of(address.endpoint))
        said = word_reply(adapter, answer, bank_request, unproven, now)
    return Response(said.body, said.status, content_type=said.content_type)


def _proven(
    wiring: Wiring, adapter: BankAdapter, address: Address, bank_request: BankRequest, now: datetime
) -> Delivery:
    """Return the delivery of an authenticated request.

    Raises NotAuthenticated only by an endpoint that is read anew, or has not changed since.
    """
    try:
        return _judged(wiring, adapter, address, bank_request, now)
    except NotAuthenticated:
        try:
            again = _deliveries(wiring).address(address.endpoint.endpoint_id, newer_than=address)
        except NotFound:
            again = address
        if again.endpoint == address.endpoint:
            raise
    return _judged(wiring, adapter, again, bank_request, now)


def _judged(
    wiring: Wiring, adapter: BankAdapter, address: Address, bank_request: BankRequest, now: datetime
) -> Delivery:
    """Return the delivery of a request that the endpoint's secrets prove."""
    return authenticate_delivery(
        adapter,
        endpoint=address.endpoint,
        account=address.account,
        credentials=credentials_of(wiring.secret_box, address.endpoint, now),
        request=bank_request,
        now=now,
    )


def _find(wiring: Wiring, endpoint_id: str) -> tuple[Address, BankAdapter]:
    """Return an open endpoint with its account and adapter; a closed one looks like none at all."""
    try:
        address = _deliveries(wiring).address(endpoint_id)
    except NotFound:
        abort(HTTPStatus.NOT_FOUND)
    adapter = wiring.adapters.get(address.endpoint.adapter)
    if adapter is None:
        # Its package is not installed on this machine; the provider shall try again elsewhere.
        abort(HTTPStatus.SERVICE_UNAVAILABLE)
    return address, adapter


def _bank_request(adapter: BankAdapter, path: str) -> BankRequest:
    """Return the request as it came over the wire, if it is one that the provider may send."""
    declared = adapter.declaration
    if path not in declared.paths:
        abort(HTTPStatus.NOT_FOUND)
    if request.method not in declared.methods:
        raise MethodNotAllowed(valid_methods=[*declared.methods, "OPTIONS"])
    request.max_content_length = min(declared.max_body_bytes, MOST_BYTES)
    body = request.get_data(cache=False)
    if len(body) > declared.max_body_bytes:
        raise RequestEntityTooLarge
    if (body or request.method != "GET") and request.mimetype not in declared.content_types:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return BankRequest(
        method=request.method,
        query=request.query_string.decode("latin-1"),
        headers=tuple(request.headers.items()),
        body=body,
        remote_address=request.remote_addr or "",
        path=path,
    )


def _deliveries(wiring: Wiring) -> Deliveries:
    """Return the one set of batchers of this application."""
    with _START:
        known = current_app.extensions.setdefault(_EXTENSION, Deliveries(wiring))
    if not isinstance(known, Deliveries):
        raise TypeError(_EXTENSION)
    return known
