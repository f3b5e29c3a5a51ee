"""The body that Pay2S and ThueAPI share: a list ``transactions`` of an account's transfers.

Source: docs.pay2s.vn/webhook and dev.thueapi.vn/docs/nhan-webhook. How the ``checksum`` of one
is made is published by neither, so it is not looked at: what proves the request stands in a header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bank_adapters import fields
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.errors import Invalid

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "event_id": "transactions[].id",
        "amount": "transactions[].transferAmount",
        "direction": "transactions[].transferType (IN, OUT)",
        "account": "transactions[].accountNumber",
        "time": "transactions[].transactionDate",
        "text": "transactions[].content",
        "bank_reference": "transactions[].transactionNumber",
    }
)

_DIRECTIONS: Final = {"IN": Direction.IN, "OUT": Direction.OUT}
_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")


def notices(body: bytes) -> tuple[TransferNotice, ...]:
    """Read every transfer of a body. Raises Invalid naming the field."""
    return tuple(_notice(row) for row in fields.items(fields.read_object(body), "transactions"))


def _notice(row: fields.JsonObject) -> TransferNotice:
    said = row.get("transferType")
    direction = _DIRECTIONS.get(said) if isinstance(said, str) else None
    if direction is None:
        raise Invalid("field_malformed", field="transferType")
    return TransferNotice(
        event_id=fields.whole_or_text(row, "id", _EVENT_ID),
        account_number=fields.identifier(row, "accountNumber", _ACCOUNT),
        direction=direction,
        amount=fields.amount(row, "transferAmount"),
        currency="VND",
        occurred_at=fields.local_time(row, "transactionDate"),
        remittance_information=fields.free_text(row, "content"),
        bank_reference=fields.free_text(row, "transactionNumber").strip(),
    )
