"""MB, which pushes transfers of an account in the shape of transaction-sync, and payments of MMS.

Source: a public server that receives both. How MB proves a transaction-sync stands in the contract
with it and is declared. The push of MMS (merchant QR) bears an MD5 over four fields and an access
key, without anything between them: it is provisional, takes a list of addresses, and a statement
settles the money. What MMS calls a success and what it wants to be told stand in the contract too.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import declared_fields, declared_signature, fields, transaction_sync
from bank_adapters.contract import TableOfReplies, needed, refuse_unfit
from bank_adapters.signatures import is_one_of
from bank_adapters.signed_bodies import signed_content
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

ACCESS_KEY: Final = "access_key"
SECRET_KEY: Final = "secret_key"  # noqa: S105 # a name, not a secret
MMS: Final = "mms"
SYNC: Final = "transaction_sync"
SIGNED: Final = ("traceTransfer", "billNumber", "payDate", "debitAmount")

_EVENT_ID = re.compile(r"[!-~]{1,48}")
_LABEL = re.compile(r"[0-9A-Za-z]{1,34}")
_REFUSED: Final = {ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE, ReplyKind.UNAVAILABLE}

_DECLARATION: Final = Declaration(
    title="MB",
    ways=(Way(SYNC, (SECRET_KEY,)), Way(MMS, (ACCESS_KEY,), is_provisional=True)),
    secrets=(
        Secret(SECRET_KEY, "the key of the signature of transaction-sync, agreed with the bank"),
        Secret(ACCESS_KEY, "the access key of MMS", is_drawn=False),
    ),
    settings=(
        Setting("signature_header", "transaction_sync: the header of the signature of the body"),
        Setting("signature_algorithm", "transaction_sync: sha256 or sha512"),
        Setting("signature_form", "transaction_sync: hex or base64"),
        Setting("time_format", "mms: how payDate is written: local, compact, iso or unix_ms"),
        Setting("booked_value", "mms: what respCode says for a payment that succeeded"),
        Setting("accepted_code", "mms: the resCode that tells the bank we have it"),
        Setting("refused_code", "mms: the resCode that tells the bank we have not"),
    ),
    fields=MappingProxyType(
        {
            **transaction_sync.FIELDS,
            "event_id": "referencenumber; mms: traceTransfer, billNumber and payDate together",
            "amount": "amount; mms: debitAmount",
            "account": "bankaccount; mms: terminalLabel",
            "time": "transactiontime; mms: payDate",
            "text": "content; mms: billNumber",
            "status": "mms: respCode",
        }
    ),
    source="the fields of both pushes in a public server's source",
)


@dataclass(frozen=True, slots=True)
class MB(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "mb"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the raw body (transaction_sync) or its four fields (mms).

        Raises NotAuthenticated.
        """
        del now
        refuse_unfit(request, credentials, self.declaration)
        if credentials.way == SYNC:
            declared_signature.check(request, credentials, SECRET_KEY)
        else:
            _check_sum(request, credentials)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one transfer of an authenticated request. Raises Invalid naming the field."""
        if credentials.way == SYNC:
            return (transaction_sync.notice(request.body),)
        return (_of_mms(fields.read_object(request.body), credentials),)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer transaction-sync by its status, and MMS by its code too."""
        plain = TableOfReplies.reply(self, answer, request, credentials, now)
        if credentials.way != MMS:
            return plain
        name = "refused_code" if answer.kind in _REFUSED else "accepted_code"
        told = {"resCode": credentials.settings.get(name, ""), "resDesc": str(answer.kind)}
        return BankReply(plain.status, json.dumps(told).encode())


def mms_text(body: fields.JsonObject) -> str:
    """Return the four fields that MMS signs, without anything between. Raises Invalid."""
    return "".join(_written(body, name) for name in SIGNED)


def mms_sum(text: str, access_key: str) -> str:
    """Return the check sum of a text: the MD5 that MMS is bound to, in hexadecimal."""
    return hashlib.md5(f"{text}{access_key}".encode(), usedforsecurity=False).hexdigest()


def _check_sum(request: BankRequest, credentials: Credentials) -> None:
    keys = needed(credentials, ACCESS_KEY)
    given, text = signed_content(request.body, lambda body: (body.get("checkSum"), mms_text(body)))
    if not isinstance(given, str) or not is_one_of(given, [mms_sum(text, key) for key in keys]):
        raise NotAuthenticated("wrong_signature")


def _of_mms(body: fields.JsonObject, credentials: Credentials) -> TransferNotice:
    read_time = declared_fields.TIME_FORMATS.get(credentials.setting("time_format"))
    if read_time is None:
        raise Invalid("setting_malformed", field="time_format")
    booked = _written(body, "respCode") == credentials.setting("booked_value")
    return TransferNotice(
        # The whole signed text: wherever its parts are cut, it names the same payment.
        event_id=mms_text(body),
        account_number=fields.identifier(body, "terminalLabel", _LABEL),
        direction=Direction.IN,
        amount=fields.loose_amount(body, "debitAmount"),
        currency="VND",
        occurred_at=read_time(body, "payDate"),
        remittance_information=_written(body, "billNumber"),
        bank_reference=fields.optional_identifier(body, "ftCode", _EVENT_ID),
        status=TransferStatus.BOOKED if booked else TransferStatus.FAILED,
    )


def _written(body: fields.JsonObject, name: str) -> str:
    value = body.get(name)
    if type(value) is int:
        return str(value)
    return fields.identifier(body, name, _EVENT_ID)


ADAPTER: Final = MB()
