"""A sender of Standard Webhooks, pretended.

The secret of the way ``public_key`` is the public half; the private one is that of the simulation.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bank_adapters import standard_webhooks
from bank_adapters.simulated import as_json, secret, with_headers
from bank_adapters.simulated.declared import FIELDS, fields_of
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.domain.errors import Invalid
from payments.ports import Delivery

PRIVATE_KEYS: Final = tuple(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))


def public_key(private: Ed25519PrivateKey) -> str:
    """Write the public half of a key as the scheme does."""
    return "whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode("ascii")


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in the declared fields; its id is that of the webhook."""
    request = as_json({"type": "transfer.booked", **fields_of(notice, credentials)})
    return with_headers(request, (standard_webhooks.ID_HEADER, notice.event_id))


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Sign id, time and raw body."""
    identity = dict(request.headers).get(standard_webhooks.ID_HEADER, "")
    stamp = str(int(now.timestamp()))
    message = f"{identity}.{stamp}.".encode("ascii") + request.body
    given = secret(credentials, credentials.way)
    if credentials.way == standard_webhooks.SECRET:
        key = base64.b64decode(given.removeprefix("whsec_"), validate=True)
        version, signature = "v1", hmac.digest(key, message, "sha256")
    else:
        version, signature = "v1a", _private(given).sign(message)
    listed = f"{version},{base64.b64encode(signature).decode('ascii')}"
    return with_headers(
        request,
        (standard_webhooks.TIME_HEADER, stamp),
        (standard_webhooks.SIGNATURE_HEADER, listed),
    )


def _private(public: str) -> Ed25519PrivateKey:
    for private in PRIVATE_KEYS:
        if public_key(private) == public:
            return private
    raise Invalid("secret_missing", field="public_key")


def _draw(random: Random) -> tuple[Mapping[str, str], Mapping[str, str]]:
    raw = base64.b64encode(random.randbytes(32)).decode("ascii")
    return {standard_webhooks.SECRET: f"whsec_{raw}"}, {}


SIMULATOR: Final = SimulatedBank("standard_webhooks", write, seal, settings=FIELDS, draw=_draw)
