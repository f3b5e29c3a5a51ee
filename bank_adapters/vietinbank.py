"""VietinBank's collection by identified accounts: it asks what is due, then tells what was paid.

Source: "Thu hộ định danh" 1.4.1 as quoted in public code, and the open API's NotifyRequest. The
bank signs with RSA-SHA256 over a few fields put together without separators, so two settings pin
the message to us: the provider id, and the prefix of our virtual accounts, which is signed. One
specification writes dates in two orders: an inquiry has the month first, a notice the year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import amounts, fields
from bank_adapters.rsa_keys import is_rsa_sha256, public_key
from bank_adapters.signed_bodies import (
    echoed_body,
    open_body,
    optional_signed_text,
    signature_text,
    signed_text,
)
from bank_adapters.time_patterns import read_time
from bank_adapters.vietinbank_replies import inquiry_reply, notice_reply
from payments.domain.adapters import (
    Answer,
    BillInquiry,
    Credentials,
    Declaration,
    Event,
    Secret,
    Setting,
    Way,
)
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    TransferNotice,
)
from payments.domain.errors import Invalid, NotAuthenticated

PUBLIC_KEY: Final = "public_key"
PRIVATE_KEY: Final = "private_key"
SIGNATURE: Final = "signature"
NOTICE_TIME: Final = "yyyyMMddHHmmss"
INQUIRY_TIME: Final = "MMddyyyyHHmmss"

NOTICE_SIGNS: Final = ("transId", "transTime", "custCode", "amount", "bankTransId", "remark")
INQUIRY_SIGNS: Final = ("transId", "transTime", "custCode")
_OPTIONAL: Final = frozenset({"custCode", "bankTransId", "remark"})

_TRANS_ID = re.compile(r"[0-9A-Za-z._-]{1,50}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_CUSTOMER = re.compile(r"[0-9A-Za-z]{1,30}")
_BANK_ID = re.compile(r"[0-9A-Za-z._-]{1,30}")
_CURRENCY = re.compile(r"[A-Z]{3}")
# Of the types that the open API names, D is the only one that takes money out.
_TYPES_IN: Final = frozenset({"C", "1", "2", "3", "COLLECTION"})
_TYPES_OUT: Final = frozenset({"D"})

_DECLARATION: Final = Declaration(
    title="VietinBank",
    ways=(
        Way("rsa", (PUBLIC_KEY,)),
        Way("rsa_signed_replies", (PUBLIC_KEY, PRIVATE_KEY)),
    ),
    secrets=(
        Secret(
            PUBLIC_KEY, "VietinBank's public key or certificate (PEM), which proves its messages",
            400, is_public=True, is_drawn=False,
        ),
        Secret(PRIVATE_KEY, "our RSA key (PEM), which signs our answers", 1600, is_drawn=False),
    ),
    settings=(
        Setting("provider_id", "providerId, the code that VietinBank gave us", is_needed=True),
        Setting(
            "virtual_account_prefix", "what custCode begins with for all of our accounts",
            is_needed=True,
        ),
    ),
    fields=MappingProxyType(
        {
            "event_id": "transId",
            "amount": "amount",
            "direction": "transType: D is out",
            "status": "only booked transfers are sent",
            "account": "recvAcctId",
            "time": "transTime",
            "text": "custCode and remark",
            "bank_reference": "bankTransId",
            "virtual_account": "recvVirtualAcctId, or custCode",
        }
    ),
    source="VietinBank, Thu hộ định danh 1.4.1; openapi.vietinbank.vn, NotifyRequest",
    paths=("", "inq-bill", "notify-bill"),
    retries="by contract",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VietinBank:
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "vietinbank"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove an inquiry or a notice. No time of sending is signed: ``now`` is not looked at.

        Raises NotAuthenticated: what ``open_body`` raises, ``json_field_missing``,
        ``field_malformed``, ``rsa_key_unreadable`` or ``wrong_signature``.
        """
        del now
        body = open_body(request, credentials, self.declaration)
        if is_inquiry(body):
            header, data = _object(body, "header"), _object(body, "data")
            given, provider = signature_text(header, SIGNATURE), header.get("providerId")
            text = "".join(signed_text(data, name) for name in INQUIRY_SIGNS)
        else:
            data = body
            given, provider = signature_text(body, SIGNATURE), body.get("providerId")
            text = notice_text(body)
        message = text.encode("utf-8", "surrogatepass")
        try:
            is_proven = is_rsa_sha256(given, message, credentials.values(PUBLIC_KEY))
        except Invalid as error:
            raise NotAuthenticated(error.code, **error.facts) from None
        if not is_proven:
            raise NotAuthenticated("wrong_signature")
        _pin(credentials, provider, data)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        """Read an authenticated inquiry or notice. Raises Invalid naming the field."""
        del credentials
        body = fields.read_object(request.body)
        if is_inquiry(body):
            data = body["data"]
            if not isinstance(data, dict):
                raise Invalid("body_not_object", field="data")
            read_time(data.get("transTime"), INQUIRY_TIME, "transTime")
            return (BillInquiry(fields.identifier(data, "custCode", _CUSTOMER)),)
        return (_notice(body),)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer in the bank's own envelope, signed with our key where there is one."""
        body = echoed_body(request)
        keys = credentials.values(PRIVATE_KEY)
        if is_inquiry(body):
            return inquiry_reply(answer, body, keys, now)
        return notice_reply(answer, body, keys)

    def check(self, credentials: Credentials) -> None:
        """Raise Invalid naming the key or the setting that cannot work."""
        for key in credentials.values(PUBLIC_KEY):
            public_key(key)
        prefix = credentials.setting("virtual_account_prefix")
        credentials.setting("provider_id")
        if _CUSTOMER.fullmatch(prefix) is None:
            raise Invalid("field_malformed", field="virtual_account_prefix")


