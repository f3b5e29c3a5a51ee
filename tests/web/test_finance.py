"""The first page of the finance office, bank statements, the day close and the books check."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from payments.domain.staff import Role
from payments.wiring import Wiring
from reconciliation.jobs import import_waiting
from tests import makers, sessions
from tests.flows.stage import Stage

HOME, STATEMENTS, DAYS = "/tai-chinh/", "/tai-chinh/sao-ke", "/tai-chinh/khoa-so"
BOOKS = "/tai-chinh/kiem-tra-so"
FINANCE_PAGES = (
    HOME,
    STATEMENTS,
    "/tai-chinh/chenh-lech",
    "/tai-chinh/cho-xac-dinh",
    DAYS,
    BOOKS,
)


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    """The centre of the application, with a bank that tells of transfers."""
    return Stage(wiring, clock, centre)


def hand_in(browser: FlaskClient, body: bytes, name: str = "saoke.csv") -> TestResponse:
    """Upload a statement file as the form does."""
    browser.get(STATEMENTS)
    token = getattr(browser, "form_token", "")
    data = {"csrf_token": token, "file": (io.BytesIO(body), name)}
    return browser.post(
        STATEMENTS, data=data, content_type="multipart/form-data", follow_redirects=True
    )


@pytest.mark.parametrize("address", FINANCE_PAGES)
def test_a_cashier_sees_nothing_of_the_finance_office(cashier: FlaskClient, address: str) -> None:
    assert cashier.get(address).status_code == 403


@pytest.mark.parametrize("address", FINANCE_PAGES)
def test_an_auditor_may_look_at_every_finance_page(auditor: FlaskClient, address: str) -> None:
    assert auditor.get(address).status_code == 200


def test_an_auditor_may_look_but_not_close_or_import(auditor: FlaskClient) -> None:
    assert auditor.post(DAYS, data={"day": "2021-03-09"}).status_code == 403
    assert auditor.post(STATEMENTS, data={}).status_code == 403


def test_the_first_page_leads_to_the_statement_while_transfers_lack_one(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.announce(stage.pay(f"{stage.request().request.reference} nop phi"))

    page = finance.get(HOME + "?lang=en").text

    assert "Next: import the bank statement" in page
    assert "475.000" in page


def test_the_first_page_leads_to_the_differences_once_the_statement_is_there(
    finance: FlaskClient, stage: Stage
) -> None:
    paid = stage.pay("khong co ma")
    stage.announce(paid)
    stage.import_file(stage.statement([paid]))

    assert "Next: work off 1 differences" in finance.get(HOME + "?lang=en").text


def test_the_first_page_leads_to_the_close_when_nothing_differs(
    finance: FlaskClient, stage: Stage
) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)
    stage.import_file(stage.statement([paid]))

    assert "Next: close 09/03/2021" in finance.get(HOME + "?lang=en").text


def test_nothing_is_left_to_do_after_the_close(finance: FlaskClient, stage: Stage) -> None:
    stage.open_till()
    stage.take_cash(stage.request())
    stage.close_till(975_000)
    stage.close_day()

    assert "Everything is done" in finance.get(HOME + "?lang=en").text


def test_an_uploaded_statement_shows_what_each_line_proves(
    finance: FlaskClient, stage: Stage
) -> None:
    standing = stage.request()
    paid = stage.pay(f"{standing.request.reference} nop phi")
    stage.announce(paid)

    page = hand_in(finance, stage.statement([paid]))

    assert page.status_code == 200
    assert "saoke.csv" in page.text
    assert standing.request.reference in page.text
    assert "Đã nhập" in page.text


def test_a_statement_handed_in_twice_adds_nothing_and_says_so(
    finance: FlaskClient, stage: Stage
) -> None:
    paid = stage.pay("khong co ma")
    body = stage.statement([paid])
    hand_in(finance, body)
    entries = stage.count("statement_entries")
    finance.get(STATEMENTS + "?lang=en")

    page = hand_in(finance, body)

    assert "This file was imported before" in page.text
    assert stage.count("statement_entries") == entries == 1


def test_a_statement_that_does_not_add_up_is_kept_apart_with_the_row_and_the_reason(
    finance: FlaskClient, stage: Stage
) -> None:
    payments = [stage.pay("mot", 10_000), stage.pay("hai", 20_000)]
    body = stage.statement(payments).replace(b"20,000", b"25,000")

    page = hand_in(finance, body)

    assert page.status_code == 200
    assert "Tệp này bị tạm giữ" in page.text
    assert "Dòng" in page.text
    assert stage.count("statement_entries") == 0
    assert stage.count("transfers") == 0


def test_a_file_that_is_no_statement_is_refused_beside_its_field(finance: FlaskClient) -> None:
    page = hand_in(finance, b"hello", "note.txt")

    assert page.status_code == 422
    assert 'id="file-error"' in page.text


def test_the_form_without_a_file_says_what_is_missing(finance: FlaskClient) -> None:
    page = finance.post(STATEMENTS, data={})

    assert page.status_code == 422
    assert 'id="file-error"' in page.text


def test_an_unknown_statement_file_is_not_found(finance: FlaskClient) -> None:
    assert finance.get(f"{STATEMENTS}/nothing").status_code == 404


def test_the_checklist_names_what_stands_in_the_way_of_the_close(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.open_till()
    stage.take_cash(stage.request())

    page = finance.get(DAYS + "?lang=en").text

    assert "1 till sessions have not been counted yet." in page
    assert "/tai-chinh/#tills" in page
    assert 'class="is-unmet"' in page
    assert "disabled" in page


def test_a_refused_close_says_why_and_changes_nothing(finance: FlaskClient, stage: Stage) -> None:
    stage.open_till()
    stage.take_cash(stage.request())

    page = finance.post(DAYS, data={"day": "2021-03-09"})

    assert page.status_code == 409
    assert "ca thu" in page.text
    assert stage.count("day_closes") == 0


def test_a_day_is_closed_by_one_button_and_stands_in_the_list(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.open_till()
    stage.take_cash(stage.request())
    stage.close_till(975_000)

    page = finance.post(DAYS, data={"day": "2021-03-09"}, follow_redirects=True)

    assert page.status_code == 200
    assert stage.count("day_closes") == 1
    assert "09/03/2021" in page.text


def test_a_day_without_a_statement_is_closed_only_when_a_person_says_so(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.announce(stage.pay(stage.request().request.reference))

    refused = finance.post(DAYS, data={"day": "2021-03-09"})
    accepted = finance.post(DAYS, data={"day": "2021-03-09", "accept_missing": "yes"})

    assert refused.status_code == 409
    assert accepted.status_code == 303
    assert stage.count("day_closes") == 1


def test_a_day_that_is_no_day_is_refused(finance: FlaskClient) -> None:
    assert finance.post(DAYS, data={"day": "yesterday"}).status_code == 422
    assert finance.get(DAYS + "?day=yesterday").status_code == 422


def test_the_books_check_says_that_the_books_agree(finance: FlaskClient, stage: Stage) -> None:
    stage.announce(stage.pay(stage.request().request.reference))

    assert "Sổ sách khớp nhau" in finance.post(BOOKS).text


def test_the_books_check_names_a_row_that_somebody_changed(
    auditor: FlaskClient, stage: Stage, wiring: Wiring
) -> None:
    stage.announce(stage.pay(stage.request().request.reference))
    with wiring.engine.begin() as connection:
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'receipts'")
        ).all()
        for (name,) in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE receipts SET amount = amount + 1000"))

    page = auditor.post(BOOKS).text

    assert "quy tắc bị vi phạm" in page
    assert "<b>I" in page


def test_another_centre_sees_none_of_this(
    client: FlaskClient, stage: Stage, wiring: Wiring
) -> None:
    makers.a_centre(wiring.engine, "PHU")
    paid = stage.pay("khong co ma")
    stage.announce(paid)
    file_id = stage.import_file(stage.statement([paid])).file_id
    stranger = sessions.sign_in(client, Role.FINANCE, "taichinh.phu")

    assert stranger.get(f"{STATEMENTS}/{file_id}").status_code == 404
    assert "khong co ma" not in stranger.get("/tai-chinh/cho-xac-dinh").text


def test_a_file_of_the_watched_folder_that_nobody_can_read_is_told(
    stage: Stage, finance: FlaskClient
) -> None:
    wiring = stage.wiring
    folder = wiring.settings.statement_dir / stage.centre_id
    folder.mkdir(parents=True)
    (folder / "ghi chú.txt").write_bytes(b"khong phai sao ke")
    assert "ghi chú.txt" not in finance.get(STATEMENTS).text

    import_waiting(wiring, stage.made.centre)
    page = finance.get(STATEMENTS).text

    assert "ghi chú.txt" in page
    assert "Không nhận ra sao kê ngân hàng trong tệp này." in page
    assert "thư mục nhận tệp" in page
