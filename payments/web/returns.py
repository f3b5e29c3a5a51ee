"""Where a payment gateway sends the payer's browser back to: a page to read, never money.

What the browser brings is proven, and shown beside what the books say. Only the gateway's own call,
or its answer to a question of ours, pays a request.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request

from payments.domain.adapters import PayerReturn
from payments.domain.bank_messages import TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated, NotFound
from payments.domain.references import find_references
from payments.domain.requests import RequestStanding
from payments.ports import SendsPayersBack, UnitOfWork
from payments.services.keep_secrets import credentials_of
from payments.web.access import current_wiring, public
from payments.web.payment_page import payment_page

pages = Blueprint("returns", __name__)


@pages.get("/tra-ve/<endpoint_id>")
@public
def show(endpoint_id: str) -> str:
    """Show what the gateway says and where the request stands, and lead to its page."""
    wiring = current_wiring()
    now = wiring.world.clock.now()
    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
        adapter = wiring.adapters.get(endpoint.adapter)
        if not endpoint.is_enabled or not isinstance(adapter, SendsPayersBack):
            raise NotFound("page_unknown")
        query = request.query_string.decode("latin-1")
        try:
            came = adapter.read_return(query, credentials_of(wiring.secret_box, endpoint, now))
        except (NotAuthenticated, Invalid) as error:
            raise Invalid("return_not_proven") from error
        standing = _named(uow, endpoint.centre_id, came)
        page = payment_page(uow, standing, now) if standing else None
    return render_template(
        "public/returned.html",
        page=page,
        order=came.order,
        gateway=adapter.declaration.title,
        is_booked=came.status is TransferStatus.BOOKED,
        is_failed=came.status is TransferStatus.FAILED,
    )


def _named(uow: UnitOfWork, centre_id: str, came: PayerReturn) -> RequestStanding | None:
    """Return the one request that an order is of, or None when it names none or several."""
    prefix = uow.centres.get(centre_id).reference_prefix
    names = {found.reference for found in find_references(came.order, prefix, repair=False)}
    standings = uow.requests.by_references(centre_id, names)
    return standings.popitem()[1] if len(standings) == 1 else None
