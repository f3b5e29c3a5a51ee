"""Transfers as the bank announces them, for tests that want a request to be paid."""

from __future__ import annotations

from payments.domain.bank_messages import BankRequest, Direction, TransferNotice
from payments.domain.requests import RequestStanding
from payments.services.hear_delivery import Delivery
from payments.services.receive_deliveries import receive_deliveries
from payments.wiring import Wiring
from tests.makers import MadeCentre


def tell(
    wiring: Wiring, made: MadeCentre, standing: RequestStanding, amount: int, event_id: str = "1"
) -> None:
    """Take in the news of a transfer that quotes a request."""
    notice = TransferNotice(
        event_id,
        made.account.account_number,
        Direction.IN,
        amount,
        "VND",
        wiring.world.clock.now(),
        f"MBVCB.123.{standing.request.reference} nop phi",
        f"FT{event_id}",
    )
    body = f'{{"id": "{event_id}"}}'.encode()
    bank_request = BankRequest("POST", "", (("Content-Type", "application/json"),), body, "::1")
    with wiring.open_uow() as uow:
        receive_deliveries(
            uow, wiring.world, [Delivery(made.endpoint, made.account, bank_request, (notice,))]
        )
        uow.commit()
