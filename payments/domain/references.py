"""Payment references found in the text of a transfer, however the banks and the payer mangled it.

Banks keep or drop capitals, insert blanks in the middle, swallow them elsewhere, and glue their own
words in front and behind; so a reference is looked for anywhere, with and without its blanks.
A reference found is a claim only: the caller asks whether that request exists, strongest first.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Literal, NamedTuple

from payments.domain import reference_code
from payments.domain.reference_code import BODY, is_valid, new_reference
from payments.domain.reference_repair import Repair, repairs

__all__ = ["Found", "How", "find_references", "is_valid", "new_reference"]

How = Literal["exact", "folded", "repaired"]
_STRENGTH: dict[str, int] = {"exact": 0, "folded": 1, "repaired": 2}


class Found(NamedTuple):
    """A reference in a text, as it is printed, and the characters ``text[start:end]`` it is from.

    ``how`` is ``exact`` (printed so, as a word of its own), ``folded`` (same symbols under another
    case, look-alikes, blanks inside or glued neighbours) or ``repaired`` (one symbol mended).
    ``rank`` orders the candidates of one repaired place, 0 the likeliest; otherwise it is 0.
    A named tuple is built in a quarter of a frozen dataclass's time, half the cost of a search.
    """

    reference: str
    start: int
    end: int
    how: How
    rank: int = 0


_BREAK = ord("~")
_REMEMBERED = 20_000
_ALNUM = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = bytes(
    ord(reference_code.folded(chr(byte))) if byte in _ALNUM else _BREAK for byte in range(256)
)
_BLANKS = bytes(byte for byte in range(256) if byte not in _ALNUM)
_IS_SIGN = bytes(byte in _ALNUM for byte in range(256))


class _SignOfCharacter(dict[str, bytes]):
    """The folded signs of any character, worked out once: none for blanks and punctuation."""

    def __missing__(self, character: str) -> bytes:
        """Fold accents, full-width forms and the letter đ; a letter of another script breaks."""
        signs = b""
        # Beyond the Latin letters only the full-width forms are a way to write ours.
        if character < "\u3000" or "\uff00" <= character < "\uff5f":
            plain = unicodedata.normalize("NFKD", character).replace("đ", "d").replace("Đ", "D")
            signs = plain.encode("ascii", "ignore").translate(_SIGNS, _BLANKS)
        if not signs and character.isalnum():
            signs = b"~"
        if len(self) < _REMEMBERED:
            # Hostile text cannot fill the memory.
            self[character] = signs
        return signs


_SIGN_OF = _SignOfCharacter()


def find_references(text: str, prefix: str, *, repair: bool = True) -> tuple[Found, ...]:
    """Return the references of a prefix in a text: exact ones first, then folded, then repaired.

    Within a strength they come in the order of the text, and repaired candidates of one place in
    the order of rank. Without ``repair`` only exact and folded ones are looked for, which is some
    ten times faster. Time is linear in the text. Raises Invalid for a wrong prefix.
    """
    wanted = reference_code.folded_prefix(prefix)
    if text.isascii():
        raw = text.encode()
        signs = raw.translate(_SIGNS, _BLANKS)
        before, prefixes, behind = signs.partition(wanted)
        if not prefixes and not repair:
            return ()
        if prefixes and wanted not in behind:
            lone = _lone(text, raw, len(before), behind[:BODY], prefix)
            if lone is not None:
                return (lone,)
        places: Sequence[int] = list(compress(range(len(raw)), raw.translate(_IS_SIGN)))
    else:
        signs, places = _squeezed(text)
    whole = list(_in_squeezed_text(text, signs, places, prefix))
    if repair:
        return _ordered([*whole, *_repaired(text, signs, places, prefix, whole)])
    return _ordered(whole)


def _lone(text: str, raw: bytes, at: int, body: bytes, prefix: str) -> Found | None:
    """Return the reference at the only prefix of an ASCII text, the usual case, if it holds.

    ``at`` counts the signs in front of the prefix, and ``body`` are the signs behind it.
    """
    if len(body) != BODY or not reference_code.holds(body, reference_code.share(prefix)):
        return None
    reference = reference_code.printed(body, prefix)
    start = text.find(reference)
    if start < 0:
        places = list(compress(range(len(raw)), raw.translate(_IS_SIGN)))
        return Found(reference, places[at], places[at + len(reference) - 1] + 1, "folded")
    end = start + len(reference)
    if text[end : end + 1].isalnum() or (start and text[start - 1].isalnum()):
        return Found(reference, start, end, "folded")
    return Found(reference, start, end, "exact")


def _how(text: str, reference: str, start: int, end: int) -> How:
    """Say whether the text holds the reference exactly, as a word of its own."""
    if text[start:end] != reference or text[end : end + 1].isalnum():
        return "folded"
    return "folded" if start and text[start - 1].isalnum() else "exact"


def _squeezed(text: str) -> tuple[bytes, Sequence[int]]:
    """Return the folded signs of a text of any script, and the place each comes from."""
    parts = [_SIGN_OF[character] for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return b"".join(parts), places


def _in_squeezed_text(
    text: str, signs: bytes, places: Sequence[int], prefix: str
) -> Iterator[Found]:
    """Find the references once blanks are gone; of two that overlap, the stronger."""
    last: Found | None = None
    wanted = reference_code.folded_prefix(prefix)
    skip = len(wanted)
    share = reference_code.share(prefix)
    at = signs.find(wanted)
    while at >= 0:
        body = signs[at + skip : at + skip + BODY]
        if len(body) == BODY and reference_code.holds(body, share):
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
    text: str, signs: bytes, places: Sequence[int], prefix: str, whole: Sequence[Found]
) -> Iterator[Found]:
    """Mend what is damaged outside the references already found, the likeliest candidate first."""
    starts = [hit.start for hit in whole]
    candidates = []
    for repair in repairs(signs, prefix):
        start, end = places[repair.start], places[repair.end - 1] + 1
        before = bisect_left(starts, end) - 1
        if before < 0 or whole[before].end <= start:
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
    return tuple(sorted(found, key=lambda one: (_STRENGTH[one.how], one.start, one.rank)))
