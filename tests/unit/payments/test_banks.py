"""The bank list that ships with the program."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from payments.domain.banks import all_banks, bank, bank_list, is_known
from payments.domain.errors import NotFound


def test_the_list_has_72_bins_a_date_and_sources() -> None:
    listed = bank_list()

    assert len(listed.by_bin) == 72
    assert sum(one.in_sbv_list for one in all_banks()) == 56
    assert date(2024, 3, 5) < listed.as_of
    assert {"sbv", "vietqr.io-2025"} <= {name for name, _, _ in listed.sources}


def test_a_renamed_bank_keeps_its_bin_and_its_former_name() -> None:
    assert bank("970414").short_name == "MBV"
    assert "Ocean Bank" in bank("970414").former_names


def test_every_rename_is_of_a_known_bank_and_says_who_reports_it() -> None:
    for rename in bank_list().renames:
        assert is_known(rename.bin)
        assert rename.source


def test_a_clashing_short_code_belongs_to_two_bins() -> None:
    assert bank("970438").bin != bank("970454").bin


def test_every_bin_is_six_digits_and_every_source_is_named() -> None:
    names = {name for name, _, _ in bank_list().sources}
    for one in all_banks():
        assert len(one.bin) == 6
        assert one.bin.isdecimal()
        assert set(one.sources) <= names


@pytest.mark.parametrize("bin_", ["970488", "970456x", "", "44168"])
def test_a_bin_outside_the_list_is_not_found(bin_: str) -> None:
    with pytest.raises(NotFound):
        bank(bin_)


def test_names_are_written_in_composed_letters_without_blanks_around_them() -> None:
    for one in all_banks():
        for name in (one.short_name, one.name, *one.former_names):
            assert unicodedata.is_normalized("NFC", name), one.bin
            assert name == name.strip(), one.bin
