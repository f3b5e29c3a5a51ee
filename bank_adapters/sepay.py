"""SePay, which watches a bank account and posts each transfer to us as it happens.

Source: developer.sepay.vn, pages "SePay Webhooks" and "Xác thực". Two of its ways of proving
itself are taken: an API key in the ``Authorization`` header (secret ``api_key``), and HMAC-SHA256
over time and raw body (secret ``hmac``). Its way without any proof does not exist here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import fields
from bank_adapters.signatures import is_hmac_sha256_hex, is_one_of, is_within_window
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
)
from payments.domain.errors import Invalid, NotAuthenticated

API_KEY: Final = "api_key"
HMAC: Final = "hmac"

KEY_HEADER: Final = "Authorization"
KEY_SCHEME: Final = "Apikey "
TIME_HEADER: Final = "X-SePay-Timestamp"
SIGNATURE_HEADER: Final = "X-SePay-Signature"
SIGNATURE_SCHEME: Final = "sha256="

_UNIX_SECONDS = re.compile(r"[1-9][0-9]{9}")
_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")

# SePay counts any other body as a failed delivery, even with status 200.
_ACCEPTED = b'{"success": true}'

_REFUSALS: Mapping[ReplyKind, tuple[int, str]] = MappingProxyType(
    {
        ReplyKind.NOT_AUTHENTICATED: (401, "not authenticated"),
        ReplyKind.UNREADABLE: (400, "unreadable"),
        ReplyKind.UNAVAILABLE: (503, "try again"),
    }
)


@dataclass(frozen=True, slots=True)
class SePay:
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "sepay"
    max_body_bytes: int = 64 * 1024

    @property
    def secret_names(self) -> Mapping[str, int]:
        """The two ways of proof, with the least number of characters of each secret."""
        return {API_KEY: 16, HMAC: 24}

    def authenticate(
        self, request: BankRequest, secret_name: str, secrets: Sequence[str], now: datetime
    ) -> None:
        """Prove that the raw request comes from SePay, looking at bytes only.

        Raises NotAuthenticated: ``wrong_method``, ``body_too_large``, ``header_missing``,
        ``header_repeated``, ``header_malformed``, ``outside_time_window``, ``wrong_secret``,
        ``wrong_signature`` or ``unknown_secret_name``.
        """
        if request.method != "POST":
            raise NotAuthenticated("wrong_method")
        if len(request.body) > self.max_body_bytes:
            raise NotAuthenticated("body_too_large")
        if secret_name == API_KEY:
            _check_key(request, secrets)
        elif secret_name == HMAC:
            _check_signature(request, secrets, now)
        else:
            raise NotAuthenticated("unknown_secret_name", secret_name=secret_name)

    def parse(self, request: BankRequest) -> tuple[TransferNotice, ...]:
        """Read the one transfer of an authenticated request. Raises Invalid naming the field."""
        body = fields.read_object(request.body)
        return (
            TransferNotice(
                event_id=_event_id(body),
                account_number=fields.identifier(body, "accountNumber", _ACCOUNT),
                direction=_direction(body),
                amount=fields.amount(body, "transferAmount"),
                currency="VND",
                occurred_at=fields.local_time(body, "transactionDate"),
                remittance_information=_remittance_information(body),
                bank_reference=fields.free_text(body, "referenceCode").strip(),
                virtual_account=fields.optional_identifier(body, "subAccount", _VIRTUAL_ACCOUNT),
                balance_after=fields.balance(body, "accumulated"),
            ),
        )

    def reply(self, kind: ReplyKind) -> BankReply:
        """Answer in SePay's form: 200 with exactly ``{"success": true}``, or a refusal."""
        if kind is ReplyKind.ACCEPTED:
            return BankReply(200, _ACCEPTED)
        status, message = _REFUSALS[kind]
        return BankReply(status, json.dumps({"success": False, "message": message}).encode())


def _check_key(request: BankRequest, secrets: Sequence[str]) -> None:
    header = _only_header(request, KEY_HEADER)
    if not header.startswith(KEY_SCHEME):
        raise NotAuthenticated("header_malformed", header=KEY_HEADER)
    if not is_one_of(header.removeprefix(KEY_SCHEME), secrets):
        raise NotAuthenticated("wrong_secret")


def _check_signature(request: BankRequest, secrets: Sequence[str], now: datetime) -> None:
    stamp = _only_header(request, TIME_HEADER)
    signature = _only_header(request, SIGNATURE_HEADER)
    if _UNIX_SECONDS.fullmatch(stamp) is None:
        raise NotAuthenticated("header_malformed", header=TIME_HEADER)
    if not signature.startswith(SIGNATURE_SCHEME):
        raise NotAuthenticated("header_malformed", header=SIGNATURE_HEADER)
    if not is_within_window(int(stamp), now):
        raise NotAuthenticated("outside_time_window")
    signed = stamp.encode("ascii") + b"." + request.body
    if not is_hmac_sha256_hex(signature.removeprefix(SIGNATURE_SCHEME), signed, secrets):
        raise NotAuthenticated("wrong_signature")


def _only_header(request: BankRequest, name: str) -> str:
    value = request.header(name)
    if value is not None:
        return value
    # Two values would let a proxy check the one and us the other.
    is_there = any(key.lower() == name.lower() for key, _ in request.headers)
    raise NotAuthenticated("header_repeated" if is_there else "header_missing", header=name)


def _event_id(body: fields.JsonObject) -> str:
    value = body.get("id")
    if type(value) is int:
        if value < 0:
            raise Invalid("field_malformed", field="id")
        return str(value)
    return fields.identifier(body, "id", _EVENT_ID)


def _direction(body: fields.JsonObject) -> Direction:
    value = body.get("transferType")
    if value == "in":
        return Direction.IN
    if value == "out":
        return Direction.OUT
    raise Invalid("field_malformed", field="transferType")


def _remittance_information(body: fields.JsonObject) -> str:
    # ``content`` is the payer's text; ``description`` repeats it inside the whole notification.
    # Both are read, so that a broken one is named whichever is used.
    content = fields.free_text(body, "content")
    description = fields.free_text(body, "description")
    return content if content.strip() else description


ADAPTER: Final = SePay()
