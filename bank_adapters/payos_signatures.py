"""The three texts that payOS signs: the data of a webhook, a payment link, and a payout.

Source: payos.vn/docs, "Kiểm tra dữ liệu với signature", and the vectors of payOS's own SDK tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from bank_adapters.fields import JsonObject
from bank_adapters.signatures import hmac_text
from payments.domain.errors import Invalid

LINK_FIELDS: Final = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
"""What of a payment link is signed, in this order."""

# encodeURIComponent of JavaScript leaves these as they are.
_NOT_ENCODED: Final = "-_.!~*'()"


def data_text(data: JsonObject) -> str:
    """Return the text that is signed for the data of a webhook or of an API answer.

    Unknown fields are part of it. Raises Invalid for a value that has no text of its own.
    """
    return "&".join(f"{name}={_value(data[name], name)}" for name in sorted(data))


def link_text(link: JsonObject) -> str:
    """Return the text that is signed when a payment link is made."""
    return "&".join(f"{name}={_value(link[name], name)}" for name in LINK_FIELDS)


def payout_text(payout: JsonObject) -> str:
    """Return the text that is signed in the header ``x-signature`` of payouts."""
    return "&".join(
        f"{quote(name, safe=_NOT_ENCODED)}={quote(_value(payout[name], name), safe=_NOT_ENCODED)}"
        for name in sorted(payout)
    )


def signature(text: str, checksum_key: str) -> str:
    """Sign a text: lower-case hexadecimal HMAC-SHA256."""
    return hmac_text(checksum_key, text.encode())


def _value(value: object, name: str) -> str:
    # payOS's programs write an absent value, and the words for one, as nothing.
    if value is None or (isinstance(value, str) and value in {"null", "undefined"}):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{','.join(_element(item, name) for item in value)}]"
    return _plain(value, name)


def _element(item: object, name: str) -> str:
    # Elements of a list have their keys sorted, what is inside those keeps its order.
    if isinstance(item, dict):
        return _members(((key, item[key]) for key in sorted(item)), name)
    return _nested(item, name)


def _nested(value: object, name: str) -> str:
    if isinstance(value, dict):
        return _members(value.items(), name)
    if isinstance(value, list):
        return f"[{','.join(_nested(item, name) for item in value)}]"
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _plain(value, name)


def _members(pairs: Iterable[tuple[str, object]], name: str) -> str:
    written = (f"{json.dumps(k, ensure_ascii=False)}:{_nested(v, name)}" for k, v in pairs)
    return f"{{{','.join(written)}}}"


def _plain(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    # An object as a value would be signed as the two words [object Object], whatever is in it.
    raise Invalid("field_malformed", field=name)
