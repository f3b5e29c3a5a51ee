"""VNPAY, a payment gateway: it calls us by GET when a payment for one of our orders has an end.

Source: sandbox.vnpayment.vn/apis/docs (IPN). The hash covers the pairs of the query as they are
written, so nothing is decoded before it holds; VNPAY sends them sorted, and any other order is
refused. Only version 2.1 is spoken: the older ones hash without a key (MD5, SHA-256).
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final, NamedTuple
from urllib.parse import unquote_plus

from bank_adapters import amounts, fields
from bank_adapters.contract import TableOfReplies, refuse_unfit
from bank_adapters.signatures import is_one_of
from bank_adapters.time_patterns import read_time
from payments.domain.adapters import Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.errors import Invalid, NotAuthenticated

HASH_SECRET: Final = "hash_secret"  # noqa: S105 # the name of a secret
TMN_CODE: Final = "tmn_code"
HASH_FIELD: Final = "vnp_SecureHash"
HASH_TYPE_FIELD: Final = "vnp_SecureHashType"
TIME_PATTERN: Final = "yyyyMMddHHmmss"

_HASH_TYPES: Final = frozenset({"HmacSHA512", "HMACSHA512"})
_PAIR = re.compile(r"(vnp_[0-9A-Za-z]{1,40})=([^=&#]*)")
_TXN_REF = re.compile(r"[!-~]{1,100}")
_TMN_CODE = re.compile(r"[0-9A-Za-z_]{1,20}")
_CODE = re.compile(r"[0-9]{2}")
_TRANSACTION_NO = re.compile(r"[0-9]{1,15}")

SUCCESS: Final = "00"
# Response 07 and status 07: the money was taken, and VNPAY suspects a fraud. Status 01: no end yet.
_PENDING_RESPONSES: Final = frozenset({"07"})
_PENDING_STATUSES: Final = frozenset({"01", "07"})

_DECLARATION: Final = Declaration(
    title="VNPAY",
    ways=(Way(HASH_SECRET, (HASH_SECRET,)),),
    secrets=(Secret(HASH_SECRET, "vnp_HashSecret of the terminal, from VNPAY", is_drawn=False),),
    settings=(
        Setting(TMN_CODE, "vnp_TmnCode, the code of our terminal at VNPAY", is_needed=True),
        Setting("query_url", "where VNPAY is asked about an order (querydr)"),
    ),
    account_setting=TMN_CODE,
    fields=MappingProxyType(
        {
            "event_id": "vnp_TxnRef:vnp_TransactionNo",
            "amount": "vnp_Amount, times 100",
            "direction": "always in",
            "status": "vnp_ResponseCode and vnp_TransactionStatus",
            "account": "vnp_TmnCode",
            "time": "vnp_PayDate",
            "text": "vnp_TxnRef and vnp_OrderInfo",
            "bank_reference": "vnp_TransactionNo",
        }
    ),
    source="sandbox.vnpayment.vn/apis/docs, version 2.1.0",
    methods=("GET",),
    content_types=(),
    max_body_bytes=8 * 1024,
    retries="up to 10, every 5 minutes, after 01, 04, 97, 99 or no answer",
)


class Pair(NamedTuple):
    """One pair of the query as it is written, and nothing decoded."""

    name: str
    value: str


def _reply(code: str, message: str) -> BankReply:
    return BankReply(200, json.dumps({"RspCode": code, "Message": message}).encode())


@dataclass(frozen=True, slots=True)
class VnPay(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "vnpay"
    declaration: Declaration = _DECLARATION

    # VNPAY reads the code alone: every answer is a 200.
    replies: ClassVar[Mapping[ReplyKind, BankReply]] = {
        ReplyKind.ACCEPTED: _reply("00", "Confirm Success"),
        ReplyKind.UNKNOWN_REFERENCE: _reply("01", "Order not found"),
        ReplyKind.REPEATED: _reply("02", "Order already confirmed"),
        ReplyKind.WRONG_AMOUNT: _reply("04", "Invalid amount"),
        ReplyKind.NOT_AUTHENTICATED: _reply("97", "Invalid Checksum"),
        ReplyKind.UNREADABLE: _reply("99", "Unreadable"),
        ReplyKind.UNAVAILABLE: _reply("99", "Try again"),
    }

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the raw query. VNPAY signs no time of sending, so ``now`` is not looked at.

        Raises NotAuthenticated: ``wrong_method``, ``body_too_large``, ``unknown_way``,
        ``query_malformed``, ``query_key_repeated``, ``query_not_sorted`` or ``wrong_signature``.
        """
        del now
        refuse_unfit(request, credentials, self.declaration)
        if request.body:
            raise NotAuthenticated("body_not_empty")
        prove_query(request.query, credentials.values(HASH_SECRET))

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one payment of an authenticated query. Raises Invalid naming the field."""
        del credentials
        return (read_notice(decoded(request.query)),)


def prove_query(query: str, secrets: Sequence[str]) -> None:
    """Raise NotAuthenticated unless VNPAY hashed the query of its call or of a payer's return."""
    pairs = _pairs(query)
    signed = [pair for pair in pairs if pair.name not in {HASH_FIELD, HASH_TYPE_FIELD}]
    names = [pair.name for pair in signed]
    if names != sorted(names) or pairs[: len(signed)] != signed:
        raise NotAuthenticated("query_not_sorted")
    proof = dict(pairs[len(signed) :])
    # Another algorithm in the request would be a downgrade that a forger may ask for.
    if proof.get(HASH_TYPE_FIELD, "HmacSHA512") not in _HASH_TYPES:
        raise NotAuthenticated("wrong_signature")
    text = "&".join(f"{name}={value}" for name, value in signed if value)
    if not is_one_of(proof.get(HASH_FIELD, ""), hashes(text, secrets)):
        raise NotAuthenticated("wrong_signature")


