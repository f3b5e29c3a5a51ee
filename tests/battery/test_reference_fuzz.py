"""Millions of random texts are searched; only declared errors come out.

FUZZ_INPUTS says how many in all, five million unless it is set.
"""

from __future__ import annotations

import os

import pytest

from tests.battery.searching import search_anything

INPUTS = int(os.environ.get("FUZZ_INPUTS", "5000000"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_any_text_is_searched(part: int) -> None:
    assert search_anything(INPUTS // PARTS, seed=1_000 + part) > 0
