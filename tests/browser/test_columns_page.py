"""The page that names columns, in a real browser: preview while choosing, import, and the next file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from payments.domain.staff import Role
from payments.web.feed import close_streams
from tests import browsers, makers
from wsgi import create_app

pytestmark = pytest.mark.browser

PATIENCE_MS = 20_000
NARROW, WIDE = 360, 1440
ROWS = """alpha;beta;gamma;delta
2021-03-09;nop phi {first};50000;A{first}
2021-03-09;rut tien;-5000;B{first}
"""
CHOSEN = {"0": "date", "1": "text", "2": "amount", "3": "reference"}


@dataclass(frozen=True)
class Site:
    """The running server, and the files of an office whose bank nobody knows."""

    address: str
    clock: makers.FixedClock
    folder: Path

    def file(self, first: int) -> Path:
        """Write a statement under a header of words that no bank prints."""
        path = self.folder / f"saoke-{first}.csv"
        path.write_text(ROWS.format(first=first), encoding="utf-8")
        return path


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """A server on a free port, with threads as in production."""
    clock = makers.FixedClock()
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path), clock)
    makers.a_centre(wiring.engine)
    app = create_app(wiring)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]  # of the threaded server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", clock, tmp_path)
    server.shutdown()
    thread.join()
    server.server_close()
    close_streams(app)
    wiring.engine.dispose()


@pytest.fixture
def desk(site: Site) -> Iterator[Page]:
    """The finance officer's browser, signed in; an error on its console fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium_path(), args=["--no-sandbox"]
        )
        context = browser.new_context(locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.address}/dang-nhap")
        page.fill('[name="username"]', makers.USERNAMES[Role.FINANCE])
        page.fill('[name="password"]', makers.PASSWORD)
        page.locator("main button.primary").click()
        yield page
        browser.close()
    assert complaints == []


def hand_in(site: Site, desk: Page, first: int) -> None:
    """Upload a file by the form."""
    desk.goto(f"{site.address}/tai-chinh/sao-ke")
    desk.set_input_files('[name="file"]', site.file(first))
    desk.locator("form.card button.primary").click()


def open_columns(site: Site, desk: Page) -> None:
    """Hand an unknown file in, and go on to naming its columns."""
    hand_in(site, desk, 1)
    desk.locator('a.button[href$="/cot"]').click()
    expect(desk.locator("form[data-columns]")).to_be_visible()


def choose(desk: Page) -> None:
    """Say of each column what it is."""
    desk.fill('[name="first_row"]', "2")
    for place, meaning in CHOSEN.items():
        desk.select_option(f'[name="column-{place}"]', meaning)


def fits(desk: Page) -> bool:
    """Whether nothing has to be scrolled sideways but wide tables inside their frame."""
    return bool(
        desk.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_columns_are_named_with_a_live_preview_and_the_next_file_reads_itself(
    site: Site, desk: Page
) -> None:
    open_columns(site, desk)
    expect(desk.locator("#preview .notice.bad")).to_be_visible()

    choose(desk)
    # The page was not sent: the preview came by itself.
    expect(desk.locator("#preview tbody tr")).to_have_count(2)
    expect(desk.locator("#preview")).to_contain_text("50.000")
    expect(desk.locator("#preview .notice.bad")).to_have_count(0)
    desk.select_option('[name="column-2"]', "")
    expect(desk.locator("#preview .notice.bad")).to_be_visible()
    desk.select_option('[name="column-2"]', "amount")
    expect(desk.locator("#preview tbody tr")).to_have_count(2)
    desk.fill('[name="name"]', "Kế toán")
    desk.locator("form[data-columns] button.primary").click()
    expect(desk.locator(".notice.good")).to_be_visible()

    hand_in(site, desk, 2)

    expect(desk.locator(".notice.good")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("nop phi 2")


def test_named_columns_are_renamed_changed_with_a_preview_and_ended(site: Site, desk: Page) -> None:
    open_columns(site, desk)
    choose(desk)
    desk.fill('[name="name"]', "Kế toán")
    desk.locator("form[data-columns] button.primary").click()
    desk.goto(f"{site.address}/tai-chinh/sao-ke/mau-cot")
    expect(desk.locator(".profile")).to_have_count(1)

    desk.fill(".profile input[name=name]", "Sổ phụ")
    desk.locator('.profile form[action$="/ten"] button').click()
    expect(desk.locator(".profile h2")).to_have_text("Sổ phụ")
    site.clock.move(minutes=1)
    desk.locator('.profile a[href$="/cot"]').click()
    desk.select_option('[name="column-3"]', "")
    expect(desk.locator("#preview tbody tr")).to_have_count(2)
    desk.locator("form[data-columns] button.primary").click()
    expect(desk.locator(".profile")).to_have_count(2)
    expect(desk.locator(".profile .badge.good")).to_have_count(1)
    desk.locator('.profile form[action$="/ket-thuc"] button').click()

    expect(desk.locator(".profile .badge.good")).to_have_count(0)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_pages_of_columns_never_scroll_sideways(site: Site, desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    open_columns(site, desk)
    choose(desk)
    expect(desk.locator("#preview tbody tr")).to_have_count(2)
    assert fits(desk)
    desk.fill('[name="name"]', "Kế toán")
    desk.locator("form[data-columns] button.primary").click()

    for path in ("/tai-chinh/sao-ke", "/tai-chinh/sao-ke/mau-cot"):
        desk.goto(f"{site.address}{path}")
        assert fits(desk)
