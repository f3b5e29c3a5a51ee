"""MoMo, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import momo
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.gateways import fields_of, gateway_number, texts_of
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import EPOCH_MS, write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice, TransferStatus
from payments.ports import Delivery

_CODES: Final = {
    TransferStatus.BOOKED: (0, "Thành công."),
    TransferStatus.PENDING: (7000, "Giao dịch đang được xử lý."),
    TransferStatus.FAILED: (1006, "Giao dịch bị từ chối bởi người dùng."),
}


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in MoMo's fields; the first word of its text is the order."""
    number = gateway_number(notice.event_id)
    order, _, text = notice.remittance_information.partition(" ")
    code, message = _CODES[notice.status]
    return as_json(
        {
            "partnerCode": credentials.settings.get(momo.PARTNER_CODE, notice.account_number),
            "orderId": order or number,
            "requestId": f"R{number}",
            "amount": notice.amount,
            "orderInfo": text,
            "orderType": "momo_wallet",
            "transId": int(number),
            "resultCode": code,
            "message": message,
            "payType": "qr",
            "responseTime": int(write_time(notice.occurred_at, EPOCH_MS)),
            "extraData": "",
        }
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put MoMo's signature into a body."""
    del now
    texts = texts_of(fields_of(request), momo.IN_BODY)
    message = momo.signed_message(texts, secret(credentials, momo.ACCESS_KEY))
    signature = hmac_text(secret(credentials, momo.SECRET_KEY), message)
    return with_field(request, momo.SIGNATURE, signature)


SIMULATOR: Final = SimulatedBank(
    "momo", write, seal, settings={momo.PARTNER_CODE: "MOMOTTHCC"}, keeps_order=True
)
