"""One line of JSON a request on standard error: what, how long, by whom; no secrets."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

from payments.web.access import current_wiring

RULE = "thuphi.rule"
"""Where a request that was refused in front of the application carries its template."""

_log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Log every request when it is answered, and name it in its answer."""
    configure()
    app.before_request(begin)
    app.after_request(finish)


def configure() -> None:
    """Write every log line as one JSON object on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without the variables of each frame: they hold passwords, tokens and citizens' names.
            ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_StandardError,
        cache_logger_on_first_use=True,
    )


def begin() -> None:
    """Give the request a number of its own."""
    g.request_id = current_wiring().world.ids.new()
    g.began_at = time.monotonic()


def finish(response: Response) -> Response:
    """Write the line. The path is the route's template: addresses hold citizens' tokens."""
    began_at = g.get("began_at")
    if began_at is None or request.endpoint == "static":
        return response
    response.headers["X-Request-Id"] = g.request_id
    user = g.get("visitor")
    write_line(
        request_id=g.request_id,
        method=request.method,
        path=request.url_rule.rule if request.url_rule else request.environ.get(RULE, "unknown"),
        status=response.status_code,
        began_at=began_at,
        actor=f"staff:{user.staff_id}" if user else g.get("actor", "guest"),
    )
    return response


def write_line(
    *, request_id: str, method: str, path: str, status: int, began_at: float, actor: str
) -> None:
    """Write the line of a request. ``began_at`` is of the monotonic clock, in seconds."""
    _log.info(
        "request",
        request_id=request_id,
        method=method,
        path=path,
        status=status,
        ms=round((time.monotonic() - began_at) * 1000, 1),
        actor=actor,
    )


class _StandardError:
    """Writes lines to the standard error of the moment, which tests replace."""

    def __init__(self, *_names: str) -> None:
        """Take the names that structlog gives its loggers."""

    def msg(self, message: str) -> None:
        """Write a line at once, whole."""
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()

    log = debug = info = warn = warning = error = critical = fatal = exception = msg
