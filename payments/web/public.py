"""The citizen's page: what to pay and how, and the proof once it is paid. No sign-in."""

from __future__ import annotations

import ipaddress

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from payments.domain.errors import Forbidden, Invalid, PaymentsError
from payments.services.look_up_payment import look_up_payment
from payments.web.access import current_wiring, public
from payments.web.errors import sentence, status_of
from payments.web.feed import LiveState, state, stream
from payments.web.payment_page import PaymentPage, live_state, payment_page
from payments.web.qr_image import qr_png, qr_svg
from payments.web.security import redirect_to
from payments.wiring import Wiring

blueprint = Blueprint("public", __name__)


@blueprint.get("/p/<token>")
@public
def payment(token: str) -> str:
    """Show a request to whoever has its link."""
    page = _page(token)
    return render_template(
        "public/payment.html", page=page, qr=qr_svg(page.qr_payload) if page.is_asking else ""
    )


@blueprint.get("/p/<token>/qr.svg")
@public
def payment_qr_svg(token: str) -> Response:
    """Return the QR code as a drawing."""
    return _picture(qr_svg(_page(token).qr_payload), "image/svg+xml")


@blueprint.get("/p/<token>/qr.png")
@public
def payment_qr_png(token: str) -> Response:
    """Return the QR code as a picture that a phone can save."""
    return _picture(qr_png(_page(token).qr_payload), "image/png")


@blueprint.get("/p/<token>/state")
@public
def payment_state(token: str) -> Response:
    """Return the state as JSON, for pages that poll."""
    wiring = current_wiring()
    return state(lambda: _look(wiring, token))


@blueprint.get("/p/<token>/stream")
@public
def payment_stream(token: str) -> Response:
    """Follow the state of a request."""
    wiring = current_wiring()
    # An unknown link is refused before the stream begins.
    _look(wiring, token)
    return stream(lambda: _look(wiring, token))


@blueprint.get("/tra-cuu")
@public
def look_up() -> str:
    """Ask for the dossier code and the last four characters."""
    return _form({"dossier_code": request.args.get("code", "")}, {})


@blueprint.post("/tra-cuu")
@public
def look_up_post() -> BaseResponse | tuple[str, int]:
    """Open the citizen's page when code and ending fit together."""
    wiring = current_wiring()
    values = {name: request.form.get(name, "") for name in ("dossier_code", "second_factor")}
    try:
        with wiring.open_uow() as uow:
            standing = look_up_payment(
                uow,
                wiring.world,
                code=values["dossier_code"],
                second_factor=values["second_factor"],
                network=network_of(request.remote_addr or ""),
            )
            uow.commit()
    except (Invalid, Forbidden) as error:
        return _refused(values, error)
    if standing is None:
        nothing = _("No payment was found for this dossier code and these four characters.")
        return _form(values, {"": nothing}), 404
    return redirect_to("public.payment", token=standing.request.token)


def network_of(address: str) -> str:
    """Return the network that a caller is counted by: an IPv4 address or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _refused(values: dict[str, str], error: PaymentsError) -> tuple[str, int]:
    """Show the form again with what is wrong."""
    field = str(error.facts.get("field", ""))
    return _form(values, {field: sentence(error)}), int(status_of(error))


def _form(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("public/look_up.html", values=values, errors=errors)


def _page(token: str) -> PaymentPage:
    wiring = current_wiring()
    with wiring.open_uow(write=False) as uow:
        standing = uow.requests.by_token(token)
        return payment_page(uow, standing, wiring.world.clock.now())


def _look(wiring: Wiring, token: str) -> LiveState:
    with wiring.open_uow(write=False) as uow:
        standing = uow.requests.by_token(token)
    return live_state(standing, standing.state(wiring.world.clock.now()))


def _picture(content: str | bytes, kind: str) -> Response:
    """Return a picture of a sum that may change, so it is not kept."""
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    return response
