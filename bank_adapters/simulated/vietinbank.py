"""VietinBank, pretended. It signs with a key of its own, of which the adapter knows one half."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bank_adapters import vietinbank
from bank_adapters.rsa_keys import public_half, rsa_sha256
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.gateways import fields_of, texts_of
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery

KEY_RING: Final = "bank_key_ring"
"""The secret that holds the pretended bank's private keys, which only the simulator looks at."""


def new_keys() -> tuple[str, str]:
    """Draw a pair of RSA keys in PEM: the public one for the adapter, the private for the ring."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode(), private.decode()


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as the bank does; the first word of its text is the customer's code."""
    if notice.status is not TransferStatus.BOOKED:
        raise Invalid("status_not_simulated", field="status")
    customer, _, remark = notice.remittance_information.partition(" ")
    prefix = credentials.settings.get("virtual_account_prefix", "")
    if not (customer.isalnum() and customer.isascii() and customer.startswith(prefix)):
        customer, remark = prefix or "VA", notice.remittance_information
    return as_json(
        {
            "msgId": f"M{notice.event_id}",
            "providerId": credentials.settings.get("provider_id", "9111"),
            "transId": notice.event_id,
            "transTime": write_time(notice.occurred_at, vietinbank.NOTICE_TIME),
            "transType": "D" if notice.direction is Direction.OUT else "3",
            "custCode": customer,
            "recvAcctId": notice.account_number,
            "recvVirtualAcctId": customer,
            "bankTransId": notice.bank_reference,
            "amount": str(notice.amount),
            "remark": remark,
            "currencyCode": notice.currency,
        },
        path="notify-bill",
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the bank's signature into a body, by the key whose public half the adapter knows."""
    del now
    text = "".join(texts_of(fields_of(request), vietinbank.NOTICE_SIGNS).values())
    key = signing_key(credentials, secret(credentials, vietinbank.PUBLIC_KEY))
    signature = rsa_sha256(key, text.encode("utf-8", "surrogatepass"))
    return with_field(request, vietinbank.SIGNATURE, signature)


def signing_key(credentials: Credentials, known: str) -> str:
    """Return the pretended bank's private key whose public half the adapter knows."""
    for key in credentials.values(KEY_RING):
        if public_half(key) == known:
            return key
    raise Invalid("key_not_simulated", field=vietinbank.PUBLIC_KEY)


def _draw(random: Random) -> tuple[Mapping[str, str], Mapping[str, str]]:
    # A key is drawn by the library that knows how; it takes no other source.
    del random
    public, private = new_keys()
    return {vietinbank.PUBLIC_KEY: public}, {KEY_RING: private}


SIMULATOR: Final = SimulatedBank(
    "vietinbank",
    write,
    seal,
    settings={"provider_id": "9111", "virtual_account_prefix": "2NDV"},
    draw=_draw,
    bank_bin="970415",
)
