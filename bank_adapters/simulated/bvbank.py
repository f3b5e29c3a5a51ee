"""BVBank, pretended."""

from __future__ import annotations

from typing import Final

from bank_adapters.simulated import as_json
from bank_adapters.simulated.declared import SIGNATURE, seal, written_time
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in the fields of notify-trans."""
    word = "in_value" if notice.direction is Direction.IN else "out_value"
    return as_json(
        {
            "lcyAmount": notice.amount,
            "channel": "NAPAS",
            "ccy": notice.currency,
            "accNo": notice.account_number,
            "relatedAccount": notice.virtual_account,
            "narrative": notice.remittance_information,
            "externalRefNo": notice.bank_reference,
            "drcr": credentials.setting(word),
            "trnRefNo": notice.event_id,
            "txnInitDt": written_time(notice.occurred_at, credentials),
        }
    )


SIMULATOR: Final = SimulatedBank(
    "bvbank",
    write,
    seal,
    settings={**SIGNATURE, "time_format": "compact", "in_value": "C", "out_value": "D"},
    bank_bin="970454",
)
