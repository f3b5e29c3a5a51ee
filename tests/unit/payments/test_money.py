"""Amounts in digits, in words, and as typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.domain.errors import Invalid
from payments.domain.money import MAX_AMOUNT, check_amount, in_digits, in_words, read_dong

WORDS = {
    0: "Không đồng",
    2_000: "Hai nghìn đồng",
    15_000: "Mười lăm nghìn đồng",
    21_000: "Hai mươi mốt nghìn đồng",
    24_000: "Hai mươi tư nghìn đồng",
    25_000: "Hai mươi lăm nghìn đồng",
    101_000: "Một trăm linh một nghìn đồng",
    105_000: "Một trăm linh năm nghìn đồng",
    115_000: "Một trăm mười lăm nghìn đồng",
    450_000: "Bốn trăm năm mươi nghìn đồng",
    1_001_000: "Một triệu không trăm linh một nghìn đồng",
    1_080_000: "Một triệu không trăm tám mươi nghìn đồng",
    12_562_000: "Mười hai triệu năm trăm sáu mươi hai nghìn đồng",
    594_462_000: "Năm trăm chín mươi tư triệu bốn trăm sáu mươi hai nghìn đồng",
    1_000_005_000: "Một tỷ không trăm linh năm nghìn đồng",
    2_015_021_000: "Hai tỷ không trăm mười lăm triệu không trăm hai mươi mốt nghìn đồng",
    # Beyond the source's table, by the same rules.
    1: "Một đồng",
    4: "Bốn đồng",
    10: "Mười đồng",
    11: "Mười một đồng",
    14: "Mười bốn đồng",
    104: "Một trăm linh bốn đồng",
    1_000_001: "Một triệu không trăm linh một đồng",
    MAX_AMOUNT: "Mười nghìn tỷ đồng",
}


@pytest.mark.parametrize(("amount", "words"), WORDS.items())
def test_an_amount_is_read_aloud(amount: int, words: str) -> None:
    assert in_words(amount) == words


def test_the_south_reads_its_own_way() -> None:
    words = in_words(1_024_104_000, empty_tens="lẻ", thousand="ngàn", four="bốn", even=True)

    assert words == "Một tỷ không trăm hai mươi bốn triệu một trăm lẻ bốn ngàn đồng chẵn"


@pytest.mark.parametrize("amount", [True, 50000.0, "50000", None, -1, MAX_AMOUNT + 1])
def test_what_is_no_amount_is_refused(amount: int) -> None:
    for function in (in_words, in_digits, check_amount):
        with pytest.raises(Invalid):
            function(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50.000", 50_000),
        ("50,000", 50_000),
        ("50000", 50_000),
        ("50k", 50_000),
        ("50 K", 50_000),
        (" 50.000 đ ", 50_000),
        ("50.000đồng", 50_000),
        ("50000 VND", 50_000),
        ("1.000.000₫", 1_000_000),
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, amount: int) -> None:
    assert read_dong(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.5",
        "50.00",
        "1.000,000",
        "1,000.000",
        "0050",
        "000",
        "1,5k",
        "50.000k",
        "-5000",
        "+5000",
        "5e4",
        "5_000",
        "50 000",
        "٥٠٠٠٠",
        "５００００",
        "50.000\n20.000",
        "1" * 30,
        ".500",
        "500.",
        "k",
        "đ",
        "50.000 USD",
    ],
)
def test_what_may_mean_two_amounts_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_dong(text, field="fee")

    assert refused.value.facts["field"] == "fee"


@given(st.integers(0, MAX_AMOUNT))
@settings(deadline=None)
def test_digits_are_read_back(amount: int) -> None:
    assert read_dong(in_digits(amount)) == amount
    assert read_dong(str(amount)) == amount


@given(st.integers(0, MAX_AMOUNT - 1))
@settings(deadline=None)
def test_neighbouring_amounts_never_read_alike(amount: int) -> None:
    words = in_words(amount)

    assert words != in_words(amount + 1)
    assert words[0].isupper()
    assert "  " not in words


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = read_dong(text)
    except Invalid:
        return
    assert 0 <= amount <= MAX_AMOUNT
