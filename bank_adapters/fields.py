"""Reading the fields of a bank's JSON strictly: what cannot be read is named, never guessed.

Every reader takes the object and the field's name, and raises Invalid with that name in
``facts['field']``. Fields nobody asks for are left alone, because banks add new ones.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from payments.domain.business_day import from_local
from payments.domain.errors import Invalid

MOST_DONG = 10**13
"""The largest amount any table holds; a larger one is a broken message."""

MOST_DIGITS = 18
"""The longest whole number read as one: longer ones cost time and fit no column."""

_TOO_LONG = object()

_LOCAL_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")

JsonObject = Mapping[str, object]


def read_object(body: bytes) -> JsonObject:
    """Read one JSON object from UTF-8 bytes.

    Refused: other values than an object, a key that stands twice at any depth, NaN and Infinity.
    A whole number of more than MOST_DIGITS digits is no number to any reader below.
    Raises Invalid with the field ``body``.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            parse_int=_short_int,
        )
    except UnicodeDecodeError:
        raise Invalid("body_not_utf8", field="body") from None
    except (ValueError, RecursionError):
        # RFC 8259 sets no depth; ours is the interpreter's.
        raise Invalid("body_not_json", field="body") from None
    if not isinstance(value, dict):
        raise Invalid("body_not_object", field="body")
    return value


def amount(fields: JsonObject, name: str) -> int:
    """Read a positive whole number of đồng, at most MOST_DONG, written as a JSON integer."""
    value = _whole(fields, name)
    if not 0 < value <= MOST_DONG:
        raise Invalid("amount_out_of_range", field=name)
    return value


def balance(fields: JsonObject, name: str) -> int | None:
    """Read a running balance in đồng. Zero, null or nothing means that the bank did not say."""
    if fields.get(name) is None:
        return None
    return _whole(fields, name) or None


def identifier(fields: JsonObject, name: str, shape: re.Pattern[str]) -> str:
    """Read an identifier that has to be there and to fit its shape whole. It stays text."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise Invalid("field_not_text", field=name)
    if shape.fullmatch(value) is None:
        raise Invalid("field_malformed", field=name)
    return value


def optional_identifier(fields: JsonObject, name: str, shape: re.Pattern[str]) -> str:
    """Read an identifier that may be absent, null or empty, which all give an empty text."""
    value = fields.get(name)
    return "" if value is None or value == "" else identifier(fields, name, shape)


def free_text(fields: JsonObject, name: str) -> str:
    """Read text for people: NFC, on one line, without control or invisible characters.

    Absent and null give an empty text. Half a surrogate pair becomes U+FFFD, because no database
    stores it and money is not refused for a letter.
    """
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("field_not_text", field=name)
    if not value.isprintable():
        value = "".join(_printable(letter) for letter in value)
    return unicodedata.normalize("NFC", value)


def local_time(fields: JsonObject, name: str) -> datetime:
    """Read ``YYYY-MM-DD HH:MM:SS`` in Vietnam's time, and return it aware in UTC."""
    value = fields.get(name)
    if not isinstance(value, str) or _LOCAL_TIME.fullmatch(value) is None:
        raise Invalid("time_malformed", field=name)
    try:
        return from_local(datetime.fromisoformat(value))
    except ValueError:
        raise Invalid("time_malformed", field=name) from None


def _whole(fields: JsonObject, name: str) -> int:
    value = fields.get(name)
    # JSON's true is a Python int, and 150000.0 a float: neither is an amount.
    if type(value) is not int:
        raise Invalid("field_not_whole_number", field=name)
    return value


def _printable(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return ""
    return "\ufffd" if category == "Cs" else letter


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _short_int(digits: str) -> object:
    return int(digits) if len(digits.removeprefix("-")) <= MOST_DIGITS else _TOO_LONG
