"""Casso, pretended, in both versions of its webhook."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bank_adapters import casso
from bank_adapters.canonical_json import canonical_json
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import as_json, local_text, number_or_text, secret, with_headers
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in the fields of the version that the way is of."""
    amount = notice.amount if notice.direction is Direction.IN else -notice.amount
    if credentials.way == casso.SECURE_TOKEN:
        row = {
            "id": number_or_text(notice.event_id),
            "tid": notice.bank_reference,
            "description": notice.remittance_information,
            "amount": amount,
            "cusum_balance": notice.balance_after or 0,
            "when": local_text(notice.occurred_at),
            "bank_sub_acc_id": notice.account_number,
            "virtualAccount": notice.virtual_account,
        }
        return as_json({"error": 0, "data": [row]})
    row = {
        "id": number_or_text(notice.event_id),
        "reference": notice.bank_reference,
        "description": notice.remittance_information,
        "amount": amount,
        "runningBalance": notice.balance_after or 0,
        "transactionDateTime": local_text(notice.occurred_at),
        "accountNumber": notice.account_number,
        "bankName": "VPBank",
        "virtualAccountNumber": notice.virtual_account,
    }
    return as_json({"error": 0, "data": row})


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Prove a request in the way of the credentials."""
    if credentials.way == casso.SECURE_TOKEN:
        return with_headers(request, (casso.TOKEN_HEADER, secret(credentials, casso.SECURE_TOKEN)))
    stamp = str(int(now.timestamp() * 1000))
    text = canonical_json(json.loads(request.body))
    key = secret(credentials, casso.WEBHOOK_KEY)
    signature = hmac_text(key, f"{stamp}.{text}".encode(), "sha512")
    return with_headers(request, (casso.SIGNATURE_HEADER, f"t={stamp},v1={signature}"))


SIMULATOR: Final = SimulatedBank("casso", write, seal, bank_bin="970432")
