"""Open a till with its float, and close it with a blind count whose difference is kept."""

from __future__ import annotations

from collections.abc import Mapping

from payments.domain.audit import canonical_json
from payments.domain.breaks import BreakKind
from payments.domain.business_day import business_date
from payments.domain.cash import TillClosing, TillSession, counted_total
from payments.domain.errors import Conflict, Invalid
from payments.domain.posting_rules import till_counted
from payments.domain.staff import Actor, StaffUser
from payments.ports import UnitOfWork, World
from payments.services.record_event import open_break, open_day, post, record

MAX_FLOAT = 100_000_000


def open_till(
    uow: UnitOfWork, world: World, cashier: StaffUser, *, counter_id: str, float_amount: int
) -> TillSession:
    """Open a session at a counter. Raises Conflict while the cashier has another one open."""
    if not 0 <= float_amount <= MAX_FLOAT:
        raise Invalid("float_out_of_range", field="float_amount", limit=MAX_FLOAT)
    centre = uow.centres.lock(cashier.centre_id)
    counter = uow.centres.counter(centre.centre_id, counter_id)
    if uow.tills.open_session(centre.centre_id, cashier.staff_id) is not None:
        raise Conflict("till_already_open")
    if any(
        session.counter_id == counter_id for session in uow.tills.open_sessions(centre.centre_id)
    ):
        raise Conflict("counter_in_use", counter=counter.name)
    now = world.clock.now()
    session = TillSession(
        centre_id=centre.centre_id,
        session_id=world.ids.new(),
        staff_id=cashier.staff_id,
        counter_id=counter_id,
        session_no=uow.tills.sessions_of(centre.centre_id, cashier.staff_id) + 1,
        float_amount=float_amount,
        opened_at=now,
        business_date=open_day(uow, centre.centre_id, business_date(now, centre.cutoff_minutes)),
    )
    uow.add(session)
    record(
        uow, world, Actor.of(cashier), "till.opened", session.session_id,
        counter=counter.name, float=float_amount,
    )  # fmt: skip
    return session


def close_till(
    uow: UnitOfWork,
    world: World,
    cashier: StaffUser,
    *,
    counts: Mapping[int, int],
    reason: str = "",
) -> TillClosing:
    """Close the cashier's session with the notes as counted, the float included.

    The expected sum is told only afterwards. A difference is kept on its own account and goes to
    the work list; it needs no reason here, because the count is blind.
    """
    centre = uow.centres.lock(cashier.centre_id)
    session = uow.tills.open_session(centre.centre_id, cashier.staff_id)
    if session is None:
        raise Conflict("till_not_open")
    takings = uow.tills.takings(centre.centre_id, session.session_id)
    counted = counted_total(counts)
    expected = session.float_amount + takings
    now = world.clock.now()
    closing = TillClosing(
        centre_id=centre.centre_id,
        session_id=session.session_id,
        counts=canonical_json({str(note): quantity for note, quantity in counts.items()}),
        counted=counted,
        expected=expected,
        difference=counted - expected,
        reason=reason.strip(),
        closed_at=now,
        closed_by=f"staff:{cashier.staff_id}",
        business_date=open_day(uow, centre.centre_id, business_date(now, centre.cutoff_minutes)),
    )
    uow.add(closing)
    _keep_difference(uow, world, session, closing, takings)
    record(
        uow, world, Actor.of(cashier), "till.closed", session.session_id,
        counted=counted, expected=expected, difference=closing.difference,
    )  # fmt: skip
    return closing


def _keep_difference(
    uow: UnitOfWork, world: World, session: TillSession, closing: TillClosing, takings: int
) -> None:
    """Post the handing over of the takings, and put a difference in the work list."""
    legs = till_counted(takings, closing.difference, session.staff_id)
    if any(leg.amount for leg in legs):
        post(
            uow,
            world,
            centre_id=closing.centre_id,
            event="till_counted",
            subject_id=closing.session_id,
            business_date=closing.business_date,
            legs=legs,
        )
    if closing.difference:
        open_break(
            uow,
            world,
            centre_id=closing.centre_id,
            kind=BreakKind.CASH_OVER if closing.difference > 0 else BreakKind.CASH_SHORT,
            subject_id=closing.session_id,
            amount=abs(closing.difference),
            business_date=closing.business_date,
        )
