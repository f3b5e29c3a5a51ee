"""The finance office for the browser tests: its server, and the officer's browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.flows.stage import Stage
from tests.live_site import launched, served
from tests.office import PATIENCE_MS, Office, sign_in


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """A server on a free port, with threads as in production."""
    stage = Stage.on(sqlite_url, tmp_path)
    with served(stage.wiring) as address:
        yield Office(address, stage, tmp_path)


@pytest.fixture
def desk(site: Office) -> Iterator[Page]:
    """The finance officer's browser, signed in; an error on its console fails the test."""
    complaints: list[str] = []
    with launched() as browser:
        context = browser.new_context(locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, site.address)
        yield page
    assert complaints == []
