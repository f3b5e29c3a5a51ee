"""Random texts for the search for references, and what must be true of every answer."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from payments.domain.dossier_codes import find_dossier_codes
from payments.domain.errors import Invalid
from payments.domain.references import find_references, is_valid, new_reference
from tests.bench.remarks import ALNUM, mangled, slipped

PREFIXES = ("TPX", "HTXK", "OOO", "AAA", "TPT", "ILSZ")
NO_PREFIXES = ("", "TP", "tpx", "TPXYZ", "TP1", "TĐX", "T X")
_STRENGTHS = ("exact", "folded", "repaired")
_SIGNS = ALNUM + " .-_~!\t\n\0" + "ạđĐơư№½²\u0323\u200b\ud800Т漢" + "\U0001d413"


def search_anything(count: int, seed: int) -> int:
    """Search so many random texts; return how many references were found.

    Raises AssertionError with the text for an answer that cannot be, and lets through whatever the
    search raises; a wrong prefix has to raise Invalid.
    """
    chance = Random(seed)
    total = 0
    for _ in range(count):
        prefix = chance.choice(PREFIXES)
        text = _text(chance, prefix)
        if chance.randrange(50) == 0:
            _refuses(text, chance.choice(NO_PREFIXES))
        total += _search(text, prefix, chance)
    return total


def _text(chance: Random, wanted: str) -> str:
    """Return pieces of references, whole ones and noise, glued together."""
    pieces = []
    for _ in range(chance.randrange(5)):
        kind = chance.randrange(6)
        prefix = wanted if chance.random() < 0.8 else chance.choice(PREFIXES)
        if kind == 0:
            pieces.append("".join(chance.choices(_SIGNS, k=chance.randrange(30))))
        elif kind == 1:
            pieces.append(prefix[: chance.randrange(4)] * chance.randrange(4))
        elif kind == 2:
            pieces.append(f"H57-211126-{chance.randrange(10_000_000)}")
        else:
            reference = new_reference(prefix, chance.randrange)
            damage = (mangled, slipped, lambda _, whole: whole)[kind - 3]
            pieces.append(damage(chance, reference))
    return chance.choice(("", " ", ".")).join(pieces)


def _refuses(text: str, prefix: str) -> None:
    """Ask for a prefix that cannot be."""
    try:
        find_references(text, prefix)
    except Invalid:
        return
    raise AssertionError((prefix, text))


def _search(text: str, prefix: str, chance: Random) -> int:
    """Search a text and check the answer."""
    found = find_references(text, prefix, repair=chance.random() < 0.9)
    for one in found:
        assert is_valid(one.reference, prefix), (text, one)
        assert 0 <= one.start < one.end <= len(text), (text, one)
        assert one.rank == 0 or one.how == "repaired", (text, one)
        assert (text[one.start : one.end] == one.reference) or one.how != "exact", (text, one)
    order = [_STRENGTHS.index(one.how) for one in found]
    assert order == sorted(order), (text, found)
    whole = sorted((one.start, one.end) for one in found if one.how != "repaired")
    spans = sorted({*whole, *((one.start, one.end) for one in found if one.how == "repaired")})
    for before, after in pairwise(whole):
        assert before[1] <= after[0], (text, found)
    for start, end in set(spans) - set(whole):
        assert all(end <= first or last <= start for first, last in whole), (text, found)
    for code in find_dossier_codes(text):
        assert 0 <= code.start < code.end <= len(text), (text, code)
    return len(found)
