"""Take cash for a request at the counter: what is still due, what was tendered, the change."""

from __future__ import annotations

from dataclasses import dataclass

from payments.domain.business_day import business_date
from payments.domain.cash import CashPayment, change_for
from payments.domain.errors import Conflict, Invalid
from payments.domain.receipts import Receipt
from payments.domain.requests import RequestState
from payments.domain.staff import Actor, StaffUser
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_day, record
from payments.services.settle_request import settle


@dataclass(frozen=True, slots=True)
class CashTaken:
    """A cash payment with its receipts. ``is_new`` is False when the same form came again."""

    payment: CashPayment
    receipts: tuple[Receipt, ...]
    is_new: bool


def take_cash(
    uow: UnitOfWork,
    world: World,
    cashier: StaffUser,
    *,
    request_id: str,
    tendered: int,
    form_key: str,
) -> CashTaken:
    """Take cash into the cashier's open till and settle the request; the caller commits.

    ``form_key`` names the form that was sent: the same form twice is one payment. Raises Conflict
    without an open till or when the request asks for nothing, Invalid when too little is tendered.
    """
    if not form_key:
        raise Invalid("form_key_missing", field="form_key")
    centre = uow.centres.lock(cashier.centre_id)
    known = uow.tills.payment_by_form(centre.centre_id, form_key)
    if known is not None:
        if known.request_id != request_id:
            raise Conflict("form_used_before")
        receipts = uow.receipts.of_request(centre.centre_id, known.request_id)
        return CashTaken(known, tuple(receipts), is_new=False)
    session = uow.tills.open_session(centre.centre_id, cashier.staff_id)
    if session is None:
        raise Conflict("till_not_open")
    standing = uow.requests.standing(centre.centre_id, request_id)
    now = world.clock.now()
    state = standing.state(now)
    if state in (RequestState.PAID, RequestState.EXEMPT, RequestState.CANCELLED):
        raise Conflict(f"request_{state.value}")
    day = open_day(uow, centre.centre_id, business_date(now, centre.cutoff_minutes))
    payment = CashPayment(
        centre_id=centre.centre_id,
        cash_payment_id=world.ids.new(),
        session_id=session.session_id,
        request_id=request_id,
        staff_id=cashier.staff_id,
        amount=standing.due,
        tendered=tendered,
        change=change_for(standing.due, tendered),
        form_key=form_key,
        taken_at=now,
        business_date=day,
    )
    actor = Actor.of(cashier)
    record(
        uow, world, actor, "cash.taken", payment.cash_payment_id,
        request=request_id, amount=payment.amount, tendered=tendered, change=payment.change,
    )  # fmt: skip
    held = uow.transfers.held(centre.centre_id, request_id) if standing.held else []
    receipts = settle(uow, world, actor, standing, held=held, cash=payment, business_date=day)
    return CashTaken(payment, tuple(receipts), is_new=True)
