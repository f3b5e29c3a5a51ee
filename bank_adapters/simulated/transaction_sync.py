"""The body that the pretended VietQR.vn and MB share."""

from __future__ import annotations

from bank_adapters.simulated import as_json
from payments.domain.bank_messages import Direction, TransferNotice
from payments.ports import Delivery


def written(notice: TransferNotice, path: str = "") -> Delivery:
    """Write a notice in the fields of transaction-sync."""
    fields = {
        "bankaccount": notice.account_number,
        "amount": notice.amount,
        "transType": "C" if notice.direction is Direction.IN else "D",
        "content": notice.remittance_information,
        "transactionid": notice.event_id,
        "referencenumber": notice.event_id,
        "transactiontime": int(notice.occurred_at.timestamp() * 1000),
        "orderId": "",
        "sign": "",
    }
    return as_json(fields, path)
