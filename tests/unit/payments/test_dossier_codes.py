"""Dossier numbers in both national shapes."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.domain.dossier_codes import find_dossier_codes, parse_dossier_code
from payments.domain.errors import Invalid


def test_the_older_shape_is_taken_apart() -> None:
    code = parse_dossier_code("000.00.16.H57-211126-0001")

    assert code.unit == "000.00.16.H57"
    assert code.accepted_on == date(2021, 11, 26)
    assert (code.sequence, code.key, code.is_ministry) == ("0001", "0000016H572111260001", False)


def test_the_newer_shape_is_taken_apart() -> None:
    code = parse_dossier_code("H15.50.05.13-261008-0975")

    assert code.unit == "H15.50.05.13"
    assert code.accepted_on == date(2026, 10, 8)
    assert code.key == "H155005132610080975"


@pytest.mark.parametrize("sequence", ["180001", "1800012"])
def test_a_ministry_counts_with_six_or_seven_digits(sequence: str) -> None:
    assert parse_dossier_code(f"G18-261008-{sequence}").is_ministry


@pytest.mark.parametrize(
    "text",
    [
        "h15.50.05.13-261008-0975",
        " H15.50.05.13 – 261008 – 0975 ",
        "H15.50.05.13_261008_0975",
        "H15500513-261008-0975",
        "Ｈ15.50.05.13-261008-0975",
    ],
)
def test_how_it_is_typed_does_not_matter(text: str) -> None:
    assert parse_dossier_code(text).code == "H15.50.05.13-261008-0975"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H15.50.05.13-261008",
        "H15.50.05.13-261008-097",
        "H15.50.05.13-261008-09755",
        "15.50.05.13-261008-0975",
        "H15.5.05.13-261008-0975",
        "000.00.16.57-211126-0001",
        "H15.50.05.13.01.02-261008-0975",
        "H15.50.05.13-261008-0975-1",
        "H١٥-261008-0975",
        "H15" * 100,
    ],
)
def test_another_shape_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_dossier_code(text)

    assert refused.value.code == "dossier_code"


@pytest.mark.parametrize("day", ["261308", "260230", "260100", "250229"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_dossier_code(f"H15.50.05.13-{day}-0975")

    assert refused.value.code == "dossier_code_date"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("THANH TOAN HO SO 0000016H572111260001", "0000016H572111260001"),
        ("dvc0000016H572111260001 cam on", "0000016H572111260001"),
        ("phi 000.00.16.H57-211126-0001", "0000016H572111260001"),
        ("TT HS H15.50.05.13-261008-0975", "H155005132610080975"),
        ("162747.100924.135956.h15500513-261008-0975 FT24254690750064", "H155005132610080975"),
        ("G18-261008-180001", "G18261008180001"),
    ],
)
def test_a_number_is_found_in_a_transfer_text(text: str, key: str) -> None:
    (found,) = find_dossier_codes(text)

    assert found.key == key
    assert "".join(filter(str.isalnum, text[found.start : found.end])).upper() == key


@pytest.mark.parametrize(
    "text", ["FT24254690750064", "162747.100924.135956.ung ho", "H15500513-269908-0975 x", "A1"]
)
def test_a_bank_s_own_number_is_no_dossier(text: str) -> None:
    assert find_dossier_codes(text) == ()


def test_two_numbers_are_both_found() -> None:
    text = "H15.50.05.13-261008-0975, 000.00.16.H57-211126-0001"

    assert [one.key[:3] for one in find_dossier_codes(text)] == ["H15", "000"]


@pytest.mark.parametrize("piece", ["H15", "0", "H", "000.", "H15.50-", "-"])
def test_a_million_characters_of_garbage_cost_little(piece: str) -> None:
    started = time.process_time()
    find_dossier_codes(piece * (1_000_000 // len(piece)))

    # The goal is a second; a busy machine gets three.
    assert time.process_time() - started < 3


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    find_dossier_codes(text)
    try:
        code = parse_dossier_code(text)
    except Invalid:
        return
    assert parse_dossier_code(code.code) == code


@given(
    st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True)
    | st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2}){0,4}", fullmatch=True),
    st.dates(date(2018, 1, 1), date(2099, 12, 31)),
    st.from_regex(r"[0-9]{4}|[0-9]{6,7}", fullmatch=True),
)
@settings(deadline=None)
def test_a_printed_number_is_read_back_and_found(unit: str, day: date, sequence: str) -> None:
    ascii_unit = unit.encode("ascii", "ignore").decode()
    if ascii_unit != unit or not sequence.isascii():
        return
    printed = f"{unit}-{day:%y%m%d}-{sequence}"
    code = parse_dossier_code(printed)

    assert (code.code, code.accepted_on, code.sequence) == (printed, day, sequence)
    assert [one.key for one in find_dossier_codes(f"ho so {code.key} nop phi")] == [code.key]
