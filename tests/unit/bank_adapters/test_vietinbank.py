"""VietinBank: inquiries and notices are proven, pinned to us, and answered with our signature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from bank_adapters.rsa_keys import is_rsa_sha256, rsa_sha256
from bank_adapters.simulated import vietinbank as pretended
from bank_adapters.vietinbank import ADAPTER, INQUIRY_SIGNS
from payments.domain.adapters import Answer, Bill, BillInquiry, Credentials
from payments.domain.bank_messages import BankRequest, Direction, ReplyKind, TransferNotice
from payments.domain.errors import Invalid, NotAuthenticated
from tests.unit.bank_adapters.gateway_samples import (
    KEYS,
    NOTICES,
    NOW,
    REFERENCE,
    VECTORS,
    VIETINBANK,
    of_delivery,
    of_vector,
    read,
)

BANK, OURS = KEYS
BOTH_SIGN = replace(
    VIETINBANK,
    way="rsa_signed_replies",
    secrets={**VIETINBANK.secrets, "private_key": (OURS[1],)},
)
HEADER = {
    "msgId": "M1",
    "msgType": "1100",
    "channelId": "IPAY",
    "providerId": "9111",
    "merchantId": "M",
    "productId": "P",
}
DATA = {
    "transId": "501690869",
    "transTime": "03022026145958",
    "custCode": f"2NDV{REFERENCE}",
}


def a_notice_call(**changes: object) -> BankRequest:
    request = pretended.write(NOTICES["vietinbank"], VIETINBANK)
    values = {**json.loads(request.body), **changes}
    body = json.dumps({name: value for name, value in values.items() if value is not None})
    return of_delivery(pretended.seal(request._replace(body=body.encode()), VIETINBANK, NOW))


def an_inquiry(data: Mapping[str, str] = DATA, **header: str) -> BankRequest:
    text = "".join(data[name] for name in INQUIRY_SIGNS)
    signed = {**HEADER, **header, "signature": rsa_sha256(BANK[1], text.encode())}
    body = json.dumps({"header": signed, "data": data}).encode()
    return BankRequest("POST", "", (), body, "192.0.2.1", "inq-bill")


def answered(kind: ReplyKind, request: BankRequest, bill: Bill | None = None) -> dict[str, object]:
    reply = ADAPTER.reply(Answer(kind, bill=bill), request, BOTH_SIGN, NOW)
    assert reply.status == (503 if kind is ReplyKind.UNAVAILABLE else 200)
    body = json.loads(reply.body)
    assert isinstance(body, dict)
    return body


def test_the_published_notice_is_proven_and_read() -> None:
    vector = VECTORS["vietinbank-056"]
    credentials = Credentials("rsa", {"public_key": (vector["secret"],)})

    notice = read(ADAPTER, of_vector(vector), credentials)

    assert notice == TransferNotice(
        event_id="501690869",
        account_number="116002680669",
        direction=Direction.IN,
        amount=875_800,
        currency="VND",
        occurred_at=datetime(2024, 2, 1, 7, 6, 34, tzinfo=UTC),
        remittance_information="2NDVNDV24012358711 CT DEN:164T24200GKAJ7BY CK",
        bank_reference="164T24200GKAJ7BY",
        virtual_account="2NDVNDV24012358711",
    )


def test_an_inquiry_asks_for_the_customers_code_and_has_the_month_first() -> None:
    ADAPTER.authenticate(an_inquiry(), VIETINBANK, NOW)

    assert ADAPTER.parse(an_inquiry(), VIETINBANK) == (BillInquiry(f"2NDV{REFERENCE}"),)

    year_first = an_inquiry(DATA | {"transTime": "20260302145958"})
    ADAPTER.authenticate(year_first, VIETINBANK, NOW)
    with pytest.raises(Invalid, match="time_malformed"):
        ADAPTER.parse(year_first, VIETINBANK)


@pytest.mark.parametrize(
    "request_",
    [
        an_inquiry(providerId="9112"),
        an_inquiry(DATA | {"custCode": "3NDV" + REFERENCE}),
        a_notice_call(providerId="9112"),
        a_notice_call(custCode="3NDV1", recvVirtualAcctId="3NDV1"),
        a_notice_call(custCode=None),
    ],
    ids=["inquiry, provider", "inquiry, code", "notice, provider", "notice, code", "no code"],
)
def test_what_the_bank_signed_for_others_is_not_for_us(request_: BankRequest) -> None:
    with pytest.raises(NotAuthenticated, match="field_malformed"):
        ADAPTER.authenticate(request_, VIETINBANK, NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "875800.00"}, "amount"),
        ({"amount": 875800}, "amount"),
        ({"transType": "O"}, "transType"),
        ({"transType": None}, "transType"),
        ({"transTime": "03022026145958"}, "transTime"),
        ({"recvVirtualAcctId": "2NDVOTHER"}, "recvVirtualAcctId"),
        ({"recvAcctId": None}, "recvAcctId"),
        ({"currencyCode": "vnd"}, "currencyCode"),
        ({"transId": "a b"}, "transId"),
    ],
)
def test_what_a_notice_cannot_mean_is_named(changes: dict[str, object], field: str) -> None:
    call = a_notice_call(**changes)
    ADAPTER.authenticate(call, VIETINBANK, NOW)

    with pytest.raises(Invalid) as caught:
        ADAPTER.parse(call, VIETINBANK)

    assert caught.value.facts["field"] == field


def test_money_out_is_told_apart() -> None:
    assert read(ADAPTER, a_notice_call(transType="D"), VIETINBANK).direction is Direction.OUT
    for kind in ("C", "1", "2", "3", "COLLECTION"):
        assert read(ADAPTER, a_notice_call(transType=kind), VIETINBANK).direction is Direction.IN


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ReplyKind.ACCEPTED, "00"),
        (ReplyKind.REPEATED, "00"),
        (ReplyKind.WRONG_AMOUNT, "00"),
        (ReplyKind.UNKNOWN_REFERENCE, "05"),
        (ReplyKind.UNREADABLE, "99"),
    ],
)
def test_a_notice_is_answered_with_a_code_under_our_signature(kind: ReplyKind, code: str) -> None:
    body = answered(kind, a_notice_call())

    assert (body["transId"], body["providerId"], body["errorCode"]) == ("501690869", "9111", code)
    signed = f"501690869{code}{body['errorDesc']}".encode()
    assert is_rsa_sha256(str(body["signature"]), signed, [OURS[0]])


@pytest.mark.parametrize(
    ("kind", "code"), [(ReplyKind.NOT_AUTHENTICATED, "01"), (ReplyKind.UNAVAILABLE, "99")]
)
def test_what_may_not_be_proven_gets_no_signature_of_ours(kind: ReplyKind, code: str) -> None:
    for request in (a_notice_call(), BankRequest("POST", "", (), b"{", "192.0.2.1")):
        body = answered(kind, request)
        assert (body["errorCode"], body["signature"]) == (code, "")


def test_without_a_key_of_ours_answers_are_not_signed() -> None:
    reply = ADAPTER.reply(Answer(ReplyKind.ACCEPTED), a_notice_call(), VIETINBANK, NOW)

    assert json.loads(reply.body)["signature"] == ""


def test_an_inquiry_is_answered_with_the_bill_under_our_signature() -> None:
    bill = Bill(REFERENCE, 150_000, "Nguyễn Văn A", "H49.1")

    body = answered(ReplyKind.ACCEPTED, an_inquiry(), bill)

    header, data = body["header"], body["data"]
    assert isinstance(header, dict)
    assert isinstance(data, dict)
    assert data["errors"]["errorCode"] == "00"
    details = data["details"]
    assert (details["billId"], details["amount"]) == (REFERENCE, "150000")
    assert (header["msgType"], header["msgId"]) == ("1110", "M1")
    assert header["timestamp"] == "20260302150000"
    signed = f"501690869030220261459582NDV{REFERENCE}Nguyễn Văn A{REFERENCE}15000000"
    assert is_rsa_sha256(header["signature"], signed.encode(), [OURS[0]])


@pytest.mark.parametrize(
    "kind", [ReplyKind.ACCEPTED, ReplyKind.REPEATED, ReplyKind.UNKNOWN_REFERENCE]
)
def test_an_inquiry_without_a_bill_is_answered_so(kind: ReplyKind) -> None:
    data = answered(kind, an_inquiry())["data"]

    assert isinstance(data, dict)
    assert data["errors"]["errorCode"] == "02"
    assert data["details"]["amount"] == "0"


def test_a_certificate_is_taken_for_the_key_it_holds() -> None:
    key = load_pem_private_key(BANK[1].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )

    read(ADAPTER, a_notice_call(), replace(VIETINBANK, secrets={"public_key": (certificate,)}))


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "pem",
    [
        "no key",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        public_pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505 # too short on purpose
        public_pem(ec.generate_private_key(ec.SECP256R1())),
    ],
    ids=["no key", "no certificate", "too short", "no RSA"],
)
def test_a_key_that_cannot_prove_is_refused_before_and_at_use(pem: str) -> None:
    credentials = replace(VIETINBANK, secrets={"public_key": (pem,)})

    with pytest.raises(Invalid, match="public_key"):
        ADAPTER.check(credentials)
    with pytest.raises(NotAuthenticated, match="rsa_key_unreadable"):
        ADAPTER.authenticate(a_notice_call(), credentials, NOW)


@pytest.mark.parametrize("missing", ["provider_id", "virtual_account_prefix"])
def test_the_two_pins_are_needed(missing: str) -> None:
    settings = {key: text for key, text in VIETINBANK.settings.items() if key != missing}

    ADAPTER.check(VIETINBANK)
    with pytest.raises(Invalid, match=missing):
        ADAPTER.check(replace(VIETINBANK, settings=settings))
    assert {s.name for s in ADAPTER.declaration.settings if s.is_needed} >= {missing}


@pytest.mark.parametrize("pem", ["no key", public_pem(ec.generate_private_key(ec.SECP256R1()))])
def test_a_key_that_cannot_sign_is_named(pem: str) -> None:
    with pytest.raises(Invalid, match="private_key"):
        rsa_sha256(pem, b"")
