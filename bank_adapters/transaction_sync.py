"""The body of VietQR.vn's transaction-sync, which some banks push as well.

Source: api.vietqr.vn and doc.vietqr.vn, whose samples write the same key in two letter cases and
the amount as a number, a text or with a fraction of noughts.
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
        "event_id": "referencenumber",
        "amount": "amount",
        "direction": "transType (C, D)",
        "account": "bankaccount",
        "time": "transactiontime",
        "text": "content and orderId",
        "bank_reference": "referencenumber",
    }
)

_DIRECTIONS: Final = {"C": Direction.IN, "D": Direction.OUT}
_REFERENCE = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")


def notice(body: bytes) -> TransferNotice:
    """Read the one transfer of a body, whatever the case of its keys.

    Raises Invalid naming the field, also for a key that stands there in two cases.
    """
    row = _lowered(fields.read_object(body))
    said = row.get("transtype")
    direction = _DIRECTIONS.get(said) if isinstance(said, str) else None
    if direction is None:
        raise Invalid("field_malformed", field="transType")
    reference = fields.identifier(row, "referencenumber", _REFERENCE)
    return TransferNotice(
        event_id=reference,
        account_number=fields.identifier(row, "bankaccount", _ACCOUNT),
        direction=direction,
        amount=fields.loose_amount(row, "amount"),
        currency="VND",
        occurred_at=fields.unix_ms(row, "transactiontime"),
        remittance_information=_text(row),
        bank_reference=reference,
        virtual_account=fields.optional_identifier(row, "va", _REFERENCE),
    )


def _lowered(body: fields.JsonObject) -> fields.JsonObject:
    lowered = {name.lower(): value for name, value in body.items()}
    if len(lowered) != len(body):
        # Two readers could take one each.
        raise Invalid("body_not_json", field="body")
    return lowered


def _text(row: fields.JsonObject) -> str:
    """Return the payer's text; the order's code comes after it when the bank has lost it."""
    content, order = fields.free_text(row, "content"), fields.free_text(row, "orderid")
    return content if order in content else f"{content} {order}".strip()
