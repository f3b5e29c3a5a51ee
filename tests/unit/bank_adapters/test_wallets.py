"""MoMo and ZaloPay: what they post is proven, read and answered in their own way."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bank_adapters import momo, zalopay
from bank_adapters.simulated import momo as pretended_momo
from bank_adapters.simulated import zalopay as pretended_zalopay
from payments.domain.adapters import Answer, Credentials
from payments.domain.bank_messages import BankRequest, ReplyKind, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports import Delivery
from tests.unit.bank_adapters.gateway_samples import (
    MOMO,
    NOTICES,
    NOW,
    REFERENCE,
    VECTORS,
    ZALOPAY,
    of_delivery,
    of_vector,
    read,
)

MOMO_SANDBOX = Credentials(
    "secret_key",
    {
        "secret_key": (VECTORS["momo-041"]["secret"],),
        "access_key": (VECTORS["momo-041"]["access_key"],),
    },
)


def momo_call(**changes: object) -> BankRequest:
    request = pretended_momo.write(NOTICES["momo"], MOMO)
    body = json.dumps(json.loads(request.body) | changes).encode()
    return of_delivery(pretended_momo.seal(request._replace(body=body), MOMO, NOW))


def zalopay_call(data: dict[str, object], **changes: object) -> BankRequest:
    written = json.loads(pretended_zalopay.write(NOTICES["zalopay"], ZALOPAY).body)
    inner = json.dumps(json.loads(written["data"]) | data)
    body = json.dumps(written | {"data": inner} | changes).encode()
    return of_delivery(pretended_zalopay.seal(Delivery((), body), ZALOPAY, NOW))


def test_a_call_of_momo_is_proven_and_read() -> None:
    notice = read(momo.ADAPTER, of_vector(VECTORS["momo-041"]), MOMO_SANDBOX)

    assert notice.event_id == notice.bank_reference == "4193767509"
    assert notice.account_number == "MOMO"
    assert notice.amount == 150_000
    assert notice.remittance_information == "HS24091000018 Lệ phí hồ sơ HS24091000018"
    assert notice.occurred_at == datetime(2024, 9, 10, 7, 34, 0, 942_000, tzinfo=UTC)
    assert notice.status is TransferStatus.BOOKED


def test_a_call_whose_keys_were_never_published_is_refused() -> None:
    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        momo.ADAPTER.authenticate(of_vector(VECTORS["momo-040"]), MOMO_SANDBOX, NOW)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, TransferStatus.BOOKED),
        (9000, TransferStatus.PENDING),
        (7000, TransferStatus.PENDING),
        (7002, TransferStatus.PENDING),
        (1000, TransferStatus.PENDING),
        (1006, TransferStatus.FAILED),
        (99, TransferStatus.FAILED),
    ],
)
def test_only_nought_is_money_at_momo(code: int, status: TransferStatus) -> None:
    assert read(momo.ADAPTER, momo_call(resultCode=code), MOMO).status is status


def test_a_payment_that_momo_never_began_is_known_by_its_order() -> None:
    notice = read(momo.ADAPTER, momo_call(transId=0, resultCode=1005), MOMO)

    assert notice.event_id == f"{REFERENCE}:R4193767509"
    assert notice.bank_reference == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "150000"}, "amount"),
        ({"amount": 0}, "amount"),
        ({"resultCode": "0"}, "resultCode"),
        ({"resultCode": -1}, "resultCode"),
        ({"responseTime": 1772438398}, "responseTime"),
        ({"orderId": "a b"}, "orderId"),
        ({"transId": "x"}, "transId"),
    ],
)
def test_what_momo_cannot_mean_is_named(changes: dict[str, object], field: str) -> None:
    call = momo_call(**changes)
    momo.ADAPTER.authenticate(call, MOMO, NOW)

    with pytest.raises(Invalid) as caught:
        momo.ADAPTER.parse(call, MOMO)

    assert caught.value.facts["field"] == field


@pytest.mark.parametrize("value", [None, 1.5, True, [], {}])
def test_a_signed_field_of_momo_has_one_spelling(value: object) -> None:
    with pytest.raises(NotAuthenticated, match="extraData"):
        momo.ADAPTER.authenticate(momo_call(extraData=value), MOMO, NOW)


def test_momo_is_answered_without_a_word() -> None:
    for kind in (
        ReplyKind.ACCEPTED,
        ReplyKind.REPEATED,
        ReplyKind.UNKNOWN_REFERENCE,
        ReplyKind.WRONG_AMOUNT,
    ):
        reply = momo.ADAPTER.reply(Answer(kind), momo_call(), MOMO, NOW)
        assert (reply.status, reply.body) == (204, b"")
    refused = [
        momo.ADAPTER.reply(Answer(kind), momo_call(), MOMO, NOW).status
        for kind in (ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE, ReplyKind.UNAVAILABLE)
    ]
    assert refused == [401, 400, 503]


def test_the_official_call_of_zalopay_is_proven_and_read() -> None:
    vector = VECTORS["zalopay-042"]
    credentials = Credentials("key2", {"key2": (vector["secret"],)})

    notice = read(zalopay.ADAPTER, of_vector(vector), credentials)

    assert notice.event_id == notice.bank_reference == "200904000000389"
    assert notice.account_number == "2553"
    assert notice.amount == 10_000
    assert notice.remittance_information.startswith("200904_2553_1598435687208 ")
    assert notice.occurred_at == datetime(2020, 9, 4, 3, 16, 53, 498_000, tzinfo=UTC)
    assert notice.status is TransferStatus.BOOKED


@pytest.mark.parametrize("kind", [2, "1", True, None, 1.0])
def test_zalopay_tells_of_orders_only(kind: object) -> None:
    with pytest.raises(NotAuthenticated, match="type"):
        zalopay.ADAPTER.authenticate(zalopay_call({}, type=kind), ZALOPAY, NOW)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"amount": 150_000.5}, "amount"),
        ({"zp_trans_id": "x"}, "zp_trans_id"),
        ({"app_trans_id": REFERENCE}, "app_trans_id"),
        ({"server_time": 0}, "server_time"),
        ({"app_id": None}, "app_id"),
    ],
)
def test_what_zalopay_cannot_mean_is_named(data: dict[str, object], field: str) -> None:
    call = zalopay_call(data)
    zalopay.ADAPTER.authenticate(call, ZALOPAY, NOW)

    with pytest.raises(Invalid) as caught:
        zalopay.ADAPTER.parse(call, ZALOPAY)

    assert caught.value.facts["field"] == field


def test_a_key_twice_inside_the_data_of_zalopay_is_refused() -> None:
    body = json.dumps({"data": '{"amount":1,"amount":2}', "type": 1}).encode()
    call = of_delivery(pretended_zalopay.seal(Delivery((), body), ZALOPAY, NOW))
    zalopay.ADAPTER.authenticate(call, ZALOPAY, NOW)

    with pytest.raises(Invalid, match="body_not_json"):
        zalopay.ADAPTER.parse(call, ZALOPAY)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ReplyKind.ACCEPTED, 1),
        (ReplyKind.REPEATED, 2),
        (ReplyKind.UNKNOWN_REFERENCE, 1),
        (ReplyKind.WRONG_AMOUNT, 1),
        (ReplyKind.NOT_AUTHENTICATED, -1),
        (ReplyKind.UNREADABLE, -2),
        (ReplyKind.UNAVAILABLE, 0),
    ],
)
def test_every_answer_is_a_code_of_zalopay(kind: ReplyKind, code: int) -> None:
    reply = zalopay.ADAPTER.reply(Answer(kind), zalopay_call({}), ZALOPAY, NOW)

    assert reply.status == 200
    assert json.loads(reply.body)["return_code"] == code
