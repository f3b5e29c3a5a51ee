"""SePay's deliveries: those that are its own are read exactly, everything else is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bank_adapters.sepay import ADAPTER
from bank_adapters.signatures import hmac_text
from payments.domain.adapters import Answer, Credentials
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
)
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports import BankAdapter

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "webhook_vectors_sepay.json").read_text(encoding="utf-8")
)["vectors"]
KEY = "khoa-api-thu-nghiem-01"
SECRET = "whsec_0123456789abcdef01234567"
OTHER = "whsec_fedcba9876543210fedcba98"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
FIELDS: dict[str, object] = {
    "id": 92704,
    "gateway": "Vietcombank",
    "transactionDate": "2026-03-02 14:59:58",
    "accountNumber": "0123499999",
    "code": None,
    "content": "TPH7K2M4 nop le phi",
    "transferType": "in",
    "transferAmount": 150000,
    "accumulated": 19077000,
    "subAccount": None,
    "referenceCode": "MBVCB.3278907687",
    "description": "",
}
BODY = json.dumps(FIELDS).encode()


def a_request(
    body: bytes = BODY, *headers: tuple[str, str], method: str = "POST", query: str = ""
) -> BankRequest:
    return BankRequest(method, query, headers, body, "172.236.138.20")


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW) -> BankRequest:
    stamp = str(int(at.timestamp()))
    return with_signature("sha256=" + sign(body, secret, stamp), stamp, body)


def with_signature(signature: str, stamp: str = STAMP, body: bytes = BODY) -> BankRequest:
    return a_request(body, ("X-SePay-Timestamp", stamp), ("X-SePay-Signature", signature))


def sign(body: bytes = BODY, secret: str = SECRET, stamp: str = STAMP) -> str:
    return hmac_text(secret, stamp.encode() + b"." + body)


def with_key(value: str, body: bytes = BODY) -> BankRequest:
    return a_request(body, ("Authorization", value))


def parsed(**changes: object) -> TransferNotice:
    request = a_request(json.dumps(FIELDS | changes).encode())
    (notice,) = ADAPTER.parse(request, with_secrets("hmac", SECRET))
    assert isinstance(notice, TransferNotice)
    return notice


def with_secrets(way: str, *secrets: str) -> Credentials:
    return Credentials(way, {way: secrets})


def replied(kind: ReplyKind) -> BankReply:
    return ADAPTER.reply(Answer(kind), a_request(), with_secrets("hmac", SECRET), NOW)


def is_accepted(request: BankRequest, way: str, *secrets: str, now: datetime = NOW) -> bool:
    credentials = with_secrets(way, *secrets)
    try:
        ADAPTER.authenticate(request, credentials, now)
        ADAPTER.parse(request, credentials)
    except (NotAuthenticated, Invalid):
        return False
    return True


# What SePay sends is accepted.


def test_the_adapter_fits_the_port() -> None:
    adapter: BankAdapter = ADAPTER

    least = {secret.name: secret.least for secret in adapter.declaration.secrets}
    proving = {name: least[name] for way in adapter.declaration.ways for name in way.secrets}
    assert (adapter.name, proving) == ("sepay", {"api_key": 16, "hmac": 24, "oauth2_token": 32})
    assert min(least.values()) >= 16


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_recorded_delivery_is_authentic_and_read(vector: dict[str, Any]) -> None:
    request = a_request(vector["body"].encode(), *vector["headers"].items())
    stamp = vector["headers"].get("X-SePay-Timestamp")
    now = datetime.fromtimestamp(int(stamp), UTC) if stamp else NOW
    name = "hmac" if stamp else "api_key"

    assert is_accepted(request, name, vector["secret"], now=now)
    assert not is_accepted(request, name, vector["secret"] + "x", now=now)


def test_every_field_is_read() -> None:
    assert parsed(subAccount="VA0001") == TransferNotice(
        event_id="92704",
        account_number="0123499999",
        direction=Direction.IN,
        amount=150_000,
        currency="VND",
        occurred_at=datetime(2026, 3, 2, 7, 59, 58, tzinfo=UTC),
        remittance_information="TPH7K2M4 nop le phi",
        bank_reference="MBVCB.3278907687",
        virtual_account="VA0001",
        balance_after=19_077_000,
    )


def test_both_secrets_of_a_rotation_are_good() -> None:
    for secret in (SECRET, OTHER):
        assert is_accepted(signed(secret=secret), "hmac", SECRET, OTHER)
    for key in (KEY, KEY + "-cu"):
        assert is_accepted(with_key("Apikey " + key), "api_key", KEY, KEY + "-cu")


def test_the_bearer_token_of_a_delivery_is_good_and_any_other_is_not() -> None:
    token = "token-" + "0123456789abcdef" * 2

    assert is_accepted(with_key("Bearer " + token), "oauth2_token", token)
    for value in ("Bearer " + token[:-1], "Apikey " + token, "bearer " + token, "Bearer"):
        assert not is_accepted(with_key(value), "oauth2_token", token)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_signed_time_inside_the_window_is_good(seconds: int) -> None:
    assert is_accepted(signed(at=NOW + timedelta(seconds=seconds)), "hmac", SECRET)


def test_header_names_have_no_case() -> None:
    request = a_request(
        BODY, ("x-sepay-timestamp", STAMP), ("X-SEPAY-SIGNATURE", "sha256=" + sign())
    )

    assert is_accepted(request, "hmac", SECRET)


def test_the_body_is_signed_as_it_came_and_not_as_it_reads() -> None:
    spaced = BODY.replace(b'"id": ', b'"id" :  ')

    assert is_accepted(signed(spaced), "hmac", SECRET)
    assert not is_accepted(with_signature("sha256=" + sign(), STAMP, spaced), "hmac", SECRET)


def test_fields_nobody_knows_are_left_alone() -> None:
    parsed(newField={"rate": 0.5, "big": 10**40, "deep": [[[]]]})


def test_money_out_is_told_as_money_out() -> None:
    assert parsed(transferType="out").direction is Direction.OUT


def test_a_text_number_of_the_event_is_the_same_event() -> None:
    assert parsed(id="92704").event_id == parsed(id=92704).event_id


@pytest.mark.parametrize(("said", "known"), [(0, None), (None, None), (-5, -5), (7, 7)])
def test_a_balance_of_zero_means_that_the_bank_said_nothing(
    said: int | None, known: int | None
) -> None:
    assert parsed(accumulated=said).balance_after == known


def test_decomposed_letters_are_composed() -> None:
    decomposed = "Le\u0302\u0323 phi\u0301"

    assert parsed(content=decomposed).remittance_information == "L\u1ec7 ph\u00ed"


def test_letters_no_screen_shows_do_not_reach_the_books() -> None:
    dirty = "TPH7\u200bK2\x00M4\r\nnop\u202e phi \ud800"

    assert parsed(content=dirty).remittance_information == "TPH7K2 M4  nop phi \ufffd"


def test_the_notification_stands_in_for_a_missing_content() -> None:
    for content in ("", " ", None):
        assert parsed(content=content, description="TPH7").remittance_information == "TPH7"


@pytest.mark.parametrize("absent", [None, ""])
def test_a_virtual_account_and_a_reference_may_be_absent(absent: str | None) -> None:
    notice = parsed(subAccount=absent, referenceCode=absent)

    assert (notice.virtual_account, notice.bank_reference) == ("", "")


# What is not SePay's is refused.

SIGNATURE = sign()
FORGED_SIGNATURES: dict[str, BankRequest] = {
    "no headers": a_request(),
    "no signature": a_request(BODY, ("X-SePay-Timestamp", STAMP)),
    "no time": a_request(BODY, ("X-SePay-Signature", "sha256=" + SIGNATURE)),
    "empty signature": with_signature(""),
    "scheme alone": with_signature("sha256="),
    "no scheme": with_signature(SIGNATURE),
    "other scheme": with_signature("sha512=" + SIGNATURE),
    "version zero": with_signature("v0=" + SIGNATURE),
    "scheme in capitals": with_signature("SHA256=" + SIGNATURE),
    "digits in capitals": with_signature("sha256=" + SIGNATURE.upper()),
    "one digit short": with_signature("sha256=" + SIGNATURE[:-1]),
    "half": with_signature("sha256=" + SIGNATURE[:32]),
    "one digit more": with_signature("sha256=" + SIGNATURE + "0"),
    "a blank behind": with_signature("sha256=" + SIGNATURE + " "),
    "a blank before": with_signature(" sha256=" + SIGNATURE),
    "doubled in one": with_signature(f"sha256={SIGNATURE},sha256={SIGNATURE}"),
    "not ASCII": with_signature("sha256=" + SIGNATURE[:-1] + "\u0661"),
    "half a surrogate": with_signature("sha256=\udc80"),
    "in base64": with_signature("sha256=" + "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="),
    "signature twice": a_request(
        BODY,
        ("X-SePay-Timestamp", STAMP),
        ("X-SePay-Signature", "sha256=" + SIGNATURE),
        ("x-sepay-signature", "sha256=" + SIGNATURE),
    ),
    "time twice": a_request(
        BODY,
        ("X-SePay-Timestamp", STAMP),
        ("X-SePay-Timestamp", STAMP),
        ("X-SePay-Signature", "sha256=" + SIGNATURE),
    ),
    "other secret": signed(secret=OTHER),
    "empty secret": signed(secret=""),
    "secret in capitals": signed(secret=SECRET.upper()),
    "301 s old": signed(at=NOW - timedelta(seconds=301)),
    "a day old": signed(at=NOW - timedelta(days=1)),
    "301 s ahead": signed(at=NOW + timedelta(seconds=301)),
    "a year ahead": signed(at=NOW + timedelta(days=365)),
    "other time than signed": with_signature("sha256=" + SIGNATURE, str(int(STAMP) + 1)),
    "time empty": with_signature("sha256=" + sign(stamp=""), ""),
    "time in words": with_signature("sha256=" + sign(stamp="now"), "now"),
    "time negative": with_signature("sha256=" + sign(stamp="-" + STAMP), "-" + STAMP),
    "time with a fraction": with_signature("sha256=" + sign(stamp=STAMP + ".0"), STAMP + ".0"),
    "time with a line end": with_signature("sha256=" + sign(stamp=STAMP + "\n"), STAMP + "\n"),
    "time in milliseconds": with_signature("sha256=" + sign(stamp=STAMP + "000"), STAMP + "000"),
    "time in Arabic digits": with_signature("sha256=" + SIGNATURE, "\u0661" * 10),
    "time without end": with_signature("sha256=" + SIGNATURE, "1" * 5000),
    "body without time signed": with_signature("sha256=" + hmac_text(SECRET, BODY)),
    "body empty": with_signature("sha256=" + SIGNATURE, STAMP, b""),
    "body changed": with_signature(
        "sha256=" + SIGNATURE, STAMP, BODY.replace(b"150000", b"950000")
    ),
    "body cut": with_signature("sha256=" + SIGNATURE, STAMP, BODY[:-1]),
    "body longer": with_signature("sha256=" + SIGNATURE, STAMP, BODY + b" "),
    "body written again": with_signature(
        "sha256=" + SIGNATURE, STAMP, json.dumps(FIELDS, separators=(",", ":")).encode()
    ),
    "body in UTF-16": with_signature("sha256=" + SIGNATURE, STAMP, BODY.decode().encode("utf-16")),
    "key instead of signature": with_key("Apikey " + SECRET),
    "by GET": BankRequest("GET", "", signed().headers, BODY, ""),
    "too large": signed(BODY + b" " * 65_536),
}


@pytest.mark.parametrize("forged", FORGED_SIGNATURES.values(), ids=FORGED_SIGNATURES.keys())
def test_a_forged_signature_is_refused(forged: BankRequest) -> None:
    with pytest.raises(NotAuthenticated):
        ADAPTER.authenticate(forged, with_secrets("hmac", SECRET), NOW)


FORGED_KEYS: dict[str, BankRequest] = {
    "no header": a_request(),
    "empty": with_key(""),
    "word alone": with_key("Apikey"),
    "word and blank": with_key("Apikey "),
    "key alone": with_key(KEY),
    "other word": with_key("Bearer " + KEY),
    "word in capitals": with_key("APIKEY " + KEY),
    "two blanks": with_key("Apikey  " + KEY),
    "a blank behind": with_key("Apikey " + KEY + " "),
    "cut": with_key("Apikey " + KEY[:-1]),
    "longer": with_key("Apikey " + KEY + "1"),
    "in capitals": with_key("Apikey " + KEY.upper()),
    "other key": with_key("Apikey " + OTHER),
    "doubled in one": with_key(f"Apikey {KEY}, Apikey {KEY}"),
    "twice": a_request(
        BODY, ("Authorization", "Apikey " + KEY), ("authorization", "Apikey " + KEY)
    ),
    "not ASCII": with_key("Apikey \u00e9\u1ec7"),
    "in the query": a_request(query="Authorization=Apikey+" + KEY),
    "by PUT": a_request(BODY, ("Authorization", "Apikey " + KEY), method="PUT"),
    "too large": with_key("Apikey " + KEY, BODY + b" " * 65_536),
    "a signature with the key": signed(secret=KEY),
}


@pytest.mark.parametrize("forged", FORGED_KEYS.values(), ids=FORGED_KEYS.keys())
def test_a_forged_key_is_refused(forged: BankRequest) -> None:
    with pytest.raises(NotAuthenticated):
        ADAPTER.authenticate(forged, with_secrets("api_key", KEY), NOW)


@pytest.mark.parametrize("secrets", [[], [""], [" "], ["", ""]])
def test_without_a_secret_nothing_is_authentic(secrets: list[str]) -> None:
    for empty in ("", " "):
        assert not is_accepted(signed(secret=empty), "hmac", *secrets)
        assert not is_accepted(with_key("Apikey " + empty), "api_key", *secrets)


@pytest.mark.parametrize("name", ["", "none", "HMAC", "api_key ", "oauth2_token "])
def test_a_way_of_proof_that_is_not_declared_proves_nothing(name: str) -> None:
    request = a_request(BODY, *signed().headers, ("Authorization", "Apikey " + KEY))

    assert not is_accepted(request, name, SECRET, KEY)


def test_one_changed_bit_anywhere_is_refused() -> None:
    random = Random(20260302)
    signature, body = ("sha256=" + SIGNATURE).encode(), BODY
    whole = STAMP.encode() + b"|" + signature + b"|" + body
    for _ in range(100_000):
        bit = random.randrange(len(whole) * 8)
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        stamp = changed[: len(STAMP)].decode("latin-1")
        rest = bytes(changed[len(STAMP) + 1 :])
        request = with_signature(
            rest[: len(signature)].decode("latin-1"), stamp, rest[len(signature) + 1 :]
        )
        is_separator = bit // 8 in {len(STAMP), len(STAMP) + 1 + len(signature)}

        assert is_separator or not is_accepted(request, "hmac", SECRET)


def test_the_proof_is_judged_before_the_body_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def reads_nothing(*_: object, **__: object) -> object:
        pytest.fail("an unproven body was read")

    monkeypatch.setattr(json, "loads", reads_nothing)

    with pytest.raises(NotAuthenticated):
        ADAPTER.authenticate(signed(b'{"id": 1}', OTHER), with_secrets("hmac", SECRET), NOW)


# What cannot be read is named.


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in FIELDS.items() if key != name}).encode()


def raw(name: str, written: str) -> bytes:
    marked = json.dumps(FIELDS | {name: "@"})
    return marked.replace('"@"', written).encode()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "body"),
    "blank": (b" ", "body"),
    "not UTF-8": (BODY.replace(b"nop", b"\xff\xfe"), "body"),
    "UTF-16": (BODY.decode().encode("utf-16"), "body"),
    "a byte-order mark": (b"\xef\xbb\xbf" + BODY, "body"),
    "cut": (BODY[:-1], "body"),
    "two values": (BODY + BODY, "body"),
    "a form": (b"id=92704&transferAmount=150000", "body"),
    "a list": (b"[" + BODY + b"]", "body"),
    "a text": (b'"in"', "body"),
    "null": (b"null", "body"),
    "a number": (b"1", "body"),
    "nested without end": (b"[" * 60_000, "body"),
    "a key twice": (BODY[:-1] + b', "transferAmount": 1}', "body"),
    "a key twice inside": (BODY[:-1] + b', "more": {"a": 1, "a": 2}}', "body"),
    "NaN nobody asked for": (raw("gateway", "NaN"), "body"),
    "no event": (without("id"), "id"),
    "event null": (raw("id", "null"), "id"),
    "event true": (raw("id", "true"), "id"),
    "event negative": (raw("id", "-1"), "id"),
    "event with a fraction": (raw("id", "92704.0"), "id"),
    "event of 19 digits": (raw("id", "1" * 19), "id"),
    "event empty": (raw("id", '""'), "id"),
    "event with a blank": (raw("id", '"9 2"'), "id"),
    "event a list": (raw("id", "[1]"), "id"),
    "no account": (without("accountNumber"), "accountNumber"),
    "account a number": (raw("accountNumber", "123499999"), "accountNumber"),
    "account empty": (raw("accountNumber", '""'), "accountNumber"),
    "account in Arabic digits": (raw("accountNumber", '"\u0661\u0662"'), "accountNumber"),
    "account with a line end": (raw("accountNumber", '"012\\n"'), "accountNumber"),
    "account too long": (raw("accountNumber", '"' + "1" * 35 + '"'), "accountNumber"),
    "no direction": (without("transferType"), "transferType"),
    "direction in capitals": (raw("transferType", '"IN"'), "transferType"),
    "direction unknown": (raw("transferType", '"inout"'), "transferType"),
    "direction a list": (raw("transferType", '["in"]'), "transferType"),
    "no amount": (without("transferAmount"), "transferAmount"),
    "amount null": (raw("transferAmount", "null"), "transferAmount"),
    "amount zero": (raw("transferAmount", "0"), "transferAmount"),
    "amount minus zero": (raw("transferAmount", "-0"), "transferAmount"),
    "amount negative": (raw("transferAmount", "-150000"), "transferAmount"),
    "amount with a fraction": (raw("transferAmount", "150000.0"), "transferAmount"),
    "amount with a power": (raw("transferAmount", "15e4"), "transferAmount"),
    "amount a text": (raw("transferAmount", '"150000"'), "transferAmount"),
    "amount true": (raw("transferAmount", "true"), "transferAmount"),
    "amount a list": (raw("transferAmount", "[150000]"), "transferAmount"),
    "amount NaN": (raw("transferAmount", "NaN"), "body"),
    "amount infinite": (raw("transferAmount", "Infinity"), "body"),
    "amount beyond a float": (raw("transferAmount", "1e999"), "transferAmount"),
    "amount one too many": (raw("transferAmount", str(10**13 + 1)), "transferAmount"),
    "amount of 5000 digits": (raw("transferAmount", "9" * 5000), "transferAmount"),
    "amount with a leading zero": (raw("transferAmount", "0150000"), "body"),
    "no time": (without("transactionDate"), "transactionDate"),
    "time a number": (raw("transactionDate", "1700000000"), "transactionDate"),
    "day alone": (raw("transactionDate", '"2026-03-02"'), "transactionDate"),
    "time with a zone": (raw("transactionDate", '"2026-03-02 14:59:58+07"'), "transactionDate"),
    "time with a T": (raw("transactionDate", '"2026-03-02T14:59:58"'), "transactionDate"),
    "no such day": (raw("transactionDate", '"2026-02-29 00:00:00"'), "transactionDate"),
    "no such hour": (raw("transactionDate", '"2026-03-02 24:00:00"'), "transactionDate"),
    "year nought": (raw("transactionDate", '"0000-03-02 14:00:00"'), "transactionDate"),
    "content a number": (raw("content", "5"), "content"),
    "content an object": (raw("content", "{}"), "content"),
    "description a list": (raw("description", "[]"), "description"),
    "reference a number": (raw("referenceCode", "5"), "referenceCode"),
    "virtual account a list": (raw("subAccount", "[]"), "subAccount"),
    "balance a text": (raw("accumulated", '"1"'), "accumulated"),
    "balance with a fraction": (raw("accumulated", "0.5"), "accumulated"),
    "balance of 19 digits": (raw("accumulated", "1" * 19), "accumulated"),
}


@pytest.mark.parametrize(("body", "field"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_delivery_names_the_field(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ADAPTER.parse(a_request(body), with_secrets("hmac", SECRET))

    assert refused.value.facts["field"] == field


def test_the_largest_amount_is_read() -> None:
    assert parsed(transferAmount=10**13).amount == 10**13


# The answers.


def test_success_is_answered_word_for_word() -> None:
    reply = replied(ReplyKind.ACCEPTED)

    assert (reply.status, reply.body, reply.content_type) == (
        200,
        b'{"success": true}',
        "application/json",
    )


@pytest.mark.parametrize(
    "kind", [ReplyKind.REPEATED, ReplyKind.UNKNOWN_REFERENCE, ReplyKind.WRONG_AMOUNT]
)
def test_money_that_has_been_taken_in_is_success_whatever_it_was_for(kind: ReplyKind) -> None:
    assert replied(kind) == replied(ReplyKind.ACCEPTED)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ReplyKind.NOT_AUTHENTICATED, 401),
        (ReplyKind.UNREADABLE, 400),
        (ReplyKind.UNAVAILABLE, 503),
    ],
)
def test_a_refusal_says_so_in_json(kind: ReplyKind, status: int) -> None:
    reply = replied(kind)

    assert reply.status == status
    assert json.loads(reply.body)["success"] is False


REASONS: list[tuple[Callable[[], BankRequest], str]] = [
    (a_request, "header_missing"),
    (lambda: FORGED_SIGNATURES["signature twice"], "header_repeated"),
    (lambda: FORGED_SIGNATURES["no scheme"], "header_malformed"),
    (lambda: FORGED_SIGNATURES["a day old"], "outside_time_window"),
    (lambda: FORGED_SIGNATURES["other secret"], "wrong_signature"),
    (lambda: FORGED_SIGNATURES["by GET"], "wrong_method"),
    (lambda: FORGED_SIGNATURES["too large"], "body_too_large"),
]


@pytest.mark.parametrize(("make", "code"), REASONS, ids=[code for _, code in REASONS])
def test_an_integrator_learns_why_a_delivery_was_refused(
    make: Callable[[], BankRequest], code: str
) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        ADAPTER.authenticate(make(), with_secrets("hmac", SECRET), NOW)

    assert refused.value.code == code
