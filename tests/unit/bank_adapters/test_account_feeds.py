"""The odd cases of the adapters of account feeds, each as its provider really sends it."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bank_adapters import bvbank, casso, mb, neox, pay2s, payos, standard_webhooks, vietqr_vn
from bank_adapters.declared_fields import map_of
from bank_adapters.payos_signatures import data_text
from bank_adapters.testing import Case, Sample
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from tests.bank_samples import NOW, SAMPLES

PAYOS = Credentials(
    "checksum_key", {"checksum_key": ["c" * 64], "api_key": ["a" * 36]}, {"client_id": "client-1"}
)


def read(sample: Sample, body: object) -> tuple[TransferNotice, ...]:
    """Send another body as the sample's provider would sign it, and return what is read."""
    request = sample.request._replace(body=json.dumps(body, ensure_ascii=False).encode())
    sent = sample.seal(request, sample.credentials, sample.now)
    events = sample.events(Case("", sample, sent, sample.credentials, sample.now))
    assert events is not None
    assert all(isinstance(event, TransferNotice) for event in events)
    return events  # type: ignore[return-value] # just looked at


def fields_of(name: str) -> dict[str, Any]:
    return dict(json.loads(SAMPLES[name].request.body))


def test_casso_sends_a_list_or_one_in_both_versions() -> None:
    for name in ("casso, secure_token", "casso, webhook_key"):
        body = fields_of(name)
        row = body["data"][0] if isinstance(body["data"], list) else body["data"]
        one = read(SAMPLES[name], {"error": 0, "data": row})
        two = read(SAMPLES[name], {"error": 0, "data": [row, row | {"id": 7}]})

        assert (one[0], two[0]) == (two[0], one[0])
        assert [notice.event_id for notice in two] == ["92704", "7"]


def test_casso_names_the_account_and_the_day_in_older_ways() -> None:
    body = fields_of("casso, secure_token")
    row = body["data"][0] | {"bank_sub_acc_id": None, "subAccId": "0071", "when": "2021-10-27"}

    (notice,) = read(SAMPLES["casso, secure_token"], {"data": [row]})

    assert notice.account_number == "0071"
    assert notice.occurred_at == datetime(2021, 10, 26, 17, tzinfo=UTC)


def test_casso_may_add_parts_to_its_signature_but_none_twice() -> None:
    sample = SAMPLES["casso, webhook_key"]
    good = sample.good()
    name, value = good.headers[-1]
    for added, is_good in ((",s=00", True), (",v2=ab", True), (",v1=ab", False), (",=ab", False)):
        sent = good._replace(headers=(*good.headers[:-1], (name, value + added)))
        case = Case("", sample, sent, sample.credentials, sample.now)

        assert (sample.events(case) is not None) is is_good


def test_an_id_of_zero_alone_is_no_test_of_casso() -> None:
    body = fields_of("casso, webhook_key")

    (notice,) = read(SAMPLES["casso, webhook_key"], {"data": body["data"] | {"id": 0}})

    assert not notice.is_test


def test_an_order_123_of_a_real_account_is_money() -> None:
    body = fields_of("payos")
    (real,) = read(SAMPLES["payos"], {"data": body["data"] | {"orderCode": 123}})
    (tried,) = read(
        SAMPLES["payos"],
        {"data": body["data"] | {"orderCode": 123, "accountNumber": payos.TEST_ACCOUNT}},
    )

    assert (real.is_test, tried.is_test) == (False, True)


def test_a_payment_that_failed_at_payos_is_told_as_failed() -> None:
    body = fields_of("payos")

    (notice,) = read(SAMPLES["payos"], {"code": "00", "data": body["data"] | {"code": "01"}})

    assert notice.status is TransferStatus.FAILED


def test_what_payos_leaves_out_of_its_signature_means_nothing() -> None:
    body = fields_of("payos")

    (notice,) = read(SAMPLES["payos"], {"code": "99", "success": False, "data": body["data"]})

    assert notice.status is TransferStatus.BOOKED


@pytest.mark.parametrize("text", ["A&orderCode=999", "A&amount=1&code=00", "&reference="])
def test_a_text_that_could_be_two_fields_is_refused(text: str) -> None:
    sample = SAMPLES["payos"]
    body = fields_of("payos")
    body["data"]["description"] = text
    request = sample.request._replace(body=json.dumps(body).encode())
    sent = sample.seal(request, sample.credentials, NOW)

    with pytest.raises(NotAuthenticated, match="signature_ambiguous"):
        payos.ADAPTER.authenticate(
            BankRequest("POST", "", sent.headers, sent.body, ""), sample.credentials, NOW
        )


@pytest.mark.parametrize("value", [{"amount": 1}, object()])
def test_a_value_that_payos_would_not_sign_whole_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        data_text({"more": value})


