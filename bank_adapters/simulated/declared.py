"""What the pretended providers share whose fields and signatures a connection declares."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import declared_signature
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import local_text, secret, with_headers
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.business_day import local
from payments.ports import Delivery

SIGNATURE: Final = {
    declared_signature.HEADER: "X-Signature",
    declared_signature.ALGORITHM: "sha256",
    declared_signature.FORM: "hex",
}
"""How a pretended bank signs the raw body: what the contract with a real one would say."""

FIELDS: Final = {
    "amount_field": "data.amount",
    "account_field": "data.account",
    "time_field": "data.time",
    "time_format": "iso",
    "text_field": "data.content",
    "direction_field": "data.kind",
    "in_value": "credit",
    "out_value": "debit",
    "bank_reference_field": "data.reference",
}
"""Where a pretended sender puts the facts of a transfer: what its own paper would say."""


def written_time(moment: datetime, credentials: Credentials) -> str | int:
    """Write an aware time in the declared form."""
    form = credentials.setting("time_format")
    if form == "unix_ms":
        return int(moment.timestamp() * 1000)
    if form == "iso":
        return local(moment).isoformat()
    return f"{local(moment):%Y%m%d%H%M%S}" if form == "compact" else local_text(moment)


def fields_of(notice: TransferNotice, credentials: Credentials) -> dict[str, object]:
    """Write a notice into the fields that a connection declares, objects inside where it says."""
    status = "booked_value" if notice.status is TransferStatus.BOOKED else "pending_value"
    direction = "in_value" if notice.direction is Direction.IN else "out_value"
    given = credentials.settings
    whole: dict[str, object] = {}
    for name, value in (
        ("event_id_field", notice.event_id),
        ("amount_field", notice.amount),
        ("account_field", notice.account_number),
        ("time_field", written_time(notice.occurred_at, credentials)),
        ("text_field", notice.remittance_information),
        ("bank_reference_field", notice.bank_reference),
        ("virtual_account_field", notice.virtual_account),
        ("currency_field", notice.currency),
        ("direction_field", given.get(direction)),
        ("status_field", given.get(status)),
    ):
        if path := given.get(name):
            _put(whole, path, value)
    return whole


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the declared signature of the raw body into its header."""
    del now
    (name,) = credentials.secrets
    signature = hmac_text(
        secret(credentials, name),
        request.body,
        credentials.setting(declared_signature.ALGORITHM),
        credentials.setting(declared_signature.FORM),
    )
    return with_headers(request, (credentials.setting(declared_signature.HEADER), signature))


def _put(whole: dict[str, object], path: str, value: object) -> None:
    *steps, last = path.split(".")
    for step in steps:
        inner = whole.setdefault(step, {})
        if isinstance(inner, dict):
            whole = inner
    whole[last] = value
