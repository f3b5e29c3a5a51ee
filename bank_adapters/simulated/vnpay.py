"""VNPAY, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote_plus

from bank_adapters import vnpay_messages as vnpay
from bank_adapters.simulated import secret
from bank_adapters.simulated.gateways import gateway_number
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice, TransferStatus
from payments.ports import Delivery

_CODES: Final = {
    TransferStatus.BOOKED: ("00", "00"),
    TransferStatus.PENDING: ("00", "01"),
    TransferStatus.FAILED: ("24", "02"),
}


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in VNPAY's query; an id without VNPAY's number is given one."""
    order, _, number = notice.event_id.rpartition(":")
    order, number = (order, number) if order else (number, gateway_number(number))
    response, status = _CODES[notice.status]
    values = {
        "vnp_Amount": str(notice.amount * 100),
        "vnp_BankCode": "NCB",
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": notice.remittance_information.removeprefix(f"{order} "),
        "vnp_PayDate": write_time(notice.occurred_at, vnpay.TIME_PATTERN),
        "vnp_ResponseCode": response,
        "vnp_TmnCode": credentials.settings.get(vnpay.TMN_CODE, notice.account_number),
        "vnp_TransactionNo": number,
        "vnp_TransactionStatus": status,
        "vnp_TxnRef": order,
    }
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in values.items())
    return Delivery((), b"", "GET", query=query)


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put VNPAY's hash behind a query."""
    del now
    pairs = [pair for pair in request.query.split("&") if not pair.endswith("=")]
    proof = vnpay.hash_of("&".join(pairs), secret(credentials, vnpay.HASH_SECRET))
    return request._replace(query=f"{request.query}&{vnpay.HASH_FIELD}={proof}")


SIMULATOR: Final = SimulatedBank(
    "vnpay", write, seal, settings={vnpay.TMN_CODE: "TTHCC001"}, keeps_order=True
)
