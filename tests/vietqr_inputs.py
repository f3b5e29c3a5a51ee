"""Inputs for the VietQR codec that nobody would think of, the same for the same seed.

``fuzz`` runs a number of them and raises for the first one that the codec does not either read and
write again, or refuse by the one declared error.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from payments.domain import emv
from payments.domain.banks import all_banks
from payments.domain.errors import Invalid
from payments.domain.vietqr import MAX_AMOUNT, VietQR, build, parse, read_structure

_VECTORS = Path(__file__).parent / "data" / "qr_vectors.json"
_PAYLOADS: list[str] = [
    vector["payload"] for vector in json.loads(_VECTORS.read_text(encoding="utf-8"))
]
_BINS = [bank.bin for bank in all_banks()]
_NUMBERS = ["000201", "0102", "38", "0010A000000727", "5802VN", "5303704", "6304", "62", "08", "99"]
# What breaks a reader that counts bytes, folds case, believes int() or trusts its sender.
_ODD = [
    "\0",
    "\n",
    "\x7f",
    "é",
    "đ",
    "\u0301",
    "\u0660",
    "\u00b2",
    "😀",
    "\ud800",
    "\ufeff",
    " ",
    "",
]
_JUNK: list[Any] = [None, True, -1, 0, 1.5, 10**30, b"x", [], "", " ", "x" * 100, *_ODD]


def fuzz(count: int, seed: int) -> Counter[str]:
    """Run ``count`` inputs and return how many ended how. Raises AssertionError naming the input."""
    rng = random.Random(seed)
    ends: Counter[str] = Counter()
    for _ in range(count):
        if rng.random() < 0.2:
            ends[_built(_asked(rng))] += 1
        else:
            ends[_read(_payload(rng))] += 1
    return ends


def _read(payload: str) -> str:
    """Read a payload: refused with a place, or read and explained."""
    try:
        parsed = parse(payload)
    except Invalid as refused:
        facts = refused.facts
        if facts["field"] != "payload" or "tag" not in facts:
            raise AssertionError(f"refused without its tag: {payload!r}") from refused
        if not 0 <= int(str(facts["offset"])) <= len(payload):
            raise AssertionError(f"refused at no place: {payload!r}") from refused
        if refused.code == "qr_crc":
            # Only the checksum is wrong, so the structure alone is read.
            read_structure(payload)
        return refused.code
    except Exception as escaped:
        raise AssertionError(f"escaped: {payload!r}") from escaped
    again = "".join(f"{tag.id}{len(tag.value):02d}{tag.value}" for tag in parsed.tags)
    if again + payload[-8:] != payload:
        raise AssertionError(f"a tag was lost: {payload!r}")
    return "read with remarks" if parsed.remarks else "read"


def _built(asked: dict[str, Any]) -> str:
    """Build a code: refused by field and tag, or read back as it was asked for."""
    try:
        payload = build(VietQR(**asked))
    except Invalid as refused:
        if not {"field", "tag"} <= refused.facts.keys():
            raise AssertionError(f"refused without its tag: {asked!r}") from refused
        return "not built"
    except Exception as escaped:
        raise AssertionError(f"escaped: {asked!r}") from escaped
    parsed = parse(payload)
    said = {
        "bin": parsed.bin,
        "account": parsed.account,
        "amount": parsed.amount,
        "text": parsed.text,
        "name": parsed.value("59"),
        "city": parsed.value("60"),
    }
    if parsed.remarks or said != {name: asked.get(name) for name in said}:
        raise AssertionError(f"built and read otherwise: {asked!r}")
    if parsed.value("01") != ("11" if asked.get("amount") is None else "12"):
        raise AssertionError(f"static and dynamic are confused: {asked!r}")
    return "built"


def _payload(rng: random.Random) -> str:
    """Return a recorded payload that was damaged, or one put together from pieces."""
    choice = rng.random()
    if choice < 0.1:
        return _sealed(
            rng, "".join(rng.choices([*_NUMBERS, *_ODD, "A", "7"], k=rng.randint(0, 30)))
        )
    payload = rng.choice(_PAYLOADS)
    for _ in range(rng.randint(1, 3)):
        payload = _damaged(rng, payload)
    return payload if choice < 0.5 else _sealed(rng, payload[:-8])


def _damaged(rng: random.Random, payload: str) -> str:
    """Change, drop, double, swap, cut or insert somewhere."""
    at = rng.randint(0, len(payload))
    end = min(len(payload), at + rng.choice([1, 1, 2, 4, 20]))
    match rng.randrange(6):
        case 0:
            return payload[:at] + rng.choice("0123456789AZa ") + payload[at + 1 :]
        case 1:
            return payload[:at] + payload[end:]
        case 2:
            return payload[:end] + payload[at:]
        case 3:
            return (
                payload[:at] + payload[at + 1 : at + 2] + payload[at : at + 1] + payload[at + 2 :]
            )
        case 4:
            return payload[:at]
        case _:
            return payload[:at] + rng.choice([*_NUMBERS, *_ODD]) + payload[at:]


def _sealed(rng: random.Random, body: str) -> str:
    """Close a body with its right checksum, so that only its structure can be wrong."""
    if any("\ud800" <= sign <= "\udfff" for sign in body):
        return body + "6304FFFF"
    sealed = body + "6304" + emv.crc(body + "6304")
    return sealed if rng.random() < 0.9 else sealed[:-4] + sealed[-4:].lower()


def _asked(rng: random.Random) -> dict[str, Any]:
    """Return what a code shall say: mostly right values, some at their limits, some absurd."""

    def plain(longest: int) -> str:
        return "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, longest)))

    asked: dict[str, Any] = {
        "bin": rng.choice(_BINS),
        "account": "".join(rng.choices("0123456789ABCxyz", k=rng.randint(1, 19))),
    }
    if rng.random() < 0.7:
        asked["amount"] = rng.choice([1, MAX_AMOUNT, rng.randint(1, MAX_AMOUNT)])
    for name, longest in (("text", 25), ("name", 25), ("city", 15)):
        if rng.random() < 0.5:
            asked[name] = plain(longest)
    if rng.random() < 0.3:
        name = rng.choice(
            [
                "bin",
                "account",
                "amount",
                "text",
                "name",
                "city",
                "postal_code",
                "category",
                "service",
            ]
        )
        asked[name] = rng.choice(_JUNK)
    if rng.random() < 0.1:
        asked["labels"] = tuple(
            (f"{rng.randint(0, 12):02d}", plain(30)) for _ in range(rng.randint(1, 4))
        )
    return asked
