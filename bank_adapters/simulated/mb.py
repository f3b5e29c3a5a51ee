"""MB, pretended, with both of its pushes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bank_adapters import mb
from bank_adapters.simulated import as_json, declared, secret, with_field
from bank_adapters.simulated.transaction_sync import written
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice for the push that the way is of."""
    if credentials.way == mb.SYNC:
        return written(notice)
    if notice.direction is not Direction.IN:
        raise Invalid("direction_not_simulated", field="direction")
    is_booked = notice.status is TransferStatus.BOOKED
    return as_json(
        {
            "traceTransfer": notice.event_id,
            "ftCode": notice.bank_reference,
            "billNumber": notice.remittance_information,
            "storeLabel": "TTHCC",
            "terminalLabel": notice.account_number,
            "debitAmount": str(notice.amount),
            "payDate": declared.written_time(notice.occurred_at, credentials),
            "respCode": credentials.setting("booked_value") if is_booked else "failed",
        }
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Prove a push as its way wants."""
    if credentials.way == mb.SYNC:
        return declared.seal(request, credentials, now)
    text = mb.mms_text(json.loads(request.body))
    return with_field(request, "checkSum", mb.mms_sum(text, secret(credentials, mb.ACCESS_KEY)))


SIMULATOR: Final = SimulatedBank("mb", write, seal, settings=declared.SIGNATURE, bank_bin="970422")
