"""A hundred thousand flipped bits for every payment gateway and bank: not one passes."""

from __future__ import annotations

from random import Random

import pytest

from bank_adapters.testing import Sample, flips
from tests.unit.bank_adapters.gateway_samples import samples


@pytest.mark.battery
@pytest.mark.parametrize("sample", samples().values(), ids=samples())
def test_no_flipped_bit_passes(sample: Sample) -> None:
    assert flips(sample, 100_000, Random(20260302)) == ()
