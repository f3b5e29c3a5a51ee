"""Texts, dates and amounts as banks print them in statements, read strictly or not at all."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Statements of Vietnamese banks print local time without an offset. UTC+7 since 1975."""

MOST_DIGITS = 18
"""The longest amount read as one; a longer one fits no column and is a broken file."""

ThousandsMark = Literal[",", ".", ""]
"""The character between groups of three digits; empty when the file prints none."""

_DAY_FIRST = re.compile(
    r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})(?:[ T]+([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?"
)
_YEAR_FIRST = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]+([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.0+)?)?"
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])0{1,2})?")
_PLAIN = re.compile(r"[0-9]+(?:([.,])0{1,2})?")
_CURRENCY = re.compile(r"(?:VND|VNĐ|đồng|đ)", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Text for people and for matching: NFC, one line, without control or invisible characters.

    A payer writes this text. Line breaks and control characters become blanks; marks that turn the
    reading direction and other invisible ones go; half a surrogate pair becomes U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_printable(letter) for letter in text)
    return unicodedata.normalize("NFC", shown)


@lru_cache(maxsize=1024)  # a statement names few days, each on many rows
def read_date(text: str) -> tuple[date, datetime | None] | None:
    """Read DD/MM/YYYY or YYYY-MM-DD, with a time of day in Vietnam when one is printed.

    Month and day are never swapped to make a date fit: 13 in the month's place is no date.
    Returns the day and, with a time, the instant in UTC; None when it is no date.
    """
    words = text.strip()
    if found := _YEAR_FIRST.fullmatch(words):
        year, month, day, clock = found.groups()
    elif found := _DAY_FIRST.fullmatch(words):
        day, month, year, clock = found.groups()
    else:
        return None
    try:
        booked_on = date(int(year), int(month), int(day))
        if clock is None:
            return booked_on, None
        local = datetime.fromisoformat(f"{booked_on.isoformat()} {clock}").replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return booked_on, local.astimezone(UTC)


def day_of_bank_month(year: int, month: int, day: int) -> date | None:
    """Build a date of the banks' 30-day months: 30 February is the last day of February.

    Seen as value date in German statements; returns None when it is not even such a date.
    """
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return date(year, month, min(day, monthrange(year, month)[1]))


def thousands_mark(texts: Iterable[str]) -> ThousandsMark | None:
    """Prove from the amounts of one table which character groups their digits.

    Returns None when they contradict each other: then no amount of the table can be trusted.
    """
    marks: set[str] = set()
    for text in texts:
        digits = bare_digits(text)[1]
        if found := _GROUPED.fullmatch(digits):
            marks.add(found[1])
            if found[2] == found[1]:
                return None
        elif (found := _PLAIN.fullmatch(digits)) and found[1]:
            # 5000.00 can only stand in a file that groups with the other character.
            marks.add("," if found[1] == "." else ".")
    if len(marks) > 1:
        return None
    mark = marks.pop() if marks else ""
    return "," if mark == "," else "." if mark == "." else ""


def read_amount(text: str, mark: ThousandsMark) -> int | None:
    """Read whole đồng from ASCII digits grouped by ``mark``; zero decimals may be printed.

    ``-``, ``+``, parentheses for negative and the currency's name around the digits are understood.
    Returns None when the text is not an amount, never a part of it.
    """
    negative, digits = bare_digits(text)
    found = _GROUPED.fullmatch(digits)
    if found is None:
        found = _PLAIN.fullmatch(digits)
        if found is None or (found[1] and found[1] == mark):
            return None
        whole = digits.partition(found[1])[0] if found[1] else digits
    else:
        if found[1] != mark or found[2] == found[1]:
            return None
        whole = (digits.partition(found[2])[0] if found[2] else digits).replace(mark, "")
    if len(whole) > MOST_DIGITS:
        return None
    return -int(whole) if negative else int(whole)


def bare_digits(text: str) -> tuple[bool, str]:
    """Take sign, parentheses and currency off an amount: whether it is negative, and the rest."""
    words = _CURRENCY.sub("", text).strip()
    if words.startswith("(") and words.endswith(")"):
        return True, words[1:-1].strip()
    if words.startswith(("-", "+")):
        return words[0] == "-", words[1:].strip()
    return False, words


def _printable(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return ""
    return "\ufffd" if category == "Cs" else letter
