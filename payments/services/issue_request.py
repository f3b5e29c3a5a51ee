"""Ask a citizen to pay the fees of a dossier: lines at today's rates, a reference, a link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from payments.domain.business_day import business_date
from payments.domain.dossiers import Dossier
from payments.domain.errors import Conflict, Invalid, Unavailable
from payments.domain.fees import FeeItem, fees_due
from payments.domain.receipts import PaymentMethod
from payments.domain.references import new_reference
from payments.domain.requests import (
    REPLACED,
    PaymentRequest,
    RequestCancellation,
    RequestLine,
    RequestStanding,
    RequestState,
)
from payments.domain.staff import Actor
from payments.domain.vietqr import MAX_AMOUNT
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_day, record, tell_screens
from payments.services.settle_request import issue_receipts

DEFAULT_EXPIRY = timedelta(days=7)
MAX_QUANTITY = 10_000
_TRIES = 20


def issue_request(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    dossier: Dossier,
    quantities: Mapping[str, int] | None = None,
    *,
    expires_in: timedelta = DEFAULT_EXPIRY,
    is_new: bool = False,
) -> RequestStanding:
    """Issue a payment request. ``quantities`` maps fee codes to numbers of units.

    ``is_new`` says that the dossier was registered in this very transaction.
    Without quantities every fee in force for the procedure is asked for once. A total of zero is
    settled at once with a document of its own. An earlier request that has expired is withdrawn, so
    that a late transfer for it waits instead of paying a second time. Raises Invalid naming the fee
    code, and Conflict when an earlier request of the dossier is still open.
    """
    centre = uow.centres.lock(actor.centre_id)
    earlier = [] if is_new else uow.requests.of_dossier(centre.centre_id, dossier.dossier_id)
    _refuse_second_open(earlier, world)
    now = world.clock.now()
    items = _items(uow, world, dossier, quantities)
    account = uow.centres.collecting_account(centre.centre_id)
    request_id = world.ids.new()
    lines = _lines(uow, dossier, request_id, items)
    total = sum(line.amount for line in lines)
    if total > MAX_AMOUNT:
        raise Invalid("total_too_large", field="quantity", total=total, limit=MAX_AMOUNT)
    request = PaymentRequest(
        centre_id=centre.centre_id,
        request_id=request_id,
        dossier_id=dossier.dossier_id,
        attempt=len(earlier) + 1,
        account_id=account.account_id,
        reference=_fresh_reference(uow, world, centre.reference_prefix),
        token=world.ids.token(),
        total=total,
        issued_at=now,
        expires_at=now + expires_in,
        issued_by=actor.actor_id,
    )
    standing = RequestStanding(request, dossier, lines, paid=0, held=0, is_cancelled=False)
    uow.add(request, *lines)
    record(
        uow,
        world,
        actor,
        "request.issued",
        request_id,
        dossier=dossier.code,
        reference=request.reference,
        total=total,
    )
    _withdraw_expired(uow, world, actor, earlier)
    if total == 0:
        day = open_day(uow, centre.centre_id, business_date(now, centre.cutoff_minutes))
        issue_receipts(uow, world, actor, standing, PaymentMethod.NONE, day)
    return standing


def cancel_request(
    uow: UnitOfWork, world: World, actor: Actor, request_id: str, reason: str
) -> None:
    """Stop asking for a request. Raises Conflict when money for it has already come."""
    uow.centres.lock(actor.centre_id)
    standing = uow.requests.standing(actor.centre_id, request_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    if standing.paid or standing.held or standing.is_cancelled or standing.request.total == 0:
        raise Conflict("request_not_open", state=standing.state(world.clock.now()))
    _withdraw(uow, world, actor, request_id, reason.strip())


def _withdraw_expired(
    uow: UnitOfWork, world: World, actor: Actor, earlier: list[RequestStanding]
) -> None:
    """Stop asking for what has expired, now that a newer request asks for it."""
    for standing in earlier:
        if standing.state(world.clock.now()) is RequestState.EXPIRED:
            _withdraw(uow, world, actor, standing.request.request_id, REPLACED)


def _withdraw(uow: UnitOfWork, world: World, actor: Actor, request_id: str, reason: str) -> None:
    """Write that a request is no longer asked for."""
    uow.add(
        RequestCancellation(
            centre_id=actor.centre_id,
            request_id=request_id,
            reason=reason,
            cancelled_at=world.clock.now(),
            cancelled_by=actor.actor_id,
        )
    )
    record(uow, world, actor, "request.cancelled", request_id, reason=reason)
    tell_screens(uow, world, actor.centre_id, "request", request_id)


def _refuse_second_open(earlier: list[RequestStanding], world: World) -> None:
    """Keep a dossier from having two requests that a citizen could pay at once."""
    for standing in earlier:
        state = standing.state(world.clock.now())
        if state in (RequestState.OPEN, RequestState.SHORT):
            raise Conflict("request_still_open", reference=standing.request.reference)


def _items(
    uow: UnitOfWork, world: World, dossier: Dossier, quantities: Mapping[str, int] | None
) -> list[tuple[FeeItem, int]]:
    """Return the fees asked for, with their quantities."""
    due = fees_due(
        uow.centres.fee_items(dossier.centre_id, dossier.procedure_code),
        day=business_date(world.clock.now()),
        channel=dossier.channel,
        payer_class=dossier.payer_class,
    )
    by_code = {item.fee_code: item for item in due}
    wanted = dict.fromkeys(by_code, 1) if quantities is None else dict(quantities)
    if not wanted:
        raise Invalid("no_fee_due", field="fees", procedure=dossier.procedure_code)
    for code, quantity in wanted.items():
        if code not in by_code:
            raise Invalid("fee_unknown", field="fees", fee=code)
        if not 1 <= quantity <= MAX_QUANTITY:
            raise Invalid("quantity_out_of_range", field="quantity", fee=code, limit=MAX_QUANTITY)
    return [(by_code[code], wanted[code]) for code in sorted(wanted)]


def _lines(
    uow: UnitOfWork, dossier: Dossier, request_id: str, items: list[tuple[FeeItem, int]]
) -> tuple[RequestLine, ...]:
    """Freeze the fees as the lines of a request."""
    field_code = uow.centres.procedure(dossier.centre_id, dossier.procedure_code).field_code
    return tuple(
        RequestLine(
            centre_id=dossier.centre_id,
            request_id=request_id,
            line_no=number,
            fee_item_id=item.fee_item_id,
            fee_code=item.fee_code,
            field_code=field_code,
            name=item.name,
            kind=item.kind,
            quantity=quantity,
            unit_amount=item.amount,
            amount=item.amount * quantity,
        )
        for number, (item, quantity) in enumerate(items, start=1)
    )


def _fresh_reference(uow: UnitOfWork, world: World, prefix: str) -> str:
    """Return a reference that no request of the deployment has; the unique key is the last word."""
    for _ in range(_TRIES):
        reference = new_reference(prefix, world.ids.below)
        if not uow.requests.references_taken([reference]):
            return reference
    raise Unavailable("references_used_up")
