"""Amounts of money in đồng: in digits, in Vietnamese words, and as a person types them.

Đồng have no parts, so an amount is a whole number from 0 to ten thousand billion. Rules of reading
aloud: mốt, tư and lăm behind mươi, linh for empty tens, groups of nought left out.
"""

from __future__ import annotations

import re
from typing import Literal

from payments.domain.errors import Invalid

MAX_AMOUNT = 10**13
_DIGIT_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_PLAIN = re.compile(r"[0-9]{1,14}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+)")
_THOUSANDS = re.compile(r"([0-9]{1,11})\s?[kK]")
_UNIT = re.compile(r"(?:\s*(?:đồng|vnđ|vnd|đ|₫))?\Z", re.IGNORECASE)


def check_amount(amount: int, field: str = "amount") -> int:
    """Return the amount. Raises Invalid unless it is a whole number from 0 to ``MAX_AMOUNT``.

    A bool or a float is refused by its type: 50000.0 came from somewhere that can also lose đồng.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Invalid("amount_not_whole", field=field, found=repr(amount))
    if not 0 <= amount <= MAX_AMOUNT:
        raise Invalid("amount_out_of_range", field=field, found=amount, most=MAX_AMOUNT)
    return amount


def in_digits(amount: int) -> str:
    """Write an amount with a full stop between thousands: 594.462.000. Raises Invalid."""
    return f"{check_amount(amount):,}".replace(",", ".")


def in_words(
    amount: int,
    *,
    empty_tens: Literal["linh", "lẻ"] = "linh",
    thousand: Literal["nghìn", "ngàn"] = "nghìn",
    four: Literal["tư", "bốn"] = "tư",
    even: bool = False,
) -> str:
    """Write an amount in Vietnamese words, as a receipt wants it: "Hai mươi mốt nghìn đồng".

    ``empty_tens``, ``thousand`` and ``four`` choose between northern and southern usage; ``even``
    adds "chẵn". Raises Invalid for what is no amount.
    """
    number = check_amount(amount)
    words = _billions(number, empty_tens, thousand, four) if number else [_DIGIT_WORDS[0]]
    sentence = " ".join([*words, "đồng", *(["chẵn"] if even else [])])
    return sentence[0].upper() + sentence[1:]


def _billions(number: int, empty_tens: str, thousand: str, four: str) -> list[str]:
    """Read a positive number: its billions as a number of their own, then its nine last digits."""
    billions, rest = divmod(number, 10**9)
    words: list[str] = []
    if billions:
        words += [*_billions(billions, empty_tens, thousand, four), "tỷ"]
    for scale, name in ((10**6, "triệu"), (10**3, thousand), (1, "")):
        group = rest // scale % 1000
        if group:
            words += _group(group, empty_tens, four, inner=bool(words))
            words += [name] if name else []
    return words


def _group(group: int, empty_tens: str, four: str, *, inner: bool) -> list[str]:
    """Read three digits. An ``inner`` group names its hundreds even when there are none."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words: list[str] = []
    if hundreds or inner:
        words += [_DIGIT_WORDS[hundreds], "trăm"]
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGIT_WORDS[tens], "mươi"]
    elif ones and words:
        words.append(empty_tens)
    if ones:
        words.append(_ones(ones, tens, four))
    return words


def _ones(ones: int, tens: int, four: str) -> str:
    """Read the last digit: mốt and tư only behind mươi, lăm behind mười and mươi."""
    if ones == 5 and tens:
        return "lăm"
    if tens > 1 and ones == 1:
        return "mốt"
    if tens > 1 and ones == 4:
        return four
    return _DIGIT_WORDS[ones]


def read_dong(text: str, field: str = "amount") -> int:
    """Read an amount as a person types it: 50000, 50.000, 50,000 or 50k, with or without đ.

    Only ASCII digits count, and one separator, between groups of three. Raises Invalid, rather than
    guess, for anything that may mean two amounts: 1.5, 50.00, 1.000,000, 0050, 1,5k.
    """
    if not isinstance(text, str) or len(text) > 40:
        raise Invalid("amount_unreadable", field=field, found=repr(text)[:60])
    digits = _UNIT.sub("", text.strip())
    thousands = _THOUSANDS.fullmatch(digits)
    if thousands:
        value = thousands[1] + "000"
    elif _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits):
        value = digits.replace(".", "").replace(",", "")
    else:
        raise Invalid("amount_unreadable", field=field, found=text)
    # A leading nought is a slip of the hand or a piece of another number.
    if digits.startswith("0") and digits != "0":
        raise Invalid("amount_unreadable", field=field, found=text)
    return check_amount(int(value), field)
