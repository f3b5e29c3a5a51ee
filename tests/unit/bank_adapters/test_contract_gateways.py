"""The payment gateways, the banks and the declared bank under the contract kit."""

from __future__ import annotations

from random import Random

import pytest

from bank_adapters.testing import Case, Sample, cases, flips, problems
from tests.unit.bank_adapters.gateway_samples import (
    NOTICES,
    of_delivery,
    read,
    samples,
)

CASES = [
    pytest.param(case, id=f"{name}, {case}")
    for name, sample in samples().items()
    for case in cases(sample)
]
each_sample = pytest.mark.parametrize("sample", samples().values(), ids=samples())


@each_sample
def test_what_is_good_is_read_and_answered(sample: Sample) -> None:
    assert problems(sample) == ()
    assert len(cases(sample)) >= 40


@pytest.mark.parametrize("case", CASES)
def test_a_forgery_is_refused(case: Case) -> None:
    assert case.fault() == ""


@each_sample
def test_a_flipped_bit_is_refused(sample: Sample) -> None:
    assert flips(sample, 1_000, Random(1)) == ()


@pytest.mark.parametrize("name", NOTICES)
def test_what_a_pretended_provider_sends_its_adapter_proves_and_reads(name: str) -> None:
    sample = samples()[name]

    assert read(sample.adapter, of_delivery(sample.good()), sample.credentials) == NOTICES[name]
