"""VNPAY, a payment gateway: it calls us by GET when a payment for one of our orders has an end.

Source: sandbox.vnpayment.vn/apis/docs (IPN). Only version 2.1 is spoken: the older ones hash
without a key (MD5, SHA-256). It can also be asked about an order, and it sends payers back to us.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final

from bank_adapters import vnpay_query
from bank_adapters.contract import TableOfReplies, refuse_unfit
from bank_adapters.vnpay_messages import (
    HASH_SECRET,
    TMN_CODE,
    decoded,
    prove_query,
    read_notice,
)
from payments.domain.adapters import (
    Credentials,
    Declaration,
    OrderAnswer,
    OrderQuestion,
    OutgoingRequest,
    PayerReturn,
    Secret,
    Setting,
    Way,
)
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind, TransferNotice
from payments.domain.errors import NotAuthenticated

_DECLARATION: Final = Declaration(
    title="VNPAY",
    ways=(Way(HASH_SECRET, (HASH_SECRET,)),),
    secrets=(Secret(HASH_SECRET, "vnp_HashSecret of the terminal, from VNPAY", is_drawn=False),),
    settings=(
        Setting(TMN_CODE, "vnp_TmnCode, the code of our terminal at VNPAY", is_needed=True),
        Setting(vnpay_query.QUERY_URL, "where VNPAY is asked about an order (querydr)"),
        Setting(
            vnpay_query.OUR_ADDRESS, "the address that we call VNPAY from; without it 127.0.0.1"
        ),
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

    def order_request(self, question: OrderQuestion, credentials: Credentials) -> OutgoingRequest:
        """Ask what became of an order. Raises Invalid for a setting that is missing."""
        return vnpay_query.query_request(question, credentials)

    def order_answer(self, body: bytes, credentials: Credentials) -> OrderAnswer | None:
        """Read what became of an order, None when VNPAY knows no payment for it.

        Raises NotAuthenticated when VNPAY has not signed the answer, Invalid naming a field.
        """
        return vnpay_query.read_answer(body, credentials)

    def read_return(self, query: str, credentials: Credentials) -> PayerReturn:
        """Read with what a payer came back. Raises NotAuthenticated, or Invalid naming a field."""
        return vnpay_query.read_return(query, credentials)


ADAPTER: Final = VnPay()
