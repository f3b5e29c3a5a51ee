"""The pages of statements in a real browser: what was kept apart, what is on its way, on phones too."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from payments.domain.breaks import BreakKind
from reconciliation.domain.large_files import LargeFile, Phase
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import TOTAL
from tests.office import PATIENCE_MS, STATEMENTS, Office, fits, sign_in

pytestmark = pytest.mark.browser

ODD = b"alpha;beta;gamma;delta\n2021-03-09;nop phi;50000;A1\n2021-03-09;rut tien;-5000;B1\n"
NARROW, WIDE = 360, 1440
HUGE = 594_462_000
LONG = "MBVCB.3278907687." + "chuyen tien nop phi tham dinh ho so " * 5
NAME = "sao-ke-cua-trung-tam-phuc-vu-hanh-chinh-cong-" * 3 + ".csv"


def a_large_file(site: Office) -> LargeFile:
    """A file of a million lines that is being read, as its row tells."""
    stage = site.stage
    return LargeFile(
        centre_id=stage.centre_id, body_sha256=hashlib.sha256(b"large").hexdigest(), file_id="f" * 32,
        name=NAME, reader="spreadsheet", size=200_000_000, phase=Phase.TAKING, kept=200_000_000,
        looked_at=88_000_000, lines=1_000_000, buckets=0, bucket_line=0, proven=0, statements=1, entries_new=0,
        entries_known=0, settled=0, openings="[]", received_by=stage.finance.actor_id,
        received_at=stage.clock.now(), worked_at=stage.clock.now(),
    )  # fmt: skip


def open_page(site: Office, desk: Page, address: str) -> None:
    """Open a page, and sign in first: time has gone by on the stage, and the session with it."""
    sign_in(desk, site.address)
    desk.goto(address)
    assert desk.url == address


def put(site: Office, *rows: object) -> None:
    with SqlBooks(site.stage.wiring.engine) as uow:
        uow.add(*rows)
        uow.commit()


def a_gap(site: Office) -> str:
    """Import a statement and keep one apart behind a gap; return the address of the second."""
    stage = site.stage
    stage.import_file(stage.statement([stage.pay("mot", HUGE)]))
    stage.clock.move(days=2)
    body = stage.statement([stage.pay(LONG, HUGE)], opening=2 * HUGE)
    return f"{site.address}{STATEMENTS}/{stage.import_file(body, NAME).file_id}"


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_page_of_statements_scrolls_sideways_and_none_cuts_a_sum_in_two(
    site: Office, desk: Page, width: int
) -> None:
    stage = site.stage
    stage.announce(stage.pay(f"thua {stage.request().request.reference}", 99 * HUGE))
    kept = a_gap(site)
    put(site, a_large_file(site))
    desk.set_viewport_size({"width": width, "height": 900})
    places = ("/tai-chinh/", "/tai-chinh/chenh-lech", "/tai-chinh/cho-xac-dinh", STATEMENTS,
              "/tai-chinh/khoa-so", f"{STATEMENTS}/{'f' * 32}")  # fmt: skip

    sign_in(desk, site.address)
    for address in (kept, *(f"{site.address}{place}" for place in places)):
        desk.goto(address)
        assert desk.url == address
        assert fits(desk), address
        torn = desk.locator(".tile b").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth "
            "|| one.getClientRects()[0].height > 1.5 * parseFloat(getComputedStyle(one).fontSize))"
            ".map(one => one.textContent)"
        )
        assert torn == [], address


def test_on_a_phone_the_rows_of_a_list_are_read_without_scrolling_in_them(
    site: Office, desk: Page
) -> None:
    stage = site.stage
    result = stage.import_file(stage.statement([stage.pay(LONG, HUGE)]), NAME)
    desk.set_viewport_size({"width": NARROW, "height": 740})

    for place in (STATEMENTS, f"{STATEMENTS}/{result.file_id}", "/tai-chinh/chenh-lech"):
        desk.goto(f"{site.address}{place}")
        assert desk.locator(".blocks tbody td").count() > 0
        assert desk.locator(".blocks").evaluate_all(
            "all => all.every(one => one.scrollWidth <= one.clientWidth)"
        ), place


def test_a_table_with_an_unknown_header_leads_to_naming_its_columns(
    site: Office, desk: Page
) -> None:
    path = site.file("la.csv", ODD)
    desk.goto(f"{site.address}{STATEMENTS}")
    desk.set_input_files('[name="file"]', path)
    desk.locator("form.card button.primary").click()

    # One notice, and the next step is its first button.
    expect(desk.locator(".notice")).to_have_count(1)
    expect(desk.locator(".notice .button").first).to_have_attribute("href", desk_path(desk, "/cot"))
    expect(desk.locator(".notice .button.primary")).to_have_count(1)
    expect(desk.locator(".notice")).not_to_contain_text("Không ai có thể chấp nhận")


def test_forty_rows_that_are_wrong_in_the_same_way_are_one_sentence(
    site: Office, desk: Page
) -> None:
    stage = site.stage
    body = stage.statement([stage.pay(f"dong {number}") for number in range(40)])
    head, row, rest = body.partition(b"\r\n1,") if b"\r\n1," in body else body.partition(b"\n1,")
    spoiled = head + row + rest.replace(b"09/03/2021", b"31/02/2021")
    result = stage.import_file(spoiled, "loi.csv")

    open_page(site, desk, f"{site.address}{STATEMENTS}/{result.file_id}")

    sentence = desk.locator(".notice li", has_text="Không đọc được ngày")
    expect(sentence).to_have_count(1)
    expect(sentence).to_contain_text("\N{EN DASH}")


def test_who_decides_about_a_file_sees_its_figures_and_lines(site: Office, desk: Page) -> None:
    open_page(site, desk, a_gap(site))

    facts = desk.locator(".card dl.facts").first
    expect(facts).to_contain_text("1.188.924.000")
    expect(facts).to_contain_text("594.462.000")
    expect(facts).to_contain_text("1.783.386.000")
    desk.locator(".card summary").click()
    expect(desk.locator(".card details td.text")).to_contain_text("nop phi tham dinh")
    # Its figures agree: naming columns would only spoil it.
    expect(desk.locator('a[href$="/cot"]')).to_have_count(0)


def test_a_large_import_moves_by_itself_and_a_silent_one_says_so(site: Office, desk: Page) -> None:
    file = a_large_file(site)
    put(site, file)
    desk.goto(f"{site.address}{STATEMENTS}/{file.file_id}")
    expect(desk.get_by_role("progressbar")).to_have_attribute("value", "44")
    expect(desk.locator("h2")).to_contain_text("Bước 2/5")

    site.clock.move(minutes=5)

    expect(desk.locator(".notice.attention")).to_be_visible()
    expect(desk.locator("h2")).to_contain_text("Bước 2/5")


def test_a_large_import_moves_without_scripts_too(site: Office, desk: Page) -> None:
    file = a_large_file(site)
    put(site, file)
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site.address)
    page.goto(f"{site.address}{STATEMENTS}/{file.file_id}")
    expect(page.locator("progress")).to_have_attribute("value", "44")

    with SqlBooks(site.stage.wiring.engine) as uow:
        uow.replace(replace(file, looked_at=150_000_000))
        uow.commit()

    expect(page.locator("progress")).to_have_attribute("value", "75", timeout=PATIENCE_MS)
    context.close()


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(site: Office, desk: Page) -> None:
    sent: list[str] = []
    desk.goto(f"{site.address}{STATEMENTS}")
    desk.on("request", lambda request: sent.append(request.method))
    desk.evaluate("document.querySelector('[name=file]').dataset.mostMegabytes = 0.00001")

    desk.set_input_files('[name="file"]', site.file("lon.csv", b"x" * 100))
    desk.locator("form.card button.primary").click()

    wrong = desk.locator('[name="file"]').evaluate("one => one.validationMessage")
    assert "Hãy chọn tệp nhỏ hơn" in wrong
    assert "POST" not in sent


def test_the_history_of_a_difference_is_told_in_its_order(site: Office, desk: Page) -> None:
    stage = site.stage
    paid = stage.pay(f"thua {stage.request().request.reference}", 2 * TOTAL)
    stage.announce(paid)
    stage.clock.move(hours=1)
    stage.import_file(stage.statement([paid]))
    (found,) = stage.break_ids(BreakKind.OVER)

    open_page(site, desk, f"{site.address}/tai-chinh/chenh-lech/{found}")

    times = desk.locator(".history time").evaluate_all("all => all.map(one => one.dateTime)")
    assert len(times) == 5
    assert times == sorted(times)


def test_columns_that_were_chosen_are_still_there_after_a_mistake(site: Office, desk: Page) -> None:
    result = site.stage.import_file(ODD, "la.csv")
    desk.goto(
        f"{site.address}{STATEMENTS}/{result.file_id}/cot"
        "?first_row=2&column-0=date&column-1=date&account=HTR-account"
    )

    expect(desk.locator("#preview .notice.bad")).to_contain_text("Các cột 1, 2")
    expect(desk.locator("#preview .notice.bad")).to_contain_text("Ngày")
    expect(desk.locator('[name="column-1"]')).to_have_value("date")
    expect(desk.locator('[name="first_row"]')).to_have_value("2")


def desk_path(desk: Page, end: str) -> str:
    """The path of the page shown, with an end."""
    return str(desk.evaluate("location.pathname")) + end
