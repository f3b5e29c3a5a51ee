"""What VNPAY is asked, and what a payer brings back from it: requests and answers, no network.

Source: sandbox.vnpayment.vn/apis/docs, "querydr & refund" and "ReturnUrl". A payer's return is
something to show; only VNPAY's own call or its answer to a query is money.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from bank_adapters import fields
from bank_adapters.signatures import is_one_of
from bank_adapters.signed_bodies import optional_signed_text, read_unproven, signature_text
from bank_adapters.time_patterns import write_time
from bank_adapters.vnpay_messages import (
    HASH_FIELD,
    HASH_SECRET,
    SUCCESS,
    TIME_PATTERN,
    TMN_CODE,
    decoded,
    hash_of,
    prove_query,
    read_notice,
)
from payments.domain.adapters import (
    Credentials,
    OrderAnswer,
    OrderQuestion,
    OutgoingRequest,
    PayerReturn,
)
from payments.domain.errors import Invalid, NotAuthenticated

VERSION: Final = "2.1.0"
QUERY: Final = "querydr"
QUERY_URL: Final = "query_url"
OUR_ADDRESS: Final = "our_address"

SIGNED_IN_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    QUERY: (
        "RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate",
        "IpAddr", "OrderInfo",
    ),
    "refund": (
        "RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount",
        "TransactionNo", "TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo",
    ),
    "answer": (
        "ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount",
        "BankCode", "PayDate", "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo",
        "PromotionCode", "PromotionAmount",
    ),
}  # fmt: skip
"""Which fields a command and its answer sign, joined with ``|``, without their ``vnp_``."""

_NOT_FOUND: Final = "91"


def command_hash(command: str, values: fields.JsonObject, secret: str) -> str:
    """Return the hash of a command to VNPAY. Raises NotAuthenticated for a value without text."""
    texts = [optional_signed_text(values, f"vnp_{name}") for name in SIGNED_IN_ORDER[command]]
    return hash_of("|".join(texts), secret)


def query_request(question: OrderQuestion, credentials: Credentials) -> OutgoingRequest:
    """Ask what became of an order.

    Raises Invalid when the setting ``query_url`` or ``tmn_code`` or the secret is missing.
    """
    secrets = credentials.values(HASH_SECRET)
    if not secrets:
        raise Invalid("setting_missing", field=HASH_SECRET)
    values = {
        "vnp_RequestId": question.request_id,
        "vnp_Version": VERSION,
        "vnp_Command": QUERY,
        "vnp_TmnCode": credentials.setting(TMN_CODE),
        "vnp_TxnRef": question.order,
        "vnp_TransactionDate": write_time(question.ordered_at, TIME_PATTERN),
        "vnp_CreateDate": write_time(question.asked_at, TIME_PATTERN),
        "vnp_IpAddr": credentials.settings.get(OUR_ADDRESS, "127.0.0.1"),
        "vnp_OrderInfo": f"Query {question.order}",
    }
    body = {**values, HASH_FIELD: command_hash(QUERY, values, secrets[0])}
    return OutgoingRequest(
        "POST",
        credentials.setting(QUERY_URL),
        (("Content-Type", "application/json"),),
        json.dumps(body).encode(),
    )


def read_answer(body: bytes, credentials: Credentials) -> OrderAnswer | None:
    """Read what became of an order, or None when VNPAY knows of no payment for it.

    Raises NotAuthenticated when VNPAY has not signed the answer, Invalid naming a field.
    """
    values = read_unproven(body)
    given = signature_text(values, HASH_FIELD)
    expected = [command_hash("answer", values, one) for one in credentials.values(HASH_SECRET)]
    if not is_one_of(given, expected):
        raise NotAuthenticated("wrong_signature")
    if values.get("vnp_ResponseCode") == _NOT_FOUND:
        return None
    if values.get("vnp_ResponseCode") != SUCCESS:
        raise Invalid("field_malformed", field="vnp_ResponseCode")
    notice = read_notice(values)
    return OrderAnswer(notice.event_id.rpartition(":")[0], notice)


def read_return(query: str, credentials: Credentials) -> PayerReturn:
    """Read with what a payer came back. Raises NotAuthenticated, or Invalid naming a field."""
    prove_query(query, credentials.values(HASH_SECRET))
    notice = read_notice(decoded(query))
    return PayerReturn(notice.event_id.rpartition(":")[0], notice.status)
