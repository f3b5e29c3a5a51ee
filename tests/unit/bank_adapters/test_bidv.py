"""BIDV: bills are asked for and paid under an MD5 that proves little, and is declared so."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from bank_adapters.bidv import ADAPTER
from payments.domain.adapters import Answer, Bill, BillInquiry
from payments.domain.bank_messages import BankRequest, ReplyKind
from payments.domain.errors import Invalid, NotAuthenticated
from tests.unit.bank_adapters.gateway_samples import (
    BIDV,
    GETBILL,
    NOTICES,
    NOW,
    REFERENCE,
    SECRET,
    read,
)

PAYBILL = {
    "trans_id": "4193767509",
    "trans_date": "02/03/2026 14:59:58",
    "customer_id": f"V3CAS{REFERENCE}",
    "service_id": "CENTRE01",
    "bill_id": REFERENCE,
    "amount": "150000",
}


def a_getbill(**changes: object) -> BankRequest:
    body = GETBILL | changes
    return _signed(body, f"{body['service_id']}{body['customer_id']}", "getbill")


def a_paybill(**changes: object) -> BankRequest:
    body = PAYBILL | changes
    return _signed(body, f"{body['trans_id']}{body['bill_id']}{body['amount']}", "paybill")


def _signed(body: dict[str, object], text: str, path: str) -> BankRequest:
    checksum = hashlib.md5((SECRET + text).encode()).hexdigest()  # noqa: S324 # the bank's own
    raw = json.dumps(body | {"checksum": checksum}).encode()
    return BankRequest("POST", "", (), raw, "192.0.2.1", path)


def answered(
    kind: ReplyKind, request: BankRequest, bill: Bill | None = None
) -> tuple[int, dict[str, object]]:
    reply = ADAPTER.reply(Answer(kind, bill=bill), request, BIDV, NOW)
    return reply.status, json.loads(reply.body)


def test_the_way_says_that_it_is_weak() -> None:
    (way,) = ADAPTER.declaration.ways

    assert way.is_provisional
    assert "weak" in ADAPTER.declaration.secret("secret_key").meaning


def test_a_getbill_asks_for_the_customers_code() -> None:
    ADAPTER.authenticate(a_getbill(), BIDV, NOW)

    assert ADAPTER.parse(a_getbill(), BIDV) == (BillInquiry(f"V3CAS{REFERENCE}"),)


@pytest.mark.parametrize("amount", ["150000", 150_000])
def test_a_paybill_tells_of_a_transfer(amount: object) -> None:
    assert read(ADAPTER, a_paybill(amount=amount), BIDV) == NOTICES["bidv"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service_id": "CENTRE02"}, "service_id"),
        ({"trans_date": "20260302145958"}, "trans_date"),
        ({"amount": "150000.00"}, "amount"),
        ({"customer_id": ""}, "customer_id"),
        ({"bill_id": "a b"}, "bill_id"),
    ],
)
def test_what_a_paybill_cannot_mean_is_named(changes: dict[str, object], field: str) -> None:
    call = a_paybill(**changes)
    ADAPTER.authenticate(call, BIDV, NOW)

    with pytest.raises(Invalid) as caught:
        ADAPTER.parse(call, BIDV)

    assert caught.value.facts["field"] == field


def test_a_getbills_checksum_does_not_pay() -> None:
    body = json.loads(a_getbill().body)
    mixed = json.dumps({**PAYBILL, "checksum": body["checksum"]}).encode()

    with pytest.raises(NotAuthenticated, match="wrong_signature"):
        ADAPTER.authenticate(BankRequest("POST", "", (), mixed, "192.0.2.1"), BIDV, NOW)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (ReplyKind.ACCEPTED, 200, "000"),
        (ReplyKind.REPEATED, 200, "023"),
        (ReplyKind.UNKNOWN_REFERENCE, 400, "021"),
        (ReplyKind.WRONG_AMOUNT, 400, "022"),
        (ReplyKind.NOT_AUTHENTICATED, 400, "004"),
        (ReplyKind.UNREADABLE, 400, "001"),
        (ReplyKind.UNAVAILABLE, 503, "031"),
    ],
)
def test_every_answer_to_a_paybill_is_a_code_of_bidv(
    kind: ReplyKind, status: int, code: str
) -> None:
    answer = answered(kind, a_paybill())

    assert (answer[0], answer[1]["result_code"]) == (status, code)


def test_a_getbill_is_answered_with_the_bill_or_that_there_is_none() -> None:
    bill = Bill(REFERENCE, 150_000, "Nguyễn Văn A", "H49.1")

    status, body = answered(ReplyKind.ACCEPTED, a_getbill(), bill)

    assert (status, body["result_code"], body["customer_name"]) == (200, "000", "Nguyễn Văn A")
    assert body["data"] == [{"type": 0, "amount": 150_000, "bill_id": REFERENCE}]
    for kind in (ReplyKind.ACCEPTED, ReplyKind.REPEATED, ReplyKind.UNKNOWN_REFERENCE):
        status, body = answered(kind, a_getbill())
        assert (status, body["result_code"]) == (200, "012")
        assert "data" not in body


def test_the_settings_are_needed_and_looked_at() -> None:
    ADAPTER.check(BIDV)
    for settings in (
        {},
        {"service_id": "CENTRE01"},
        {"time_pattern": "yyyyMMddHHmmss"},
        {"service_id": "CENTRE01", "time_pattern": "%Y%m%d"},
        {"service_id": "CENTRE01", "time_pattern": "yyyyMMdd"},
    ):
        with pytest.raises(Invalid):
            ADAPTER.check(replace(BIDV, settings=settings))
