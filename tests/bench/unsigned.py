"""What a delivery costs that proves nothing, beside one that does: time of the processor alone."""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.webhooks import deliveries, open_requests
from tests.makers import a_centre, some_settings
from wsgi import build_wiring, create_app

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

ROUNDS = 5
PER_ROUND = 200


def measure(database_url: str, folder: Path) -> tuple[float, float]:
    """Return the milliseconds that an unsigned delivery takes the application, and a good one.

    Both come alone, as the WSGI server hands them over; the server's own part is the same for both.
    """
    wiring = build_wiring(some_settings(database_url, folder))
    made = a_centre(wiring.engine, at=datetime.now(UTC))
    references = open_requests(wiring, made, ROUNDS * PER_ROUND)
    requests = [_environ(raw) for raw in deliveries(made, references, 0)]
    app = create_app(wiring)
    unsigned: list[float] = []
    good: list[float] = []
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        for start in range(0, len(requests), PER_ROUND):
            mine = requests[start : start + PER_ROUND]
            unsigned.append(_each_ms(app.wsgi_app, [_spoilt(one) for one in mine], "401"))
            good.append(_each_ms(app.wsgi_app, mine, "200"))
    wiring.engine.dispose()
    return median(unsigned), median(good)


def _each_ms(app: Callable[..., object], requests: Sequence[WSGIEnvironment], status: str) -> float:
    """Return what each request took of the processor. Stops when one is answered otherwise."""
    answered: list[str] = []
    began = time.process_time()
    for environ in requests:
        app(environ, lambda line, _headers, *_rest: answered.append(line))
    spent = time.process_time() - began
    if {line[:3] for line in answered} != {status}:
        raise SystemExit(f"a round was answered {set(answered)}")
    return spent / len(requests) * 1000


def _environ(raw: bytes) -> WSGIEnvironment:
    """Return a request as a WSGI server hands it over."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _version = first.split()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "bench",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    for line in lines:
        name, _, value = line.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
    return environ


def _spoilt(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Return a request whose body has one blank more than what was signed."""
    body = environ["wsgi.input"].getvalue() + b" "
    return environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
