"""SePay under the contract kit."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from bank_adapters.forgeries import HEADER, Proof
from bank_adapters.sepay import ADAPTER
from bank_adapters.simulated.sepay import SIMULATOR
from bank_adapters.testing import BYTES, NOTHING, Case, Sample, cases, flips, problems
from payments.domain.adapters import Credentials
from tests.bank_notices import a_notice

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def a_sample(way: str, covers: str, *proofs: str) -> Sample:
    mine = Credentials(way, {way: ("whsec_0123456789abcdef0123456789abcd",)})
    return Sample(
        adapter=ADAPTER,
        credentials=mine,
        other=Credentials(way, {way: ("whsec_fedcba9876543210fedcba9876abcd",)}),
        request=SIMULATOR.write(a_notice(), mine),
        seal=SIMULATOR.seal,
        proofs=tuple(Proof(HEADER, name) for name in proofs),
        amount="150000",
        now=NOW,
        covers=covers,
        signs_time=covers == BYTES,
    )


SAMPLES = [
    a_sample("hmac", BYTES, "X-SePay-Timestamp", "X-SePay-Signature"),
    a_sample("api_key", NOTHING, "Authorization"),
    a_sample("oauth2_token", NOTHING, "Authorization"),
]
CASES = [case for sample in SAMPLES for case in cases(sample)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.credentials.way)
def test_what_is_good_is_read_and_answered(sample: Sample) -> None:
    assert problems(sample) == ()
    assert len(cases(sample)) >= 40


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_forgery_is_refused(case: Case) -> None:
    assert case.fault() == ""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.credentials.way)
def test_a_flipped_bit_is_refused(sample: Sample) -> None:
    assert flips(sample, 1_000, Random(1)) == ()
