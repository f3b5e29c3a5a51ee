"""A hundred thousand random bit flips for each way of each adapter: none passes."""

from __future__ import annotations

from random import Random

import pytest

from bank_adapters.testing import Sample, flips
from tests.bank_samples import SAMPLES

FLIPS = 100_000


@pytest.mark.battery
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_no_flipped_bit_passes(sample: Sample) -> None:
    assert flips(sample, FLIPS, Random(20260302)) == ()
