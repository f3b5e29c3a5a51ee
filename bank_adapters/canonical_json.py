"""JSON in the one spelling that a signature over parsed content is made of."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from payments.domain.errors import Invalid

_NOT_ASCII = re.compile(r"[^ -~]")
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")


def canonical_json(value: object) -> str:
    """Write what ``fields.read_object`` has read: keys sorted at every depth, without blanks.

    Raises Invalid for a value without a spelling (a number too long, half a letter), and
    RecursionError for one too deep.
    """
    if isinstance(value, dict):
        members = (f"{_text(key)}:{canonical_json(value[key])}" for key in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(canonical_json(item) for item in value)}]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | Decimal):
        return str(value)
    raise Invalid("field_malformed", field="body")


def in_ascii(written: str) -> str:
    r"""Return canonical JSON with every letter outside ASCII as ``\uXXXX``.

    Such letters stand inside texts only, so nothing else changes.
    """
    return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], written)


def _text(value: str) -> str:
    if _HALF_A_LETTER.search(value):
        raise Invalid("field_malformed", field="body")
    return json.dumps(value, ensure_ascii=False)
