"""VNPAY: its calls, its answers to a query, and payers who come back from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bank_adapters.vnpay import ADAPTER
from bank_adapters.vnpay_messages import hash_of
from bank_adapters.vnpay_query import (
    SIGNED_IN_ORDER,
    command_hash,
    query_request,
    read_answer,
    read_return,
)
from payments.domain.adapters import Answer, Credentials, OrderAnswer, OrderQuestion, PayerReturn
from payments.domain.bank_messages import BankRequest, ReplyKind, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from tests.unit.bank_adapters.gateway_samples import (
    NOW,
    REFERENCE,
    SECRET,
    VECTORS,
    VNPAY,
    of_vector,
    read,
)

CALLS = {
    "vnpay-030": (TransferStatus.BOOKED, 10_000),
    "vnpay-031": (TransferStatus.FAILED, 10_000),
    "vnpay-032": (TransferStatus.BOOKED, 150_000),
    "vnpay-033": (TransferStatus.BOOKED, 150_000),
    "vnpay-034": (TransferStatus.BOOKED, 150_000),
    "vnpay-035": (TransferStatus.BOOKED, 150_000),
    "vnpay-036": (TransferStatus.FAILED, 150_000),
}
OF_VECTORS = Credentials("hash_secret", {"hash_secret": ("test_secret",)})
PAIRS = {
    "vnp_Amount": "15000000",
    "vnp_OrderInfo": "Le+phi",
    "vnp_PayDate": "20260302145958",
    "vnp_ResponseCode": "00",
    "vnp_TmnCode": "CENTRE01",
    "vnp_TransactionNo": "14422574",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": REFERENCE,
}


def a_call(**changes: str) -> BankRequest:
    pairs = PAIRS | changes
    return signed("&".join(f"{name}={value}" for name, value in sorted(pairs.items())))


def signed(query: str, *more: str) -> BankRequest:
    full = "&".join(pair for pair in query.split("&") if not pair.endswith("="))
    proof = hash_of(full, SECRET)
    whole = "&".join((query, *more, f"vnp_SecureHash={proof}"))
    return BankRequest("GET", whole, (), b"", "192.0.2.1")


def refusal(request: BankRequest, credentials: Credentials = VNPAY) -> str:
    with pytest.raises(NotAuthenticated) as caught:
        ADAPTER.authenticate(request, credentials, NOW)
    return caught.value.code


@pytest.mark.parametrize("name", CALLS)
def test_the_calls_of_others_are_proven_and_read(name: str) -> None:
    notice = read(ADAPTER, of_vector(VECTORS[name]), OF_VECTORS)

    assert (notice.status, notice.amount) == CALLS[name]
    assert notice.currency == "VND"
    assert notice.account_number == "TEST_TMN_CODE"


def test_a_call_is_read_whole() -> None:
    notice = read(ADAPTER, of_vector(VECTORS["vnpay-034"]), OF_VECTORS)

    assert notice.event_id == "HS240910000018:14422575"
    assert notice.remittance_information == "HS240910000018 Lệ phí hồ sơ"
    assert notice.bank_reference == "14422575"
    assert notice.occurred_at == datetime(2024, 9, 10, 7, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("response", "transaction", "status"),
    [
        ("00", "00", TransferStatus.BOOKED),
        ("00", "01", TransferStatus.PENDING),
        ("00", "07", TransferStatus.PENDING),
        ("07", "00", TransferStatus.PENDING),
        ("00", "02", TransferStatus.FAILED),
        ("24", "02", TransferStatus.FAILED),
        ("99", "00", TransferStatus.FAILED),
    ],
)
def test_only_two_noughts_are_money(
    response: str, transaction: str, status: TransferStatus
) -> None:
    call = a_call(vnp_ResponseCode=response, vnp_TransactionStatus=transaction)

    assert read(ADAPTER, call, VNPAY).status is status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vnp_Amount": "15000001"}, "vnp_Amount"),
        ({"vnp_Amount": "0"}, "vnp_Amount"),
        ({"vnp_Amount": "015000000"}, "vnp_Amount"),
        ({"vnp_PayDate": "20260231000000"}, "vnp_PayDate"),
        ({"vnp_PayDate": "2026-03-02"}, "vnp_PayDate"),
        ({"vnp_TxnRef": "a+b"}, "vnp_TxnRef"),
        ({"vnp_TxnRef": "%FF"}, "vnp_TxnRef"),
        ({"vnp_ResponseCode": "0"}, "vnp_ResponseCode"),
        ({"vnp_TransactionNo": ""}, "vnp_TransactionNo"),
    ],
)
def test_what_cannot_be_read_is_named(changes: dict[str, str], field: str) -> None:
    call = a_call(**changes)
    ADAPTER.authenticate(call, VNPAY, NOW)

    with pytest.raises(Invalid) as caught:
        ADAPTER.parse(call, VNPAY)

    assert caught.value.facts["field"] == field


def test_an_empty_value_is_not_part_of_the_hash() -> None:
    query = "&".join(f"{name}={value}" for name, value in sorted(PAIRS.items()))
    call = signed(query)
    with_empty = call.query.replace("vnp_OrderInfo", "vnp_BankTranNo=&vnp_OrderInfo")

    ADAPTER.authenticate(BankRequest("GET", with_empty, (), b"", "192.0.2.1"), VNPAY, NOW)


def test_the_reason_of_a_refusal_is_said() -> None:
    call = a_call()
    query, _, proof = call.query.rpartition("&")
    reversed_query = "&".join(reversed(query.split("&")))

    assert refusal(BankRequest("POST", call.query, (), b"", "192.0.2.1")) == "wrong_method"
    assert refusal(BankRequest("GET", call.query, (), b"x", "192.0.2.1")) == "body_not_empty"
    assert refusal(signed(reversed_query)) == "query_not_sorted"
    assert refusal(BankRequest("GET", f"{proof}&{query}", (), b"", "")) == "query_not_sorted"
    assert refusal(signed(query + "&vnp_TxnRef=1")) == "query_key_repeated"
    assert refusal(signed(query + "&vnp%5FX=1")) == "query_malformed"
    assert refusal(signed(query + "&centre=1")) == "query_malformed"
    assert refusal(signed(query, "vnp_SecureHashType=MD5")) == "wrong_signature"
    assert refusal(BankRequest("GET", query, (), b"", "192.0.2.1")) == "wrong_signature"
    assert refusal(call, Credentials("md5", {"hash_secret": (SECRET,)})) == "unknown_way"


def test_the_hash_may_say_which_it_is() -> None:
    query = a_call().query.rpartition("&")[0]

    ADAPTER.authenticate(signed(query, "vnp_SecureHashType=HmacSHA512"), VNPAY, NOW)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ReplyKind.ACCEPTED, "00"),
        (ReplyKind.UNKNOWN_REFERENCE, "01"),
        (ReplyKind.REPEATED, "02"),
        (ReplyKind.WRONG_AMOUNT, "04"),
        (ReplyKind.NOT_AUTHENTICATED, "97"),
        (ReplyKind.UNREADABLE, "99"),
        (ReplyKind.UNAVAILABLE, "99"),
    ],
)
def test_every_answer_is_a_code_of_vnpay(kind: ReplyKind, code: str) -> None:
    reply = ADAPTER.reply(Answer(kind), a_call(), VNPAY, NOW)

    assert reply.status == 200
    assert json.loads(reply.body)["RspCode"] == code


def test_commands_are_hashed_as_others_hash_them() -> None:
    query = json.loads(VECTORS["vnpay-038"]["body"])
    names = SIGNED_IN_ORDER["refund"]
    refund = dict(
        zip(
            [f"vnp_{name}" for name in names],
            VECTORS["vnpay-039"]["canonical"].split("|"),
            strict=True,
        )
    )

    assert command_hash("querydr", query, "test_secret") == VECTORS["vnpay-038"]["signature"]
    assert command_hash("refund", refund, "test_secret") == VECTORS["vnpay-039"]["signature"]


def test_a_query_is_signed_and_says_vietnamese_time() -> None:
    settings = {"tmn_code": "CENTRE01", "query_url": "https://vnpay.example/api/transaction"}
    credentials = Credentials("hash_secret", {"hash_secret": (SECRET,)}, settings)

    request = query_request(OrderQuestion(REFERENCE, NOW, "R1", NOW), credentials)
    body = json.loads(request.body)

    assert (request.method, request.url) == ("POST", settings["query_url"])
    assert body["vnp_CreateDate"] == body["vnp_TransactionDate"] == "20260302150000"
    assert body["vnp_SecureHash"] == command_hash("querydr", body, SECRET)


@pytest.mark.parametrize("settings", [{}, {"tmn_code": "CENTRE01"}, {"query_url": "https://x"}])
def test_a_query_needs_its_settings(settings: dict[str, str]) -> None:
    credentials = Credentials("hash_secret", {"hash_secret": (SECRET,)}, settings)

    with pytest.raises(Invalid, match="setting_missing"):
        query_request(OrderQuestion("1", NOW, "1", NOW), credentials)


def an_answer(**changes: object) -> bytes:
    values: dict[str, Any] = {
        "vnp_ResponseId": "A1",
        "vnp_Command": "querydr",
        "vnp_ResponseCode": "00",
        "vnp_Message": "Query success",
        "vnp_TmnCode": "CENTRE01",
        "vnp_TxnRef": REFERENCE,
        "vnp_Amount": "15000000",
        "vnp_BankCode": "NCB",
        "vnp_PayDate": "20260302145958",
        "vnp_TransactionNo": "14422574",
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": "00",
        "vnp_OrderInfo": "Le phi",
    } | changes
    values["vnp_SecureHash"] = command_hash("answer", values, SECRET)
    return json.dumps(values).encode()


def test_an_answer_tells_of_the_same_payment_as_the_call() -> None:
    called = read(ADAPTER, a_call(), VNPAY)

    assert read_answer(an_answer(), VNPAY) == OrderAnswer(REFERENCE, called)


def test_an_answer_about_no_payment_is_none() -> None:
    assert read_answer(an_answer(vnp_ResponseCode="91"), VNPAY) is None


def test_an_answer_that_is_an_error_or_not_signed_is_refused() -> None:
    with pytest.raises(Invalid, match="vnp_ResponseCode"):
        read_answer(an_answer(vnp_ResponseCode="94"), VNPAY)
    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        read_answer(an_answer().replace(b"15000000", b"15000001"), VNPAY)
    with pytest.raises(NotAuthenticated, match="vnp_SecureHash"):
        read_answer(b"{}", VNPAY)


def test_a_payer_who_comes_back_brings_an_order_and_its_state() -> None:
    assert read_return(a_call().query, VNPAY) == PayerReturn(REFERENCE, TransferStatus.BOOKED)
    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        read_return(a_call().query.replace("15000000", "15000100"), VNPAY)
