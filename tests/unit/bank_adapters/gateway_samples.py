"""One good request of each payment gateway and bank, for the contract kit and for plain tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bank_adapters import (
    bidv,
    momo,
    payment_platform,
    signed_json,
    vietinbank,
    vnpay,
    vnpay_messages,
    zalopay,
)
from bank_adapters.forgeries import FIELD, HEADER, QUERY, Proof
from bank_adapters.rsa_keys import rsa_sha256
from bank_adapters.simulated import as_json
from bank_adapters.simulated import bidv as pretended_bidv
from bank_adapters.simulated import momo as pretended_momo
from bank_adapters.simulated import payment_platform as pretended_platform
from bank_adapters.simulated import signed_json as pretended_bank
from bank_adapters.simulated import vietinbank as pretended_vietinbank
from bank_adapters.simulated import vnpay as pretended_vnpay
from bank_adapters.simulated import zalopay as pretended_zalopay
from bank_adapters.simulator import SimulatedBank
from bank_adapters.testing import BYTES, MEANING, Sample
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.ports import BankAdapter, Delivery
from tests.bank_notices import a_notice

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECRET = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
REFERENCE = "TPH7K2M4QX9"
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[2] / "data" / "webhook_vectors_gateways.json").read_text("utf-8")
    )["vectors"]
}

DOCUMENT = (Path(__file__).parents[3] / "docs" / "adapters-signed-json.md").read_text("utf-8")
DECLARATIONS = re.findall("```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
"""The examples of the document: raw body and time, fields in an order, a list."""

KEYS = [pretended_vietinbank.new_keys() for _ in range(2)]
RING = tuple(private for _, private in KEYS)


def of_vector(vector: Mapping[str, Any]) -> BankRequest:
    headers = tuple(vector.get("headers", {}).items())
    if "query" in vector:
        return BankRequest("GET", vector["query"], headers, b"", "192.0.2.1")
    return BankRequest("POST", "", headers, vector["body"].encode(), "192.0.2.1")


def of_delivery(sent: Delivery) -> BankRequest:
    return BankRequest(sent.method, sent.query, sent.headers, sent.body, "192.0.2.1", sent.path)


def read(adapter: BankAdapter, request: BankRequest, credentials: Credentials) -> TransferNotice:
    """Prove and read the one notice of a request."""
    adapter.authenticate(request, credentials, NOW)
    (notice,) = adapter.parse(request, credentials)
    assert isinstance(notice, TransferNotice)
    return notice


def a_credential(way: str, settings: Mapping[str, str], **secrets: str) -> Credentials:
    return Credentials(way, {name: (value,) for name, value in secrets.items()}, settings)


VNPAY = a_credential(vnpay_messages.HASH_SECRET, {"tmn_code": "CENTRE01"}, hash_secret=SECRET)
MOMO = a_credential(
    momo.SECRET_KEY, {"partner_code": "MOMOCENTRE"}, secret_key=SECRET, access_key="F8BBA842ECF85"
)
ZALOPAY = a_credential(zalopay.KEY2, {"app_id": "2553"}, key2=SECRET)
VIETINBANK = Credentials(
    "rsa",
    {vietinbank.PUBLIC_KEY: (KEYS[0][0],), pretended_vietinbank.KEY_RING: RING},
    {"provider_id": "9111", "virtual_account_prefix": "2NDV"},
)

BIDV = a_credential(
    "md5_checksum",
    {"service_id": "CENTRE01", "time_pattern": "dd/MM/yyyy HH:mm:ss"},
    secret_key=SECRET,
)
PLATFORM = a_credential(
    payment_platform.SECRET_KEY, {"partner_code": "TTHCC-H49"}, secret_key=SECRET
)
BANK_OF_BODIES = a_credential("hmac", {"declaration": DECLARATIONS[0]}, secret=SECRET)
BANK_OF_FIELDS = Credentials(
    "rsa",
    {"public_key": (KEYS[0][0],), pretended_vietinbank.KEY_RING: RING},
    {"declaration": DECLARATIONS[1]},
)
BANK_OF_LISTS = a_credential("hmac", {"declaration": DECLARATIONS[2]}, secret=SECRET)

INQUIRY = {
    "header": {
        "msgId": "M1", "msgType": "1100", "channelId": "IPAY", "providerId": "9111",
        "merchantId": "M", "productId": "P",
    },
    "data": {
        "transId": "501690869", "transTime": "03022026145958", "custCode": f"2NDV{REFERENCE}",
    },
}  # fmt: skip
"""What VietinBank asks for a bill with, before its signature, which stands inside the header."""

GETBILL = {"customer_id": f"V3CAS{REFERENCE}", "service_id": "CENTRE01"}
"""What BIDV asks for a bill with, before its checksum."""

FROM_GATEWAY = {"balance_after": None, "bank_reference": "4193767509"}


@cache
def samples() -> dict[str, Sample]:
    """Return what the contract kit is given, by the adapter's name and the example's."""
    return {
        "vnpay": _sample(vnpay.ADAPTER, pretended_vnpay.SIMULATOR, VNPAY, "vnpay",
            _with(VNPAY, hash_secret=OTHER), Proof(QUERY, vnpay_messages.HASH_FIELD),
            amount="15000000", covers=BYTES),
        "momo": _sample(momo.ADAPTER, pretended_momo.SIMULATOR, MOMO, "momo",
            _with(MOMO, secret_key=OTHER, access_key="K951B6PE1waD"),
            Proof(FIELD, momo.SIGNATURE)),
        "zalopay": _sample(zalopay.ADAPTER, pretended_zalopay.SIMULATOR, ZALOPAY, "zalopay",
            _with(ZALOPAY, key2=OTHER), Proof(FIELD, zalopay.MAC)),
        "vietinbank": replace(
            _sample(vietinbank.ADAPTER, pretended_vietinbank.SIMULATOR, VIETINBANK, "vietinbank",
                _with(VIETINBANK, public_key=KEYS[1][0]), Proof(FIELD, vietinbank.SIGNATURE)),
            unsigned=("account_number", "currency", "direction")),
        "vietinbank, inquiry": Sample(
            adapter=vietinbank.ADAPTER, credentials=VIETINBANK,
            other=_with(VIETINBANK, public_key=KEYS[1][0]),
            request=as_json(INQUIRY, path="inq-bill"), seal=seal_inquiry,
            proofs=(), amount="", now=NOW, covers=MEANING),
        "bidv": replace(
            _sample(bidv.ADAPTER, pretended_bidv.SIMULATOR, BIDV, "bidv",
                _with(BIDV, secret_key=OTHER), Proof(FIELD, bidv.CHECKSUM)),
            unsigned=("occurred_at", "virtual_account", "remittance_information")),
        "bidv, inquiry": Sample(
            adapter=bidv.ADAPTER, credentials=BIDV, other=_with(BIDV, secret_key=OTHER),
            request=as_json(GETBILL, path="getbill"), seal=pretended_bidv.SIMULATOR.seal,
            proofs=(Proof(FIELD, bidv.CHECKSUM),), amount="", now=NOW, covers=MEANING),
        "payment_platform": _sample(
            payment_platform.ADAPTER, pretended_platform.SIMULATOR, PLATFORM, "payment_platform",
            _with(PLATFORM, secret_key=OTHER), Proof(FIELD, payment_platform.PROOF)),
        "signed_json, bodies": _sample(
            signed_json.ADAPTER, pretended_bank.SIMULATOR, BANK_OF_BODIES, "signed_json, bodies",
            _with(BANK_OF_BODIES, secret=OTHER),
            Proof(HEADER, "X-Timestamp"), Proof(HEADER, "X-Signature"),
            covers=BYTES, signs_time=True),
        "signed_json, fields": replace(
            _sample(signed_json.ADAPTER, pretended_bank.SIMULATOR, BANK_OF_FIELDS,
                "signed_json, fields", _with(BANK_OF_FIELDS, public_key=KEYS[1][0]),
                Proof(FIELD, "signature")),
            unsigned=("occurred_at",)),
        "signed_json, lists": _sample(
            signed_json.ADAPTER, pretended_bank.SIMULATOR, BANK_OF_LISTS, "signed_json, lists",
            _with(BANK_OF_LISTS, secret=OTHER), Proof(HEADER, "X-Sign"),
            amount="15000000", covers=BYTES),
    }  # fmt: skip


NOTICES = {
    "vnpay": a_notice(
        event_id=f"{REFERENCE}:14422574",
        account_number="CENTRE01",
        remittance_information=f"{REFERENCE} Lệ phí hồ sơ (lần 1)",
        **(FROM_GATEWAY | {"bank_reference": "14422574"}),
    ),
    "momo": a_notice(event_id="4193767509", account_number="MOMOCENTRE", **FROM_GATEWAY),
    "zalopay": a_notice(
        event_id="4193767509",
        account_number="2553",
        remittance_information=f"260302_{REFERENCE} nộp lệ phí",
        **FROM_GATEWAY,
    ),
    "vietinbank": a_notice(
        event_id="501690869",
        account_number="116002680669",
        remittance_information=f"2NDV{REFERENCE} CT DEN:164T24200GKAJ7BY nop phi",
        virtual_account=f"2NDV{REFERENCE}",
        **(FROM_GATEWAY | {"bank_reference": "164T24200GKAJ7BY"}),
    ),
    "bidv": a_notice(
        event_id="4193767509",
        account_number="CENTRE01",
        remittance_information=f"{REFERENCE} V3CAS{REFERENCE}",
        virtual_account=f"V3CAS{REFERENCE}",
        **FROM_GATEWAY,
    ),
    "payment_platform": a_notice(event_id="4193767509", account_number="TTHCC-H49", **FROM_GATEWAY),
    "signed_json, bodies": a_notice(virtual_account="VA0001", balance_after=None),
    "signed_json, fields": a_notice(bank_reference="", balance_after=None),
    "signed_json, lists": a_notice(bank_reference="", balance_after=None),
}


def seal_inquiry(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the bank's signature into the header of an inquiry, and leave all else as it is."""
    del now
    data = json.loads(request.body)["data"]
    text = "".join(str(data[name]) for name in vietinbank.INQUIRY_SIGNS)
    key = pretended_vietinbank.signing_key(
        credentials, credentials.secrets[vietinbank.PUBLIC_KEY][0]
    )
    head, begin, rest = request.body.partition(b'"msgId"')
    signature = rsa_sha256(key, text.encode("utf-8", "surrogatepass"))
    signed = f'"{vietinbank.SIGNATURE}":"{signature}",'.encode()
    return request._replace(body=head + signed + begin + rest)


def _sample(
    adapter: BankAdapter,
    simulated: SimulatedBank,
    credentials: Credentials,
    name: str,
    other: Credentials,
    *proofs: Proof,
    amount: str = "150000",
    covers: str = MEANING,
    signs_time: bool = False,
) -> Sample:
    return Sample(
        adapter=adapter,
        credentials=credentials,
        other=other,
        request=simulated.write(NOTICES[name], credentials),
        seal=simulated.seal,
        proofs=proofs,
        amount=amount,
        now=NOW,
        covers=covers,
        signs_time=signs_time,
    )


def _with(credentials: Credentials, **secrets: str) -> Credentials:
    own = {name: (value,) for name, value in secrets.items()}
    return Credentials(credentials.way, {**credentials.secrets, **own}, credentials.settings)
