"""NeoX, pretended."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bank_adapters import neox
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.declared import FIELDS, fields_of
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice in the declared fields of a transaction."""
    return as_json({"type": "TRANSACTION", **fields_of(notice, credentials)})


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the hash of all values into the body."""
    del now
    text = neox.signed_text(json.loads(request.body))
    value = neox.secure_hash(text, secret(credentials, neox.SECRET_KEY))
    return with_field(request, "secureHash", value)


SIMULATOR: Final = SimulatedBank(
    "neox", write, seal, settings={**FIELDS, "event_id_field": "transId"}
)
