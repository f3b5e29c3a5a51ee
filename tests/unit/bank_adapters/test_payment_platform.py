"""The national payment platform: its confirmations are proven, read and answered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from bank_adapters.payment_platform import ADAPTER, SIGNS
from payments.domain.adapters import Answer
from payments.domain.bank_messages import BankRequest, ReplyKind, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from tests.unit.bank_adapters.gateway_samples import (
    NOTICES,
    NOW,
    PLATFORM,
    REFERENCE,
    SECRET,
    read,
)

CONFIRMATION: dict[str, object] = {
    "LoaiBanTin": "CONFIRM",
    "MaLoi": "00",
    "MaDoiTac": "TTHCC-H49",
    "MaThamChieu": REFERENCE,
    "SoTien": 150_000,
    "MaTienTe": "VND",
    "MaGiaoDich": "4193767509",
    "MaNganHang": "VCB",
    "ThoiGianGD": "20260302145958",
    "ThongTinGiaoDich": "nộp lệ phí",
}
CODES = {"unproven_code": "97", "unreadable_code": "96", "unavailable_code": "95"}


def a_call(**changes: object) -> BankRequest:
    body = CONFIRMATION | changes
    texts = ["" if body[name] is None else str(body[name]) for name in SIGNS]
    proof = hashlib.sha256("|".join([*texts, SECRET]).encode()).hexdigest()
    raw = json.dumps(body | {"MaXacThuc": proof}).encode()
    return BankRequest("POST", "", (), raw, "192.0.2.1")


@pytest.mark.parametrize("amount", [150_000, "150000"])
def test_a_confirmation_is_proven_and_read(amount: object) -> None:
    assert read(ADAPTER, a_call(SoTien=amount), PLATFORM) == NOTICES["payment_platform"]


def test_any_code_but_two_noughts_is_a_failure() -> None:
    failed = read(ADAPTER, a_call(MaLoi="04", MaGiaoDich=""), PLATFORM)

    assert failed.status is TransferStatus.FAILED
    assert failed.event_id == REFERENCE


def test_a_separator_moves_no_field() -> None:
    moved = a_call(MaThamChieu=f"{REFERENCE}|1", SoTien=150_000)

    with pytest.raises(NotAuthenticated, match="MaThamChieu"):
        ADAPTER.authenticate(moved, PLATFORM, NOW)
    assert read(ADAPTER, a_call(ThongTinGiaoDich="a|b"), PLATFORM).amount == 150_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"SoTien": "150.000"}, "SoTien"),
        ({"MaLoi": None}, "MaLoi"),
        ({"MaGiaoDich": None}, "MaGiaoDich"),
        ({"MaTienTe": "đ"}, "MaTienTe"),
        ({"ThoiGianGD": "2026"}, "ThoiGianGD"),
        ({"MaThamChieu": ""}, "MaThamChieu"),
    ],
)
def test_what_cannot_be_read_is_named(changes: dict[str, object], field: str) -> None:
    call = a_call(**changes)
    ADAPTER.authenticate(call, PLATFORM, NOW)

    with pytest.raises(Invalid) as caught:
        ADAPTER.parse(call, PLATFORM)

    assert caught.value.facts["field"] == field


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (ReplyKind.ACCEPTED, 200, "00"),
        (ReplyKind.REPEATED, 200, "00"),
        (ReplyKind.UNKNOWN_REFERENCE, 200, "00"),
        (ReplyKind.WRONG_AMOUNT, 200, "00"),
        (ReplyKind.NOT_AUTHENTICATED, 401, "97"),
        (ReplyKind.UNREADABLE, 400, "96"),
        (ReplyKind.UNAVAILABLE, 503, "95"),
    ],
)
def test_answers_have_the_codes_that_are_set(kind: ReplyKind, status: int, code: str) -> None:
    credentials = replace(PLATFORM, settings={**PLATFORM.settings, **CODES})

    reply = ADAPTER.reply(Answer(kind), a_call(), credentials, NOW)
    body = json.loads(reply.body)

    assert (reply.status, body["MaLoi"]) == (status, code)
    assert ("MaThamChieu" in body) is (status == 200)


def test_codes_that_nobody_published_have_no_default() -> None:
    needed = {setting.name for setting in ADAPTER.declaration.settings if setting.is_needed}

    assert needed == {"partner_code", *CODES}
    reply = ADAPTER.reply(Answer(ReplyKind.NOT_AUTHENTICATED), a_call(), PLATFORM, NOW)
    assert json.loads(reply.body)["MaLoi"] == ""
