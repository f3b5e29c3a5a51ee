"""NeoX, which collects for virtual accounts at partner banks.

Source: docs.neox.vn (event notification, and the sample of its webhook). ``secureHash`` is the
plain SHA-256 of all values in the order of their keys, without anything between them, and the
secret at the end. Characters can move from one value to its neighbour without a trace, so what
NeoX tells is provisional: it takes a list of addresses, and a statement settles the money.

Which field holds what of a collection differs between its products and is declared by settings.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bank_adapters import declared_fields, fields
from bank_adapters.contract import TableOfReplies, needed, refuse_unfit
from bank_adapters.signatures import is_one_of
from bank_adapters.signed_bodies import signed_content
from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.domain.errors import Invalid, NotAuthenticated

SECRET_KEY: Final = "secret_key"  # noqa: S105 # a name, not a secret

NOT_MONEY: Final = frozenset(
    {"ACCOUNT", "VIRTUAL_ACCOUNT", "TRANSACTION_STATUS", "REFUND", "PAYOUT"}
)
"""Types of events that tell of no transfer into an account."""

_DECLARATION: Final = Declaration(
    title="NeoX",
    ways=(Way(SECRET_KEY, (SECRET_KEY,), is_provisional=True),),
    secrets=(Secret(SECRET_KEY, "the Secret key of the webhook in the Merchant Portal"),),
    settings=(declared_fields.EVENT_ID, *declared_fields.SETTINGS),
    fields=MappingProxyType(
        dict.fromkeys(
            ("event_id", "amount", "direction", "status", "account", "time", "text"),
            "declared by settings",
        )
    ),
    source="docs.neox.vn/docs/v2, event notification and webhook",
    max_body_bytes=8 * 1024,
)


@dataclass(frozen=True, slots=True)
class NeoX(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "neox"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the values of the body by the hash beside them. The time is not judged.

        Raises NotAuthenticated: ``unknown_way``, ``secret_missing``, ``body_unsignable`` or
        ``wrong_signature``, and what ``refuse_unfit`` raises.
        """
        del now
        refuse_unfit(request, credentials, self.declaration)
        secrets = needed(credentials, SECRET_KEY)

        def hashed(body: fields.JsonObject) -> tuple[object, list[str]]:
            # What an absent value is written as is not published: as nothing, or as its word.
            texts = [signed_text(body, absent) for absent in ("", "null")]
            hashes = [secure_hash(text, secret) for text in texts for secret in secrets]
            return body.get("secureHash"), hashes

        given, hashes = signed_content(request.body, hashed)
        if not isinstance(given, str) or not is_one_of(given, hashes):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the field."""
        body = fields.read_object(request.body)
        kind = body.get("type")
        if isinstance(kind, str) and kind in NOT_MONEY:
            return ()
        declared = declared_fields.map_of(credentials)
        if not declared.event_id:
            raise Invalid("setting_missing", field="event_id_field")
        if body.get("service") == "DISBURSEMENT" and not declared.direction:
            # Money that leaves must never be read as money that came.
            raise Invalid("setting_missing", field="direction_field")
        return tuple(declared.read(row) for row in declared_fields.rows(body, credentials))


def signed_text(body: fields.JsonObject, absent: str = "") -> str:
    """Return all values but the hash, in the order of their keys. Raises Invalid for a list."""
    return "".join(_values({k: v for k, v in body.items() if k != "secureHash"}, absent))


def secure_hash(text: str, secret: str) -> str:
    """Return the hash of a text and a secret, in base64."""
    return base64.b64encode(hashlib.sha256(f"{text}{secret}".encode()).digest()).decode("ascii")


def _values(values: fields.JsonObject, absent: str) -> Iterator[str]:
    for name in sorted(values):
        value = values[name]
        if isinstance(value, dict):
            yield from _values(value, absent)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif value is None:
            yield absent
        elif isinstance(value, str | int | Decimal):
            yield str(value)
        else:
            raise Invalid("field_malformed", field=name)


ADAPTER: Final = NeoX()
