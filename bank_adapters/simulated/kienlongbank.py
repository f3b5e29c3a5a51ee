"""KienlongBank, pretended."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.padding import PKCS7

from bank_adapters import kienlongbank
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import as_json, local_text, secret, with_headers
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery

CLIENT: Final = "5a404192-045b-4f6b-863f-192a0b9a88b4"


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in clear. Raises Invalid for money that leaves."""
    del credentials
    if notice.direction is not Direction.IN:
        raise Invalid("direction_not_simulated", field="direction")
    is_booked = notice.status is TransferStatus.BOOKED
    return as_json(
        {
            "StatusCode": "00" if is_booked else "01",
            "actualAccount": notice.account_number,
            "amount": notice.amount,
            "fromAccount": "7895042001",
            "fromBin": "970452",
            "success": is_booked,
            "time": local_text(notice.occurred_at),
            "transactionId": notice.event_id,
            "transferDesc": notice.remittance_information,
            "txnNumber": notice.bank_reference,
            "virtualAccount": notice.virtual_account,
        }
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Encrypt the body, and sign what that gives with client and time."""
    padding = PKCS7(128).padder()
    closer = kienlongbank.cipher(secret(credentials, kienlongbank.ENCRYPT_KEY)).encryptor()
    padded = padding.update(request.body) + padding.finalize()
    data = base64.b64encode(closer.update(padded) + closer.finalize()).decode("ascii")
    stamp = str(int(now.timestamp() * 1000))
    key = secret(credentials, kienlongbank.SECRET_KEY)
    signature = hmac_text(key, f"{CLIENT}|{stamp}|{data}".encode("ascii"))
    return with_headers(
        request._replace(body=json.dumps({"data": data}).encode()),
        (kienlongbank.CLIENT_HEADER, CLIENT),
        (kienlongbank.TIME_HEADER, stamp),
        (kienlongbank.SIGNATURE_HEADER, signature),
    )


SIMULATOR: Final = SimulatedBank("kienlongbank", write, seal, bank_bin="970452")
