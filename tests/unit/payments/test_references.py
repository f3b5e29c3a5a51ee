"""Payment references: drawn, checked, found in mangled texts, and mended."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.domain import reference_code
from payments.domain.errors import Invalid
from payments.domain.reference_code import BASE, BODY, SYMBOLS
from payments.domain.references import Found, find_references, is_valid, new_reference

PREFIX = "TPX"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def drawn(count: int, prefix: str = PREFIX, seed: int = 1) -> list[str]:
    """Return references from a seeded source of chance."""
    chance = random.Random(seed)
    return [new_reference(prefix, chance.randrange) for _ in range(count)]


ONE, TWO, THREE = drawn(3)
references = st.integers(0, BASE**8 - 1).map(lambda n: new_reference(PREFIX, lambda _: n))


def only(text: str, prefix: str = PREFIX) -> Found:
    """Return the one reference of a text."""
    (found,) = find_references(text, prefix)
    return found


def test_a_reference_is_one_short_token_without_look_alikes() -> None:
    for prefix in ("TPX", "HTXK"):
        for reference in drawn(200, prefix):
            assert reference.isascii()
            assert reference.isalnum()
            assert reference == reference.upper()
            assert len(reference) == len(prefix) + BODY <= 15
            assert set(reference[len(prefix) :]) <= set(SYMBOLS)
            assert is_valid(reference, prefix)


def test_no_two_symbols_look_alike_and_no_vietnamese_keyboard_joins_them() -> None:
    for alike in ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(SYMBOLS)) == 1
    # Telex and VNI put marks on vowels and on D, and turn W into ư.
    assert not set("AEIOUYDW") & set(SYMBOLS)


@pytest.mark.parametrize("prefix", ["", "TP", "TPXYZ", "tpx", "TP1", "TĐX"])
def test_a_prefix_is_three_or_four_capital_letters(prefix: str) -> None:
    for call in (
        lambda: new_reference(prefix, lambda _: 0),
        lambda: is_valid(ONE, prefix),
        lambda: find_references(ONE, prefix),
    ):
        with pytest.raises(Invalid):
            call()


def test_a_reference_of_another_prefix_is_not_ours() -> None:
    assert not is_valid("TPH" + ONE[3:], "TPH")
    assert not is_valid(ONE, "TPH")
    assert not find_references("TPH" + ONE[3:], "TPH", repair=False)


@pytest.mark.parametrize("text", [ONE.lower(), ONE + " ", ONE[:-1], " " + ONE, "TPXẠ" + ONE[4:]])
def test_only_the_printed_form_is_valid(text: str) -> None:
    assert not is_valid(text, PREFIX)


@given(references, st.integers(0, BODY - 1), st.sampled_from(SYMBOLS))
@settings(deadline=None)
def test_one_wrong_symbol_is_never_valid_and_is_mended_without_doubt(
    reference: str, at: int, symbol: str
) -> None:
    at += len(PREFIX)
    damaged = reference[:at] + symbol + reference[at + 1 :]
    if damaged == reference:
        return
    body = "".join(reference_code.folded(sign) for sign in damaged[len(PREFIX) :])
    mended = list(reference_code.with_one_wrong(body, PREFIX))

    assert not is_valid(damaged, PREFIX)
    assert [reference_code.printed(one.encode(), PREFIX) for one in mended] == [reference]


@given(references, st.integers(0, BODY - 2))
@settings(deadline=None)
def test_two_swapped_symbols_are_never_valid_and_are_mended(reference: str, at: int) -> None:
    at += len(PREFIX)
    damaged = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    if damaged == reference:
        return

    assert not is_valid(damaged, PREFIX)
    assert reference in {one.reference for one in find_references(damaged, PREFIX)}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (ONE, "exact"),
        (f"162747.100924.135956.{ONE} FT24254690750064", "exact"),
        (f"phi ho so {ONE}.", "exact"),
        (ONE.lower(), "folded"),
        (f"QR{ONE}", "folded"),
        (f"{ONE}090926", "folded"),
        (f"ND{ONE}FT24254690750064", "folded"),
        (f"{ONE[:6]} {ONE[6:]}", "folded"),
        (f"{ONE[:3]}-{ONE[3:7]}-{ONE[7:11]}.{ONE[11:]}", "folded"),
        (" ".join(ONE), "folded"),
        (f"{ONE[:9]}\n{ONE[9:]}", "folded"),
        (f"x {ONE.replace('0', 'O').replace('2', 'z')} y", "folded"),
        ("".join(chr(ord(sign) + 0xFEE0) for sign in ONE), "folded"),
        (f"nộp phí {ONE} ạ", "exact"),
        (f"{ONE[:5]}\u200b{ONE[5:]}", "folded"),
        (ONE.replace("0", "Đ"), "folded"),
    ],
)
def test_a_mangled_reference_is_found(text: str, how: str) -> None:
    found = only(text)

    assert (found.reference, found.how, found.rank) == (ONE, how, 0)
    assert reference_code.folded(text[found.start].translate({0xFF34: "T"})) == "j"


def test_where_a_reference_stands_is_told() -> None:
    text = f"nộp phí {ONE[:5]} {ONE[5:]} ạ"
    found = only(text)

    assert text[found.start : found.end] == f"{ONE[:5]} {ONE[5:]}"


def test_several_references_are_all_found_the_strongest_first() -> None:
    text = f"{THREE[:4]} {THREE[4:]} va {ONE}; {TWO}, {ONE}"
    found = find_references(text, PREFIX)

    assert [one.reference for one in found] == [ONE, TWO, ONE, THREE]
    assert [one.how for one in found] == ["exact", "exact", "exact", "folded"]


@pytest.mark.parametrize(
    "damaged",
    [
        ONE[:5] + "7" + ONE[6:],
        ONE[:5] + "W" + ONE[6:],
        "TRX" + ONE[3:],
        ONE[:5] + ONE[6:],
        ONE[:-1],
        ONE[1:],
        ONE[:2] + ONE[3:],
        ONE[:5] + ONE[4] + ONE[5:],
        "TTPX" + ONE[3:],
        "TPPX" + ONE[3:],
        "TPXX" + ONE[3:],
        ONE[:3] + ONE[4] + ONE[3] + ONE[5:],
        "PTX" + ONE[3:],
        "TP" + ONE[3] + "X" + ONE[4:],
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "CT nhanh 247 den: {} phi", "MB(123456)({})", "{}.090926"]
)
def test_one_slip_is_mended(damaged: str, around: str) -> None:
    best = find_references(around.format(damaged), PREFIX)[0]

    assert (best.reference, best.rank) == (ONE, 0)
    assert best.how in {"repaired", "folded"}


@pytest.mark.parametrize(
    ("behind", "is_guess"), [("", False), (" 0", False), (".x", False), ("0", True)]
)
def test_a_lost_symbol_is_a_guess_when_the_word_goes_on(behind: str, is_guess: bool) -> None:
    found = find_references(ONE[:6] + ONE[7:] + behind, PREFIX)

    assert [one.is_guess for one in found if one.reference == ONE] == [is_guess]


def test_without_repair_only_whole_references_are_found() -> None:
    assert find_references(ONE[:-1], PREFIX, repair=False) == ()


def slipped(reference: str, chance: random.Random) -> str:
    """Return the reference with one slip: substitution 60, swap 25, omission 15 in a hundred."""
    kind, at = chance.random(), chance.randrange(len(reference))
    if kind < 0.6:
        wrong = chance.choice(LETTERS.replace(reference[at], ""))
        return reference[:at] + wrong + reference[at + 1 :]
    if kind < 0.85 and at + 1 < len(reference):
        return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    return reference[:at] + reference[at + 1 :]


def test_a_slip_anywhere_leads_to_the_right_request_and_to_no_other() -> None:
    chance = random.Random(7)
    live = set(drawn(20_000, seed=3))
    right = 0
    for reference in sorted(live)[:3_000]:
        text = f"IBFT {slipped(reference, chance)} phi ho so FT24254690750064"
        found = {one.reference for one in find_references(text, PREFIX)} & live
        assert found <= {reference}
        right += found == {reference}

    assert right >= 2_997


def test_real_texts_without_a_reference_give_none() -> None:
    templates = Path(__file__).parents[2] / "data" / "remarks.json"
    for remark in json.loads(templates.read_text(encoding="utf-8")):
        assert find_references(remark["raw"], PREFIX) == ()


def test_random_texts_give_no_whole_reference() -> None:
    chance = random.Random(5)
    for _ in range(3_000):
        text = "".join(chance.choices(LETTERS + " .-", k=70))
        assert find_references(text, PREFIX, repair=False) == ()


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_searched(text: str) -> None:
    for found in find_references(text, PREFIX):
        assert is_valid(found.reference, PREFIX)
        assert 0 <= found.start < found.end <= len(text)


@given(references, st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_a_reference_is_found_between_any_texts(reference: str, before: str, after: str) -> None:
    found = find_references(f"{before}{reference}{after}", PREFIX)

    assert reference in {one.reference for one in found}


@given(references, st.lists(st.sampled_from(" .-_/:;"), max_size=8), st.randoms())
@settings(deadline=None)
def test_blanks_inside_do_not_hide_a_reference(
    reference: str, blanks: list[str], chance: random.Random
) -> None:
    signs = list(reference)
    for blank in blanks:
        signs.insert(chance.randrange(1, len(signs)), blank)

    assert only("".join(signs).lower()).reference == reference
