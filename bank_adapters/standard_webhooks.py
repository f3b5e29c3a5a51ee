"""Standard Webhooks, the scheme in which many services sign what they push.

Source: spec/standard-webhooks.md of standard-webhooks/standard-webhooks. The signature covers id,
time and raw body; ``v1`` is HMAC-SHA256 with a shared secret, ``v1a`` is ed25519 with the sender's
public key. What the body says is the sender's own, and declared by settings.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bank_adapters import declared_fields, fields
from bank_adapters.contract import TableOfReplies, needed, only_header, refuse_unfit
from bank_adapters.signatures import is_one_of, is_within_window
from payments.domain.adapters import Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.domain.errors import Invalid, NotAuthenticated

SECRET: Final = "secret"  # noqa: S105 # a name, not a secret
PUBLIC_KEY: Final = "public_key"
ID_HEADER: Final = "webhook-id"
TIME_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"

_ID = re.compile(r"[!-~]{1,96}")
_UNIX_SECONDS = re.compile(r"[1-9][0-9]{9}")
_SIGNATURE = re.compile(r"(v[0-9]{1,3}[a-z]?),([0-9A-Za-z+/=]{1,256})")

_DECLARATION: Final = Declaration(
    title="Standard Webhooks",
    ways=(Way(SECRET, (SECRET,)), Way(PUBLIC_KEY, (PUBLIC_KEY,))),
    secrets=(
        Secret(SECRET, "the shared secret: whsec_ and 24 to 64 bytes in base64", 38,
               is_drawn=False),
        Secret(PUBLIC_KEY, "the sender's ed25519 key: whpk_ and 32 bytes in base64", 49,
               is_public=True, is_drawn=False),
    ),
    settings=(
        Setting("event_id_field", "the field of the transfer's id; without it, webhook-id"),
        *declared_fields.SETTINGS,
    ),
    fields=MappingProxyType(
        {
            "event_id": "the header webhook-id, or declared by settings",
            **dict.fromkeys(
                ("amount", "direction", "status", "account", "time", "text"),
                "declared by settings",
            ),
        }
    ),
    source="github.com/standard-webhooks/standard-webhooks, spec",
    answers_within_s=15,
    retries="5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h as the scheme advises",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StandardWebhooks(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "standard_webhooks"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove id, time and raw body by one of the signatures that the header lists.

        Raises NotAuthenticated: ``unknown_way``, ``secret_missing``, ``secret_malformed``,
        ``header_missing``, ``header_repeated``, ``header_malformed``, ``outside_time_window``,
        ``wrong_signature``, and what ``refuse_unfit`` raises.
        """
        refuse_unfit(request, credentials, self.declaration)
        way = credentials.way
        keys = needed(credentials, way)
        identity, stamp = only_header(request, ID_HEADER), only_header(request, TIME_HEADER)
        listed = only_header(request, SIGNATURE_HEADER)
        if _ID.fullmatch(identity) is None:
            raise NotAuthenticated("header_malformed", header=ID_HEADER)
        if _UNIX_SECONDS.fullmatch(stamp) is None:
            raise NotAuthenticated("header_malformed", header=TIME_HEADER)
        if not is_within_window(int(stamp), now):
            raise NotAuthenticated("outside_time_window")
        given = _signatures(listed, "v1" if way == SECRET else "v1a")
        message = f"{identity}.{stamp}.".encode("ascii") + request.body
        fits = _is_shared(given, message, keys) if way == SECRET else _is_own(given, message, keys)
        if not fits:
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the field."""
        body = fields.read_object(request.body)
        declared = declared_fields.map_of(credentials)
        rows = declared_fields.rows(body, credentials)
        if len(rows) > 1 and not declared.event_id:
            # One id for several transfers would make one of them.
            raise Invalid("setting_missing", field="event_id_field")
        identity = request.header(ID_HEADER) or ""
        return tuple(declared.read(row, identity) for row in rows)


def _signatures(listed: str, version: str) -> list[str]:
    given = []
    for one in listed.split(" "):
        written = _SIGNATURE.fullmatch(one)
        if written is None:
            raise NotAuthenticated("header_malformed", header=SIGNATURE_HEADER)
        if written[1] == version:
            given.append(written[2])
    return given


def _is_shared(given: Sequence[str], message: bytes, secrets: Sequence[str]) -> bool:
    digests = [hmac.digest(_key(secret, "whsec_"), message, "sha256") for secret in secrets]
    expected = [base64.b64encode(digest).decode("ascii") for digest in digests]
    fits = False
    for one in given:
        # Every signature is compared, so that the time says nothing of which one fits.
        fits = is_one_of(one, expected) or fits
    return fits


def _is_own(given: Sequence[str], message: bytes, keys: Sequence[str]) -> bool:
    public = [_key(key, "whpk_") for key in keys]
    if any(len(raw) != 32 for raw in public):
        raise NotAuthenticated("secret_malformed")
    return any(
        _verifies(Ed25519PublicKey.from_public_bytes(raw), one, message)
        for raw in public
        for one in given
    )


def _verifies(key: Ed25519PublicKey, written: str, message: bytes) -> bool:
    try:
        signature = base64.b64decode(written, validate=True)
        key.verify(signature, message)
    except (binascii.Error, InvalidSignature):
        return False
    # Base64 has several spellings of the same bytes; a signature must have one.
    return is_one_of(written, [base64.b64encode(signature).decode("ascii")])


def _key(secret: str, prefix: str) -> bytes:
    """Return the bytes of a secret. Raises NotAuthenticated when it is not one of the scheme."""
    try:
        raw = base64.b64decode(secret.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        raise NotAuthenticated("secret_malformed") from None
    if len(raw) < 16:
        raise NotAuthenticated("secret_malformed")
    return raw


ADAPTER: Final = StandardWebhooks()
