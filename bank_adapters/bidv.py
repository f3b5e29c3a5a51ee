"""BIDV's collection of bills: the bank asks for the bill of a customer (getbill), then pays it.

Source: public code that serves these calls. What the bank proves itself with is an MD5 over its
secret and a few fields. That is weak: MD5 is broken, the secret stands in front, nothing separates
the fields, and neither the customer nor the time is covered. So the way is provisional: it needs a
list of the bank's addresses, and money counts as settled only when a statement proves it. How the
bank writes its date is not published: it is a setting.
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
from bank_adapters.signed_bodies import echoed_body, open_body, signature_text, signed_text
from bank_adapters.time_patterns import check_pattern, read_time
from payments.domain.adapters import (
    Answer,
    BillInquiry,
    Credentials,
    Declaration,
    Event,
    Secret,
    Setting,
    Way,
)
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
)
from payments.domain.errors import Invalid, NotAuthenticated

SECRET_KEY: Final = "secret_key"  # noqa: S105 # the name of a secret
CHECKSUM: Final = "checksum"
SERVICE_ID: Final = "service_id"
TIME_PATTERN: Final = "time_pattern"
GETBILL_SIGNS: Final = ("service_id", "customer_id")
PAYBILL_SIGNS: Final = ("trans_id", "bill_id", "amount")

_CODE = re.compile(r"[0-9A-Za-z._-]{1,40}")

_DECLARATION: Final = Declaration(
    title="BIDV",
    ways=(Way("md5_checksum", (SECRET_KEY,), is_provisional=True),),
    secrets=(Secret(SECRET_KEY, "the secret of the checksum, agreed with BIDV; the MD5 is weak"),),
    settings=(
        Setting(SERVICE_ID, "service_id, the code of our service at BIDV", is_needed=True),
        Setting(TIME_PATTERN, "how trans_date is written, as yyyyMMddHHmmss", is_needed=True),
    ),
    account_setting=SERVICE_ID,
    fields=MappingProxyType(
        {
            "event_id": "trans_id",
            "amount": "amount",
            "direction": "always in",
            "status": "only booked payments are sent",
            "account": "service_id",
            "time": "trans_date",
            "text": "customer_id and bill_id",
            "bank_reference": "trans_id",
            "virtual_account": "customer_id",
        }
    ),
    source="public code that serves BIDV's getbill and paybill; the bank publishes nothing",
    paths=("", "getbill", "paybill"),
    retries="by contract",
)

# The words of the codes are the bank's. What was not taken is a 400 to it, what was is a 200.
_PAYBILL: Final = {
    ReplyKind.ACCEPTED: (200, "000", "Thanh cong"),
    ReplyKind.REPEATED: (200, "023", "Hoa don da gach no roi"),
    ReplyKind.UNKNOWN_REFERENCE: (400, "021", "Ma hoa don khong ton tai"),
    ReplyKind.WRONG_AMOUNT: (400, "022", "So tien khong dung voi hoa don"),
    ReplyKind.NOT_AUTHENTICATED: (400, "004", "Checksum khong hop le"),
    ReplyKind.UNREADABLE: (400, "001", "Thieu tham so"),
    ReplyKind.UNAVAILABLE: (503, "031", "Co loi phat sinh tu he thong"),
}
_NO_BILL: Final = (200, "012", "Khach hang khong co hoa don")
_GETBILL: Final = {
    **_PAYBILL,
    ReplyKind.REPEATED: _NO_BILL,
    ReplyKind.UNKNOWN_REFERENCE: _NO_BILL,
    ReplyKind.WRONG_AMOUNT: _NO_BILL,
}


@dataclass(frozen=True, slots=True)
class Bidv:
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "bidv"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the checksum, as far as it proves anything. ``now`` is not looked at.

        Raises NotAuthenticated: what ``open_body`` raises, ``json_field_missing``,
        ``field_malformed`` or ``wrong_signature``.
        """
        del now
        body = open_body(request, credentials, self.declaration)
        given = signature_text(body, CHECKSUM)
        names = GETBILL_SIGNS if is_getbill(body) else PAYBILL_SIGNS
        texts = [signed_text(body, name) for name in names]
        if not is_one_of(given, [checksum(texts, one) for one in credentials.values(SECRET_KEY)]):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        """Read an authenticated getbill or paybill. Raises Invalid naming the field."""
        body = fields.read_object(request.body)
        service = fields.identifier(body, "service_id", _CODE)
        customer = fields.identifier(body, "customer_id", _CODE)
        if service != credentials.settings.get(SERVICE_ID, service):
            raise Invalid("field_malformed", field="service_id")
        if is_getbill(body):
            return (BillInquiry(customer),)
        number = fields.identifier(body, "trans_id", _CODE)
        pattern = credentials.setting(TIME_PATTERN)
        return (
            TransferNotice(
                event_id=number,
                account_number=service,
                direction=Direction.IN,
                amount=amounts.integer_or_digits(body.get("amount"), "amount"),
                currency="VND",
                occurred_at=read_time(body.get("trans_date"), pattern, "trans_date"),
                remittance_information=f"{fields.identifier(body, 'bill_id', _CODE)} {customer}",
                bank_reference=number,
                virtual_account=customer,
            ),
        )

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer with the bank's codes, and with the bill where one was asked for."""
        del credentials, now
        body = echoed_body(request)
        is_asked = is_getbill(body)
        bill = answer.bill if is_asked and answer.kind is ReplyKind.ACCEPTED else None
        table = _GETBILL if is_asked else _PAYBILL
        is_missing = is_asked and answer.kind is ReplyKind.ACCEPTED and bill is None
        status, code, words = _NO_BILL if is_missing else table[answer.kind]
        values: dict[str, object] = {"result_code": code, "result_desc": words}
        if bill:
            values["customer_id"] = body["customer_id"]
            values["customer_name"] = bill.payer
            values["customer_addr"] = ""
            values["data"] = [{"type": 0, "amount": bill.amount, "bill_id": bill.reference}]
        return BankReply(status, json.dumps(values).encode())

    def check(self, credentials: Credentials) -> None:
        """Raise Invalid naming the setting that cannot work."""
        check_pattern(credentials.setting(TIME_PATTERN), TIME_PATTERN)
        credentials.setting(SERVICE_ID)


def is_getbill(body: fields.JsonObject) -> bool:
    """Say whether the bank asks for a bill: it has paid nothing yet."""
    return "trans_id" not in body


def checksum(texts: Iterable[str], secret: str) -> str:
    """Return the MD5 of the secret and the texts, put together, in hexadecimal."""
    joined = "".join((secret, *texts)).encode("utf-8", "surrogatepass")
    return hashlib.md5(joined).hexdigest()  # noqa: S324 # the bank's own choice, declared as provisional


ADAPTER: Final = Bidv()
