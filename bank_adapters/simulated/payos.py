"""payOS, pretended."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bank_adapters import payos, payos_signatures
from bank_adapters.simulated import as_json, local_text, secret, with_field
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as the payment of a link. Raises Invalid for money that leaves."""
    del credentials
    if notice.direction is not Direction.IN:
        raise Invalid("direction_not_simulated", field="direction")
    link, _, reference = notice.event_id.partition(".")
    data = {
        "orderCode": payos.TEST_ORDER if notice.is_test else 240910001,
        "amount": notice.amount,
        "description": notice.remittance_information,
        "accountNumber": notice.account_number,
        "reference": reference or notice.bank_reference,
        "transactionDateTime": local_text(notice.occurred_at),
        "currency": notice.currency,
        "paymentLinkId": link,
        "code": "00" if notice.status is TransferStatus.BOOKED else "01",
        "desc": "success",
        "counterAccountBankId": None,
        "counterAccountName": "NGUYỄN VĂN A",
        "virtualAccountNumber": notice.virtual_account,
    }
    return as_json({"code": "00", "desc": "success", "success": True, "data": data})


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the signature of the data into the body."""
    del now
    text = payos_signatures.data_text(json.loads(request.body)["data"])
    signature = payos_signatures.signature(text, secret(credentials, payos.CHECKSUM_KEY))
    return with_field(request, "signature", signature)


SIMULATOR: Final = SimulatedBank("payos", write, seal, bank_bin="970422")
