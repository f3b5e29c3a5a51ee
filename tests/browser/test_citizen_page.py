"""The citizen's page in a real browser, in front of the real server and the simulated bank."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.requests import RequestStanding
from payments.wiring import Wiring
from tests import makers
from tests.live_site import launched, served
from tests.makers import MadeCentre

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
SCREEN = {"width": 1920, "height": 1080}
# A second is what a citizen is promised; the machine of a test may be busy.
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Site:
    """The running server, and the bank that knows its address."""

    address: str
    wiring: Wiring
    centre: MadeCentre

    def announce(self, standing: RequestStanding, amount: int, event_id: str = "1") -> None:
        """Post the signed news of a transfer to the server, as the bank does."""
        now = self.wiring.world.clock.now()
        notice = TransferNotice(
            event_id,
            self.centre.account.account_number,
            Direction.IN,
            amount,
            "VND",
            now,
            f"MBVCB.123.{standing.request.reference}.CT tu 0011",
            f"FT{event_id}",
        )
        delivery = self.wiring.simulators["sepay"].delivery(notice, makers.WEBHOOK_CREDENTIALS, now)
        post = urllib.request.Request(  # noqa: S310 -- our own address.
            f"{self.address}/webhooks/{self.centre.endpoint.endpoint_id}",
            data=delivery.body,
            headers=dict(delivery.headers),
            method="POST",
        )
        with urllib.request.urlopen(post, timeout=5) as answer:  # noqa: S310 -- the same.
            assert answer.status < 300


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """A server on a free port, with threads as in production."""
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path))
    centre = makers.a_centre(wiring.engine)
    with served(wiring) as address:
        yield Site(address, wiring, centre)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all pages of this file."""
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone in Vietnamese; an error on its console fails the test."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_the_page_turns_to_paid_by_itself(site: Site, page: Page) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    page.goto(f"{site.address}/p/{standing.request.token}")
    expect(page.locator(".qr-code")).to_be_visible()

    site.announce(standing, 475_000)

    expect(page.locator(".status.good")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".receipts li")).to_have_count(2)
    expect(page.locator(".qr-code")).to_have_count(0)


def test_a_short_transfer_asks_for_the_rest_and_then_turns_to_paid(site: Site, page: Page) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    page.goto(f"{site.address}/p/{standing.request.token}")

    site.announce(standing, 200_000)
    expect(page.locator('[data-copy="275000"]')).to_be_visible(timeout=PATIENCE_MS)
    site.announce(standing, 275_000, event_id="2")

    expect(page.locator(".status.good")).to_be_visible(timeout=PATIENCE_MS)


def test_without_a_stream_the_page_polls(site: Site, page: Page) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    page.route("**/stream", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}))
    page.goto(f"{site.address}/p/{standing.request.token}")

    site.announce(standing, 475_000)

    expect(page.locator(".status.good")).to_be_visible(timeout=PATIENCE_MS)


def test_without_scripts_a_reload_shows_it(site: Site, browser: Browser) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/p/{standing.request.token}")
    expect(page.locator(".qr-code")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()

    site.announce(standing, 475_000)
    page.locator(f'.after a[href="/p/{standing.request.token}"]').click()

    expect(page.locator(".status.good")).to_be_visible()
    context.close()


def test_a_copy_button_copies_what_stands_beside_it(site: Site, page: Page) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.address}/p/{standing.request.token}")

    page.locator(f'[data-copy="{standing.request.reference}"]').click()

    expect(page.locator(".copy.is-done")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == standing.request.reference


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_never_scrolls_sideways(site: Site, page: Page, width: int) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    page.set_viewport_size({"width": width, "height": 740})

    for path in (f"/p/{standing.request.token}", "/tra-cuu", "/display/HTR-display-token"):
        page.goto(f"{site.address}{path}")
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


def test_the_cashier_shows_it_and_the_display_thanks_for_it(site: Site, browser: Browser) -> None:
    standing = makers.a_request(site.wiring, site.centre)
    desk = browser.new_context().new_page()
    screen = browser.new_context(viewport=SCREEN).new_page()  # type: ignore[arg-type]  # a plain dict
    screen.goto(f"{site.address}/display/{site.centre.counter.display_token}")
    desk.goto(f"{site.address}/dang-nhap")
    desk.fill('[name="username"]', makers.USERNAMES[site.centre.cashier.role])
    desk.fill('[name="password"]', makers.PASSWORD)
    desk.locator("main button.primary").click()
    desk.goto(f"{site.address}/ca-thu")
    desk.locator("main button.primary").click()

    desk.goto(f"{site.address}/quay/yeu-cau/{standing.request.request_id}")
    desk.keyboard.press("F8")
    expect(screen.locator(".asking .qr-code")).to_be_visible(timeout=PATIENCE_MS)
    desk.keyboard.press("F4")
    desk.locator('[data-note="500000"]').click()
    expect(desk.locator(".change")).to_contain_text("25.000")
    desk.keyboard.press("Enter")

    expect(desk.locator(".status.good")).to_be_visible(timeout=PATIENCE_MS)
    expect(screen.locator(".paid")).to_be_visible(timeout=PATIENCE_MS)
    desk.context.close()
    screen.context.close()
