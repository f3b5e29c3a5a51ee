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

ThousandsMark = Literal[",", ".", " ", "'", ""]
"""The character between groups of three digits; empty when the file prints none."""

_CLOCK = r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(?:\s*([AaPp][Mm]|SA|CH))?"
_BEFORE_CLOCK = r"(?:[\sT]+|,\s*|\s+-\s+)"
_DAY_FIRST = re.compile(
    rf"([0-9]{{1,2}})([/.-])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}})(?:{_BEFORE_CLOCK}{_CLOCK})?"
)
_YEAR_FIRST = re.compile(
    rf"([0-9]{{4}})([/.-])([0-9]{{1,2}})\2([0-9]{{1,2}})(?:{_BEFORE_CLOCK}{_CLOCK})?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
)
_CLOCK_FIRST = re.compile(rf"{_CLOCK}[\s,]+([0-9].{{5,10}})")
_NAMED_MONTH = re.compile(
    rf"([0-9]{{1,2}})[\s-]([A-Za-z]{{3}})[A-Za-z]*[\s-]([0-9]{{4}}|[0-9]{{2}})(?:\s+{_CLOCK})?"
)
_TOGETHER = re.compile(
    r"(20[0-9]{2})([01][0-9])([0-3][0-9])(?:[\sT]*([0-9]{2})([0-9]{2})([0-9]{2}))?"
)
_SERIAL = re.compile(r"([3-7][0-9]{4})(?:\.[0-9]+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_EPOCH = date(1899, 12, 30)

_MARKS = r"[.,' ]"
_GROUPED = re.compile(
    rf"[0-9]{{1,3}}(?:({_MARKS})[0-9]{{3}})(?:\1[0-9]{{3}})*(?:([.,])([0-9]{{1,2}}))?"
)
_PLAIN = re.compile(r"[0-9]+(?:([.,])([0-9]{1,2}))?")
_CURRENCY = re.compile(r"VND|VNĐ|đồng|₫|đ|dong|USD|EUR", re.IGNORECASE)
_CREDIT_OR_DEBIT = re.compile(r"(?<=[0-9)\s])(CR|DR|C|D)$", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Text for people and for matching: NFC, one line, without control or invisible characters.

    A payer writes this text. Line breaks and control characters become blanks; marks that turn the
    reading direction and other invisible ones go; half a surrogate pair becomes U+FFFD.
    """
    if text.isprintable():
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", "".join(map(_printable, text)))


@lru_cache(maxsize=4096)  # a statement names few days, each on many rows
def read_date(text: str) -> tuple[date, datetime | None] | None:
    """Read a day as Vietnamese banks print it, with a time of day in Vietnam when one is printed.

    Day, month, year with ``/``, ``-`` or ``.`` and two or four digits of the year; year first; a
    month named in English; eight digits; Excel's day number. The time stands behind or before.
    Month and day are never swapped to make a date fit: 13 in the month's place is no date.
    Returns the day and, with a time, the instant in UTC; None when it is no date.
    """
    words = clean_text(text).strip().lstrip("'")
    if not words or len(words) > 40:
        return None
    try:
        return _dated(words)
    except ValueError:
        return None


def _dated(words: str) -> tuple[date, datetime | None] | None:
    if found := _DAY_FIRST.fullmatch(words):
        day, _, month, year, clock, half = found.groups()
        return _moment(_full_year(year), int(month), int(day), clock, half)
    if found := _YEAR_FIRST.fullmatch(words):
        year, _, month, day, clock, half, offset = found.groups()
        return _moment(int(year), int(month), int(day), clock, half, offset)
    if found := _NAMED_MONTH.fullmatch(words):
        day, name, year, clock, half = found.groups()
        month = str(_MONTHS.index(name.lower()) + 1)
        return _moment(_full_year(year), int(month), int(day), clock, half)
    if found := _TOGETHER.fullmatch(words):
        year, month, day, hour, minute, second = found.groups()
        clock = f"{hour}:{minute}:{second}" if hour else None
        return _moment(int(year), int(month), int(day), clock, None)
    if found := _CLOCK_FIRST.fullmatch(words):
        later = _dated(found[3].strip())
        if later is None or later[1] is not None:
            return None
        return _moment(later[0].year, later[0].month, later[0].day, found[1], found[2])
    if found := _SERIAL.fullmatch(words):
        return _EXCEL_EPOCH + timedelta(days=int(found[1])), None
    return None


def _full_year(year: str) -> int:
    # Two digits are of this century: no statement is older.
    return int(year) if len(year) == 4 else 2000 + int(year)


def _moment(
    year: int, month: int, day: int, clock: str | None, half: str | None, offset: str | None = None
) -> tuple[date, datetime | None]:
    booked_on = date(year, month, day)
    if clock is None:
        return booked_on, None
    hour, minute, *second = (int(part) for part in clock.split(":"))
    if half and half.upper() in {"PM", "CH"} and hour < 12:
        hour += 12
    elif half and half.upper() in {"AM", "SA"} and hour == 12:
        hour = 0
    zone = VIETNAM if not offset else datetime.strptime(offset, "%z").tzinfo
    local = datetime(year, month, day, hour, minute, second[0] if second else 0, tzinfo=zone)
    return local.astimezone(VIETNAM).date(), local.astimezone(UTC)


def read_clock(text: str, day: date) -> datetime | None:
    """Read a time of day that stands in a column of its own; None when it is none."""
    read = read_date(f"{day.isoformat()} {text.strip()}")
    return read[1] if read else None


def day_of_bank_month(year: int, month: int, day: int) -> date | None:
    """Build a date of the banks' 30-day months: 30 February is the last day of February.

    Seen as value date in German statements; returns None when it is not even such a date.
    """
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return date(year, month, min(day, monthrange(year, month)[1]))


class MarkProof:
    """Proves from the amounts of one table which character groups their digits.

    The proof only grows: what the amounts so far have proven stays, or they contradict each other.
    """

    def __init__(self) -> None:
        """Begin without an amount."""
        self._grouping: set[str] = set()
        self._implied: set[str] = set()
        self._long_plain = False
        self._broken = False

    @property
    def mark(self) -> ThousandsMark | None:
        """The proven mark, empty when none was printed.

        None when the amounts contradict each other: then no amount of the table can be trusted.
        """
        grouping, implied = self._grouping, self._implied
        if self._broken or len(implied) > 1:
            return None
        if grouping & {" ", "'"}:
            # A blank groups digits only where it groups all of them: else it parts two numbers.
            return None if self._long_plain or len(grouping) > 1 else _as_mark(grouping)
        return _as_mark(grouping | implied) if len(grouping | implied) < 2 else None

    def take(self, text: str) -> None:
        """Take one printed amount."""
        digits = bare_digits(text)[1]
        if found := _GROUPED.fullmatch(digits):
            self._grouping.add(found[1])
            self._broken = self._broken or found[2] == found[1]
        elif found := _PLAIN.fullmatch(digits):
            self._long_plain = self._long_plain or len(digits.partition(found[1] or " ")[0]) > 3
            if found[1]:
                # 5000.00 can only stand in a file that groups with another character.
                self._implied.add("," if found[1] == "." else ".")


def _as_mark(marks: set[str]) -> ThousandsMark:
    return next((mark for mark in _ALL_MARKS if mark in marks), "")


_ALL_MARKS: tuple[ThousandsMark, ...] = (",", ".", " ", "'", "")


def read_amount(text: str, mark: ThousandsMark, decimals: int = 0) -> int | None:
    """Read an amount from ASCII digits grouped by ``mark``, in units of ``10 ** -decimals``.

    Đồng has no decimals, so only zeros may be printed behind its point. ``-``, ``+``, parentheses
    for negative, CR and DR and the currency's name around the digits are understood.
    Returns None when the text is not an amount, never a part of it.
    """
    negative, digits = bare_digits(text)
    if digits.isdigit() and digits.isascii() and len(digits) + decimals <= MOST_DIGITS:
        units = int(digits + "0" * decimals)
        return -units if negative else units
    found = _GROUPED.fullmatch(digits)
    if found is None:
        found = _PLAIN.fullmatch(digits)
        if found is None or (found[1] and found[1] == mark):
            return None
        whole, _, fraction = digits.partition(found[1]) if found[1] else (digits, "", "")
    else:
        if found[1] != mark or found[2] == found[1]:
            return None
        whole, _, fraction = digits.partition(found[2]) if found[2] else (digits, "", "")
        whole = whole.replace(mark, "")
    if len(whole) > MOST_DIGITS or fraction[decimals:].strip("0"):
        return None
    units = int(whole + "0" * decimals) + int(fraction[:decimals].ljust(decimals, "0") or "0")
    return -units if negative else units


def bare_digits(text: str) -> tuple[bool, str]:
    """Take sign, parentheses and currency off an amount: whether it is negative, and the rest."""
    if text.isascii() and text[:1].isdigit() and text[-1:].isdigit():
        return False, text
    words = _CURRENCY.sub("", text).strip().lstrip("'")
    negative = False
    if side := _CREDIT_OR_DEBIT.search(words):
        negative = side[1].upper().startswith("D")
        words = words[: side.start()].strip()
    words = words.replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ").strip()
    if words.startswith("(") and words.endswith(")"):
        return True, words[1:-1].strip()
    if words.startswith(("-", "+")):
        return words[0] == "-", words[1:].strip()
    if words.endswith(("-", "+")):
        return words[-1] == "-", words[:-1].strip()
    return negative, words


def are_clean(texts: Iterable[str]) -> bool:
    """Say whether ``clean_text`` would change none of many texts."""
    whole = " ".join(texts)
    return whole.isprintable() and unicodedata.is_normalized("NFC", whole)


def _printable(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return ""
    return "\ufffd" if category == "Cs" else letter
