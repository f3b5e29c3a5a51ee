"""Payment references found in the text of a transfer, however the banks and the payer mangled it.

Banks keep or drop capitals, insert blanks in the middle, swallow them elsewhere, and glue their own
words in front and behind; so a reference is looked for anywhere, with and without its blanks.
A reference found is a claim only: the caller asks whether that request exists, strongest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from payments.domain import reference_code
from payments.domain.reference_code import (
    BASE,
    BODY,
    MODULUS,
    SYMBOL_OF_SIGN,
    is_valid,
    new_reference,
)
from payments.domain.reference_repair import COVER, Repair, Slip, repairs

__all__ = ["Found", "How", "find_references", "is_valid", "new_reference"]

How = Literal["exact", "folded", "repaired"]


class Found(NamedTuple):
    """A reference in a text, as it is printed, and the characters ``text[start:end]`` it is from.

    ``how`` is ``exact`` (printed so, as a word of its own), ``folded`` (same symbols under another
    case, look-alikes, blanks inside or glued neighbours) or ``repaired`` (one symbol mended).
    ``rank`` orders the candidates of one repaired place, 0 the likeliest; otherwise it is 0.
    ``is_guess`` marks a lost symbol put back into a word that goes on, which may as well have lost
    none: a hint for a person, never enough to give money by itself.
    A named tuple is built in a quarter of a frozen dataclass's time, half the cost of a search.
    """

    reference: str
    start: int
    end: int
    how: How
    rank: int = 0
    is_guess: bool = False


_BLANK = ord(" ")
_BREAK = "~"
_REMEMBERED = 0x10000
_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = bytes(
    ord(reference_code.folded(chr(byte))) if chr(byte) in _ALNUM else _BLANK for byte in range(256)
)


class _SignOfCharacter(dict[int, str]):
    """The folded sign of any character, worked out once: a blank for blanks and punctuation."""

    def __missing__(self, number: int) -> str:
        """Fold accents, full-width forms and the letter đ; a letter of another script breaks."""
        character = chr(number)
        if number >= _REMEMBERED:
            # Hostile text can neither fill the memory nor crowd the usual letters out of it.
            return _BREAK if character.isalnum() else chr(_BLANK)
        plain = ""
        # Beyond the Latin letters only the full-width forms are a way to write ours.
        if character < "\u3000" or "\uff00" <= character < "\uff5f":
            plain = unicodedata.normalize("NFKD", character).replace("đ", "d").replace("Đ", "D")
            plain = "".join(one for one in plain if one in _ALNUM)
        if len(plain) == 1:
            sign = reference_code.folded(plain)
        else:
            sign = _BREAK if plain or character.isalnum() else chr(_BLANK)
        self[number] = sign
        return sign


_SIGN_OF = _SignOfCharacter()


_STRENGTH = {"exact": 0, "folded": 1, "repaired": 2}
# Without its own constructor a named tuple is built in half the time.
_NEW = tuple.__new__


@lru_cache(maxsize=256)
def _search(prefix: str) -> tuple[Callable[[bytes, int], re.Match[bytes] | None], int]:
    """Return the search for a place where a reference may stand, and the prefix's share.

    The match's first group is the body with the blanks inside it. The search cannot run away:
    blanks are never given back (``*+``), and each run of them is read only by the few signs in
    front of it. Raises Invalid for a wrong prefix.
    """
    letters = " *+".join(reference_code.folded_prefix(prefix).decode())
    sign = "[0-9a-l]"
    body = f"{sign}{{{BODY}}}|{sign}(?: *+{sign}){{{BODY - 1}}}"
    return re.compile(f"{letters} *+({body})".encode()).search, reference_code.share(prefix)


def find_references(text: str, prefix: str, *, repair: bool = True) -> tuple[Found, ...]:
    """Return the references of a prefix in a text: exact ones first, then folded, then repaired.

    Within a strength they come in the order of the text, and repaired candidates of one place in
    the order of rank. Without ``repair`` only exact and folded ones are looked for, which is some
    four times faster. Time is linear in the text. Raises Invalid for a wrong prefix.
    """
    search, share = _search(prefix)
    # One sign a character, so that a place in the signs is a place in the text.
    signs = text.encode().translate(_SIGNS) if text.isascii() else text.translate(_SIGN_OF).encode()
    found: list[Found] = []
    match = search(signs, 0)
    while match:
        start, end = match.span()
        body = match[1]
        if end - start > len(prefix) + BODY:
            body = body.replace(b" ", b"")
        if (int(body, BASE) + share) % MODULUS == 0:
            reference = prefix + body.translate(SYMBOL_OF_SIGN).decode()
            how = (
                "exact"
                if text[start:end] == reference
                and (end == len(signs) or signs[end] == _BLANK)
                and (not start or signs[start - 1] == _BLANK)
                else "folded"
            )
            hit = _NEW(Found, (reference, start, end, how, 0, False))
            if not found or start >= found[-1].end:
                found.append(hit)
            elif how == "exact":
                # A word of its own beats what was put together from its neighbours.
                found[-1] = hit
        match = search(signs, start + 1)
    if repair:
        found.extend(_repaired(text, signs, prefix, found))
    if len(found) > 1:
        found.sort(key=lambda one: _STRENGTH[one.how])
    return tuple(found)


def _repaired(text: str, signs: bytes, prefix: str, whole: Sequence[Found]) -> Iterator[Found]:
    """Mend what is damaged outside the references already found, the likeliest candidate first."""
    left = bytearray(signs)
    for hit in whole:
        left[hit.start : hit.end] = COVER * (hit.end - hit.start)
    mended = list(repairs(bytes(left).replace(b" ", b""), prefix))
    if not mended:
        return
    places = [place for place, sign in enumerate(left) if sign != _BLANK]
    candidates = []
    for repair in mended:
        start, end = places[repair.start], places[repair.end - 1] + 1
        candidates.append((start, end, _doubt(text, start, end, repair), repair.reference))
    candidates.sort()
    group: list[tuple[int, int, tuple[int, ...], str]] = []
    reach = 0
    for candidate in candidates:
        if group and candidate[0] >= reach:
            yield from _ranked(text, group)
            group = []
        group.append(candidate)
        reach = max(reach, candidate[1]) if len(group) > 1 else candidate[1]
    yield from _ranked(text, group)


def _doubt(text: str, start: int, end: int, repair: Repair) -> tuple[int, ...]:
    """Weigh a repair: least doubt where the damaged reference is a word, then the commoner slip."""
    runs_on = text[end : end + 1].isalnum()
    glued = start > 0 and text[start - 1].isalnum()
    inside = end - start - (repair.end - repair.start)
    return (runs_on + glued + (inside > 0), repair.slip)


def _ranked(text: str, group: Iterable[tuple[int, int, tuple[int, ...], str]]) -> Iterator[Found]:
    """Number the candidates of one place, each reference once."""
    seen: set[str] = set()
    for start, end, doubt, reference in sorted(group, key=lambda one: (one[2], one)):
        if reference not in seen:
            runs_on, slip = end < len(text) and text[end].isalnum(), doubt[-1]
            yield Found(
                reference, start, end, "repaired", len(seen), runs_on and slip == Slip.MISSING
            )
            seen.add(reference)
