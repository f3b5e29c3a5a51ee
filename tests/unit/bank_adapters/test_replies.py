"""What each provider is told: good news in the form that makes it stop, bad news that it repeats."""

from __future__ import annotations

import json

import pytest

from bank_adapters import bvbank, mb, vietqr_vn
from bank_adapters.testing import Sample
from payments.domain.adapters import Answer, TokenRequest
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind
from tests.bank_notices import a_notice
from tests.bank_samples import NOW, SAMPLES

TAKEN_IN = (
    ReplyKind.ACCEPTED,
    ReplyKind.REPEATED,
    ReplyKind.UNKNOWN_REFERENCE,
    ReplyKind.WRONG_AMOUNT,
)


def reply_of(sample: Sample, kind: ReplyKind) -> BankReply:
    sent = sample.good()
    request = BankRequest("POST", "", sent.headers, sent.body, "192.0.2.1", sent.path)
    answer = Answer(kind, (a_notice(),) if sample.amount else (TokenRequest(),))
    return sample.adapter.reply(answer, request, sample.credentials, NOW)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_whatever_has_been_taken_in_is_answered_alike(sample: Sample) -> None:
    replies = {reply_of(sample, kind).status for kind in TAKEN_IN}

    assert replies == {200}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_what_may_work_later_is_a_failure_of_ours(sample: Sample) -> None:
    assert reply_of(sample, ReplyKind.UNAVAILABLE).status == 503


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_what_was_not_proven_or_not_read_is_a_failure_of_theirs(sample: Sample) -> None:
    assert reply_of(sample, ReplyKind.NOT_AUTHENTICATED).status in {400, 401}
    assert reply_of(sample, ReplyKind.UNREADABLE).status == 400


@pytest.mark.parametrize("name", ["sepay, hmac", "casso, webhook_key", "payos", "pay2s"])
def test_those_who_look_at_the_body_read_of_success(name: str) -> None:
    for kind in TAKEN_IN:
        assert reply_of(SAMPLES[name], kind).body == b'{"success": true}'


def test_vietqr_vn_is_given_our_reference() -> None:
    told = json.loads(reply_of(SAMPLES["vietqr_vn"], ReplyKind.REPEATED).body)

    assert told == {
        "error": False,
        "errorReason": None,
        "toastMessage": "",
        "object": {"reftransactionid": "92704"},
    }


def test_vietqr_vn_is_given_a_reason() -> None:
    told = json.loads(reply_of(SAMPLES["vietqr_vn"], ReplyKind.UNREADABLE).body)

    assert (told["error"], told["errorReason"], told["object"]) == (True, "UNREADABLE", None)


def test_mms_is_given_the_codes_of_its_contract() -> None:
    sample = SAMPLES["mb, mms"]

    assert json.loads(reply_of(sample, ReplyKind.WRONG_AMOUNT).body)["resCode"] == "00"
    assert json.loads(reply_of(sample, ReplyKind.UNAVAILABLE).body)["resCode"] == "99"


def test_bvbank_looks_for_400() -> None:
    assert reply_of(SAMPLES["bvbank"], ReplyKind.NOT_AUTHENTICATED).status == 400


def test_what_signs_nothing_or_weakly_is_provisional() -> None:
    provisional = {
        (sample.adapter.name, way.name)
        for sample in SAMPLES.values()
        for way in sample.adapter.declaration.ways
        if way.is_provisional
    }

    assert provisional == {
        ("vietqr_vn", vietqr_vn.WAY),
        ("neox", "secret_key"),
        (mb.ADAPTER.name, mb.MMS),
    }
    assert not bvbank.ADAPTER.declaration.ways[0].is_provisional
