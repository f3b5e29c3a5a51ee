"""Whether this process lives, and whether it can work: for service managers and load balancers."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from payments.domain.errors import Unavailable
from payments.web.access import current_wiring, public

pages = Blueprint("health", __name__, url_prefix="/health")


@pages.get("/live")
@public
def live() -> Response:
    """Answer as long as the process can answer at all; nothing else is asked."""
    return jsonify({"status": "live"})


@pages.get("/ready")
@public
def ready() -> Response:
    """Answer 200 when the database answers, else 503, so that nobody is sent here."""
    try:
        with current_wiring().open_uow(write=False) as uow:
            uow.centres.all()
    except Unavailable:
        response = jsonify({"status": "database_unavailable"})
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return response
    return jsonify({"status": "ready"})
