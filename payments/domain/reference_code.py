"""The payment reference itself: how it is drawn, checked, and mended when a symbol is damaged.

A reference is the deployment's prefix of three or four letters and a body of eleven symbols. The
body, read as a number in base 22, leaves a remainder of nought when divided by 10,589 (a prime),
once the prefix's own share is added: eight symbols are drawn at random, three follow from them.
The choice and its figures: docs/decisions/0002-reference-code.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from payments.domain.errors import Invalid

# The ten digits and twelve consonants. Of letters that look alike one stands for all (0OQD, 1IL,
# 2Z, 5S, 6G, 8B, VU); without vowels, D and W no Vietnamese keyboard turns two keys into one.
SYMBOLS = "0123456789CFHJKMNPRTVX"
BASE = len(SYMBOLS)
BODY = 11
DRAWN = 8
# The largest prime below 22³ under which every wrong symbol and every swap of two neighbours leaves
# a remainder of its own (but for the 20 swaps that are also one wrong symbol).
MODULUS = 10_589

_PREFIX = re.compile(r"[A-Z]{3,4}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"[:BASE]
_LOOK_ALIKE = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5"}
_LOOK_ALIKE |= {"G": "6", "B": "8", "U": "V"}
# Letters that no body holds keep a sign each beyond base 22, so that a prefix may have them.
_STRANGERS = {"A": "w", "E": "x", "W": "y", "Y": "z"}


def folded(character: str) -> str:
    """Return the sign a character A-Z or 0-9 has once case and look-alikes are folded."""
    upper = character.upper()
    upper = _LOOK_ALIKE.get(upper, upper)
    return _STRANGERS.get(upper) or _DIGITS[SYMBOLS.index(upper)]


SYMBOL_OF_SIGN = bytes.maketrans(_DIGITS.encode(), SYMBOLS.encode())
_POWERS = tuple(pow(BASE, place, MODULUS) for place in range(BODY + 2))
_INVERSES = tuple(pow(power, -1, MODULUS) for power in _POWERS)


def check_prefix(prefix: str) -> None:
    """Raise Invalid unless the prefix is three or four capital letters."""
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        raise Invalid("reference_prefix", field="prefix", found=prefix)


@lru_cache(maxsize=256)
def folded_prefix(prefix: str) -> bytes:
    """Return the prefix in folded signs. Raises Invalid for a prefix no deployment may have."""
    check_prefix(prefix)
    return "".join(folded(letter) for letter in prefix).encode()


@lru_cache(maxsize=256)
def share(prefix: str) -> int:
    """Return the prefix's share of the remainder, so that a neighbour's reference is not ours."""
    check_prefix(prefix)
    return int(prefix, 36) % MODULUS


def new_reference(prefix: str, below: Callable[[int], int]) -> str:
    """Draw a fresh reference, 14 or 15 characters of A-Z and 0-9.

    ``below(n)`` returns a uniformly random whole number in ``range(n)``. Uniqueness is the
    database's; among a million open references a fresh one meets another once in 54,000 draws.
    Raises Invalid for a wrong prefix.
    """
    check_prefix(prefix)
    drawn = below(BASE**DRAWN) * BASE ** (BODY - DRAWN)
    number = drawn + (-drawn - share(prefix)) % MODULUS
    signs = []
    for _ in range(BODY):
        number, digit = divmod(number, BASE)
        signs.append(SYMBOLS[digit])
    return prefix + "".join(reversed(signs))


def is_valid(reference: str, prefix: str) -> bool:
    """Say whether a text is a reference of this prefix, exactly as it is printed."""
    check_prefix(prefix)
    if len(reference) != len(prefix) + BODY or not reference.startswith(prefix):
        return False
    body = reference[len(prefix) :]
    if not all(symbol in SYMBOLS for symbol in body):
        return False
    return holds("".join(folded(symbol) for symbol in body), share(prefix))


def holds(body: str | bytes, prefix_share: int) -> bool:
    """Say whether eleven folded signs are a body; signs beyond base 22 are not.

    ``prefix_share`` is the ``share`` of the prefix in front.
    """
    try:
        return (int(body, BASE) + prefix_share) % MODULUS == 0
    except ValueError:
        return False


def printed(body: bytes, prefix: str) -> str:
    """Return the reference as it is printed, from its folded body."""
    return prefix + body.translate(SYMBOL_OF_SIGN).decode()


@cache
def _one_wrong() -> dict[int, tuple[tuple[int, int], ...]]:
    """For every remainder: the places (counted from the right) and differences that explain it."""
    table: dict[int, tuple[tuple[int, int], ...]] = {}
    for place in range(BODY):
        for difference in range(1 - BASE, BASE):
            remainder = difference * _POWERS[place] % MODULUS
            if difference:
                table[remainder] = (*table.get(remainder, ()), (place, difference))
    return table


def with_one_wrong(body: str, prefix: str) -> Iterator[str]:
    """Yield the bodies that differ from eleven signs in one place, whatever stands there."""
    strangers = [index for index, sign in enumerate(body) if sign not in _DIGITS]
    if len(strangers) > 1:
        return
    if strangers:
        yield from _with_filled(body, strangers[0], strangers[0] + 1, prefix)
        return
    remainder = (int(body, BASE) + share(prefix)) % MODULUS
    for place, difference in _one_wrong().get(remainder, ()):
        index = BODY - 1 - place
        digit = _DIGITS.index(body[index]) - difference
        if 0 <= digit < BASE:
            yield body[:index] + _DIGITS[digit] + body[index + 1 :]


def with_two_swapped(body: str, prefix: str) -> Iterator[str]:
    """Yield the bodies that become these eleven signs when two neighbours are swapped."""
    if not _is_body(body):
        return
    remainder = (int(body, BASE) + share(prefix)) % MODULUS
    digits = [int(sign, BASE) for sign in body]
    for index in range(BODY - 1):
        difference = digits[index] - digits[index + 1]
        if (
            difference
            and (remainder - difference * (BASE - 1) * _POWERS[BODY - 2 - index]) % (MODULUS) == 0
        ):
            yield body[:index] + body[index + 1] + body[index] + body[index + 2 :]


def with_one_missing(body: str, prefix: str) -> Iterator[str]:
    """Yield the bodies that become these ten signs when one symbol is lost."""
    if not _is_body(body):
        return
    for index in range(len(body), -1, -1):
        # Next to its twin a lost symbol may stand on either side; one of the two is enough.
        for mended in _with_filled(body, index, index, prefix):
            if index == len(body) or mended[index] != body[index]:
                yield mended


def _with_filled(body: str, start: int, end: int, prefix: str) -> Iterator[str]:
    """Yield the body with the one symbol in place of ``body[start:end]`` that makes it hold."""
    filled = int(body[:start] + "0" + body[end:], BASE) + share(prefix)
    digit = -filled * _INVERSES[len(body) - end] % MODULUS
    if digit < BASE:
        yield body[:start] + _DIGITS[digit] + body[end:]


def with_one_too_many(body: str, prefix: str) -> Iterator[str]:
    """Yield the bodies that become these twelve signs when one symbol is typed twice."""
    for index in range(1, len(body)):
        if body[index] == body[index - 1]:
            shorter = body[:index] + body[index + 1 :]
            if holds(shorter, share(prefix)):
                yield shorter


def _is_body(signs: str) -> bool:
    """Say whether all signs are symbols of a body."""
    return all(sign in _DIGITS for sign in signs)
