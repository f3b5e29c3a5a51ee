"""ZaloPay, pretended."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final

from bank_adapters import zalopay
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.gateways import fields_of, gateway_number
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import EPOCH_MS, write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice, TransferStatus
from payments.domain.business_day import local
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in ZaloPay's fields. Raises Invalid for what ZaloPay never tells."""
    if notice.status is not TransferStatus.BOOKED:
        raise Invalid("status_not_simulated", field="status")
    number = gateway_number(notice.event_id)
    order, _, text = notice.remittance_information.partition(" ")
    if re.fullmatch(r"[0-9]{6}_[!-~]+", order) is None:
        order, text = f"{local(notice.occurred_at):%y%m%d}_{number}", f"{order} {text}".strip()
    moment = int(write_time(notice.occurred_at, EPOCH_MS))
    data = {
        "app_id": int(credentials.settings.get(zalopay.APP_ID, notice.account_number)),
        "app_trans_id": order,
        "app_time": moment,
        "app_user": "citizen",
        "amount": notice.amount,
        "embed_data": "{}",
        "item": text,
        "zp_trans_id": int(number),
        "server_time": moment,
        "channel": 38,
    }
    inner = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return as_json({zalopay.DATA: inner, "type": zalopay.ORDER_TYPE})


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put ZaloPay's mac into a body."""
    del now
    data = str(fields_of(request)[zalopay.DATA])
    mac = hmac_text(secret(credentials, zalopay.KEY2), data.encode("utf-8", "surrogatepass"))
    return with_field(request, zalopay.MAC, mac)


SIMULATOR: Final = SimulatedBank(
    "zalopay", write, seal, settings={zalopay.APP_ID: "2553"}, keeps_order=True
)
