"""Give the money that has come to its request, and receipt it: the one place where both happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payments.domain.business_day import local
from payments.domain.cash import CashPayment
from payments.domain.errors import Conflict
from payments.domain.posting_rules import cash_taken, transfer_allocated
from payments.domain.receipts import (
    PaymentMethod,
    Receipt,
    ReceiptSeries,
    SeriesKind,
    receipt_amounts,
)
from payments.domain.requests import LinePart, RequestStanding, split_over_lines
from payments.domain.staff import Actor
from payments.domain.transfers import Allocation, Transfer
from payments.ports import UnitOfWork, World
from payments.services.record_event import post, record, tell_screens
from payments.services.resolve_break import open_about_money, work_off

# A new year's series takes these marks when no earlier one shows how the centre writes its own.
_PATTERNS = {
    SeriesKind.PHI: ("01BLP0-001", "P"),
    SeriesKind.LE_PHI: ("01BLP0-002", "L"),
    SeriesKind.EXEMPT: ("01MPD0-001", "M"),
}


def settle(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    standing: RequestStanding,
    *,
    held: Sequence[tuple[Transfer, int]] = (),
    cash: CashPayment | None = None,
    business_date: date,
) -> list[Receipt]:
    """Allocate transfers and cash to a request that they cover, post the entries, issue receipts.

    ``held`` pairs each transfer with what of it is not given away yet, oldest first; what is over
    stays in suspense. Breaks that asked for a place for it are worked off when all of it is given.
    Money is given on ``business_date``, or on the later day that a bank's time has put it on.
    Raises Conflict when the money does not cover the request.
    """
    request = standing.request
    shares = _shares(request.total - (cash.amount if cash else 0), held)
    if cash is None:
        business_date = _last_day(shares, business_date)
    payments = [amount for _, amount in shares] + ([cash.amount] if cash else [])
    if sum(payments) != request.total:
        raise Conflict("does_not_cover", total=request.total, given=sum(payments))
    parts = split_over_lines(standing.lines, payments)
    for (transfer, amount), share in zip(shares, parts, strict=False):
        allocation = Allocation(
            centre_id=request.centre_id,
            allocation_id=world.ids.new(),
            transfer_id=transfer.transfer_id,
            request_id=request.request_id,
            amount=amount,
            allocated_by=actor.actor_id,
            allocated_at=world.clock.now(),
            business_date=business_date,
        )
        uow.add(allocation)
        post(
            uow,
            world,
            centre_id=request.centre_id,
            event="transfer_allocated",
            subject_id=allocation.allocation_id,
            business_date=business_date,
            legs=transfer_allocated(share, transfer.account_id),
        )
    if cash:
        _book_cash(uow, world, cash, parts[-1])
    if len(held) > 1 or cash or actor.actor_id.startswith("staff:"):
        _work_off(uow, world, actor, shares, held, business_date)
    method = _method(has_transfer=bool(shares), has_cash=cash is not None)
    receipts = issue_receipts(uow, world, actor, standing, method, business_date)
    tell_screens(uow, world, request.centre_id, "request", request.request_id)
    return receipts


def _last_day(shares: Sequence[tuple[Transfer, int]], business_date: date) -> date:
    """Return the last day among those of transfers and a given one.

    Near a cut-off the later of two transfers may be told first.
    """
    return max([business_date, *(transfer.business_date for transfer, _ in shares)])


def _book_cash(uow: UnitOfWork, world: World, cash: CashPayment, parts: Sequence[LinePart]) -> None:
    """Keep a cash payment and post it on its own day."""
    uow.add(cash)
    post(
        uow,
        world,
        centre_id=cash.centre_id,
        event="cash_taken",
        subject_id=cash.cash_payment_id,
        business_date=cash.business_date,
        legs=cash_taken(parts, cash.staff_id),
    )


def issue_receipts(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    standing: RequestStanding,
    method: PaymentMethod,
    business_date: date,
) -> list[Receipt]:
    """Issue one receipt a series for a settled request, numbered under the centre's lock."""
    receipts = []
    for kind, amount in receipt_amounts(standing.lines).items():
        series = _series(uow, world, standing.request.centre_id, kind)
        receipt = Receipt(
            centre_id=standing.request.centre_id,
            receipt_id=world.ids.new(),
            series_id=series.series_id,
            number=uow.receipts.take_number(series),
            request_id=standing.request.request_id,
            kind=kind,
            issue_no=1,
            amount=amount,
            method=method,
            payer=standing.dossier.applicant,
            token=world.ids.token(),
            issued_at=world.clock.now(),
            issued_by=actor.actor_id,
            business_date=business_date,
        )
        uow.add(receipt)
        receipts.append(receipt)
    record(
        uow,
        world,
        actor,
        "request.settled",
        standing.request.request_id,
        total=standing.request.total,
        method=method,
        receipts=[f"{receipt.kind}/{receipt.number}" for receipt in receipts],
    )
    return receipts


def _work_off(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    shares: Sequence[tuple[Transfer, int]],
    held: Sequence[tuple[Transfer, int]],
    business_date: date,
) -> None:
    """Take the breaks that asked for a place for transfers with nothing left off the work list."""
    rests = {transfer.transfer_id: rest for transfer, rest in held}
    spent = [t.transfer_id for t, amount in shares if amount == rests[t.transfer_id]]
    if spent:
        answered = open_about_money(uow, actor.centre_id, spent)
        work_off(uow, world, actor, answered, "allocated", business_date)


def _shares(wanted: int, held: Sequence[tuple[Transfer, int]]) -> list[tuple[Transfer, int]]:
    """Take what is wanted from the held transfers, oldest first."""
    shares = []
    for transfer, rest in held:
        taken = min(rest, wanted)
        if taken > 0:
            shares.append((transfer, taken))
            wanted -= taken
    return shares


def _method(*, has_transfer: bool, has_cash: bool) -> PaymentMethod:
    """Name the way the money came."""
    if has_transfer and has_cash:
        return PaymentMethod.MIXED
    if has_transfer:
        return PaymentMethod.TRANSFER
    return PaymentMethod.CASH if has_cash else PaymentMethod.NONE


def _series(uow: UnitOfWork, world: World, centre_id: str, kind: SeriesKind) -> ReceiptSeries:
    """Return this year's series of a kind; the first receipt of a year opens it."""
    year = local(world.clock.now()).year
    series = uow.receipts.series(centre_id, kind, year)
    if series is None:
        pattern, letter = _PATTERNS[kind]
        series = ReceiptSeries(
            centre_id=centre_id,
            series_id=world.ids.new(),
            kind=kind,
            pattern=pattern,
            serial=f"{letter}{letter}-{year % 100:02d}E",
            year=year,
            created_at=world.clock.now(),
        )
        uow.add(series)
    return series
