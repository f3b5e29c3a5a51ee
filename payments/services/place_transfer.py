"""Give money that waits in suspense to a request, by a person who says so."""

from __future__ import annotations

from collections.abc import Sequence

from payments.domain.bank_messages import Direction
from payments.domain.business_day import business_date
from payments.domain.errors import Conflict, Invalid
from payments.domain.receipts import Receipt
from payments.domain.requests import RequestState
from payments.domain.staff import Actor, StaffUser
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_day, record
from payments.services.settle_request import settle


def place_transfers(
    uow: UnitOfWork,
    world: World,
    officer: StaffUser,
    *,
    transfer_ids: Sequence[str],
    reference: str,
) -> list[Receipt]:
    """Settle a request with unallocated transfers, together with what is already held for it.

    Raises Invalid for a reference that names no request here, Conflict when the request asks for
    nothing or the money does not cover it.
    """
    centre = uow.centres.lock(officer.centre_id)
    wanted = reference.strip().upper()
    standing = uow.requests.by_references(centre.centre_id, [wanted]).get(wanted)
    if standing is None:
        raise Invalid("reference_unknown", field="reference", reference=wanted)
    now = world.clock.now()
    state = standing.state(now)
    if state in (RequestState.PAID, RequestState.EXEMPT, RequestState.CANCELLED):
        raise Conflict(f"request_{state.value}", reference=wanted)
    held = uow.transfers.held(centre.centre_id, standing.request.request_id)
    known = {transfer.transfer_id for transfer, _ in held}
    for transfer_id in dict.fromkeys(transfer_ids):
        if transfer_id in known:
            continue
        transfer = uow.transfers.get(centre.centre_id, transfer_id)
        rest = uow.transfers.unallocated(centre.centre_id, transfer_id)
        if transfer.direction is Direction.OUT or rest == 0:
            raise Conflict("transfer_has_nothing_left", transfer=transfer_id)
        held.append((transfer, rest))
    day = open_day(uow, centre.centre_id, business_date(now, centre.cutoff_minutes))
    actor = Actor.of(officer)
    record(
        uow, world, actor, "transfer.placed", standing.request.request_id,
        transfers=list(transfer_ids), reference=wanted,
    )  # fmt: skip
    return settle(uow, world, actor, standing, held=held, business_date=day)
