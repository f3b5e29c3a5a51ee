"""Today at the demo centre: a few dossiers, some paid, some open, and a cashier at an open till."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from payments.domain.business_day import business_date, local
from payments.domain.requests import RequestStanding, RequestState
from payments.domain.staff import StaffUser
from payments.services.show_on_counter import show_on_counter
from reconciliation.demo.centre import CENTRE_ID
from reconciliation.demo.play import (
    Stage,
    close_drawer,
    hand_over_dossiers,
    open_drawer,
    pay_cash,
)
from reconciliation.demo.year import PlannedDossier, all_visits, planned_dossier

_CASH = 6
_TRANSFERS = 4
_OPEN = 8
_SHORT_BY = 1_000


@dataclass(frozen=True, slots=True)
class LivingDay:
    """What there is to look at today: an open request with its citizen's page, and a display."""

    reference: str
    total: int
    token: str
    dossier_code: str
    second_factor: str
    display_token: str


def begin_day(stage: Stage) -> LivingDay:
    """Let today begin: tills, dossiers, payments; called again on the same day it adds nothing.

    Everything goes the way of the played year, but by the real clock.
    """
    today = business_date(stage.wiring.world.clock.now())
    planned = _plan(today)
    is_first = not any(local(paid.at).date() == today for paid in stage.bank.payments())
    for cashier in stage.staff.cashiers[:2]:
        _open_drawer_of(stage, cashier, today)
    requests = hand_over_dossiers(stage, planned)
    if is_first:
        _take_payments(stage, planned, requests)
    return _to_look_at(stage, planned)


def _plan(today: date) -> tuple[PlannedDossier, ...]:
    """Return the dossiers of a day: the same for the same day."""
    random = Random(today.toordinal())  # noqa: S311 -- nothing secret is drawn.
    asking = [visit for visit in all_visits() if visit.amount > _SHORT_BY]
    visits = random.sample(asking, _CASH + _TRANSFERS + _OPEN)
    seconds = sorted(random.sample(range(8 * 3600, 11 * 3600), len(visits)))
    return tuple(
        replace(planned_dossier(today, number, second, visit, random), cashier=number % 2)
        for number, (second, visit) in enumerate(zip(seconds, visits, strict=True), start=1)
    )


def _open_drawer_of(stage: Stage, cashier: StaffUser, today: date) -> None:
    """Open a cashier's till, after closing one that was forgotten on an earlier day."""
    with stage.wiring.open_uow(write=False) as uow:
        session = uow.tills.open_session(CENTRE_ID, cashier.staff_id)
    if session is not None and session.business_date < today:
        close_drawer(stage, cashier)
        session = None
    if session is None:
        open_drawer(stage, cashier)


def _take_payments(
    stage: Stage, planned: Sequence[PlannedDossier], requests: Mapping[str, RequestStanding]
) -> None:
    """Take cash from some and transfers from others; one pays too little, one names nothing."""
    for dossier in planned[:_CASH]:
        pay_cash(stage, dossier, requests[dossier.code])
    transfers = [requests[dossier.code].request for dossier in planned[_CASH:][:_TRANSFERS]]
    for request in transfers[:-1]:
        stage.bank.pay(f"{request.reference} nop phi, le phi", request.total)
    stage.bank.pay(f"{transfers[-1].reference} nop phi", transfers[-1].total - _SHORT_BY)
    stage.bank.pay("Chuyen tien lam giay to nha dat", 450_000)


def _to_look_at(stage: Stage, planned: Sequence[PlannedDossier]) -> LivingDay:
    """Return a request that is still to be paid, if there is one, and show it at counter 1."""
    now = stage.wiring.world.clock.now()
    # Asked once more, the service tells what has become of each.
    requests = hand_over_dossiers(stage, planned)
    still_open = [d for d in planned if requests[d.code].state(now) is RequestState.OPEN]
    dossier = (still_open or list(planned))[-1]
    request = requests[dossier.code].request
    with stage.transaction() as uow:
        show_on_counter(uow, stage.wiring.world, stage.staff.cashiers[0], request.request_id)
    return LivingDay(
        reference=request.reference,
        total=request.total,
        token=request.token,
        dossier_code=dossier.code,
        second_factor=dossier.second_factor,
        display_token=stage.staff.counters[0].display_token,
    )
