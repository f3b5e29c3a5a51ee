"""ZaloPay, a wallet: it posts every payment that succeeded, as JSON inside JSON.

Source: docs.zalopay.vn, "Callback". ``mac`` covers the inner text ``data`` exactly as it came, with
the second of our two keys. What failed is never told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final

from bank_adapters import amounts, fields
from bank_adapters.contract import TableOfReplies
from bank_adapters.signatures import is_hmac
from bank_adapters.signed_bodies import open_body, signature_text
from bank_adapters.time_patterns import EPOCH_MS, read_time
from payments.domain.adapters import Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
)
from payments.domain.errors import NotAuthenticated

KEY2: Final = "key2"
APP_ID: Final = "app_id"
DATA: Final = "data"
MAC: Final = "mac"
ORDER_TYPE: Final = 1

_APP_TRANS_ID = re.compile(r"[0-9]{6}_[!-~]{1,50}")

_DECLARATION: Final = Declaration(
    title="ZaloPay",
    ways=(Way(KEY2, (KEY2,)),),
    secrets=(Secret(KEY2, "key2 of the application, from ZaloPay", is_drawn=False),),
    settings=(Setting(APP_ID, "app_id, the number of our application", is_needed=True),),
    account_setting=APP_ID,
    fields=MappingProxyType(
        {
            "event_id": "data.zp_trans_id",
            "amount": "data.amount",
            "direction": "always in",
            "status": "only payments that succeeded are sent",
            "account": "data.app_id",
            "time": "data.server_time",
            "text": "data.app_trans_id and data.item",
            "bank_reference": "data.zp_trans_id",
        }
    ),
    source="docs.zalopay.vn/docs/specs/callback-api",
    retries="3 after return_code 0 or no answer",
)


def _reply(code: int, message: str) -> BankReply:
    return BankReply(200, json.dumps({"return_code": code, "return_message": message}).encode())


@dataclass(frozen=True, slots=True)
class ZaloPay(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "zalopay"
    declaration: Declaration = _DECLARATION

    # 0 is the only code after which ZaloPay comes again.
    replies: ClassVar[Mapping[ReplyKind, BankReply]] = {
        ReplyKind.ACCEPTED: _reply(1, "success"),
        ReplyKind.REPEATED: _reply(2, "already handled"),
        ReplyKind.NOT_AUTHENTICATED: _reply(-1, "mac not equal"),
        ReplyKind.UNREADABLE: _reply(-2, "unreadable"),
        ReplyKind.UNAVAILABLE: _reply(0, "try again"),
    }

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the inner text. ZaloPay signs no time of sending, so ``now`` is not looked at.

        Raises NotAuthenticated: what ``open_body`` raises, ``json_field_missing``,
        ``field_malformed`` for another type of call, or ``wrong_signature``.
        """
        del now
        body = open_body(request, credentials, self.declaration)
        given, data = signature_text(body, MAC), signature_text(body, DATA)
        if type(body.get("type")) is not int or body["type"] != ORDER_TYPE:
            raise NotAuthenticated("field_malformed", field="type")
        message = data.encode("utf-8", "surrogatepass")
        if not is_hmac(given, message, credentials.values(KEY2)):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one payment of an authenticated request. Raises Invalid naming the field."""
        del credentials
        outer = fields.read_object(request.body)
        data = fields.read_object(str(outer[DATA]).encode("utf-8", "surrogatepass"))
        order = fields.identifier(data, "app_trans_id", _APP_TRANS_ID)
        number = str(amounts.integer_field(data, "zp_trans_id"))
        return (
            TransferNotice(
                event_id=number,
                account_number=str(amounts.integer_field(data, "app_id")),
                direction=Direction.IN,
                amount=fields.amount(data, "amount"),
                currency="VND",
                occurred_at=read_time(data.get("server_time"), EPOCH_MS, "server_time"),
                remittance_information=f"{order} {fields.free_text(data, 'item')}".strip(),
                bank_reference=number,
            ),
        )


ADAPTER: Final = ZaloPay()
