"""Errors as answers: the only table from error to HTTP status, and how each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from payments.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidFile,
    NotAuthenticated,
    NotFound,
    PaymentsError,
    Problem,
    Unavailable,
)
from payments.web.error_sentences import ERROR_SENTENCES, FIELD_NAMES, WHAT_NEXT
from payments.web.formatting import number
from payments.web.i18n import sentence_of

STATUSES: tuple[tuple[type[PaymentsError], HTTPStatus], ...] = (
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotAuthenticated, HTTPStatus.UNAUTHORIZED),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_STATUS_OF_CODE = {"too_many_attempts": HTTPStatus.TOO_MANY_REQUESTS}
_MACHINE_PATHS = ("/api/", "/webhooks/", "/health/")
_RETRY_AFTER_S = 2
_HTTP_CODES = {
    HTTPStatus.BAD_REQUEST: "request_unreadable",
    HTTPStatus.NOT_FOUND: "page_unknown",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "media_type_wrong",
}


def install(app: Flask) -> None:
    """Answer every error in the reader's language, and programs in JSON."""
    app.register_error_handler(PaymentsError, answer_declared)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(InternalServerError, answer_unexpected)


def status_of(error: PaymentsError) -> HTTPStatus:
    """Return the HTTP status of a declared error."""
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def sentence(error: PaymentsError | Problem) -> str:
    """Return the sentence of an error or of a problem of a file, in the language of this page."""
    return sentence_of_code(error.code, error.facts)


def sentence_of_code(code: str, facts: Mapping[str, object]) -> str:
    """Return the sentence of a code with its blanks filled from the facts."""
    msgid = ERROR_SENTENCES.get(code, ERROR_SENTENCES["unknown_code"])
    words = _Facts({name: _in_words(value) for name, value in facts.items()}, code=code)
    field = str(facts.get("field", ""))
    words["named"] = sentence_of(FIELD_NAMES[field]) if field in FIELD_NAMES else field
    return sentence_of(msgid) % words


def sentence_of_problem(problem: str) -> str:
    """Return why something of a bank could not be read, with the bank's own name of the field.

    ``problem`` is as rows keep it: the code, and behind a blank the field or status.
    """
    code, _blank, field = problem.partition(" ")
    if not code:
        return ""
    said = sentence_of_code(code, {"field": field})
    return f"{said} ({field})" if field else said


def field_errors(error: PaymentsError) -> dict[str, str]:
    """Return the sentences of an error by form field; "" stands for the form as a whole."""
    if isinstance(error, InvalidFile):
        return {problem.where: sentence(problem) for problem in error.problems}
    return {str(error.facts.get("field", "")): sentence(error)}


def answer_declared(error: PaymentsError) -> BaseResponse:
    """Answer a declared error with its status, as a page or as JSON."""
    status = status_of(error)
    if wants_json():
        return error_json(error)
    if error.code == "not_signed_in":
        # A form that was sent after the session ended is not repeated; its page is opened again.
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(f"{url_for('auth.sign_in')}?next={quote(target)}", HTTPStatus.SEE_OTHER)
    return _with_retry(_page(status, error.code, sentence(error)), status)


def answer_http(error: HTTPException) -> BaseResponse:
    """Answer an error of the HTTP layer."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    status = HTTPStatus(error.code)
    code = _HTTP_CODES.get(status, "request_unreadable")
    text = sentence_of_code(code, {})
    response = _json(status, code, text, {}) if wants_json() else _page(status, code, text)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def answer_unexpected(error: InternalServerError) -> BaseResponse:
    """Answer an error that nobody declared, without telling anything but where to find it."""
    structlog.get_logger().error(
        "unexpected_error", request_id=g.get("request_id"), exc_info=error.original_exception
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    text = sentence_of_code("unexpected", {})
    return (
        _json(status, "unexpected", text, {}) if wants_json() else _page(status, "unexpected", text)
    )


def wants_json() -> bool:
    """Say whether a program asks: by the path, not by headers that a browser may also send."""
    return request.path.startswith(_MACHINE_PATHS)


def error_json(error: PaymentsError) -> Response:
    """Return the JSON of a declared error: code, message, the field or the list of problems."""
    status = status_of(error)
    more: dict[str, object] = {}
    if isinstance(error, InvalidFile):
        more["problems"] = [
            {"where": one.where, "code": one.code, "message": sentence(one)}
            | ({"field": one.facts["field"]} if "field" in one.facts else {})
            for one in error.problems
        ]
    elif "field" in error.facts:
        more["field"] = error.facts["field"]
    return _with_retry(_json(status, error.code, sentence(error), more), status)


def _json(status: HTTPStatus, code: str, text: str, more: Mapping[str, object]) -> Response:
    response = jsonify({"error": {"code": code, "message": text, **more}})
    response.status_code = status
    return response


def _page(status: HTTPStatus, code: str, text: str) -> Response:
    body = render_template(
        "errors/error.html",
        frame=_frame(),
        status=int(status),
        code=code,
        text=text,
        next_step=_(WHAT_NEXT.get(code) or WHAT_NEXT.get(str(int(status)), WHAT_NEXT[""])),
        request_id=g.get("request_id", ""),
    )
    return Response(body, status)


def _frame() -> str:
    """Return the frame of the page: the staff's own, unless the database cannot say who asks."""
    return "base.html" if g.get("visitor") else "public.html"


def _with_retry(response: Response, status: HTTPStatus) -> Response:
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    return response


def _in_words(value: object) -> str:
    """Write a fact: whole numbers with their thousands, lists with commas."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    return str(value)


class _Facts(dict[str, str]):
    """Facts of an error; a blank without a fact shows a dash rather than a second error."""

    def __missing__(self, name: str) -> str:
        return "\N{EN DASH}"
