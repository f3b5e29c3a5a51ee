"""Headers as they are kept: what proves the sender, a secret or made with one, is removed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from payments.domain.bank_messages import BankRequest, storable

_REMOVED = "***"
_PROVES = re.compile(
    "auth|cookie|sign|secret|token|key|hmac|hash|digest|checksum|validat|passw", re.IGNORECASE
)


def kept_headers(request: BankRequest, hidden: Iterable[str] = ()) -> str:
    """Return the headers as JSON, in order, with the values that prove the sender removed.

    ``hidden`` are values that are removed wherever they stand.
    """
    hidden = tuple(hidden)
    shown = [
        (name, _REMOVED if _PROVES.search(name) else kept_text(value, hidden))
        for name, value in request.headers
    ]
    return storable(json.dumps(shown, ensure_ascii=False))


def kept_text(text: str, hidden: Iterable[str]) -> str:
    """Return a text without the values that are not kept."""
    for value in hidden:
        text = text.replace(value, _REMOVED) if value else text
    return text