def test_payos_is_asked_for_a_link_by_a_signed_call() -> None:
    request = payos.create_link(
        240910001, 150_000, "TPH7K2M4", ("https://a.vn/xong", "https://a.vn/huy"), PAYOS
    )

    assert (request.method, request.url) == (
        "POST",
        "https://api-merchant.payos.vn/v2/payment-requests",
    )
    signed = (
        "amount=150000&cancelUrl=https://a.vn/huy&description=TPH7K2M4&orderCode=240910001"
        "&returnUrl=https://a.vn/xong"
    )
    assert ("x-client-id", "client-1") in request.headers
    assert ("x-api-key", "a" * 36) in request.headers
    assert json.loads(request.body) == {
        "orderCode": 240910001,
        "amount": 150_000,
        "description": "TPH7K2M4",
        "returnUrl": "https://a.vn/xong",
        "cancelUrl": "https://a.vn/huy",
        "signature": hmac.new(b"c" * 64, signed.encode(), "sha256").hexdigest(),
    }


@pytest.mark.parametrize(
    ("order_code", "amount"), [(0, 1), (123, 1), (2**53, 1), (1, 0), (1, -5), (1, 10**13 + 1)]
)
def test_a_link_that_payos_could_not_read_is_not_asked_for(order_code: int, amount: int) -> None:
    with pytest.raises(Invalid):
        payos.create_link(order_code, amount, "x", ("https://a.vn", "https://a.vn"), PAYOS)


def test_payos_is_told_our_address() -> None:
    request = payos.confirm_webhook("https://a.vn/webhooks/1", PAYOS)

    assert request.url == "https://api-merchant.payos.vn/confirm-webhook"
    assert json.loads(request.body) == {"webhookUrl": "https://a.vn/webhooks/1"}


def test_pay2s_may_send_several() -> None:
    row = fields_of("pay2s")["transactions"][0]
    rows = [row, row | {"id": "2", "transferType": "OUT"}]

    told = read(SAMPLES["pay2s"], {"transactions": rows})

    assert [(n.event_id, n.direction) for n in told] == [
        ("92704", Direction.IN),
        ("2", Direction.OUT),
    ]
    assert pay2s.ADAPTER.declaration.retries == "6, one a minute"


def test_one_bad_row_stops_the_whole_message() -> None:
    row = fields_of("pay2s")["transactions"][0]
    sample = SAMPLES["pay2s"]
    body = json.dumps({"transactions": [row, row | {"transferType": "in"}]}).encode()
    sent = sample.seal(sample.request._replace(body=body), sample.credentials, NOW)

    with pytest.raises(Invalid, match="transferType"):
        pay2s.ADAPTER.parse(
            BankRequest("POST", "", sent.headers, sent.body, ""), sample.credentials
        )


def test_thueapi_writes_its_signature_in_two_ways() -> None:
    sample = SAMPLES["thueapi"]
    good = sample.good()
    name, value = good.headers[-1]
    sent = good._replace(headers=(*good.headers[:-1], (name, f"sha256={value}")))

    assert sample.events(Case("", sample, sent, sample.credentials, NOW)) is not None


@pytest.mark.parametrize("amount", [25000, "25000", "25000.0"])
def test_vietqr_vn_writes_amounts_and_keys_in_several_ways(amount: object) -> None:
    body = fields_of("vietqr_vn") | {"amount": amount, "bankAccount": "0123499999"}
    del body["bankaccount"]

    (notice,) = read(SAMPLES["vietqr_vn"], body)

    assert (notice.amount, notice.account_number) == (25_000, "0123499999")


def test_vietqr_vn_writes_amounts_with_a_fraction_of_noughts() -> None:
    sample = SAMPLES["vietqr_vn"]
    body = sample.request.body.replace(b"150000", b"150000.0")

    (notice,) = vietqr_vn.ADAPTER.parse(
        BankRequest("POST", "", (), body, "", vietqr_vn.SYNC_PATH), sample.credentials
    )

    assert isinstance(notice, TransferNotice)
    assert notice.amount == 150_000


def test_a_key_in_two_cases_is_a_key_twice() -> None:
    sample = SAMPLES["vietqr_vn"]
    body = sample.request.body.replace(b'"bankaccount"', b'"bankAccount":"1","bankaccount"')

    with pytest.raises(Invalid):
        vietqr_vn.ADAPTER.parse(
            BankRequest("POST", "", (), body, "", vietqr_vn.SYNC_PATH), sample.credentials
        )


@pytest.mark.parametrize(
    ("content", "order", "text"),
    [
        ("VQR0a1b2c3d4e TPH7", "", "VQR0a1b2c3d4e TPH7"),
        ("VQR0a1b2c3d4e", "TPH7", "VQR0a1b2c3d4e TPH7"),
        ("mua TPH7", "TPH7", "mua TPH7"),
    ],
)
def test_the_code_of_the_order_stands_in_for_a_lost_one(
    content: str, order: str, text: str
) -> None:
    body = fields_of("vietqr_vn") | {"content": content, "orderId": order}

    (notice,) = read(SAMPLES["vietqr_vn"], body)

    assert notice.remittance_information == text


