"""Prove that what was posted comes from the bank, then read it: nothing unproven is looked into."""

from __future__ import annotations

import json

from payments.domain.bank_messages import BankRequest
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid, Unavailable
from payments.ports import BankAdapter, SecretBox, World
from payments.services.receive_deliveries import Delivery


def authenticate_delivery(
    world: World,
    box: SecretBox,
    adapter: BankAdapter,
    *,
    endpoint: Endpoint,
    account: BankAccount,
    request: BankRequest,
) -> Delivery:
    """Return the delivery of an authenticated request, parsed or with why it is unreadable.

    Raises NotAuthenticated when the sender is not proven, Unavailable when the secret cannot be
    opened with the keys of this installation.
    """
    secrets = secrets_of(box, endpoint)
    adapter.authenticate(request, endpoint.secret_name, secrets, world.clock.now())
    try:
        notices = adapter.parse(request)
    except Invalid as error:
        return Delivery(endpoint, account, request, unreadable=error)
    return Delivery(endpoint, account, request, notices)


def secrets_of(box: SecretBox, endpoint: Endpoint) -> list[str]:
    """Open an endpoint's secrets, the current one first. Raises Unavailable."""
    plain = box.open(endpoint.secret_box, row=secret_row(endpoint.endpoint_id))
    try:
        secrets = json.loads(plain)
    except ValueError as error:
        raise Unavailable("secret_box_broken") from error
    if not isinstance(secrets, list) or not all(isinstance(secret, str) for secret in secrets):
        raise Unavailable("secret_box_broken")
    return secrets


def sealed_secrets(box: SecretBox, endpoint_id: str, secrets: list[str]) -> bytes:
    """Encrypt an endpoint's secrets, the current one first, bound to its row."""
    return box.seal(json.dumps(secrets).encode(), row=secret_row(endpoint_id))


def secret_row(endpoint_id: str) -> str:
    """Return the name of the row that an endpoint's secrets are bound to."""
    return f"endpoint:{endpoint_id}"
