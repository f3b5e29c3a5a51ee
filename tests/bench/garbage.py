"""Texts of a million characters that no bank sends, each a different way to make a search slow."""

from __future__ import annotations

from random import Random

LENGTH = 1_000_000
_ONE, _TWO = "TPXMN0C0J2XNX7", "TPXF2RMHKVJ3V7"


def _over_and_over(piece: str) -> str:
    """Return a piece repeated to the full length."""
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH]


def _drawn(signs: str, seed: int = 2) -> str:
    """Return random signs."""
    return "".join(Random(seed).choices(signs, k=LENGTH))


GARBAGE = {
    "prefixes": _over_and_over("TPX"),
    "doubled prefixes": _over_and_over("TTPXPX"),
    "halves of prefixes": _over_and_over("TP"),
    "prefixes in pieces": _over_and_over("T P-X "),
    "prefixes and noughts": _over_and_over("TPX0"),
    "prefixes and blanks": _over_and_over(f"TPX{' ' * 1000}"),
    "noughts": "0" * LENGTH,
    "blanks": " " * LENGTH,
    "one with 900,000 blanks inside": f"{_ONE[:7]}{' ' * 900_000}{_ONE[7:]}",
    "one with blanks everywhere": (" " * 60_000).join(_ONE),
    "symbols": _drawn("0123456789CFHJKMNPRTVX"),
    "letters and digits": _drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    "letters of the prefix": _drawn("TPX0123"),
    "references": _over_and_over(_ONE),
    "small references": _over_and_over(_ONE.lower() + " "),
    "damaged references": _over_and_over(_ONE[:-1] + "?"),
    "references between prefixes": _over_and_over(_ONE + "TPX" * 64),
    "two references in turn": _over_and_over(f"{_ONE} {_TWO[:5]} {_TWO[5:]} "),
    "accents": _over_and_over("Nộp lệ phí TPX "),
    "combining accents": _over_and_over("T\u0323PX"),
    "full width": _over_and_over("ＴＰＸ"),
    "any character": "".join(map(chr, Random(3).choices(range(0x110000), k=LENGTH))),
    "dossier codes": _over_and_over("H57-211126-0001 "),
}