def is_inquiry(body: fields.JsonObject) -> bool:
    """Say whether a message asks what is due: it has a header, while a notice is flat."""
    return "header" in body


def notice_text(body: fields.JsonObject) -> str:
    """Return the text that a notice signs. Raises NotAuthenticated naming a field."""
    return "".join(
        optional_signed_text(body, name) if name in _OPTIONAL else signed_text(body, name)
        for name in NOTICE_SIGNS
    )


def _notice(body: fields.JsonObject) -> TransferNotice:
    customer = fields.optional_identifier(body, "custCode", _CUSTOMER)
    virtual = fields.optional_identifier(body, "recvVirtualAcctId", _CUSTOMER)
    if customer and virtual and virtual != customer:
        # The one is signed and the other is not.
        raise Invalid("field_malformed", field="recvVirtualAcctId")
    return TransferNotice(
        event_id=fields.identifier(body, "transId", _TRANS_ID),
        account_number=fields.identifier(body, "recvAcctId", _ACCOUNT),
        direction=_direction(body),
        amount=amounts.digits(body.get("amount"), "amount"),
        currency=fields.identifier(body, "currencyCode", _CURRENCY),
        occurred_at=read_time(body.get("transTime"), NOTICE_TIME, "transTime"),
        # The customer's code carries our reference, also where the payer has written something.
        remittance_information=f"{customer} {fields.free_text(body, 'remark')}".strip(),
        bank_reference=fields.optional_identifier(body, "bankTransId", _BANK_ID),
        virtual_account=virtual or customer,
    )


def _direction(body: fields.JsonObject) -> Direction:
    kind = body.get("transType")
    if kind in _TYPES_IN:
        return Direction.IN
    if kind in _TYPES_OUT:
        return Direction.OUT
    raise Invalid("field_malformed", field="transType")


def _pin(credentials: Credentials, provider: object, data: fields.JsonObject) -> None:
    """Refuse what the bank has signed for another of its customers.

    The bank has one key for all of them. No endpoint is opened without these two settings; only
    a request that is judged by itself may come without.
    """
    prefix = credentials.settings.get("virtual_account_prefix", "")
    if not optional_signed_text(data, "custCode").startswith(prefix):
        raise NotAuthenticated("field_malformed", field="custCode")
    if provider != credentials.settings.get("provider_id", provider):
        raise NotAuthenticated("field_malformed", field="providerId")


def _object(body: fields.JsonObject, name: str) -> fields.JsonObject:
    value = body.get(name)
    if not isinstance(value, dict):
        raise NotAuthenticated("json_field_missing", field=name)
    return value


ADAPTER: Final = VietinBank()
