"""The finance office in a browser: a running server, and what its bank has told and lists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from payments.domain.staff import Role
from tests import makers
from tests.flows.stage import Stage

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
