"""Reading the fields of a bank's JSON strictly: what cannot be read is named, never guessed.

Every reader takes the object and the field's name, and raises Invalid with that name in
``facts['field']``. Fields nobody asks for are left alone, because banks add new ones.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from payments.domain.business_day import from_local
from payments.domain.errors import Invalid

MOST_DONG = 10**13
"""The largest amount any table holds; a larger one is a broken message."""

MOST_DIGITS = 18
"""The longest whole number read as one: longer ones cost time and fit no column."""

_TOO_LONG = object()
_MANY_DIGITS = re.compile(r"[0-9]{19}")

_LOCAL_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_DAY_OR_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2})?")
_ISO_TIME = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_WRITTEN_AMOUNT = re.compile(r"[1-9][0-9]{0,17}(\.0{1,4})?")
_UNIX_MS = re.compile(r"[1-9][0-9]{12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

JsonObject = Mapping[str, object]


def read_object(body: bytes) -> JsonObject:
    """Read one JSON object from UTF-8 bytes.

    Refused: other values than an object, a key that stands twice at any depth, NaN and Infinity.
    A whole number of more than MOST_DIGITS digits is no number to any reader below, and one with
    a fraction is a Decimal, so that no float comes near money.
    Raises Invalid with the field ``body``.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            # Looking at each number costs most of the time; few bodies hold so many digits.
            parse_int=_short_int if _MANY_DIGITS.search(text) else None,
            parse_float=Decimal,
        )
    except UnicodeDecodeError:
        raise Invalid("body_not_utf8", field="body") from None
    except (ValueError, ArithmeticError, RecursionError):
        # RFC 8259 sets no depth and no largest exponent; ours are the interpreter's.
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


def loose_amount(fields: JsonObject, name: str) -> int:
    """Read an amount of đồng that is sent as a number, as text, or with a fraction of noughts.

    For providers that really send ``25000``, ``"25000"`` and ``25000.0``; the value is exact.
    """
    value = fields.get(name)
    written = str(value) if isinstance(value, str | Decimal) else ""
    if _WRITTEN_AMOUNT.fullmatch(written) is not None:
        value = int(written.partition(".")[0])
    return amount({name: value}, name)


def signed_amount(fields: JsonObject, name: str) -> int:
    """Read a whole number of đồng that is negative for money out, and never zero."""
    value = _whole(fields, name)
    if not 0 < abs(value) <= MOST_DONG:
        raise Invalid("amount_out_of_range", field=name)
    return value


def whole_or_text(fields: JsonObject, name: str, shape: re.Pattern[str]) -> str:
    """Read an id that is a number to some and text to others. Equal ids give equal text."""
    value = fields.get(name)
    if type(value) is not int:
        return identifier(fields, name, shape)
    if value < 0:
        raise Invalid("field_malformed", field=name)
    return str(value)


def inner(fields: JsonObject, name: str) -> JsonObject:
    """Read an object inside the object."""
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Invalid("field_malformed", field=name)
    return value


def items(fields: JsonObject, name: str) -> list[JsonObject]:
    """Read a list of objects. An empty list is a list."""
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Invalid("field_malformed", field=name)
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


def local_day_or_time(fields: JsonObject, name: str) -> datetime:
    """Read Vietnam's time as ``local_time`` does, with a ``T`` too, or a day alone: its start."""
    value = fields.get(name)
    if not isinstance(value, str) or _DAY_OR_TIME.fullmatch(value) is None:
        raise Invalid("time_malformed", field=name)
    whole = value.replace("T", " ") if len(value) > 10 else f"{value} 00:00:00"
    return local_time({name: whole}, name)


def iso_time(fields: JsonObject, name: str) -> datetime:
    """Read an ISO 8601 time that says its zone, and return it in UTC."""
    value = fields.get(name)
    if not isinstance(value, str) or _ISO_TIME.fullmatch(value) is None:
        raise Invalid("time_malformed", field=name)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise Invalid("time_malformed", field=name) from None


def unix_ms(fields: JsonObject, name: str) -> datetime:
    """Read milliseconds since 1970 (a number or its digits), and return the time in UTC."""
    value = fields.get(name)
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or _UNIX_MS.fullmatch(text) is None:
        raise Invalid("time_malformed", field=name)
    return _EPOCH + timedelta(milliseconds=int(text))


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
