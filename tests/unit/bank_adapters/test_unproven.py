"""Nothing that is not proven is read: not by one of all adapters, and the kit finds who does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import pytest

from bank_adapters import camt054, camt054_entries, fields
from bank_adapters.registry import installed_adapters
from bank_adapters.sepay import SePay
from bank_adapters.testing import MEANING, Sample, cases
from bank_adapters.unproven import GARBAGE, WatchedBytes, early_readings
from payments.domain.adapters import Answer, Credentials, Declaration, Event
from payments.domain.bank_messages import BankReply, BankRequest
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports import BankAdapter
from payments.services.authenticate_delivery import authenticate_delivery
from tests import makers
from tests.bank_samples import SAMPLES
from tests.unit.bank_adapters.gateway_samples import samples

ALL = {**SAMPLES, **{f"gateway {name}": sample for name, sample in samples().items()}}
each_sample = pytest.mark.parametrize("sample", ALL.values(), ids=ALL)


def test_every_installed_adapter_is_among_the_samples() -> None:
    assert {sample.adapter.name for sample in ALL.values()} == set(installed_adapters())


@each_sample
def test_a_forged_body_is_not_read(sample: Sample) -> None:
    assert early_readings(sample) == ()


@dataclass
class Counting:
    """An adapter as the core knows it, that counts how often it is asked to parse."""

    adapter: BankAdapter
    parsed: int = 0

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def declaration(self) -> Declaration:
        return self.adapter.declaration

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        self.adapter.authenticate(request, credentials, now)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        self.parsed += 1
        return self.adapter.parse(request, credentials)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        return self.adapter.reply(answer, request, credentials, now)


@each_sample
def test_the_core_lets_nobody_parse_what_was_refused(sample: Sample) -> None:
    adapter = Counting(sample.adapter)
    made = makers.START
    account = BankAccount("HTR", "a", "970436", "1", "TT", is_collecting=True, created_at=made)
    endpoint = Endpoint(
        "e", "HTR", "a", adapter.name, sample.credentials.way, "{}", b"", is_enabled=True,
        created_at=made,
    )  # fmt: skip
    refused = taken = 0
    for case in cases(sample):
        sent = case.delivery
        before = adapter.parsed
        try:
            authenticate_delivery(
                adapter,
                endpoint=endpoint,
                account=account,
                credentials=case.credentials,
                request=BankRequest(
                    sent.method, sent.query, sent.headers, sent.body, "192.0.2.1", sent.path
                ),
                now=case.now,
            )
        except NotAuthenticated:
            refused += 1
            assert adapter.parsed == before, case.name
        else:
            taken += 1

    assert refused >= 30
    # What is signed and cannot be read is parsed, so the counting works.
    assert adapter.parsed == taken


@dataclass(frozen=True)
class ReadsFirst(SePay):
    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        try:
            fields.read_object(request.body)
        except Invalid:
            raise NotAuthenticated("body_unsignable") from None
        SePay.authenticate(self, request, credentials, now)


@dataclass(frozen=True)
class ReadsXmlFirst(camt054.Camt054):
    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        try:
            camt054_entries.notices(request.body)
        except Invalid:
            raise NotAuthenticated("body_unsignable") from None
        camt054.Camt054.authenticate(self, request, credentials, now)


@pytest.mark.parametrize(
    ("name", "careless"),
    [
        ("sepay, hmac", ReadsFirst()),
        ("sepay, api_key", ReadsFirst()),
        ("camt054", ReadsXmlFirst()),
    ],
)
def test_an_adapter_that_reads_first_is_found(name: str, careless: BankAdapter) -> None:
    good = ALL[name]
    sample = Sample(
        careless, good.credentials, good.other, good.request, good.seal, good.proofs, good.amount,
        good.now, good.covers, good.signs_time,
    )  # fmt: skip

    found = early_readings(sample)

    assert len(found) > len(GARBAGE)
    assert any(name.startswith("unsigned") for name in found)


def test_a_body_that_is_proven_by_its_content_is_read_once() -> None:
    sample = ALL["payos"]
    assert sample.covers == MEANING
    body = WatchedBytes(sample.request.body)
    request = BankRequest("POST", "", sample.request.headers, body, "192.0.2.1")

    with pytest.raises(NotAuthenticated):
        sample.adapter.authenticate(request, sample.credentials, sample.now)

    assert body.readings == 1


def test_watched_bytes_count_what_reads_them() -> None:
    body = WatchedBytes(b'{"a": 1}')

    assert (json.loads(body), fields.read_object(body)) == ({"a": 1}, {"a": 1})
    assert body.readings == 2
