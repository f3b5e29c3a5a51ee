"""The page that names columns, in a real browser: preview while choosing, import, and the next file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.office import Office, fits

pytestmark = pytest.mark.browser

NARROW, WIDE = 360, 1440
ROWS = """alpha;beta;gamma;delta
2021-03-09;nop phi {first};50000;A{first}
2021-03-09;rut tien;-5000;B{first}
"""
CHOSEN = {"0": "date", "1": "text", "2": "amount", "3": "reference"}


def file(site: Office, first: int) -> Path:
    """Write a statement under a header of words that no bank prints."""
    return site.file(f"saoke-{first}.csv", ROWS.format(first=first).encode())


def hand_in(site: Office, desk: Page, first: int) -> None:
    """Upload a file by the form."""
    desk.goto(f"{site.address}/tai-chinh/sao-ke")
    desk.set_input_files('[name="file"]', file(site, first))
    desk.locator("form.card button.primary").click()


def open_columns(site: Office, desk: Page) -> None:
    """Hand an unknown file in, and go on to naming its columns."""
    hand_in(site, desk, 1)
    desk.locator('a.button[href$="/cot"]').click()
    expect(desk.locator("form[data-columns]")).to_be_visible()


def choose(desk: Page) -> None:
    """Say of each column what it is."""
    desk.fill('[name="first_row"]', "2")
    for place, meaning in CHOSEN.items():
        desk.select_option(f'[name="column-{place}"]', meaning)


def test_columns_are_named_with_a_live_preview_and_the_next_file_reads_itself(
    site: Office, desk: Page
) -> None:
    open_columns(site, desk)
    expect(desk.locator("#preview .notice.attention")).to_be_visible()

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


def test_named_columns_are_renamed_changed_with_a_preview_and_ended(
    site: Office, desk: Page
) -> None:
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
def test_the_pages_of_columns_never_scroll_sideways(site: Office, desk: Page, width: int) -> None:
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
