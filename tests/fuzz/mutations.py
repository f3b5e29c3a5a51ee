"""Changes to a written statement: its pieces moved, its numbers at their limits, its bytes torn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

_NUMBER = re.compile(rb"[0-9]{1,30}")
_LIMITS = (
    b"0", b"1", b"-1", b"00", b"9" * 15, b"9" * 19, b"9" * 400, b"9223372036854775808", b"1e9", b"1,5",
    b"1.000", b"1.000.000,00", b"0,01", b"\xd9\xa3", b"NaN", b"", b" ", b"(5)", b"99999999", b"20260231",
)  # fmt: skip
_ANYWHERE = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\x1a", b"\x85", b"\xd8", b"\xed\xa0\x80",
    "\u202e".encode(), "\u2028".encode(), "\u200b".encode(), "\u00a0".encode(), b"'", b'"', b",", b".", b"-",
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-7", "cp1258", "latin-1")


def moved(pieces: Sequence[bytes], random: Random) -> list[bytes]:
    """Drop, repeat, exchange, cut or turn round some of the pieces."""
    made = list(pieces)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if not made:
            break
        place, other = random.randrange(len(made)), random.randrange(len(made))
        match random.randrange(6):
            case 0:
                del made[place]
            case 1:
                made.insert(other, made[place])
            case 2:
                made[place], made[other] = made[other], made[place]
            case 3:
                made[place] = made[place][: random.randrange(len(made[place]) + 1)]
            case 4:
                del made[place : place + random.randrange(1, 4)]
            case _:
                low, high = min(place, other), max(place, other) + 1
                made[low:high] = made[low:high][::-1]
    return made


def torn(body: bytes, random: Random, words: Sequence[bytes]) -> bytes:
    """Change a few bytes: deleted, replaced, repeated, spliced with words, numbers exchanged.

    One digit at most becomes another: an entry and a balance changed alike would add up.
    """
    made = bytearray(body)
    digits_changed = False
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(made) + 1)
        end = min(len(made), place + random.choice((1, 1, 4, 40)))
        match random.randrange(8):
            case 0:
                del made[place:end]
            case 1:
                made[place:place] = random.choice(words)
            case 2:
                made[place:end] = random.randbytes(end - place)
            case 3:
                made[place:place] = made[place:end]
            case 4:
                made[place:place] = random.choice(_ANYWHERE)
            case 5:
                del made[place:]
            case 6 if not digits_changed:
                digits_changed = True
                _exchange_digit(made, place, random)
            case _:
                _exchange_number(made, place, random)
    return bytes(made)


def cut(body: bytes, random: Random) -> bytes:
    """Break a file off, anywhere or near its end."""
    near = min(len(body), 40) if random.random() < 0.4 else len(body)
    return body[: len(body) - 1 - random.randrange(near)]


def encoded(body: bytes, random: Random) -> bytes:
    """Write a text in another encoding than it says, or than its reader expects."""
    try:
        return body.decode().encode(random.choice(_ENCODINGS), "replace")
    except UnicodeDecodeError:
        return body


def _exchange_number(body: bytearray, place: int, random: Random) -> None:
    if found := _NUMBER.search(body, place):
        body[found.start() : found.end()] = random.choice(_LIMITS)


def _exchange_digit(body: bytearray, place: int, random: Random) -> None:
    if found := _NUMBER.search(body, place):
        at = random.randrange(found.start(), found.end())
        body[at : at + 1] = b"%d" % random.randrange(10)
