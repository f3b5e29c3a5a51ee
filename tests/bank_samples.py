"""One good request for each way of each adapter of an account feed, for the contract kit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module

from bank_adapters.forgeries import FIELD, HEADER, Proof
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.standard_webhooks import PRIVATE_KEYS, public_key
from bank_adapters.simulator import SimulatedBank
from bank_adapters.testing import BYTES, MEANING, NOTHING, Sample
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.ports import BankAdapter, Delivery
from tests.bank_notices import a_notice

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECRET = "s3cret-0123456789abcdef0123456789abcdef"
OTHER = "0ther-fedcba9876543210fedcba9876543210f"


def a_sample(
    name: str,
    way: str,
    *proofs: Proof,
    covers: str = BYTES,
    signs_time: bool = False,
    notice: TransferNotice | None = None,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, tuple[str, ...]] | None = None,
    amount: str = "150000",
    unsigned: tuple[str, ...] = (),
    proving: tuple[str, ...] = (),
) -> Sample:
    """Return the sample of an adapter that has a file of its name, and a simulator."""
    simulator: SimulatedBank = import_module(f"bank_adapters.simulated.{name}").SIMULATOR
    adapter: BankAdapter = import_module(f"bank_adapters.{name}").ADAPTER
    pairs = secrets or dict.fromkeys(adapter.declaration.way(way).secrets, (SECRET, OTHER))
    mine, other = (
        Credentials(way, {taken: (pair[number],) for taken, pair in pairs.items()}, settings or {})
        for number in (0, 1)
    )
    return Sample(
        adapter=adapter,
        credentials=mine,
        other=other,
        request=simulator.write(notice or a_notice(), mine),
        seal=simulator.seal,
        proofs=proofs,
        amount=amount,
        now=NOW,
        covers=covers,
        signs_time=signs_time,
        unsigned=unsigned,
        proving=proving,
    )


def header(name: str) -> Proof:
    return Proof(HEADER, name)


def _sepay_token_call() -> Sample:
    """The call by which SePay fetches a token, whose proof is the body itself."""
    sample = a_sample(
        "sepay",
        "oauth2_token",
        Proof(FIELD, "clientId"),
        Proof(FIELD, "clientSecret"),
        covers=MEANING,
        secrets={"oauth2_token": (SECRET, SECRET), "oauth2_client_secret": (SECRET, OTHER)},
        settings={"oauth2_client_id": "trung-tam-01"},
        proving=("oauth2_client_secret",),
    )

    def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
        return with_field(request, "clientSecret", secret(credentials, "oauth2_client_secret"))

    request = as_json({"clientId": "trung-tam-01"}, "token")
    return replace(sample, request=request, seal=seal, amount="")


def _vietqr_vn(proving: str) -> Sample:
    return a_sample(
        "vietqr_vn",
        "basic_token",
        header("Authorization"),
        covers=NOTHING,
        settings={"username": "trung-tam-01"},
        proving=(proving,),
    )


SIGNATURE = {
    "signature_header": "X-Signature",
    "signature_algorithm": "sha512",
    "signature_form": "base64",
}
DECLARED = {
    "amount_field": "data.amount",
    "account_field": "data.account",
    "time_field": "data.time",
    "time_format": "iso",
    "text_field": "data.content",
    "direction_field": "data.kind",
    "in_value": "credit",
    "out_value": "debit",
    "status_field": "data.status",
    "booked_value": "SUCCESS",
    "pending_value": "WAITING",
    "currency_field": "data.currency",
    "bank_reference_field": "data.reference",
    "virtual_account_field": "data.virtual",
}
STANDARD = tuple(header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
PAYOS = a_notice(event_id="5d292da4439446b2842a36aca961e586.FT240120B3JQ", balance_after=None)

SAMPLES: Mapping[str, Sample] = {
    "sepay, hmac": a_sample(
        "sepay",
        "hmac",
        header("X-SePay-Timestamp"),
        header("X-SePay-Signature"),
        signs_time=True,
    ),
    "sepay, api_key": a_sample("sepay", "api_key", header("Authorization"), covers=NOTHING),
    "sepay, oauth2_token": a_sample(
        "sepay", "oauth2_token", header("Authorization"), covers=NOTHING
    ),
    "sepay, a call for a token": _sepay_token_call(),
    "casso, webhook_key": a_sample(
        "casso", "webhook_key", header("X-Casso-Signature"), covers=MEANING, signs_time=True
    ),
    "casso, secure_token": a_sample(
        "casso", "secure_token", header("secure-token"), covers=NOTHING
    ),
    "payos": a_sample(
        "payos", "checksum_key", Proof(FIELD, "signature"), covers=MEANING, notice=PAYOS
    ),
    "pay2s": a_sample("pay2s", "token", header("Authorization"), covers=NOTHING),
    "thueapi": a_sample("thueapi", "webhook_secret", header("X-Webhook-Signature")),
    "bvbank": a_sample(
        "bvbank",
        "secret_key",
        header("X-Signature"),
        settings=SIGNATURE | {"time_format": "compact", "in_value": "CREDIT", "out_value": "DEBIT"},
    ),
    "kienlongbank": a_sample(
        "kienlongbank",
        "signed",
        header("x-api-client"),
        header("x-api-time"),
        header("x-api-validate"),
        covers=MEANING,
        signs_time=True,
        secrets={"secret_key": (SECRET, OTHER), "encrypt_key": ("0a" * 32, "0B" * 32)},
    ),
    "neox": a_sample(
        "neox",
        "secret_key",
        Proof(FIELD, "secureHash"),
        covers=MEANING,
        settings=DECLARED | {"event_id_field": "transId"},
    ),
    "vietqr_vn": _vietqr_vn("token_key"),
    "vietqr_vn, a call for a token": replace(
        _vietqr_vn("password"), request=Delivery((), b"", path="api/token_generate"), amount=""
    ),
    "mb, transaction_sync": a_sample(
        "mb", "transaction_sync", header("X-Signature"), settings=SIGNATURE
    ),
    "mb, mms": a_sample(
        "mb",
        "mms",
        Proof(FIELD, "checkSum"),
        covers=MEANING,
        notice=a_notice(remittance_information="TPH7K2M4QX9"),
        settings={
            "time_format": "compact",
            "booked_value": "00",
            "accepted_code": "00",
            "refused_code": "99",
        },
        # MMS leaves the account, its reference and the result out of its sum.
        unsigned=("account_number", "bank_reference", "status"),
    ),
    "standard_webhooks, secret": a_sample(
        "standard_webhooks",
        "secret",
        *STANDARD,
        signs_time=True,
        settings=DECLARED,
        secrets={"secret": ("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "Qx" * 16)},
    ),
    "standard_webhooks, public_key": a_sample(
        "standard_webhooks",
        "public_key",
        *STANDARD,
        signs_time=True,
        settings=DECLARED,
        secrets={"public_key": tuple(public_key(key) for key in PRIVATE_KEYS)},
    ),
    "camt054": a_sample("camt054", "secret_key", header("X-Signature"), settings=SIGNATURE),
}
