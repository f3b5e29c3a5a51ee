"""The citizen's page: what to pay and how, and the proof once it is paid. No sign-in."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from payments.domain.errors import Invalid, Unavailable
from payments.services.look_up_payment import look_up_payment
from payments.web.access import current_wiring, public
from payments.web.feed import LiveState, state, stream
from payments.web.forms import Filled, refused, text
from payments.web.payment_page import PaymentPage, live_state, payment_page
from payments.web.payment_sheets import request_sheet
from payments.web.qr_image import qr_png, qr_svg
from payments.web.security import network
from payments.wiring import Wiring

pages = Blueprint("public", __name__)
_FORM = "public/look_up.html"


@pages.get("/p/<token>")
@public
def payment(token: str) -> str:
    """Show a request to whoever has its link."""
    page = _page(token)
    return render_template(
        "public/payment.html", page=page, qr=qr_svg(page.qr_payload) if page.is_asking else ""
    )


@pages.get("/p/<token>/qr.svg")
@public
def payment_qr_svg(token: str) -> Response:
    """Return the QR code as a drawing."""
    return Response(qr_svg(_page(token).qr_payload), content_type="image/svg+xml")


@pages.get("/p/<token>/qr.png")
@public
def payment_qr_png(token: str) -> Response:
    """Return the QR code as a picture that a phone can save."""
    return Response(qr_png(_page(token).qr_payload), content_type="image/png")


@pages.get("/p/<token>/phieu-<any(a5,a6):paper>.pdf")
@public
def payment_sheet(token: str, paper: str) -> Response:
    """Return the sheet to pay by as a PDF, for whoever pays in another place."""
    return request_sheet(_page(token), paper)


@pages.get("/p/<token>/state")
@public
def payment_state(token: str) -> Response:
    """Return the state as JSON, for pages that poll."""
    wiring = current_wiring()
    return state(lambda: _look(wiring, token))


@pages.get("/p/<token>/stream")
@public
def payment_stream(token: str) -> Response:
    """Follow the state of a request."""
    wiring = current_wiring()
    # An unknown link is refused before the stream begins.
    _look(wiring, token)
    return stream(lambda: _look(wiring, token))


@pages.get("/tra-cuu")
@public
def look_up() -> str:
    """Ask for the dossier code and the last four characters."""
    return render_template(_FORM, form=Filled({"dossier_code": request.args.get("code", "")}))


@pages.post("/tra-cuu")
@public
def look_up_post() -> BaseResponse | tuple[str, HTTPStatus]:
    """Open the citizen's page when code and ending fit together."""
    wiring = current_wiring()
    try:
        with wiring.open_uow() as uow:
            standing = look_up_payment(
                uow,
                wiring.world,
                code=text("dossier_code"),
                second_factor=text("second_factor"),
                network=network(),
            )
            uow.commit()
    except (Invalid, Unavailable) as error:
        return refused(_FORM, error)
    if standing is None:
        nothing = _("No payment was found for this dossier code and these four characters.")
        form = Filled(request.form.to_dict(), {"": nothing})
        return render_template(_FORM, form=form), HTTPStatus.NOT_FOUND
    return redirect(url_for("public.payment", token=standing.request.token), HTTPStatus.SEE_OTHER)


def _page(token: str) -> PaymentPage:
    wiring = current_wiring()
    with wiring.open_uow(write=False) as uow:
        standing = uow.requests.by_token(token)
        return payment_page(uow, standing, wiring.world.clock.now())


def _look(wiring: Wiring, token: str) -> LiveState:
    with wiring.open_uow(write=False) as uow:
        standing = uow.requests.by_token(token)
    return live_state(standing, standing.state(wiring.world.clock.now()))
