"""Show a request on the citizen display of a counter, or clear the display."""

from __future__ import annotations

from payments.domain.centres import CounterScreen
from payments.domain.errors import Conflict
from payments.domain.staff import StaffUser
from payments.ports import UnitOfWork, World
from payments.services.record_event import tell_screens


def show_on_counter(
    uow: UnitOfWork, world: World, cashier: StaffUser, request_id: str | None
) -> CounterScreen:
    """Show a request at the counter where the cashier's till is open; None clears the display.

    What a display shows is no business data, so the audit log does not speak of it. Raises
    Conflict without an open till, NotFound for a request of another centre.
    """
    uow.centres.lock(cashier.centre_id)
    session = uow.tills.open_session(cashier.centre_id, cashier.staff_id)
    if session is None:
        raise Conflict("till_not_open")
    if request_id is not None:
        uow.requests.standing(cashier.centre_id, request_id)
    screen = CounterScreen(
        cashier.centre_id, session.counter_id, request_id, shown_at=world.clock.now()
    )
    if uow.centres.screen(screen.centre_id, screen.counter_id) is None:
        uow.add(screen)
    else:
        uow.replace(screen)
    tell_screens(uow, world, screen.centre_id, "counter", screen.counter_id)
    return screen
