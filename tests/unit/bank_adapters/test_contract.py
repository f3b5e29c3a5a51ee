"""Every adapter of an account feed under the contract kit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import pytest

from bank_adapters.testing import Case, Sample, cases, flips, problems
from payments.domain.errors import Invalid
from tests.bank_samples import SAMPLES

each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())


@each_sample
def test_what_is_good_is_read_and_answered(sample: Sample) -> None:
    assert problems(sample) == ()


@each_sample
def test_the_matrix_has_its_size(sample: Sample) -> None:
    assert len(cases(sample)) >= 40


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{name}: {case}")
        for name, sample in SAMPLES.items()
        for case in cases(sample)
    ],
)
def test_a_forgery_is_refused(case: Case) -> None:
    assert case.fault() == ""


@each_sample
def test_a_flipped_bit_is_refused(sample: Sample) -> None:
    assert flips(sample, 500, Random(20260302)) == ()


# What stands where another value was expected.
ODD: list[object] = [
    None, True, 0, -1, 1.5, 10**17, 10**30, "", " ", "x" * 1000, "9" * 30, "\0", "\ud800", "\u0661",
    [], [[]], [1], {}, {"a": 1}, "2026-02-30 00:00:00", "0001-01-01T00:00:00+23:59",
]  # fmt: skip


def spoilt(value: object) -> Iterator[object]:
    """Every copy of a JSON value in which one part is odd, or gone."""
    yield from ODD
    if isinstance(value, dict):
        for name in value:
            rest = {other: value[other] for other in value if other != name}
            yield rest
            for odd in spoilt(value[name]):
                yield rest | {name: odd}
    if isinstance(value, list):
        yield from ([odd] for item in value for odd in spoilt(item))


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES.values() if sample.request.body.startswith(b"{")],
    ids=[name for name, sample in SAMPLES.items() if sample.request.body.startswith(b"{")],
)
def test_no_value_in_any_place_breaks_an_adapter(sample: Sample) -> None:
    tried = 0
    for body in spoilt(json.loads(sample.request.body)):
        request = sample.request._replace(body=json.dumps(body).encode())
        try:
            sent = sample.seal(request, sample.credentials, sample.now)
        except (LookupError, TypeError, ValueError, AttributeError, Invalid):
            continue
        # It is read, or refused by one of the two errors of the contract; nothing else comes out.
        sample.events(Case("", sample, sent, sample.credentials, sample.now))
        tried += 1

    assert tried > len(ODD)
