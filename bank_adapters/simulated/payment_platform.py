"""The national payment platform, pretended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bank_adapters import payment_platform as platform
from bank_adapters.simulated import as_json, secret, with_field
from bank_adapters.simulated.gateways import fields_of, texts_of
from bank_adapters.simulator import SimulatedBank
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import TransferNotice, TransferStatus
from payments.domain.errors import Invalid
from payments.ports import Delivery


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as the platform confirms it; the first word of its text is the order."""
    if notice.status is TransferStatus.PENDING:
        raise Invalid("status_not_simulated", field="status")
    order, _, text = notice.remittance_information.partition(" ")
    return as_json(
        {
            "LoaiBanTin": "CONFIRM",
            "MaLoi": "00" if notice.status is TransferStatus.BOOKED else "99",
            "MaDoiTac": credentials.settings.get(platform.PARTNER_CODE, notice.account_number),
            "MaThamChieu": order,
            "SoTien": notice.amount,
            "MaTienTe": notice.currency,
            "MaGiaoDich": notice.event_id,
            "MaNganHang": "VCB",
            "ThoiGianGD": write_time(notice.occurred_at, platform.TIME_PATTERN),
            "ThongTinGiaoDich": text,
        }
    )


def seal(request: Delivery, credentials: Credentials, now: datetime) -> Delivery:
    """Put the platform's MaXacThuc into a body."""
    del now
    texts = texts_of(fields_of(request), platform.SIGNS).values()
    proof = platform.proof(texts, secret(credentials, platform.SECRET_KEY))
    return with_field(request, platform.PROOF, proof)


SIMULATOR: Final = SimulatedBank(
    "payment_platform",
    write,
    seal,
    settings={
        platform.PARTNER_CODE: "TTHCC-H57",
        "unproven_code": "97",
        "unreadable_code": "98",
        "unavailable_code": "99",
    },
    keeps_order=True,
)
