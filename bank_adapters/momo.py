"""MoMo, a wallet: it posts the end of a payment for one of our orders.

Source: developers.momo.vn, "Payment Notification" (IPN). The signature covers thirteen pairs in a
fixed order; the first of them, our access key, is not in the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final

from bank_adapters import amounts, fields
from bank_adapters.contract import REFUSALS, TableOfReplies
from bank_adapters.signatures import hmac_text, is_one_of
from bank_adapters.signed_bodies import as_pairs, open_body, signature_text, signed_text
from bank_adapters.time_patterns import EPOCH_MS, read_time
from payments.domain.adapters import Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.errors import NotAuthenticated

SECRET_KEY: Final = "secret_key"  # noqa: S105 # the name of a secret
ACCESS_KEY: Final = "access_key"
PARTNER_CODE: Final = "partner_code"
SIGNATURE: Final = "signature"

IN_BODY: Final = (
    "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType",
    "requestId", "responseTime", "resultCode", "transId",
)  # fmt: skip
"""The signed fields that stand in the message, in the order of the signed text."""

_PARTNER = re.compile(r"[!-~]{1,50}")
_ORDER = re.compile(r"[!-~]{1,64}")
_PAID: Final = 0
# 9000: only authorised; the others: not decided yet (momo.vn, "Result Codes", no final status).
_PENDING: Final = frozenset({1000, 7000, 7002, 9000})

_DECLARATION: Final = Declaration(
    title="MoMo",
    ways=(Way(SECRET_KEY, (SECRET_KEY, ACCESS_KEY)),),
    secrets=(
        Secret(SECRET_KEY, "the secret key of the partner account, from MoMo", is_drawn=False),
        Secret(
            ACCESS_KEY, "the access key of the partner account", 8, is_public=True, is_drawn=False
        ),
    ),
    settings=(Setting(PARTNER_CODE, "partnerCode, our code at MoMo", is_needed=True),),
    account_setting=PARTNER_CODE,
    fields=MappingProxyType(
        {
            "event_id": "transId, or orderId:requestId where there is none",
            "amount": "amount",
            "direction": "always in",
            "status": "resultCode",
            "account": "partnerCode",
            "time": "responseTime",
            "text": "orderId and orderInfo",
            "bank_reference": "transId",
        }
    ),
    source="developers.momo.vn/v3, payment notification",
    answers_within_s=15,
)


@dataclass(frozen=True, slots=True)
class MoMo(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "momo"
    declaration: Declaration = _DECLARATION

    # What was taken in is answered without a body.
    replies: ClassVar[Mapping[ReplyKind, BankReply]] = {
        ReplyKind.ACCEPTED: BankReply(204, b""),
        **REFUSALS,
    }

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the thirteen pairs. MoMo signs no time of sending, so ``now`` is not looked at.

        Raises NotAuthenticated: what ``open_body`` raises, ``json_field_missing``,
        ``field_malformed`` or ``wrong_signature``.
        """
        del now
        body = open_body(request, credentials, self.declaration)
        given = signature_text(body, SIGNATURE)
        texts = {name: signed_text(body, name) for name in IN_BODY}
        expected = [
            hmac_text(secret, signed_message(texts, access_key))
            for access_key in credentials.values(ACCESS_KEY)
            for secret in credentials.values(SECRET_KEY)
        ]
        if not is_one_of(given, expected):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one payment of an authenticated request. Raises Invalid naming the field."""
        del credentials
        body = fields.read_object(request.body)
        order = fields.identifier(body, "orderId", _ORDER)
        transaction = amounts.integer_field(body, "transId")
        request_id = fields.identifier(body, "requestId", _ORDER)
        return (
            TransferNotice(
                # A payment that never began has no number of MoMo's.
                event_id=str(transaction) if transaction else f"{order}:{request_id}"[:128],
                account_number=fields.identifier(body, "partnerCode", _PARTNER),
                direction=Direction.IN,
                amount=fields.amount(body, "amount"),
                currency="VND",
                occurred_at=read_time(body.get("responseTime"), EPOCH_MS, "responseTime"),
                # The order number is ours and carries the reference; the text is what payers see.
                remittance_information=f"{order} {fields.free_text(body, 'orderInfo')}".strip(),
                bank_reference=str(transaction) if transaction else "",
                status=_status(amounts.integer_field(body, "resultCode")),
            ),
        )


def signed_message(texts: Mapping[str, str], access_key: str) -> bytes:
    """Return what MoMo signs: the access key, then the fields of the message in their order."""
    return as_pairs({"accessKey": access_key, **texts}, ("accessKey", *IN_BODY))


def _status(code: int) -> TransferStatus:
    if code == _PAID:
        return TransferStatus.BOOKED
    return TransferStatus.PENDING if code in _PENDING else TransferStatus.FAILED


ADAPTER: Final = MoMo()
