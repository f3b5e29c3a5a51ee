"""ThueAPI, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import thueapi
from bank_adapters.signatures import hmac_text
from bank_adapters.simulated import secret, with_headers
from bank_adapters.simulated.transactions_list import write
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.ports import Delivery


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the signature of the raw body into its header."""
    del now
    key = secret(credentials, thueapi.WEBHOOK_SECRET)
    return with_headers(request, (thueapi.HEADER, hmac_text(key, request.body)))


SIMULATOR: Final = SimulatedBank("thueapi", write, seal, bank_bin="970416")
