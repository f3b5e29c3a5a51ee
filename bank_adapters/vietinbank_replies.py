"""How VietinBank is answered: its own envelopes and codes, signed with our key.

What may not have been proven is never signed: nobody shall get our signature over words of his own.
Without a key of ours the signature is left empty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bank_adapters.fields import JsonObject
from bank_adapters.rsa_keys import rsa_sha256
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Answer
from payments.domain.bank_messages import BankReply, ReplyKind

_INQUIRY_ANSWER: Final = "1110"
_ECHOED: Final = ("msgId", "channelId", "providerId", "merchantId", "productId")

# Codes and words of the specification; 05 and 02 are its words for an order that is not there.
_NOTICE: Final = {
    ReplyKind.ACCEPTED: ("00", "Thanh cong"),
    ReplyKind.REPEATED: ("00", "Thanh cong"),
    ReplyKind.WRONG_AMOUNT: ("00", "Thanh cong"),
    ReplyKind.UNKNOWN_REFERENCE: ("05", "Khong khop don hang"),
    ReplyKind.NOT_AUTHENTICATED: ("01", "Sai chu ky"),
    ReplyKind.UNREADABLE: ("99", "Thieu du lieu bat buoc"),
    ReplyKind.UNAVAILABLE: ("99", "Tam thoi gian doan"),
}
_NO_BILL: Final = ("02", "Ma khach hang hoac hoa don khong ton tai")
_INQUIRY: Final = {
    **_NOTICE,
    ReplyKind.REPEATED: _NO_BILL,
    ReplyKind.UNKNOWN_REFERENCE: _NO_BILL,
    ReplyKind.WRONG_AMOUNT: _NO_BILL,
}
_UNPROVEN: Final = frozenset({ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNAVAILABLE})


def notice_reply(answer: Answer, body: JsonObject, keys: Sequence[str]) -> BankReply:
    """Answer a notice (1210). ``keys`` are our private keys in PEM, the current one first."""
    code, words = _NOTICE[answer.kind]
    trans_id = _echo(body, "transId")
    signature = _signature(answer, trans_id + code + words, keys)
    return _as_json(
        answer,
        {
            "transId": trans_id,
            "providerId": _echo(body, "providerId"),
            "errorCode": code,
            "errorDesc": words,
            "signature": signature,
        },
    )


def inquiry_reply(
    answer: Answer, body: JsonObject, keys: Sequence[str], now: datetime
) -> BankReply:
    """Answer an inquiry (1110) with the bill, or with why there is none."""
    bill = answer.bill if answer.kind is ReplyKind.ACCEPTED else None
    is_missing = answer.kind is ReplyKind.ACCEPTED and bill is None
    code, words = _NO_BILL if is_missing else _INQUIRY[answer.kind]
    header, data = _inner(body, "header"), _inner(body, "data")
    details = {
        "transId": _echo(data, "transId"),
        "transTime": _echo(data, "transTime"),
        "custCode": _echo(data, "custCode"),
        "custName": bill.payer if bill else "",
        "billId": bill.reference if bill else "",
        "amount": str(bill.amount) if bill else "0",
    }
    return _as_json(
        answer,
        {
            "header": {
                **{name: _echo(header, name) for name in _ECHOED},
                "msgType": _INQUIRY_ANSWER,
                "timestamp": write_time(now, "yyyyMMddHHmmss"),
                "signature": _signature(answer, "".join(details.values()) + code, keys),
            },
            "data": {
                "errors": {"errorCode": code, "errorDesc": words},
                "details": {**details, "amountMin": None},
            },
        },
    )


def _signature(answer: Answer, text: str, keys: Sequence[str]) -> str:
    if answer.kind in _UNPROVEN or not keys:
        return ""
    return rsa_sha256(keys[0], text.encode("utf-8", "surrogatepass"))


def _as_json(answer: Answer, values: dict[str, object]) -> BankReply:
    # The code says everything else; only this one asks for another try.
    status = 503 if answer.kind is ReplyKind.UNAVAILABLE else 200
    return BankReply(status, json.dumps(values, ensure_ascii=True).encode())


def _inner(body: JsonObject, name: str) -> JsonObject:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _echo(body: JsonObject, name: str) -> str:
    value = body.get(name)
    return value[:64] if isinstance(value, str) else ""
