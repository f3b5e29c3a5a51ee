"""The national payment platform (Nền tảng thanh toán, Cổng Dịch vụ công quốc gia).

Source: public code of provinces that are connected. The platform confirms a payment that a citizen
made for one of our orders. ``MaXacThuc`` is the SHA-256 of ten fields and the secret, joined with
``|``: no HMAC, but the secret stands behind, where a longer text cannot be hung on. A separator in
one of the first nine would move the others, so it is refused; the last may hold what it likes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import amounts, fields
from bank_adapters.signatures import is_one_of
from bank_adapters.signed_bodies import echoed_body, open_body, optional_signed_text, signature_text
from bank_adapters.time_patterns import read_time
from payments.domain.adapters import Answer, Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.errors import Invalid, NotAuthenticated

SECRET_KEY: Final = "secret_key"  # noqa: S105 # the name of a secret
PARTNER_CODE: Final = "partner_code"
PROOF: Final = "MaXacThuc"
TIME_PATTERN: Final = "yyyyMMddHHmmss"
SEPARATOR: Final = "|"
SIGNS: Final = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich",
    "MaNganHang", "ThoiGianGD", "ThongTinGiaoDich",
)  # fmt: skip

_PARTNER = re.compile(r"[!-~]{1,50}")
_ORDER = re.compile(r"[!-~]{1,100}")
_NUMBER = re.compile(r"[!-~]{1,50}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ERROR = re.compile(r"[0-9A-Za-z]{2,10}")
_PAID: Final = "00"

_DECLARATION: Final = Declaration(
    title="Nền tảng thanh toán quốc gia",
    ways=(Way(SECRET_KEY, (SECRET_KEY,)),),
    secrets=(Secret(SECRET_KEY, "the secret behind MaXacThuc, from the platform", is_drawn=False),),
    settings=(
        Setting(PARTNER_CODE, "MaDoiTac, our code at the platform", is_needed=True),
        Setting("repeated_code", "MaLoi that answers a payment we have already taken"),
        Setting("unproven_code", "MaLoi that answers a wrong MaXacThuc", is_needed=True),
        Setting("unreadable_code", "MaLoi that answers what we cannot read", is_needed=True),
        Setting("unavailable_code", "MaLoi that asks to be called again", is_needed=True),
    ),
    account_setting=PARTNER_CODE,
    fields=MappingProxyType(
        {
            "event_id": "MaGiaoDich",
            "amount": "SoTien",
            "direction": "always in",
            "status": "MaLoi: 00 is paid",
            "account": "MaDoiTac",
            "time": "ThoiGianGD",
            "text": "MaThamChieu and ThongTinGiaoDich",
            "bank_reference": "MaGiaoDich",
        }
    ),
    source="public code of provinces connected to the platform; it publishes nothing itself",
)
_GIVEN_BACK: Final = ("MaDoiTac", "MaThamChieu", "ThoiGianGD", PROOF)
_OWN_CODES: Final = {
    ReplyKind.NOT_AUTHENTICATED: (401, "unproven_code"),
    ReplyKind.UNREADABLE: (400, "unreadable_code"),
    ReplyKind.UNAVAILABLE: (503, "unavailable_code"),
}


@dataclass(frozen=True, slots=True)
class PaymentPlatform:
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "payment_platform"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the ten fields. Their time is the payment's, so ``now`` is not looked at.

        Raises NotAuthenticated: what ``open_body`` raises, ``json_field_missing``,
        ``field_malformed`` or ``wrong_signature``.
        """
        del now
        body = open_body(request, credentials, self.declaration)
        given = signature_text(body, PROOF)
        texts = [optional_signed_text(body, name) for name in SIGNS]
        for name, text in zip(SIGNS[:-1], texts, strict=False):
            if SEPARATOR in text:
                raise NotAuthenticated("field_malformed", field=name)
        if not is_one_of(given, [proof(texts, one) for one in credentials.values(SECRET_KEY)]):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one payment of an authenticated request. Raises Invalid naming the field."""
        del credentials
        body = fields.read_object(request.body)
        order = fields.identifier(body, "MaThamChieu", _ORDER)
        number = fields.optional_identifier(body, "MaGiaoDich", _NUMBER)
        is_paid = fields.identifier(body, "MaLoi", _ERROR) == _PAID
        if is_paid and not number:
            raise Invalid("field_malformed", field="MaGiaoDich")
        text = f"{order} {fields.free_text(body, 'ThongTinGiaoDich')}".strip()
        return (
            TransferNotice(
                # What failed before a bank was reached has no number of the platform's.
                event_id=number or order,
                account_number=fields.identifier(body, "MaDoiTac", _PARTNER),
                direction=Direction.IN,
                amount=amounts.integer_or_digits(body.get("SoTien"), "SoTien"),
                currency=fields.identifier(body, "MaTienTe", _CURRENCY),
                occurred_at=read_time(body.get("ThoiGianGD"), TIME_PATTERN, "ThoiGianGD"),
                remittance_information=text,
                bank_reference=number,
                status=TransferStatus.BOOKED if is_paid else TransferStatus.FAILED,
            ),
        )

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer with MaLoi, and give back what the platform knows the call by.

        Codes other than 00 are not published: they are settings. Without one of ours the HTTP
        status says it alone.
        """
        del now
        body = echoed_body(request)
        status, name = _OWN_CODES.get(answer.kind, (200, ""))
        code = credentials.settings.get(name, "") if name else _PAID
        if answer.kind is ReplyKind.REPEATED:
            code = credentials.settings.get("repeated_code", _PAID)
        values: dict[str, object] = {"MaLoi": code, "MoTaLoi": ""}
        if answer.kind not in _OWN_CODES:
            values |= {key: body.get(key) for key in _GIVEN_BACK}
        return BankReply(status, json.dumps(values).encode())


def proof(texts: Iterable[str], secret: str) -> str:
    """Return the SHA-256 of the texts and the secret, in hexadecimal."""
    joined = SEPARATOR.join((*texts, secret)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


ADAPTER: Final = PaymentPlatform()