def hashes(text: str, secrets: Iterable[str]) -> list[str]:
    """Return the hexadecimal HMAC-SHA512 of a text by each secret; empty ones sign nothing."""
    message = text.encode("utf-8", "surrogatepass")
    return [
        hmac.digest(secret.encode("utf-8", "surrogatepass"), message, "sha512").hex()
        for secret in secrets
        if secret.strip()
    ]


def decoded(query: str) -> dict[str, str]:
    """Return the values of a proven query as text. Raises Invalid naming one that is no UTF-8."""
    texts = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        try:
            texts[name] = unquote_plus(value, errors="strict")
        except UnicodeDecodeError:
            raise Invalid("field_malformed", field=name) from None
    return texts


def read_notice(values: fields.JsonObject) -> TransferNotice:
    """Read a payment from VNPAY's fields, of a call or of an answer to a query. Raises Invalid."""
    txn_ref = fields.identifier(values, "vnp_TxnRef", _TXN_REF)
    number = fields.identifier(values, "vnp_TransactionNo", _TRANSACTION_NO)
    order_info = fields.free_text(values, "vnp_OrderInfo")
    return TransferNotice(
        # An order that failed has the transaction number 0, like all that failed.
        event_id=f"{txn_ref}:{number}",
        account_number=fields.identifier(values, "vnp_TmnCode", _TMN_CODE),
        direction=Direction.IN,
        amount=amounts.hundredths(values.get("vnp_Amount"), "vnp_Amount"),
        currency="VND",
        occurred_at=read_time(values.get("vnp_PayDate"), TIME_PATTERN, "vnp_PayDate"),
        # The order number is ours and carries the reference; the text is what the payer saw.
        remittance_information=f"{txn_ref} {order_info}".strip(),
        bank_reference=number,
        status=_status(
            fields.identifier(values, "vnp_ResponseCode", _CODE),
            fields.identifier(values, "vnp_TransactionStatus", _CODE),
        ),
    )


def _status(response: str, transaction: str) -> TransferStatus:
    if response == transaction == SUCCESS:
        return TransferStatus.BOOKED
    if response in _PENDING_RESPONSES or transaction in _PENDING_STATUSES:
        return TransferStatus.PENDING
    return TransferStatus.FAILED


def _pairs(query: str) -> list[Pair]:
    pairs = []
    seen = set()
    for piece in query.split("&"):
        matched = _PAIR.fullmatch(piece)
        if matched is None:
            raise NotAuthenticated("query_malformed")
        pair = Pair(matched[1], matched[2])
        if pair.name in seen:
            raise NotAuthenticated("query_key_repeated", field=pair.name)
        seen.add(pair.name)
        pairs.append(pair)
    return pairs


ADAPTER: Final = VnPay()
