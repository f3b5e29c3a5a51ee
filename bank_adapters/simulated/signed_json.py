"""A bank that posts signed JSON, pretended after its own declaration."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bank_adapters.rsa_keys import rsa_sha256
from bank_adapters.signed_json import DECLARATION, PUBLIC_KEY, SECRET
from bank_adapters.signed_json_declaration import (
    BODY,
    RSA,
    TIME,
    BankDeclaration,
    Place,
    Value,
    read_declaration,
)
from bank_adapters.signed_json_replies import value_at
from bank_adapters.simulated import as_json, secret, with_field, with_headers
from bank_adapters.simulated.gateways import fields_of
from bank_adapters.simulated.vietinbank import signing_key
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import EPOCH_MS, EPOCH_S, write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in the declared fields; all of its text stands in the first of them."""
    notices = _declared(credentials).notices
    item: dict[str, Any] = {}
    _put(item, notices.event_id, notice.event_id)
    _put(item, notices.amount, _amount(notice.amount, notices.amount_form))
    _put(item, notices.time, _time(notice.occurred_at, notices.time_pattern))
    _put(item, notices.text[0], notice.remittance_information)
    _put_value(item, notices.account, notice.account_number)
    _put_value(item, notices.currency, notice.currency)
    _put_value(item, notices.direction, _word(notices.directions, notice.direction))
    _put_value(item, notices.status, _word(notices.statuses, notice.status))
    for path, text in (
        (notices.bank_reference, notice.bank_reference),
        (notices.virtual_account, notice.virtual_account),
    ):
        if path:
            _put(item, path, text)
    if not notices.items:
        return as_json(item)
    body: dict[str, Any] = {}
    _put(body, notices.items, [item])
    return as_json(body)


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the declared time and signature onto a request."""
    declared = _declared(credentials)
    signature, time = declared.signature, declared.time
    stamp = write_time(now, time.pattern) if time else ""
    if time:
        request = _placed(request, time.place, stamp)
    pieces = []
    for sign in signature.signs:
        if sign == BODY:
            pieces.append(request.body)
        elif sign == TIME:
            pieces.append(stamp.encode())
        else:
            value = value_at(fields_of(request), sign)
            pieces.append(("" if value is None else str(value)).encode("utf-8", "surrogatepass"))
    message = signature.separator.encode().join(pieces)
    proof = _proof(declared, message, credentials)
    return _placed(request, signature.place, signature.prefix + proof)


def _proof(declared: BankDeclaration, message: bytes, credentials: Credentials) -> str:
    if declared.way == RSA:
        known = secret(credentials, PUBLIC_KEY)
        digest = base64.b64decode(rsa_sha256(signing_key(credentials, known), message))
    else:
        name = declared.signature.algorithm.removeprefix("hmac-")
        digest = hmac.digest(secret(credentials, SECRET).encode(), message, name)
    encoding = declared.signature.encoding
    if encoding == "base64":
        return base64.b64encode(digest).decode()
    return digest.hex().upper() if encoding == "hex-upper" else digest.hex()


def _placed(request: Delivery, place: Place, text: str) -> Delivery:
    if place.header:
        return with_headers(request, (place.header, text))
    return with_field(request, place.field, text)


def _declared(credentials: Credentials) -> BankDeclaration:
    return read_declaration(credentials.setting(DECLARATION))


def _put_value(item: dict[str, Any], value: Value, text: str) -> None:
    if value.field:
        _put(item, value.field, text)
    elif value.always != text:
        raise Invalid("value_not_simulated", field=value.always)


def _put(item: dict[str, Any], path: str, value: object) -> None:
    *outer, last = path.split(".")
    for name in outer:
        item = item.setdefault(name, {})
    item[last] = value


def _word(words: Mapping[str, str], meaning: str) -> str:
    return next((word for word, meant in words.items() if meant == meaning), "-")


def _amount(amount: int, form: str) -> object:
    written = {"integer": amount, "string": str(amount), "times_100": amount * 100}
    return written.get(form, f"{amount}.00")


def _time(moment: datetime, pattern: str) -> object:
    text = write_time(moment, pattern)
    return int(text) if pattern in {EPOCH_S, EPOCH_MS} else text


_BANK: Final = {
    "bank": "Ngân hàng Ví Dụ",
    "signature": {
        "algorithm": "hmac-sha256",
        "encoding": "hex",
        "place": {"header": "X-Signature"},
        "prefix": "sha256=",
        "signs": ["@time", "@body"],
        "separator": ".",
    },
    "time": {"place": {"header": "X-Timestamp"}, "pattern": "epoch_s", "window_s": 300},
    "notice": {
        "event_id": "transId",
        "account": {"field": "accNo"},
        "amount": {"field": "amount", "form": "integer"},
        "currency": {"field": "ccy"},
        "direction": {"field": "drcr", "in": ["C"], "out": ["D"]},
        "status": {"field": "status", "booked": ["00"], "pending": ["01"]},
        "time": {"field": "txnTime", "pattern": "yyyy-MM-dd HH:mm:ss"},
        "text": ["narrative"],
        "bank_reference": "refNo",
    },
    "replies": {
        "accepted": {"status": 200, "body": {"code": "00", "id": "{event_id}"}},
        "not_authenticated": {"status": 401, "body": {"code": "01"}},
        "unreadable": {"status": 400, "body": {"code": "02"}},
        "unavailable": {"status": 503, "body": {"code": "99"}},
    },
}
"""The bank that is pretended unless a connection declares another."""

SIMULATOR: Final = SimulatedBank(
    "signed_json", write, seal, settings={DECLARATION: json.dumps(_BANK, ensure_ascii=False)}
)
