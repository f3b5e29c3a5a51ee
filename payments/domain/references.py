"""Payment references found in the text of a transfer, however the banks and the payer mangled it.

Banks keep or drop capitals, insert blanks in the middle, swallow them elsewhere, and glue their own
words in front and behind; so a reference is looked for anywhere, with and without its blanks.
A reference found is a claim only: the caller asks whether that request exists, strongest first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from payments.domain import reference_code
from payments.domain.reference_code import BODY, is_valid, new_reference
from payments.domain.reference_repair import Repair, repairs

__all__ = ["Found", "How", "find_references", "is_valid", "new_reference"]

How = Literal["exact", "folded", "repaired"]
_STRENGTH: dict[str, int] = {"exact": 0, "folded": 1, "repaired": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in a text, as it is printed, and the characters ``text[start:end]`` it is from.

    ``how`` is ``exact`` (printed so, as a word of its own), ``folded`` (same symbols under another
    case, look-alikes, blanks inside or glued neighbours) or ``repaired`` (one symbol mended).
    ``rank`` orders the candidates of one repaired place, 0 the likeliest; otherwise it is 0.
    """

    reference: str
    start: int
    end: int
    how: How
    rank: int = 0


_BREAK = ord("~")
_ALNUM = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = bytes(
    ord(reference_code.folded(chr(byte))) if byte in _ALNUM else _BREAK for byte in range(256)
)
_BLANKS = bytes(byte for byte in range(256) if byte not in _ALNUM)


class _SignOfCharacter(dict[str, bytes]):
    """The folded signs of any character, worked out once: none for blanks and punctuation."""

    def __missing__(self, character: str) -> bytes:
        """Fold accents, full-width forms and the letter đ; a letter of another script breaks."""
        plain = unicodedata.normalize("NFKD", character).replace("đ", "d").replace("Đ", "D")
        signs = plain.encode("ascii", "ignore").translate(_SIGNS, _BLANKS)
        if not signs and unicodedata.category(character)[0] in "LN":
            signs = b"~"
        self[character] = signs
        return signs


_SIGN_OF = _SignOfCharacter()


def find_references(text: str, prefix: str, *, repair: bool = True) -> tuple[Found, ...]:
    """Return the references of a prefix in a text: exact ones first, then folded, then repaired.

    Within a strength they come in the order of the text, and repaired candidates of one place in
    the order of rank. Without ``repair`` only exact and folded ones are looked for, which is some
    ten times faster. Time is linear in the text. Raises Invalid for a wrong prefix.
    """
    wanted = reference_code.folded_prefix(prefix).encode()
    if text.isascii():
        raw = text.encode()
        whole = _in_plain_text(text, raw.translate(_SIGNS), prefix, wanted)
        signs = raw.translate(_SIGNS, _BLANKS)
        if signs.count(wanted) == len(whole) and (whole or not repair):
            return tuple(whole) if len(whole) < 2 else _ordered(whole)
        places: Sequence[int] = [at for at, byte in enumerate(raw) if byte in _ALNUM]
    else:
        signs, places = _squeezed(text)
    whole = list(_in_squeezed_text(text, signs, places, prefix, wanted))
    if repair:
        whole.extend(_repaired(text, signs, places, prefix, whole))
    return _ordered(whole)


def _in_plain_text(text: str, signs: bytes, prefix: str, wanted: bytes) -> list[Found]:
    """Find the references without blanks inside; ``signs`` has one sign for each character."""
    hits = []
    skip = len(wanted)
    length = skip + BODY
    at = signs.find(wanted)
    while at >= 0:
        end = at + length
        body = signs[at + skip : end]
        if len(body) == BODY and reference_code.holds(body, prefix):
            reference = reference_code.printed(body, prefix)
            hits.append(Found(reference, at, end, _how(text, reference, at, end)))
            at = signs.find(wanted, end)
        else:
            at = signs.find(wanted, at + 1)
    return hits


