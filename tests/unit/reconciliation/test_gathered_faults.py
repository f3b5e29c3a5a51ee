"""Rows that break a rule in the same way are named together, and nothing is left out."""

from __future__ import annotations

import json

import pytest

from reconciliation.web.faults import Fault, faults_of, gathered


def fault(where: str, rule: str = "date_unreadable", **facts: str) -> Fault:
    return Fault(rule, where, facts)


@pytest.mark.parametrize(
    ("places", "told"),
    [
        (["row 15", "row 16", "row 17"], ["row 15\N{EN DASH}17"]),
        (["row 17", "row 15", "row 16"], ["row 15\N{EN DASH}17"]),
        (["row 15", "row 17", "row 18"], ["row 15, 17\N{EN DASH}18"]),
        (["row 15", "line 16"], ["row 15", "line 16"]),
        (["row 15", "row 15"], ["row 15"]),
        (["opening", "closing"], ["opening", "closing"]),
        (["", "row x"], ["", "row x"]),
    ],
)
def test_rows_with_the_same_fault_are_one(places: list[str], told: list[str]) -> None:
    assert [one.where for one in gathered(map(fault, places))] == told


def test_another_rule_and_another_fact_stay_apart_in_the_order_they_came() -> None:
    first = fault("row 2", "row_chain", missing="5")
    second = fault("row 3", "row_chain", missing="6")
    third = fault("row 4", "amount_missing")
    again = fault("row 5", "row_chain", missing="5")

    found = gathered([first, second, third, again])

    assert found == [fault("row 2, 5", "row_chain", missing="5"), second, third]


def test_what_a_file_keeps_is_read_gathered() -> None:
    kept = [{"rule": "date_unreadable", "where": f"row {number}", "facts": {}} for number in (1, 2)]

    assert faults_of(json.dumps(kept)) == [fault("row 1\N{EN DASH}2")]
