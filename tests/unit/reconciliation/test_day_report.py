"""Shares are exact decimal text, and a report is sealed byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.domain.day_report import balances_of, percent, seal
from tests.unit.reconciliation.reports import a_report


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (12_562_000, 594_462_000, "2.11"),
        (133, 9_269, "1.43"),
        (0, 0, "0.00"),
        (0, 5, "0.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 20_000, "0.01"),
        (7, 7, "100.00"),
    ],
)
def test_a_share_has_two_decimals_with_halves_rounded_up(part: int, whole: int, share: str) -> None:
    assert percent(part, whole) == share


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_share_is_within_half_a_hundredth_of_the_truth(part: int, whole: int) -> None:
    hundredths = int(percent(part, whole).replace(".", ""))

    assert abs(2 * hundredths * whole - 2 * 10_000 * part) <= whole


def test_a_report_is_sealed_by_its_canonical_json() -> None:
    text, digest = a_report().sealed()

    assert seal(text) == digest
    assert json.loads(text)["share_by_value"] == "2.11"
    assert text == a_report().sealed()[0]


def test_balances_come_back_out_of_a_frozen_report() -> None:
    report = a_report()

    assert balances_of(json.loads(report.sealed()[0])) == report.balances


def test_a_report_counts_the_fields_that_collect() -> None:
    report = a_report()

    assert len(report.by_field) == 3
    assert report.fields_with_fees == 2
    assert report.ties_out
