"""What the address of a page asks for: a day, a page number, one word of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from flask import request

from payments.domain.errors import Invalid

ROWS = 50
"""How many rows a list shows at once."""

FIRST_YEAR = 2000
LAST_YEAR = 2999
_MOST_PAGES = 100_000
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list: its rows, its number from 1, and whether there are more."""

    rows: Sequence[T]
    number: int
    has_more: bool

    @classmethod
    def of(cls, rows: Sequence[T], number: int) -> Page[T]:
        """Cut the row too many off that was asked for to see whether there are more."""
        return cls(rows[:ROWS], number, has_more=len(rows) > ROWS)


def page_number() -> int:
    """Return the page asked for, 1 when none is."""
    value = request.args.get("page", "1")
    return min(max(int(value), 1), _MOST_PAGES) if _is_number(value) else 1


def limits(number: int) -> tuple[int, int]:
    """Return how many rows to read for a page, one more than it shows, and from where."""
    return ROWS + 1, (number - 1) * ROWS


def day(name: str) -> date | None:
    """Return a day in ISO 8601, None when it is not given. Raises Invalid naming the field."""
    value = request.args.get(name, "").strip()
    return day_of(value, name) if value else None


def day_of(value: str, field: str) -> date:
    """Read a day in ISO 8601, as a browser's date field sends it. Raises Invalid.

    A year outside of ``FIRST_YEAR`` to ``LAST_YEAR`` is a slip, and some are no instants at all.
    """
    try:
        read = date.fromisoformat(value)
    except ValueError as error:
        raise Invalid("day_unreadable", field=field, found=value[:40]) from error
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise Invalid("day_unreadable", field=field, found=value[:40])
    return read


def word(name: str, words: type[E]) -> E | None:
    """Return a word of a list, None when it is not given or not in the list."""
    value = request.args.get(name, "")
    return next((one for one in words if one.value == value), None)


def whole(name: str) -> int | None:
    """Return a whole number, None when it is not given or none."""
    value = request.args.get(name, "")
    return int(value) if _is_number(value) else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 15