def test_neox_tells_of_other_things_than_money() -> None:
    for kind in neox.NOT_MONEY:
        assert read(SAMPLES["neox"], fields_of("neox") | {"type": kind}) == ()


def test_money_that_neox_pays_out_is_never_read_as_money_that_came() -> None:
    sample = SAMPLES["neox"]
    settings = {k: v for k, v in sample.credentials.settings.items() if k != "direction_field"}
    known = replace(sample.credentials, settings=settings)
    body = fields_of("neox") | {"service": "DISBURSEMENT"}
    request = BankRequest("POST", "", (), json.dumps(body).encode(), "")

    with pytest.raises(Invalid, match="direction_field"):
        neox.ADAPTER.parse(request, known)


def test_the_parts_of_mms_cut_elsewhere_are_the_same_payment() -> None:
    sample = SAMPLES["mb, mms"]
    body = fields_of("mb, mms")
    moved = body | {
        "traceTransfer": body["traceTransfer"] + body["billNumber"][:1],
        "billNumber": body["billNumber"][1:],
    }

    (first,), (second,) = (read(sample, fields) for fields in (body, moved))

    assert first.event_id == second.event_id


def test_a_failed_payment_of_mms_is_told_as_failed() -> None:
    (notice,) = read(SAMPLES["mb, mms"], fields_of("mb, mms") | {"respCode": "51"})

    assert notice.status is TransferStatus.FAILED
    assert mb.ADAPTER.declaration.way(mb.MMS).is_provisional


def test_bvbank_may_send_a_batch() -> None:
    sample = SAMPLES["bvbank"]
    listed = replace(
        sample,
        credentials=replace(
            sample.credentials, settings={**sample.credentials.settings, "list_field": "items"}
        ),
    )
    row = fields_of("bvbank")

    told = read(listed, {"items": [row, row | {"trnRefNo": "2", "drcr": "DEBIT"}]})

    assert [(n.event_id, n.direction) for n in told] == [
        ("92704", Direction.IN),
        ("2", Direction.OUT),
    ]


@pytest.mark.parametrize("name", ["signature_header", "signature_algorithm", "signature_form"])
@pytest.mark.parametrize("value", ["", "md5"])
def test_a_signature_that_is_not_declared_proves_nothing(name: str, value: str) -> None:
    sample = SAMPLES["bvbank"]
    known = replace(sample.credentials, settings={**sample.credentials.settings, name: value})
    sent = sample.good()

    with pytest.raises(NotAuthenticated, match=r"signature_not_declared|header_missing"):
        bvbank.ADAPTER.authenticate(
            BankRequest("POST", "", sent.headers, sent.body, ""), known, NOW
        )


def test_a_standard_webhook_may_bear_several_signatures() -> None:
    sample = SAMPLES["standard_webhooks, secret"]
    good = sample.good()
    name, value = good.headers[-1]
    wrong = "v1," + "A" * 43 + "="
    for listed in (f"{wrong} {value}", f"{value} {wrong}", f"v2x,abc {value}"):
        sent = good._replace(headers=(*good.headers[:-1], (name, listed)))

        assert sample.events(Case("", sample, sent, sample.credentials, NOW)) is not None


@pytest.mark.parametrize("secret", ["whsec_", "whsec_AAAA", "whsec_nót", "whsec_====", "x"])
def test_a_secret_of_another_form_proves_nothing(secret: str) -> None:
    sample = SAMPLES["standard_webhooks, secret"]
    sent = sample.good()

    with pytest.raises(NotAuthenticated, match="secret_malformed"):
        standard_webhooks.ADAPTER.authenticate(
            BankRequest("POST", "", sent.headers, sent.body, ""),
            replace(sample.credentials, secrets={"secret": [secret]}),
            NOW,
        )


def test_several_transfers_in_one_webhook_need_ids_of_their_own() -> None:
    sample = SAMPLES["standard_webhooks, secret"]
    known = replace(
        sample.credentials, settings={**sample.credentials.settings, "list_field": "all"}
    )
    row = fields_of("standard_webhooks, secret")
    body = json.dumps({"all": [row, row]}).encode()

    with pytest.raises(Invalid, match="event_id_field"):
        standard_webhooks.ADAPTER.parse(
            BankRequest("POST", "", (("webhook-id", "m1"),), body, ""), known
        )


@pytest.mark.parametrize(
    "missing", ["amount_field", "account_field", "time_field", "time_format", "text_field"]
)
def test_a_declaration_without_a_needed_field_reads_nothing(missing: str) -> None:
    settings = dict(SAMPLES["neox"].credentials.settings) | {missing: ""}

    with pytest.raises(Invalid, match=missing):
        map_of(Credentials("secret_key", {}, settings))


def test_casso_is_one_adapter_of_two_ways() -> None:
    assert [way.name for way in casso.ADAPTER.declaration.ways] == ["webhook_key", "secure_token"]
