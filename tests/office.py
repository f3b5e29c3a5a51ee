"""The finance office in a browser: a running server, and what its bank has told and lists."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from payments.domain.staff import Role
from payments.web.feed import close_streams
from tests import browsers, makers
from tests.flows.stage import Stage
from wsgi import create_app

PATIENCE_MS = 20_000
STATEMENTS = "/tai-chinh/sao-ke"


@dataclass(frozen=True)
class Office:
    """The running server, the centre on it, and a folder for files to hand in."""

    address: str
    stage: Stage
    folder: Path

    @property
    def clock(self) -> makers.FixedClock:
        return self.stage.clock

    def file(self, name: str, body: bytes) -> Path:
        """Write a file to hand in."""
        path = self.folder / name
        path.write_bytes(body)
        return path


@contextmanager
def served(stage: Stage, folder: Path) -> Iterator[Office]:
    """Serve a centre on a free port, with threads as in production."""
    app = create_app(stage.wiring)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]  # of the threaded server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", stage, folder)
    server.shutdown()
    thread.join()
    server.server_close()
    close_streams(app)
    stage.wiring.engine.dispose()


@contextmanager
def launched() -> Iterator[Browser]:
    """Open a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium_path(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def sign_in(page: Page, address: str, username: str = makers.USERNAMES[Role.FINANCE]) -> None:
    """Sign a person in, the finance officer unless another is named."""
    page.goto(f"{address}/dang-nhap")
    page.fill('[name="username"]', username)
    page.fill('[name="password"]', makers.PASSWORD)
    page.locator("main button.primary").click()


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways but wide tables inside their frame."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )
