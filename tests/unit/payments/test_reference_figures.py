"""The figures of docs/benchmarks.md in short: the same lines, fewer of them."""

from __future__ import annotations

import json
from random import Random

import pytest

from payments.domain.references import find_references, is_valid
from tests.battery.searching import search_anything
from tests.bench import references, remarks
from tests.bench.garbage import GARBAGE

LINES = 1_000


@pytest.fixture(scope="module")
def amounts() -> dict[str, int]:
    return references.open_requests(Random(6), 20_000)


def test_a_reference_that_is_whole_is_found_however_it_is_mangled() -> None:
    assert references.found_whole(LINES) == LINES


def test_one_slip_leads_to_the_request_that_was_meant(amounts: dict[str, int]) -> None:
    assert references.mended_rightly(LINES, amounts) == LINES


def test_no_line_leads_to_another_request(amounts: dict[str, int]) -> None:
    assert references.given_to_another(LINES, amounts) == 0


def test_a_lost_symbol_gives_money_only_where_the_word_ends(amounts: dict[str, int]) -> None:
    reference, amount = next(iter(amounts.items()))
    damaged = reference[:6] + reference[7:]

    assert references.named(f"TT {damaged} NGUYEN", amount, amounts) == reference
    assert references.named(f"TT {damaged}NGUYEN", amount, amounts) is None


def test_lines_without_a_reference_give_none() -> None:
    assert references.found_in_nothing(LINES) == 0


def test_every_shape_of_the_banks_can_be_written() -> None:
    chance = Random(8)
    texts = [remarks.delivered(chance, "(here)") for _ in range(1_000)]

    shapes = json.loads(remarks.DATA.read_text(encoding="utf-8"))["templates"]
    assert len(shapes) == 18
    assert all("here" in text.replace(" ", "") and "{" not in text for text in texts)
    for opening in ("0200970", "MBVCB.", "PARTNER.", "ND:CT DEN:", "MB(", "NHAN TU ", "["):
        assert any(text.startswith(opening) for text in texts)


def test_random_texts_are_searched() -> None:
    assert search_anything(3_000, seed=1) > 1_500


@pytest.mark.parametrize("name", GARBAGE)
def test_a_million_characters_of_garbage_are_searched(name: str) -> None:
    # Were the time not linear, this would not end; how long it takes is in docs/benchmarks.md.
    found = find_references(GARBAGE[name], "TPX")

    assert all(is_valid(one.reference, "TPX") for one in found)
    assert found or not ("reference" in name or name.startswith("one "))
