"""Call a provider: register an address with it, have a page made to pay on. Nothing is recorded."""

from __future__ import annotations

from payments.domain.adapters import Credentials, LinkOrder, OutgoingRequest, Registered
from payments.domain.centres import Endpoint
from payments.domain.errors import Conflict, Invalid, NotAuthenticated, Unavailable
from payments.domain.requests import RequestStanding, RequestState
from payments.ports import BankAdapter, MakesLinks, SecretBox, TakesAddresses, World
from payments.ports.network import Network
from payments.services.keep_secrets import credentials_of

# Beyond it a number is not exact in JavaScript, which providers read orders with.
_MOST_ORDER = 2**53 - 1
_ASKING = frozenset({RequestState.OPEN, RequestState.SHORT})


def register_address(
    world: World,
    box: SecretBox,
    network: Network,
    adapter: BankAdapter,
    endpoint: Endpoint,
    *,
    url: str,
) -> Registered:
    """Tell a provider where to announce transfers; return whose they will be.

    Raises Conflict for a closed connection, Invalid for a provider without such a call, for a key
    that is missing and for an address that the provider refuses, Unavailable without an answer.
    """
    if not isinstance(adapter, TakesAddresses):
        raise Invalid("provider_not_called", field="endpoint")
    credentials = _credentials(world, box, endpoint)
    try:
        request = adapter.address_request(url, credentials)
    except NotAuthenticated as error:
        raise Invalid(error.code, **error.facts) from error
    return adapter.address_answer(answer_of(network, adapter, request))


def make_link(
    world: World,
    box: SecretBox,
    network: Network,
    adapter: BankAdapter,
    endpoint: Endpoint,
    *,
    standing: RequestStanding,
    base_url: str,
) -> str:
    """Return the address of a provider's page on which what is still due of a request is paid.

    The transfer says the request's reference and is announced as any other; the page itself is no
    money. Raises as ``register_address`` does, and Conflict when no money is asked for.
    """
    if not isinstance(adapter, MakesLinks):
        raise Invalid("provider_not_called", field="endpoint")
    state = standing.state(world.clock.now())
    if state not in _ASKING:
        raise Conflict("request_not_open", state=state.value)
    credentials = _credentials(world, box, endpoint)
    page = f"{base_url}/p/{standing.request.token}"
    order = LinkOrder(
        number=1 + world.ids.below(_MOST_ORDER),
        amount=standing.due,
        text=standing.request.reference,
        done_url=page,
        cancel_url=page,
    )
    try:
        request = adapter.link_request(order, credentials)
    except NotAuthenticated as error:
        raise Invalid(error.code, **error.facts) from error
    body = answer_of(network, adapter, request)
    try:
        return adapter.link_answer(body, order, credentials)
    except NotAuthenticated as error:
        raise Invalid("answer_not_proven", field="body") from error


def answer_of(network: Network, adapter: BankAdapter, request: OutgoingRequest) -> bytes:
    """Return the body of a provider's answer. Raises Unavailable unless it is whole and a 200."""
    # One byte more than is taken, so that an answer that was cut is not taken for a whole one.
    most = adapter.declaration.max_body_bytes
    came = network.send(request, most_bytes=most + 1)
    if came.status != 200 or len(came.body) > most:
        raise Unavailable("provider_refused", status=came.status)
    return came.body


def _credentials(world: World, box: SecretBox, endpoint: Endpoint) -> Credentials:
    """Return what an open connection is configured with. Raises Conflict for a closed one."""
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    return credentials_of(box, endpoint, world.clock.now())
