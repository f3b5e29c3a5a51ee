"""What VNPAY writes: proven by its hash as it stands, then read as a payment.

Source: sandbox.vnpayment.vn/apis/docs. The hash covers the pairs of a query as they are written, so
nothing is decoded before it holds; VNPAY sends them sorted, and any other order is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from bank_adapters import amounts, fields
from bank_adapters.signatures import hmac_text, is_one_of
from bank_adapters.time_patterns import read_time
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
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


class Pair(NamedTuple):
    """One pair of the query as it is written, and nothing decoded."""

    name: str
    value: str


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
    if not is_one_of(proof.get(HASH_FIELD, ""), [hash_of(text, secret) for secret in secrets]):
        raise NotAuthenticated("wrong_signature")


def hash_of(text: str, secret: str) -> str:
    """Return the hexadecimal HMAC-SHA512 of a text."""
    return hmac_text(secret, text.encode("utf-8", "surrogatepass"), "sha512")


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