def _how(text: str, reference: str, start: int, end: int) -> How:
    """Say whether the text holds the reference exactly, as a word of its own."""
    if text[start:end] != reference:
        return "folded"
    glued = (start > 0 and text[start - 1].isalnum()) or text[end : end + 1].isalnum()
    return "folded" if glued else "exact"


def _squeezed(text: str) -> tuple[bytes, Sequence[int]]:
    """Return the folded signs of a text of any script, and the place each comes from."""
    signs = bytearray()
    places: list[int] = []
    for place, character in enumerate(text):
        found = _SIGN_OF[character] if len(_SIGN_OF) < 100_000 else _sign_uncached(character)
        signs += found
        places.extend([place] * len(found))
    return bytes(signs), places


def _sign_uncached(character: str) -> bytes:
    """Fold a character without remembering it, so that hostile text cannot fill the memory."""
    return _SIGN_OF.get(character) or _SignOfCharacter()[character]


def _in_squeezed_text(
    text: str, signs: bytes, places: Sequence[int], prefix: str, wanted: bytes
) -> Iterator[Found]:
    """Find the references once blanks and punctuation are gone; the stronger of two that overlap."""
    last: Found | None = None
    skip = len(wanted)
    at = signs.find(wanted)
    while at >= 0:
        body = signs[at + skip : at + skip + BODY]
        if len(body) == BODY and reference_code.holds(body, prefix):
            reference = reference_code.printed(body, prefix)
            start, end = places[at], places[at + skip + BODY - 1] + 1
            hit = Found(reference, start, end, _how(text, reference, start, end))
            if last is None or hit.start >= last.end:
                if last is not None:
                    yield last
                last = hit
            elif _STRENGTH[hit.how] < _STRENGTH[last.how]:
                last = hit
        at = signs.find(wanted, at + 1)
    if last is not None:
        yield last


def _repaired(
    text: str, signs: bytes, places: Sequence[int], prefix: str, whole: Iterable[Found]
) -> Iterator[Found]:
    """Mend what is damaged outside the references already found, the likeliest candidate first."""
    taken = [(hit.start, hit.end) for hit in whole]
    candidates = []
    for repair in repairs(signs, prefix):
        start, end = places[repair.start], places[repair.end - 1] + 1
        if not any(start < until and end > since for since, until in taken):
            candidates.append((start, end, _doubt(text, start, end, repair), repair.reference))
    candidates.sort()
    group: list[tuple[int, int, tuple[int, ...], str]] = []
    reach = 0
    for candidate in candidates:
        if group and candidate[0] >= reach:
            yield from _ranked(group)
            group = []
        group.append(candidate)
        reach = max(reach, candidate[1]) if len(group) > 1 else candidate[1]
    yield from _ranked(group)


def _doubt(text: str, start: int, end: int, repair: Repair) -> tuple[int, ...]:
    """Weigh a repair: least doubt where the damaged reference is a word, then the commoner slip."""
    runs_on = text[end : end + 1].isalnum()
    glued = start > 0 and text[start - 1].isalnum()
    inside = end - start - (repair.end - repair.start)
    return (runs_on + glued + (inside > 0), repair.slip)


def _ranked(group: Iterable[tuple[int, int, tuple[int, ...], str]]) -> Iterator[Found]:
    """Number the candidates of one place, each reference once."""
    seen: set[str] = set()
    for start, end, _, reference in sorted(group, key=lambda one: (one[2], one)):
        if reference not in seen:
            yield Found(reference, start, end, "repaired", len(seen))
            seen.add(reference)


def _ordered(found: Iterable[Found]) -> tuple[Found, ...]:
    """Put the strongest first, then in the order of the text, then by rank."""
    by_place = sorted(found, key=lambda one: (one.start, one.rank))
    return tuple(sorted(by_place, key=lambda one: _STRENGTH[one.how]))
