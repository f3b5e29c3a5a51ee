"""Millions of damaged and absurd codes: only the declared error ever escapes the codec.

``VIETQR_FUZZ_INPUTS`` and ``VIETQR_FUZZ_SEED`` in the environment choose how many and which.
"""

from __future__ import annotations

import os

import pytest

from tests.vietqr_inputs import fuzz

INPUTS = int(os.environ.get("VIETQR_FUZZ_INPUTS", "5000000"))
SEED = int(os.environ.get("VIETQR_FUZZ_SEED", "20211125"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_makes_the_codec_fail(part: int) -> None:
    ends = fuzz(INPUTS // PARTS, SEED + part)

    print(dict(ends))
    assert ends["read"] + ends["read with remarks"] > 0
    assert ends["built"] > 0
