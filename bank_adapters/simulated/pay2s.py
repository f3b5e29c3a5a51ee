"""Pay2S, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import pay2s
from bank_adapters.simulated import secret, with_headers
from bank_adapters.simulated.transactions_list import write
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.ports import Delivery


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the token into the header."""
    del now
    return with_headers(request, ("Authorization", pay2s.SCHEME + secret(credentials, pay2s.TOKEN)))


SIMULATOR: Final = SimulatedBank("pay2s", write, seal, bank_bin="970416")
