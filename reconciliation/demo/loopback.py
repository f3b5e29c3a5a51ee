"""HTTP on this machine: a client for the one-stop software and the bank, a server for the play."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
from werkzeug.serving import WSGIRequestHandler, make_server

from payments.domain.errors import Unavailable
from payments.ports import Delivery

_LONGEST_S: Final = 30
LOOPBACK: Final = "127.0.0.1"


class Client:
    """Speaks to one site. Proxies of the environment are passed by: the site is this machine."""

    def __init__(self, address: str) -> None:
        """Speak to an address such as ``http://127.0.0.1:8000``."""
        self.address = address
        self._http = httpx2.Client(base_url=address, timeout=_LONGEST_S, trust_env=False)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def post_delivery(self, path: str, delivery: Delivery) -> int:
        """Send what a bank would send, by its method, and return the status of the answer."""
        address = f"{path}?{delivery.query}" if delivery.query else path
        try:
            answer = self._http.request(
                delivery.method, address, content=delivery.body, headers=list(delivery.headers)
            )
        except httpx2.TransportError as error:
            raise Unavailable("site_not_reached", address=self.address) from error
        return int(answer.status_code)

    def post_json(self, path: str, body: object, *, bearer: str) -> Any:  # noqa: ANN401 -- JSON.
        """Post JSON with an API key and return the JSON answer. Raises Unavailable otherwise."""
        try:
            answer = self._http.post(path, json=body, headers={"Authorization": f"Bearer {bearer}"})
        except httpx2.TransportError as error:
            raise Unavailable("site_not_reached", address=self.address) from error
        if not answer.is_success:
            raise Unavailable("api_refused", status=answer.status_code, answer=answer.text[:500])
        return answer.json()

    def answers(self, path: str) -> bool:
        """Say whether a page answers with success."""
        try:
            return bool(self._http.get(path, timeout=2).is_success)
        except httpx2.TransportError:
            return False


@contextmanager
def site(app: Callable[..., object]) -> Iterator[Client]:
    """Serve an application on a free port of this machine while the block runs."""
    server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=_QuietHandler)  # type: ignore[arg-type] # any WSGI application
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    client = Client(f"http://{LOOPBACK}:{server.server_port}")
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietHandler(WSGIRequestHandler):
    """Keeps the connection open between requests, and prints nothing."""

    protocol_version = "HTTP/1.1"
    # Head and body are written apart; the second must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the application writes its own log."""
