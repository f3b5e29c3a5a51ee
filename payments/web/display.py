"""The citizen's display of a counter: idle, the sum with its QR code, or paid. No sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, render_template

from payments.domain.centres import Centre, ServiceCounter
from payments.domain.requests import RequestState
from payments.ports import UnitOfWork
from payments.store.feed import subject
from payments.web.access import current_wiring, public
from payments.web.feed import LiveState, state, stream
from payments.web.payment_page import PaymentPage, payment_page
from payments.web.qr_image import qr_svg
from payments.wiring import Wiring

pages = Blueprint("display", __name__)

# A citizen who walks away leaves nothing behind: the display clears itself.
SHOWN_FOR = timedelta(minutes=30)
PAID_SHOWN_FOR = timedelta(minutes=1)
_SHOWN = frozenset({RequestState.OPEN, RequestState.SHORT, RequestState.PAID, RequestState.EXEMPT})


@dataclass(frozen=True, slots=True)
class Display:
    """What a display shows: a payment, or nothing while ``page`` is None."""

    centre: Centre
    counter: ServiceCounter
    page: PaymentPage | None

    @property
    def live(self) -> LiveState:
        """What the display watches: its counter, and the request on it."""
        place = subject("counter", self.counter.counter_id)
        if self.page is None:
            return LiveState("idle", (place,), {"state": "idle", "is_final": False})
        shown = self.page.live
        request_id = self.page.standing.request.request_id
        return LiveState(
            version=f"{request_id}-{shown.version}",
            subjects=(place, *shown.subjects),
            facts={**shown.facts, "is_final": False},
        )


@pages.get("/display/<token>")
@public
def show(token: str) -> str:
    """Show the display of a counter."""
    display = _display(current_wiring(), token)
    page = display.page
    qr = qr_svg(page.qr_payload) if page and page.is_asking else ""
    return render_template("display/display.html", display=display, page=page, qr=qr, token=token)


@pages.get("/display/<token>/state")
@public
def display_state(token: str) -> Response:
    """Return the state as JSON, for displays that poll."""
    wiring = current_wiring()
    return state(lambda: _display(wiring, token).live)


@pages.get("/display/<token>/stream")
@public
def display_stream(token: str) -> Response:
    """Follow the display of a counter."""
    wiring = current_wiring()
    _display(wiring, token)
    return stream(lambda: _display(wiring, token).live)


def _display(wiring: Wiring, token: str) -> Display:
    """Read what the display of a counter shows now. Raises NotFound for another token."""
    with wiring.open_uow(write=False) as uow:
        counter = uow.centres.counter_of_display(token)
        centre = uow.centres.get(counter.centre_id)
        return Display(centre, counter, _shown(uow, wiring, counter))


def _shown(uow: UnitOfWork, wiring: Wiring, counter: ServiceCounter) -> PaymentPage | None:
    """Return the payment on a counter's display, unless it has been there long enough."""
    now = wiring.world.clock.now()
    screen = uow.centres.screen(counter.centre_id, counter.counter_id)
    if screen is None or screen.request_id is None or now - screen.shown_at >= SHOWN_FOR:
        return None
    standing = uow.requests.standing(counter.centre_id, screen.request_id)
    page = payment_page(uow, standing, now)
    if page.state not in _SHOWN:
        return None
    settled_at = max((receipt.issued_at for receipt in page.receipts), default=now)
    if page.receipts and now - max(settled_at, screen.shown_at) >= PAID_SHOWN_FOR:
        return None
    return page
