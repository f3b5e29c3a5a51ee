"""How providers write an amount: each form is read to whole đồng exactly, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from bank_adapters.fields import MOST_DONG, JsonObject
from payments.domain.errors import Invalid

_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"([1-9][0-9]{0,17})(?:\.0{1,4})?")


def integer(value: object, name: str) -> int:
    """Read a JSON integer: 150000. Raises Invalid naming the field, as all of these do."""
    # JSON's true is a Python int.
    if type(value) is not int:
        raise Invalid("field_not_whole_number", field=name)
    return _in_range(value, name)


def digits(value: object, name: str) -> int:
    """Read text of ASCII digits without leading noughts: "150000"."""
    return _in_range(int(_matched(_DIGITS, value, name)[0]), name)


def integer_or_digits(value: object, name: str) -> int:
    """Read either of the two, where a provider writes both."""
    return digits(value, name) if isinstance(value, str) else integer(value, name)


def decimal(value: object, name: str) -> int:
    """Read a decimal with nothing but noughts behind its point: "150000.00" or 150000.00.

    A JSON number of at most MOST_DONG stands exactly in binary too, to the thousandth of a đồng.
    """
    if isinstance(value, Decimal | float):
        # The range comes first: 1e999999999 would fill the memory with noughts.
        if not 0 < value <= MOST_DONG:
            raise Invalid("amount_out_of_range", field=name)
        if value % 1:
            raise Invalid("field_not_whole_number", field=name)
        return int(value)
    if isinstance(value, str):
        return _in_range(int(_matched(_DECIMAL, value, name)[1]), name)
    return integer(value, name)


def hundredths(value: object, name: str) -> int:
    """Read an amount that is written times 100, as a number or digits: 15000000 is 150000."""
    written = int(_matched(_DIGITS, str(value) if type(value) is int else value, name)[0])
    whole, rest = divmod(written, 100)
    if rest:
        raise Invalid("amount_not_whole", field=name)
    return _in_range(whole, name)


FORMS: Final[Mapping[str, Callable[[object, str], int]]] = {
    "integer": integer,
    "string": digits,
    "decimal": decimal,
    "times_100": hundredths,
}
"""The forms by the names that a declaration calls them."""


def integer_field(fields: JsonObject, name: str) -> int:
    """Read a whole number from 0 that is no amount: a code, an id. Raises Invalid."""
    value = fields.get(name)
    if type(value) is not int:
        raise Invalid("field_not_whole_number", field=name)
    if value < 0:
        raise Invalid("field_malformed", field=name)
    return value


def _in_range(amount: int, name: str) -> int:
    if not 0 < amount <= MOST_DONG:
        raise Invalid("amount_out_of_range", field=name)
    return amount


def _matched(shape: re.Pattern[str], value: object, name: str) -> re.Match[str]:
    matched = shape.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise Invalid("field_not_whole_number", field=name)
    return matched
