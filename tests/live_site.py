"""The whole site on a free port, and a browser to look at it with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from payments.web.feed import close_streams
from payments.wiring import Wiring
from tests import browsers
from wsgi import create_app


@contextmanager
def served(wiring: Wiring) -> Iterator[str]:
    """Serve the site, with threads as in production, and give its address."""
    app = create_app(wiring)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]  # of the threaded server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    close_streams(app)
    wiring.engine.dispose()


@contextmanager
def launched() -> Iterator[Browser]:
    """Open a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium_path(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
