"""SePay, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import sepay
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import as_json, local_text, number_or_text, secret, with_headers
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in SePay's fields."""
    del credentials
    return as_json(
        {
            "id": number_or_text(notice.event_id),
            "gateway": "Vietcombank",
            "transactionDate": local_text(notice.occurred_at),
            "accountNumber": notice.account_number,
            "subAccount": notice.virtual_account or None,
            "code": None,
            "content": notice.remittance_information,
            "transferType": str(notice.direction),
            "transferAmount": notice.amount,
            "accumulated": notice.balance_after or 0,
            "referenceCode": notice.bank_reference,
            "description": f"BankAPINotify {notice.remittance_information}",
        }
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Prove a request in the way of the credentials. Raises Invalid for an unknown one."""
    way = credentials.way
    if way == sepay.API_KEY:
        value = sepay.KEY_SCHEME + secret(credentials, way)
        return with_headers(request, (sepay.KEY_HEADER, value))
    if way == sepay.OAUTH2:
        value = sepay.TOKEN_SCHEME + secret(credentials, way)
        return with_headers(request, (sepay.KEY_HEADER, value))
    if way != sepay.HMAC:
        raise Invalid("way_unknown", field="way")
    stamp = str(int(now.timestamp()))
    signature = hmac_text(secret(credentials, way), stamp.encode() + b"." + request.body)
    return with_headers(
        request,
        (sepay.TIME_HEADER, stamp),
        (sepay.SIGNATURE_HEADER, sepay.SIGNATURE_SCHEME + signature),
    )


SIMULATOR: Final = SimulatedBank("sepay", write, seal)
