"""BIDV, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import bidv
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.gateways import fields_of, texts_of
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as the payment of a bill; the first word of its text is the bill."""
    if notice.status is not TransferStatus.BOOKED:
        raise Invalid("status_not_simulated", field="status")
    bill = notice.remittance_information.partition(" ")[0]
    return as_json(
        {
            "trans_id": notice.event_id,
            "trans_date": write_time(notice.occurred_at, credentials.setting(bidv.TIME_PATTERN)),
            "customer_id": notice.virtual_account or bill,
            "service_id": credentials.setting(bidv.SERVICE_ID),
            "bill_id": bill,
            "amount": str(notice.amount),
        },
        path="paybill",
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the bank's checksum into a body."""
    del now
    body = fields_of(request)
    names = bidv.GETBILL_SIGNS if bidv.is_getbill(body) else bidv.PAYBILL_SIGNS
    texts = texts_of(body, names).values()
    checksum = bidv.checksum(texts, secret(credentials, bidv.SECRET_KEY))
    return with_field(request, bidv.CHECKSUM, checksum)


SIMULATOR: Final = SimulatedBank(
    "bidv",
    write,
    seal,
    settings={bidv.SERVICE_ID: "TTHCC001", bidv.TIME_PATTERN: "yyyyMMddHHmmss"},
    bank_bin="970418",
    keeps_order=True,
)
