"""Prove that what was sent comes from the bank, then read it: nothing unproven is looked into."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from payments.domain.adapters import Answer, Credentials, Event
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid, NotAuthenticated, PaymentsError
from payments.ports import BankAdapter
from payments.services.hear_delivery import Delivery

ADDRESSES = "addresses"
"""The setting of every connection that lists where its provider may call from."""

_STATUSES = {
    ReplyKind.NOT_AUTHENTICATED: 401,
    ReplyKind.UNREADABLE: 400,
    ReplyKind.UNAVAILABLE: 503,
}


def authenticate_delivery(
    adapter: BankAdapter,
    *,
    endpoint: Endpoint,
    account: BankAccount,
    credentials: Credentials,
    request: BankRequest,
    now: datetime,
) -> Delivery:
    """Return the delivery of an authenticated request, parsed or with why it is unreadable.

    Raises NotAuthenticated when the sender is not proven: it calls from an address that is not
    listed, a secret of the way is missing, or the adapter says no.
    """
    authenticate(adapter, request, credentials, now)
    events: tuple[Event, ...] = ()
    unreadable = None
    try:
        events = read_events(adapter, request, credentials)
    except Invalid as error:
        unreadable = error

    def speak(answer: Answer) -> BankReply:
        return word_reply(adapter, answer, request, credentials, now)

    declared = adapter.declaration
    return Delivery(
        endpoint,
        account,
        request,
        events,
        unreadable,
        known_as=credentials.settings.get(declared.account_setting, ""),
        is_provisional=declared.way(credentials.way).is_provisional,
        came_at=now,
        speak=speak,
        hidden=tuple(value for values in credentials.secrets.values() for value in values),
    )


def authenticate(
    adapter: BankAdapter, request: BankRequest, credentials: Credentials, now: datetime
) -> None:
    """Raise NotAuthenticated unless the request is the provider's own.

    Without a value for every secret of the way nothing is proven, and neither is it from an address
    that is not listed, or by an adapter that fails over what was sent.
    """
    _require_address(credentials, request)
    try:
        way = adapter.declaration.way(credentials.way)
    except Invalid:
        raise NotAuthenticated("unknown_way", way=credentials.way) from None
    for name in way.secrets:
        if not credentials.values(name):
            raise NotAuthenticated("secret_missing", secret=name)
    try:
        adapter.authenticate(request, credentials, now)
    except NotAuthenticated:
        raise
    except PaymentsError as error:
        raise NotAuthenticated(error.code, **error.facts) from error
    except Exception as error:
        raise NotAuthenticated("adapter_failed", error=type(error).__name__) from error


def read_events(
    adapter: BankAdapter, request: BankRequest, credentials: Credentials
) -> tuple[Event, ...]:
    """Return the events of an authenticated request.

    Raises Invalid naming the field, also when the adapter fails over the bytes: they are kept then
    and a person is told, as with any other that nobody can read.
    """
    try:
        return tuple(adapter.parse(request, credentials))
    except Invalid:
        raise
    except Exception as error:
        raise Invalid("adapter_failed", field="body", error=type(error).__name__) from error


def word_reply(
    adapter: BankAdapter,
    answer: Answer,
    request: BankRequest,
    credentials: Credentials,
    now: datetime,
) -> BankReply:
    """Return an answer in the provider's form, with the field that could not be read if it is JSON.

    An adapter that fails over its answer must not undo what it answers: then the status speaks.
    """
    try:
        reply = adapter.reply(answer, request, credentials, now)
    except Exception:  # noqa: BLE001 -- whatever it was, the provider is answered.
        success = answer.kind not in _STATUSES
        body = json.dumps({"success": success, "message": answer.kind}).encode()
        return BankReply(_STATUSES.get(answer.kind, 200), body)
    return _naming(reply, answer) if answer.kind is ReplyKind.UNREADABLE else reply


def allowed_networks(addresses: str) -> Sequence[IPv4Network | IPv6Network]:
    """Return the networks of a list such as ``103.1.2.0/24, 2001:db8::1``.

    Raises Invalid for what is no address, and for a network so wide that it lists nobody.
    """
    networks = []
    for text in addresses.replace(",", " ").split():
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            raise Invalid("address_malformed", field=ADDRESSES, address=text) from None
        if network.prefixlen < (8 if network.version == 4 else 16):
            raise Invalid("address_malformed", field=ADDRESSES, address=text)
        networks.append(network)
    return tuple(networks)


_known_networks = lru_cache(maxsize=256)(allowed_networks)


def _require_address(credentials: Credentials, request: BankRequest) -> None:
    """Raise NotAuthenticated when the connection lists addresses and this is none of them."""
    listed = credentials.settings.get(ADDRESSES, "")
    if not listed:
        return
    try:
        caller = ip_address(request.remote_address)
        mapped = getattr(caller, "ipv4_mapped", None) or caller
        is_listed = any(mapped in network for network in _known_networks(listed))
    except (ValueError, Invalid):
        is_listed = False
    if not is_listed:
        raise NotAuthenticated("address_not_listed")


def _naming(reply: BankReply, answer: Answer) -> BankReply:
    """Put the field that could not be read into a provider's form of a refusal, if it is JSON."""
    try:
        form = json.loads(reply.body)
    except ValueError:
        return reply
    if not isinstance(form, dict):
        return reply
    form["error"] = {"code": answer.problem, "field": answer.field}
    return BankReply(reply.status, json.dumps(form).encode(), reply.content_type)
