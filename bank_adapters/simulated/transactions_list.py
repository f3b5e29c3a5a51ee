"""The body that the pretended Pay2S and ThueAPI share."""

from __future__ import annotations

from bank_adapters.simulated import as_json, local_text
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as a list of one."""
    del credentials
    row = {
        "id": notice.event_id,
        "gateway": "ACB",
        "transactionDate": local_text(notice.occurred_at),
        "transactionNumber": notice.bank_reference,
        "accountNumber": notice.account_number,
        "content": notice.remittance_information,
        "transferType": notice.direction.upper(),
        "transferAmount": notice.amount,
        "checksum": "7e2b3bbc03d1083017e3d2a96d3b8e01",
    }
    return as_json({"transactions": [row]})
