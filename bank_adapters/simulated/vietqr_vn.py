"""VietQR.vn, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import tokens, vietqr_vn
from bank_adapters.simulated import secret, with_headers
from bank_adapters.simulated.transaction_sync import written
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice for the second of the two addresses."""
    del credentials
    return written(notice, vietqr_vn.SYNC_PATH)


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Prove a call for a token by name and password, and an announcement by the token."""
    if request.path == vietqr_vn.TOKEN_PATH:
        password = secret(credentials, vietqr_vn.PASSWORD)
        value = vietqr_vn.basic(credentials.setting(vietqr_vn.USERNAME), password)
        return with_headers(request, ("Authorization", f"Basic {value}"))
    key = secret(credentials, vietqr_vn.TOKEN_KEY)
    token = tokens.issue(key, "vietqr_vn", now, vietqr_vn.TOKEN_LASTS_S)
    return with_headers(request, ("Authorization", vietqr_vn.SCHEME + token))


SIMULATOR: Final = SimulatedBank(
    "vietqr_vn", write, seal, settings={vietqr_vn.USERNAME: "trung-tam"}, bank_bin="970422"
)
