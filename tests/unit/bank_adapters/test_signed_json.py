"""A bank known from its declaration alone: the examples of the document, and what is refused."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bank_adapters.signed_json import ADAPTER
from bank_adapters.simulated import signed_json as pretended
from bank_adapters.testing import MEANING, cases, flips, problems
from payments.domain.adapters import Answer, Credentials
from payments.domain.bank_messages import BankRequest, Direction, ReplyKind, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports import Delivery
from tests.bank_notices import a_notice
from tests.unit.bank_adapters.gateway_samples import (
    BANK_OF_BODIES,
    BANK_OF_FIELDS,
    BANK_OF_LISTS,
    DECLARATIONS,
    DOCUMENT,
    NOTICES,
    NOW,
    SECRET,
    of_delivery,
    read,
    samples,
)

Change = Callable[[dict[str, Any]], object]


def a_bank(change: Change, number: int = 0, **secrets: str) -> Credentials:
    """Return the bank of an example after a change to its declaration."""
    declaration = json.loads(DECLARATIONS[number])
    change(declaration)
    of = (BANK_OF_BODIES, BANK_OF_FIELDS, BANK_OF_LISTS)[number]
    own = {name: (value,) for name, value in secrets.items()}
    settings = {"declaration": json.dumps(declaration)}
    return replace(of, secrets={**of.secrets, **own}, settings=settings)


def a_call(bank: Credentials, name: str = "signed_json, bodies", **changes: object) -> BankRequest:
    return of_delivery(pretended.SIMULATOR.delivery(replace(NOTICES[name], **changes), bank, NOW))  # type: ignore[arg-type] # rows of a table


def answered(kind: ReplyKind, bank: Credentials, request: BankRequest) -> tuple[int, str, str]:
    events = ADAPTER.parse(request, bank) if kind is not ReplyKind.UNREADABLE else ()
    reply = ADAPTER.reply(Answer(kind, tuple(events)), request, bank, NOW)
    return reply.status, reply.content_type, reply.body.decode()


def test_the_request_of_the_document_is_proven_read_and_answered_as_it_says() -> None:
    request = re.search("```http\n(.*?)\n```", DOCUMENT, re.DOTALL)
    secret = re.search("With the secret `([^`]+)`", DOCUMENT)
    answer = re.search("and is answered with `([^`]+)`", DOCUMENT)
    assert request
    assert secret
    assert answer
    head, body = request[1].split("\n\n")
    headers = tuple(tuple(line.split(": ", 1)) for line in head.splitlines()[1:])
    bank = Credentials("hmac", {"secret": (secret[1],)}, {"declaration": DECLARATIONS[0]})
    sent = BankRequest("POST", "", headers, body.encode(), "192.0.2.1")

    notice = read(ADAPTER, sent, bank)

    assert notice.amount == 150_000
    assert notice.remittance_information == "TPH7K2M4QX9 nop le phi"
    assert notice.occurred_at == NOW - timedelta(seconds=2)
    assert answered(ReplyKind.ACCEPTED, bank, sent)[2] == answer[1]


def test_every_key_of_the_declarations_is_explained() -> None:
    table = DOCUMENT[DOCUMENT.index("## Every key") :]
    spoken = set(re.findall(r"[a-z_]+", " ".join(re.findall("`[^`]+`", table))))
    keys: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            keys.update(value)
            for inner in value.values():
                collect(inner)

    for declaration in DECLARATIONS:
        whole = json.loads(declaration)
        for reply in whole["replies"].values():
            reply["body"] = None
        collect(whole)

    assert keys - spoken == set()


@pytest.mark.parametrize("bank", [BANK_OF_BODIES, BANK_OF_FIELDS, BANK_OF_LISTS])
def test_the_examples_can_be_configured(bank: Credentials) -> None:
    ADAPTER.check(bank)


WRONG: dict[str, tuple[Change, str]] = {
    "no signature": (lambda d: d.pop("signature"), "declaration.signature"),
    "no object": (lambda d: d.update(notice=[]), "declaration.notice"),
    "unknown key": (lambda d: d.update(more=1), "declaration.more"),
    "unknown key inside": (lambda d: d["time"].update(zone="+7"), "declaration.time.zone"),
    "MD5": (lambda d: d["signature"].update(algorithm="md5"), "declaration.signature.algorithm"),
    "no algorithm": (lambda d: d["signature"].pop("algorithm"), "declaration.signature.algorithm"),
    "encoding": (lambda d: d["signature"].update(encoding="HEX"), "declaration.signature.encoding"),
    "separator missing": (
        lambda d: d["signature"].pop("separator"),
        "declaration.signature.separator",
    ),
    "separator a number": (
        lambda d: d["signature"].update(separator=1),
        "declaration.signature.separator",
    ),
    "signs nothing": (lambda d: d["signature"].update(signs=[]), "declaration.signature.signs"),
    "signs numbers": (lambda d: d["signature"].update(signs=[1]), "declaration.signature.signs"),
    "signs twice": (
        lambda d: d["signature"].update(signs=["@body", "@time", "@body"]),
        "declaration.signature.signs",
    ),
    "signs what is no path": (
        lambda d: d["signature"].update(signs=["@body", "@time", "a b"]),
        "declaration.signature.signs",
    ),
    "body signs itself": (
        lambda d: d["signature"].update(place={"field": "sign"}),
        "declaration.signature.place",
    ),
    "two places": (
        lambda d: d["signature"].update(place={"header": "X", "field": "sign"}),
        "declaration.signature.place.field",
    ),
    "header no name": (
        lambda d: d["signature"].update(place={"header": "X Sign"}),
        "declaration.signature.place.header",
    ),
    "time not signed": (
        lambda d: d["signature"].update(signs=["@body"]),
        "declaration.time",
    ),
    "time signed and not said": (lambda d: d.pop("time"), "declaration.time"),
    "time pattern": (lambda d: d["time"].update(pattern="%s"), "declaration.time.pattern"),
    "window none": (lambda d: d["time"].pop("window_s"), "declaration.time.window_s"),
    "window a day": (lambda d: d["time"].update(window_s=86_400), "declaration.time.window_s"),
    "window a text": (lambda d: d["time"].update(window_s="300"), "declaration.time.window_s"),
    "amount not signed": (
        lambda d: d["signature"].update(signs=["@time", "transId"]),
        "amount",
    ),
    "id not signed": (lambda d: d["signature"].update(signs=["@time", "amount"]), "transId"),
    "list not signed": (
        lambda d: (
            d["notice"].update(list="items"),
            d["signature"].update(signs=["@time", "transId", "amount"]),
        ),
        "declaration.notice.list",
    ),
    "amount form": (
        lambda d: d["notice"]["amount"].update(form="float"),
        "declaration.notice.amount.form",
    ),
    "amount form missing": (
        lambda d: d["notice"]["amount"].pop("form"),
        "declaration.notice.amount.form",
    ),
    "no account": (lambda d: d["notice"].pop("account"), "declaration.notice.account"),
    "no currency": (lambda d: d["notice"].pop("currency"), "declaration.notice.currency"),
    "direction by no word": (
        lambda d: d["notice"]["direction"].pop("in"),
        "declaration.notice.direction.in",
    ),
    "a word for both": (
        lambda d: d["notice"]["direction"].update(out=["C"]),
        "declaration.notice.direction.out",
    ),
    "always sideways": (
        lambda d: d["notice"].update(direction={"always": "sideways"}),
        "declaration.notice.direction.always",
    ),
    "always and a field": (
        lambda d: d["notice"].update(direction={"always": "in", "field": "drcr"}),
        "declaration.notice.direction.field",
    ),
    "always failed": (
        lambda d: d["notice"].update(status={"always": "failed"}),
        "declaration.notice.status.always",
    ),
    "no text": (lambda d: d["notice"].update(text=[]), "declaration.notice.text"),
    "text no path": (lambda d: d["notice"].update(text=["a..b"]), "declaration.notice.text"),
    "id no path": (
        lambda d: d["notice"].update(event_id="a.b.c.d.e.f.g"),
        "declaration.notice.event_id",
    ),
    "notice time": (
        lambda d: d["notice"]["time"].update(pattern="yyyy-MM-dd"),
        "declaration.notice.time.pattern",
    ),
    "no answer": (lambda d: d["replies"].pop("accepted"), "declaration.replies.accepted"),
    "an answer to nothing": (
        lambda d: d["replies"].update(paid=d["replies"]["accepted"]),
        "declaration.replies.paid",
    ),
    "status": (
        lambda d: d["replies"]["accepted"].update(status=99),
        "declaration.replies.accepted.status",
    ),
    "status a bool": (
        lambda d: d["replies"]["accepted"].update(status=True),
        "declaration.replies.accepted.status",
    ),
    "no body": (
        lambda d: d["replies"]["accepted"].pop("body"),
        "declaration.replies.accepted.body",
    ),
    "content type": (
        lambda d: d["replies"]["accepted"].update(content_type="json\r\nX: 1"),
        "declaration.replies.accepted.content_type",
    ),
    "placeholder": (
        lambda d: d["replies"]["accepted"].update(body="{secret}"),
        "declaration.replies.accepted.body",
    ),
    "placeholder path": (
        lambda d: d["replies"]["accepted"].update(body={"id": "{field:a b}"}),
        "declaration.replies.accepted.body",
    ),
    "placeholder time": (
        lambda d: d["replies"]["accepted"].update(body="{now:%Y}"),
        "declaration.replies.accepted.body",
    ),
}


@pytest.mark.parametrize(("change", "named"), WRONG.values(), ids=WRONG)
def test_what_could_not_work_is_named_before_and_at_use(change: Change, named: str) -> None:
    bank = a_bank(change)

    with pytest.raises(Invalid) as caught:
        ADAPTER.check(bank)
    with pytest.raises(NotAuthenticated) as refused:
        ADAPTER.authenticate(a_call(BANK_OF_BODIES), bank, NOW)

    assert caught.value.facts["field"] == named
    assert refused.value.facts["field"] == named
    reply = ADAPTER.reply(Answer(ReplyKind.NOT_AUTHENTICATED), a_call(BANK_OF_BODIES), bank, NOW)
    assert reply.status == 503


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a":1,"a":2}', '{"a":NaN}', "\ud800"])
def test_what_is_no_declaration_is_refused(text: str) -> None:
    bank = replace(BANK_OF_BODIES, settings={"declaration": text})

    with pytest.raises(Invalid, match="declaration"):
        ADAPTER.check(bank)


def test_the_algorithm_belongs_to_the_way() -> None:
    with pytest.raises(Invalid, match=r"declaration\.signature\.algorithm"):
        ADAPTER.check(replace(BANK_OF_BODIES, way="rsa"))
    with pytest.raises(NotAuthenticated, match="unknown_way"):
        ADAPTER.authenticate(a_call(BANK_OF_BODIES), replace(BANK_OF_BODIES, way="rsa"), NOW)


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(Invalid, match="public_key"):
        ADAPTER.check(replace(BANK_OF_FIELDS, secrets={"public_key": ("no key",)}))


OTHER_SIGNERS: dict[str, Credentials] = {
    "hex in capitals": a_bank(lambda d: d["signature"].update(encoding="hex-upper")),
    "base64 of SHA-512": a_bank(
        lambda d: d["signature"].update(encoding="base64", algorithm="hmac-sha512")
    ),
    "the time in the signed body": a_bank(
        lambda d: (
            d["time"].update(place={"field": "sentAt"}, pattern="epoch_ms"),
            d["signature"].update(signs=["@body"]),
        )
    ),
    "the time as a signed field": a_bank(
        lambda d: (
            d["time"].update(place={"field": "sentAt"}, pattern="iso8601"),
            d["signature"].update(
                place={"field": "sign"},
                signs=["transId", "amount", "accNo", "sentAt"],
            ),
        )
    ),
    "fields put together without separator": a_bank(
        lambda d: (
            d.pop("time"),
            d["signature"].update(signs=["transId", "amount", "accNo"], separator=""),
        )
    ),
}


@pytest.mark.parametrize("bank", OTHER_SIGNERS.values(), ids=OTHER_SIGNERS)
def test_other_ways_to_sign_are_proven_and_a_changed_amount_is_not(bank: Credentials) -> None:
    call = a_call(bank)

    assert read(ADAPTER, call, bank).amount == 150_000
    more = replace(call, body=call.body.replace(b"150000", b"150001"))
    with pytest.raises(NotAuthenticated):
        ADAPTER.authenticate(more, bank, NOW)
    with pytest.raises(NotAuthenticated):
        ADAPTER.authenticate(call, replace(bank, secrets={"secret": (SECRET[::-1],)}), NOW)


def test_rsa_may_be_written_in_hexadecimal() -> None:
    sample = samples()["signed_json, fields"]
    bank = a_bank(lambda d: d["signature"].update(encoding="hex"), 1)
    other = replace(bank, secrets=sample.other.secrets)
    request = pretended.write(NOTICES["signed_json, fields"], bank)
    in_hex = replace(sample, credentials=bank, other=other, request=request, covers=MEANING)

    assert problems(in_hex) == ()
    assert [case.fault() for case in cases(in_hex) if case.fault()] == []
    assert flips(in_hex, 300, Random(2)) == ()


def test_a_separator_inside_moves_no_piece() -> None:
    bank = BANK_OF_FIELDS
    request = pretended.write(NOTICES["signed_json, fields"], bank)
    body = request.body.replace(b'"account":"0123499999"', b'"account":"01234|99999"')
    call = of_delivery(pretended.seal(request._replace(body=body), bank, NOW))

    with pytest.raises(NotAuthenticated, match=r"data\.account"):
        ADAPTER.authenticate(call, bank, NOW)


def test_an_absent_piece_is_empty_only_where_it_is_declared_so() -> None:
    strict = a_bank(lambda d: d["signature"].pop("absent"), 1)
    call = a_call(BANK_OF_FIELDS, "signed_json, fields")

    assert read(ADAPTER, call, BANK_OF_FIELDS).amount == 150_000
    with pytest.raises(NotAuthenticated, match=r"header\.requestId"):
        ADAPTER.authenticate(call, strict, NOW)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (TransferStatus.BOOKED, "00"),
        (TransferStatus.PENDING, "02"),
        (TransferStatus.FAILED, "03"),
        (TransferStatus.FAILED, "0"),
    ],
)
def test_a_word_of_status_that_is_not_declared_is_no_money(
    status: TransferStatus, word: str
) -> None:
    request = pretended.write(NOTICES["signed_json, bodies"], BANK_OF_BODIES)
    body = request.body.replace(b'"status":"00"', f'"status":"{word}"'.encode())
    call = of_delivery(pretended.seal(request._replace(body=body), BANK_OF_BODIES, NOW))

    assert read(ADAPTER, call, BANK_OF_BODIES).status is status


@pytest.mark.parametrize(
    ("found", "other", "field"),
    [
        (b'"drcr":"C"', b'"drcr":"X"', "drcr"),
        (b'"drcr":"C"', b'"drcr":null', "drcr"),
        (b'"status":"00"', b'"status":true', "status"),
        (b'"amount":150000', b'"amount":"150000"', "amount"),
        (b'"accNo":"0123499999"', b'"accNo":""', "accNo"),
        (b'"txnTime":"2026-03-02 14:59:58"', b'"txnTime":"2026-03-02T14:59:58"', "txnTime"),
        (b'"narrative":', b'"narrative":1,"more":', "narrative"),
        (b'"vaNo":"VA0001"', b'"vaNo":"VA 1"', "vaNo"),
    ],
)
def test_what_cannot_be_read_is_named(found: bytes, other: bytes, field: str) -> None:
    request = pretended.write(NOTICES["signed_json, bodies"], BANK_OF_BODIES)
    assert found in request.body
    changed = request._replace(body=request.body.replace(found, other))
    call = of_delivery(pretended.seal(changed, BANK_OF_BODIES, NOW))
    ADAPTER.authenticate(call, BANK_OF_BODIES, NOW)

    with pytest.raises(Invalid) as caught:
        ADAPTER.parse(call, BANK_OF_BODIES)

    assert caught.value.facts["field"] == field


def test_a_list_is_read_whole_or_not_at_all() -> None:
    one = json.loads(pretended.write(NOTICES["signed_json, lists"], BANK_OF_LISTS).body)
    (item,) = one["transactions"]
    two = {"transactions": [item, item | {"id": "2", "side": "DEBIT"}]}

    def parsed(body: object) -> list[tuple[str, Direction]]:
        sent = pretended.seal(Delivery((), json.dumps(body).encode()), BANK_OF_LISTS, NOW)
        ADAPTER.authenticate(of_delivery(sent), BANK_OF_LISTS, NOW)
        events = ADAPTER.parse(of_delivery(sent), BANK_OF_LISTS)
        return [(event.event_id, event.direction) for event in events]

    assert parsed(two) == [("92704", Direction.IN), ("2", Direction.OUT)]
    refused: list[dict[str, object]] = [
        {"transactions": []},
        {"transactions": item},
        {"transactions": [item, 1]},
        {"transactions": [item, item | {"value": 0}]},
        {},
    ]
    for broken in refused:
        with pytest.raises(Invalid):
            parsed(broken)


def test_answers_are_filled_with_what_was_proven() -> None:
    bank = BANK_OF_FIELDS
    request = pretended.write(NOTICES["signed_json, fields"], bank)
    body = request.body.replace(b'{"data"', b'{"header":{"requestId":"R-1"},"data"')
    call = of_delivery(pretended.seal(request._replace(body=body), bank, NOW))
    expected = {"requestId": "R-1", "at": "20260302150000"}

    assert read(ADAPTER, call, bank).amount == 150_000
    for kind, code in ((ReplyKind.ACCEPTED, "000"), (ReplyKind.REPEATED, "023")):
        status, kind_of_text, text = answered(kind, bank, call)
        assert (status, kind_of_text) == (200, "application/json")
        assert json.loads(text) == {**expected, "code": code}
    assert answered(ReplyKind.UNKNOWN_REFERENCE, bank, call)[2].endswith('"code": "000"}')
    assert answered(ReplyKind.UNAVAILABLE, bank, call) == (503, "application/json", "")


def test_an_answer_may_be_a_text() -> None:
    call = a_call(BANK_OF_LISTS, "signed_json, lists")

    assert answered(ReplyKind.ACCEPTED, BANK_OF_LISTS, call) == (200, "text/plain", "OK 150000")


def test_what_was_not_proven_is_not_given_back() -> None:
    bank = a_bank(
        lambda d: d["replies"]["not_authenticated"].update(body="no {field:transId}{event_id}")
    )
    for body in (a_call(BANK_OF_BODIES).body, b"{", b""):
        reply = ADAPTER.reply(
            Answer(ReplyKind.NOT_AUTHENTICATED),
            BankRequest("POST", "", (), body, "192.0.2.1"),
            bank,
            NOW,
        )
        assert reply.body == b"no "


def test_the_simulator_cannot_say_what_is_declared_otherwise() -> None:
    with pytest.raises(Invalid, match="value_not_simulated"):
        pretended.write(a_notice(currency="USD"), BANK_OF_LISTS)


def test_a_signature_in_base64_has_one_spelling() -> None:
    call = a_call(BANK_OF_LISTS, "signed_json, lists")
    ((_, _), (name, good)) = call.headers
    spelled = good.replace("==", "=") + " "

    for other in (spelled, base64.b64decode(good).hex(), good + "="):
        changed = replace(call, headers=((name, other),))
        with pytest.raises(NotAuthenticated, match="wrong_signature"):
            ADAPTER.authenticate(changed, BANK_OF_LISTS, NOW)
