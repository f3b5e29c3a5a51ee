"""The published signature vectors: all that verify pass, and the one that is wrong is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bank_adapters import (
    casso,
    kienlongbank,
    neox,
    payos,
    payos_signatures,
    sepay,
    standard_webhooks,
    thueapi,
    vietqr_vn,
)
from bank_adapters.fields import read_object
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice
from payments.domain.errors import NotAuthenticated
from payments.ports import BankAdapter

VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[2] / "data" / "webhook_vectors.json").read_text(encoding="utf-8")
    )["vectors"]
}
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Recorded:
    """How a recorded request is proven: its adapter, its way, and the time it was signed."""

    adapter: BankAdapter
    way: str
    at: datetime = NOW
    secrets: Mapping[str, str] | None = None
    settings: Mapping[str, str] | None = None


def at_s(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


REQUESTS: dict[str, Recorded] = {
    "sepay-027": Recorded(sepay.ADAPTER, "hmac", at_s(1725953640)),
    "sepay-028": Recorded(sepay.ADAPTER, "hmac", at_s(1679727757)),
    "sepay-029": Recorded(sepay.ADAPTER, "api_key"),
    "casso-v2-024": Recorded(casso.ADAPTER, "webhook_key", at_s(1727948258)),
    "casso-v2-026": Recorded(casso.ADAPTER, "webhook_key", at_s(1725953640)),
    "thueapi-058": Recorded(thueapi.ADAPTER, "webhook_secret"),
    "neox-055": Recorded(neox.ADAPTER, "secret_key"),
    "standard-webhooks-045": Recorded(standard_webhooks.ADAPTER, "secret", at_s(1614265330)),
    "standard-webhooks-046": Recorded(standard_webhooks.ADAPTER, "public_key", at_s(1614265330)),
    "kienlongbank-054": Recorded(
        kienlongbank.ADAPTER,
        "signed",
        at_s(1689925407),
        {
            "secret_key": VECTORS["kienlongbank-054"]["secret"],
            "encrypt_key": VECTORS["kienlongbank-054"]["encrypt_key"],
        },
    ),
    **{
        f"payos-{number:03}": Recorded(payos.ADAPTER, "checksum_key")
        for number in (1, *range(18, 24))
    },
}
PAYOS_DATA = [f"payos-{number:03}" for number in (*range(5, 13), 17)]
PAYOS_PAYOUTS = [f"payos-{number:03}" for number in range(13, 17)]


def request_of(vector: Mapping[str, Any]) -> BankRequest:
    headers = tuple(vector["headers"].items())
    return BankRequest("POST", "", headers, vector["body"].encode(), "192.0.2.1")


def credentials_of(vector: Mapping[str, Any], recorded: Recorded, more: str = "") -> Credentials:
    secrets = recorded.secrets or {recorded.way: vector["secret"]}
    values = {name: [value + more] for name, value in secrets.items()}
    return Credentials(recorded.way, values, recorded.settings or {})


def test_every_verified_vector_has_a_test() -> None:
    tested = {*REQUESTS, *PAYOS_DATA, *PAYOS_PAYOUTS, "payos-003", "payos-004", "vietqr.vn-057"}

    assert {name for name, vector in VECTORS.items() if vector["verified"]} == tested


@pytest.mark.parametrize("name", REQUESTS)
def test_a_recorded_request_is_authentic(name: str) -> None:
    vector, recorded = VECTORS[name], REQUESTS[name]

    recorded.adapter.authenticate(request_of(vector), credentials_of(vector, recorded), recorded.at)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_recorded_request_is_refused_with_another_secret(name: str) -> None:
    vector, recorded = VECTORS[name], REQUESTS[name]

    with pytest.raises(NotAuthenticated):
        recorded.adapter.authenticate(
            request_of(vector), credentials_of(vector, recorded, "x"), recorded.at
        )


def test_the_wrong_sample_of_casso_is_refused() -> None:
    vector = VECTORS["casso-v2-025"]

    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        casso.ADAPTER.authenticate(
            request_of(vector),
            Credentials("webhook_key", {"webhook_key": [vector["secret"]]}),
            at_s(1734924830),
        )


def test_casso_may_write_letters_as_ascii_and_nothing_else() -> None:
    vector = VECTORS["casso-v2-026"]
    credentials = Credentials("webhook_key", {"webhook_key": [vector["secret"]]})

    def judge(digest: str) -> None:
        header = ("X-Casso-Signature", f"t=1725953640000,v1={digest}")
        request = BankRequest("POST", "", (header,), vector["body"].encode(), "192.0.2.1")
        casso.ADAPTER.authenticate(request, credentials, at_s(1725953640))

    judge(vector["digest_if_ascii_escaped"])
    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        judge(vector["digest_if_php_json_encode"])


@pytest.mark.parametrize("name", PAYOS_DATA)
def test_payos_signs_data_so(name: str) -> None:
    vector = VECTORS[name]
    text = payos_signatures.data_text(read_object(vector["body"].encode()))

    assert text == vector["canonical"]
    assert payos_signatures.signature(text, vector["secret"]) == vector["signature"]


@pytest.mark.parametrize("name", PAYOS_PAYOUTS)
def test_payos_signs_payouts_so(name: str) -> None:
    vector = VECTORS[name]
    text = payos_signatures.payout_text(read_object(vector["body"].encode()))

    assert text == vector["canonical"]
    assert payos_signatures.signature(text, vector["secret"]) == vector["signature"]


@pytest.mark.parametrize("name", ["payos-003", "payos-004"])
def test_payos_signs_links_so(name: str) -> None:
    vector = VECTORS[name]
    text = payos_signatures.link_text(read_object(vector["body"].encode()))

    assert text == vector["canonical"]
    assert payos_signatures.signature(text, vector["secret"]) == vector["signature"]


def test_the_test_call_of_payos_is_told_as_a_test() -> None:
    vector, recorded = VECTORS["payos-001"], REQUESTS["payos-001"]

    (notice,) = recorded.adapter.parse(request_of(vector), credentials_of(vector, recorded))

    assert isinstance(notice, TransferNotice)
    assert (notice.is_test, notice.amount, notice.direction) == (True, 3000, Direction.IN)


def test_the_test_transaction_of_casso_is_told_as_a_test() -> None:
    vector, recorded = VECTORS["casso-v2-024"], REQUESTS["casso-v2-024"]

    (notice,) = recorded.adapter.parse(request_of(vector), credentials_of(vector, recorded))

    assert isinstance(notice, TransferNotice)
    assert (notice.is_test, notice.event_id, notice.amount) == (True, "0", 599_000)


def test_vietqr_vn_sums_a_question_for_an_order_so() -> None:
    vector = VECTORS["vietqr.vn-057"]

    assert vietqr_vn.check_order_sum("2625081990", vector["secret"]) == vector["signature"]


def test_the_sample_of_kienlongbank_is_decrypted_and_read() -> None:
    vector, recorded = VECTORS["kienlongbank-054"], REQUESTS["kienlongbank-054"]

    (notice,) = recorded.adapter.parse(request_of(vector), credentials_of(vector, recorded))

    assert notice == TransferNotice(
        event_id="AXSW545SD",
        account_number="7895042001",
        direction=Direction.IN,
        amount=10_000,
        currency="VND",
        occurred_at=datetime(2023, 7, 21, 7, 11, 12, tzinfo=UTC),
        remittance_information="[10932307216566126.4570834602] TT Thang Bun Boa  - blBTOE2m",
        bank_reference="P00000000368",
        virtual_account="10932307216566126",
    )


def test_neox_signs_this_text() -> None:
    vector = VECTORS["neox-055"]
    text = neox.signed_text(read_object(vector["body"].encode()))

    assert text + vector["secret"] == vector["canonical"]
