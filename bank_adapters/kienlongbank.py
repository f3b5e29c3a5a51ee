"""KienlongBank, which pushes the payments to its virtual accounts, encrypted and signed.

Source: the README of the bank's pay SDK, with its sample. ``data`` is AES-256-CBC under the encrypt
key (32 bytes in hexadecimal, its first 16 bytes are the first block), and the signature covers
client, time and ``data``, so nothing is decrypted before it fits.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from bank_adapters import fields
from bank_adapters.contract import TableOfReplies, needed, only_header, refuse_unfit
from bank_adapters.signatures import is_hmac, is_within_window
from bank_adapters.signed_bodies import signed_content
from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated

SECRET_KEY: Final = "secret_key"  # noqa: S105 # a name, not a secret
ENCRYPT_KEY: Final = "encrypt_key"
CLIENT_HEADER: Final = "x-api-client"
TIME_HEADER: Final = "x-api-time"
SIGNATURE_HEADER: Final = "x-api-validate"
WAY: Final = "signed"

_UNIX_MS = re.compile(r"[1-9][0-9]{12}")
_CLIENT = re.compile(r"[0-9A-Za-z-]{1,64}")
_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")

_DECLARATION: Final = Declaration(
    title="KienlongBank",
    ways=(Way(WAY, (SECRET_KEY, ENCRYPT_KEY)),),
    secrets=(
        Secret(SECRET_KEY, "the key of the signature in x-api-validate", 32, is_drawn=False),
        Secret(ENCRYPT_KEY, "the key of the encryption, 64 hexadecimal digits", 64, is_drawn=False),
    ),
    fields=MappingProxyType(
        {
            "event_id": "transactionId",
            "amount": "amount",
            "direction": "always money in",
            "status": "StatusCode and success",
            "account": "actualAccount",
            "time": "time",
            "text": "transferDesc",
            "bank_reference": "txnNumber",
            "virtual_account": "virtualAccount",
        }
    ),
    source="README of KienlongBank's pay SDK",
    max_body_bytes=8 * 1024,
)


@dataclass(frozen=True, slots=True)
class KienlongBank(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "kienlongbank"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove client, time and data by the signature.

        Raises NotAuthenticated: ``unknown_way``, ``secret_missing``, ``header_missing``,
        ``header_repeated``, ``header_malformed``, ``outside_time_window``, ``body_unsignable``,
        ``wrong_signature``, and what ``refuse_unfit`` raises.
        """
        refuse_unfit(request, credentials, self.declaration)
        secrets = needed(credentials, SECRET_KEY)
        needed(credentials, ENCRYPT_KEY)
        client = only_header(request, CLIENT_HEADER)
        stamp = only_header(request, TIME_HEADER)
        signature = only_header(request, SIGNATURE_HEADER)
        if _CLIENT.fullmatch(client) is None:
            raise NotAuthenticated("header_malformed", header=CLIENT_HEADER)
        if _UNIX_MS.fullmatch(stamp) is None:
            raise NotAuthenticated("header_malformed", header=TIME_HEADER)
        if not is_within_window(int(stamp) // 1000, now):
            raise NotAuthenticated("outside_time_window")
        data = signed_content(request.body, lambda body: _data(body).encode("ascii"))
        message = f"{client}|{stamp}|".encode("ascii") + data
        if not is_hmac(signature, message, secrets):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Decrypt and read the one transfer of a request. Raises Invalid naming the field."""
        data = _data(fields.read_object(request.body))
        body = _decrypted(data, credentials.values(ENCRYPT_KEY))
        return (
            TransferNotice(
                event_id=fields.identifier(body, "transactionId", _EVENT_ID),
                account_number=fields.identifier(body, "actualAccount", _ACCOUNT),
                direction=Direction.IN,
                amount=fields.amount(body, "amount"),
                currency="VND",
                occurred_at=fields.local_time(body, "time"),
                remittance_information=fields.free_text(body, "transferDesc"),
                bank_reference=fields.free_text(body, "txnNumber").strip(),
                virtual_account=fields.optional_identifier(body, "virtualAccount", _ACCOUNT),
                status=_status(body),
            ),
        )


def cipher(key: str) -> Cipher[modes.CBC]:
    """Return the cipher of an encrypt key. Raises Invalid for one of another form."""
    if _KEY.fullmatch(key) is None:
        raise Invalid("setting_malformed", field=ENCRYPT_KEY)
    raw = bytes.fromhex(key)
    return Cipher(algorithms.AES256(raw), modes.CBC(raw[:16]))


def _data(body: fields.JsonObject) -> str:
    value = body.get("data")
    if not isinstance(value, str):
        raise Invalid("field_not_text", field="data")
    return value


def _decrypted(data: str, keys: Sequence[str]) -> fields.JsonObject:
    """Return the object under the first key that opens it; during a rotation there are two."""
    for key in keys:
        try:
            opener, padding = cipher(key).decryptor(), PKCS7(128).unpadder()
            padded = opener.update(base64.b64decode(data, validate=True)) + opener.finalize()
            return fields.read_object(padding.update(padded) + padding.finalize())
        except (binascii.Error, ValueError, Invalid):
            continue
    raise Invalid("field_malformed", field="data")


def _status(body: fields.JsonObject) -> TransferStatus:
    code, success = body.get("StatusCode"), body.get("success")
    if not isinstance(code, str) or not isinstance(success, bool):
        raise Invalid("field_malformed", field="StatusCode")
    return TransferStatus.BOOKED if code == "00" and success else TransferStatus.FAILED


ADAPTER: Final = KienlongBank()
