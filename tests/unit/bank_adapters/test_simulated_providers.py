"""Every pretended provider sends what its adapter proves and reads, fact by fact."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import import_module

import pytest

from bank_adapters.registry import ADAPTERS, SIMULATORS
from bank_adapters.simulator import SimulatedBank
from bank_adapters.testing import Case, Sample
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from tests.bank_notices import a_notice
from tests.bank_samples import PAYOS, SAMPLES
from tests.sources import ROOT

# What a provider has no place for is lost on the way.
NO_BALANCE = replace(a_notice(), balance_after=None)
TOLD: dict[str, TransferNotice] = {
    "sepay, hmac": a_notice(virtual_account="VA0001"),
    "sepay, api_key": a_notice(direction=Direction.OUT),
    "sepay, oauth2_token": a_notice(event_id="5f0c-11"),
    "casso, webhook_key": a_notice(virtual_account="VA0001"),
    "casso, secure_token": a_notice(direction=Direction.OUT),
    "payos": replace(PAYOS, bank_reference="FT240120B3JQ", virtual_account="CAS0004"),
    "pay2s": NO_BALANCE,
    "thueapi": replace(NO_BALANCE, direction=Direction.OUT),
    "bvbank": replace(NO_BALANCE, direction=Direction.OUT, virtual_account="9001"),
    "kienlongbank": replace(NO_BALANCE, status=TransferStatus.FAILED, virtual_account="1093"),
    "neox": replace(NO_BALANCE, direction=Direction.OUT, status=TransferStatus.PENDING),
    "vietqr_vn": replace(NO_BALANCE, event_id="FT26061123456789"),
    "mb, transaction_sync": replace(NO_BALANCE, event_id="FT26061123456789"),
    "standard_webhooks, secret": replace(NO_BALANCE, currency="VND", virtual_account="VA1"),
    "standard_webhooks, public_key": replace(NO_BALANCE, status=TransferStatus.PENDING),
    "camt054": replace(NO_BALANCE, direction=Direction.OUT, status=TransferStatus.PENDING),
}


def received(sample: Sample, notice: TransferNotice) -> object:
    module = import_module(f"bank_adapters.simulated.{sample.adapter.name}")
    simulator: SimulatedBank = module.SIMULATOR
    delivery = simulator.delivery(notice, sample.credentials, sample.now)
    return sample.events(Case("", sample, delivery, sample.credentials, sample.now))


@pytest.mark.parametrize("name", TOLD)
def test_what_is_sent_is_what_is_read(name: str) -> None:
    assert received(SAMPLES[name], TOLD[name]) == (TOLD[name],)


def test_mms_tells_a_payment_by_what_it_signs() -> None:
    notice = replace(NO_BALANCE, remittance_information="TPH7K2M4QX9")

    assert received(SAMPLES["mb, mms"], notice) == (
        replace(notice, event_id="92704TPH7K2M4QX920260302145958150000"),
    )


@pytest.mark.parametrize("name", ["payos", "kienlongbank", "mb, mms"])
def test_a_provider_that_tells_of_no_money_out_does_not_pretend_to(name: str) -> None:
    with pytest.raises(Invalid, match="direction_not_simulated"):
        received(SAMPLES[name], a_notice(direction=Direction.OUT))


@pytest.mark.parametrize("name", TOLD)
def test_another_currency_than_dong_is_not_pretended(name: str) -> None:
    with pytest.raises(Invalid, match="currency_not_simulated"):
        received(SAMPLES[name], a_notice(currency="USD"))


def test_every_adapter_has_its_simulator_and_its_samples() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["entry-points"]

    adapters = set(groups[ADAPTERS])
    assert adapters == set(groups[SIMULATORS])
    assert {sample.adapter.name for sample in SAMPLES.values()} <= adapters
    for name in {sample.adapter.name for sample in SAMPLES.values()}:
        ways = {way.name for way in SAMPLES_OF[name][0].adapter.declaration.ways}
        assert ways == {sample.credentials.way for sample in SAMPLES_OF[name]}


SAMPLES_OF = {
    name: [sample for sample in SAMPLES.values() if sample.adapter.name == name]
    for name in {sample.adapter.name for sample in SAMPLES.values()}
}
