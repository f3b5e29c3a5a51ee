"""Two finance officers accept a statement that was kept apart, each in a browser of their own."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments.domain.breaks import BreakKind
from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import makers, sessions
from tests.flows.stage import TOTAL, Stage
from tests.web.test_finance import STATEMENTS

REASON = "Ngân hàng không còn sao kê ngày 10/03"


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    return Stage(wiring, clock, centre)


@pytest.fixture
def other(app: Flask, wiring: Wiring, centre: makers.MadeCentre) -> FlaskClient:
    """The browser of a second finance officer."""
    with wiring.open_uow() as uow:
        uow.add(makers.a_person(centre.centre_id, Role.FINANCE, username="taichinh2"))
        uow.commit()
    return sessions.sign_in(app.test_client(), username="taichinh2")


@pytest.fixture
def kept(stage: Stage) -> str:
    """A file after a gap: the address of its page."""
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.clock.move(days=2)
    body = stage.statement([stage.pay("hai")], opening=TOTAL + 30_000)
    return f"{STATEMENTS}/{stage.import_file(body).file_id}"


def send(browser: FlaskClient, address: str, **fields: str) -> str:
    """Send a form, follow to the page it leads to, and return that page."""
    answer = browser.post(address, data=fields, follow_redirects=True)
    return answer.get_data(as_text=True)


def decision_address(page: str) -> str:
    found = re.search(rf'action="({STATEMENTS}/\w+/duyet/\w+)"', page)
    assert found is not None
    return found[1]


def test_the_page_says_in_vietnamese_which_rule_where_and_with_which_facts(
    kept: str, finance: FlaskClient
) -> None:
    page = finance.get(kept).get_data(as_text=True)

    assert "tạm giữ" in page
    assert "30.000" in page
    assert "10/03/2021" in page
    assert "Đề nghị chấp nhận" in page


def test_one_proposes_another_approves_and_the_statement_says_by_whom_and_why(
    kept: str, stage: Stage, finance: FlaskClient, other: FlaskClient
) -> None:
    finance.get(kept)
    proposed = send(finance, f"{kept}/de-nghi", reason=REASON)
    assert "Người quyết định phải là người khác" in proposed
    assert "chờ người thứ hai" in finance.get(STATEMENTS).get_data(as_text=True)

    booked = send(other, decision_address(other.get(kept).get_data(as_text=True)), answer="approve")

    assert "Đã được hai người chấp nhận" in booked
    assert REASON in booked
    assert booked.count("Người dùng finance") >= 2
    assert "bank_difference" in stage.balances()
    difference = stage.break_ids(BreakKind.STATEMENT_DIFFERENCE)[0]
    shown = other.get(f"/tai-chinh/chenh-lech/{difference}").get_data(as_text=True)
    assert "30.000" in shown
    assert f'href="{STATEMENTS}/' in shown
    assert "nay đã có trong sổ" in finance.get(kept).get_data(as_text=True)
    assert stage.findings() == []


@pytest.fixture
def late(stage: Stage) -> tuple[str, bytes]:
    """A file after a gap, the address of its page, and the statement of the gap itself."""
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.tomorrow()
    missing = stage.statement([stage.pay("muon", 30_000)], opening=TOTAL)
    stage.tomorrow()
    body = stage.statement([stage.pay("hai")], opening=TOTAL + 30_000)
    return f"{STATEMENTS}/{stage.import_file(body).file_id}", missing


def test_the_missing_statement_that_comes_later_is_shown_beside_the_accepted_one(
    late: tuple[str, bytes], stage: Stage, finance: FlaskClient, other: FlaskClient
) -> None:
    kept, missing = late
    finance.get(kept)
    send(finance, f"{kept}/de-nghi", reason=REASON)
    send(other, decision_address(other.get(kept).get_data(as_text=True)), answer="approve")
    difference = stage.break_ids(BreakKind.STATEMENT_DIFFERENCE)[0]

    filling = f"{STATEMENTS}/{stage.import_file(missing, 'sao-ke-muon.csv').file_id}"

    page = finance.get(filling).get_data(as_text=True)
    assert "Sao kê này đến muộn và lấp chỗ thiếu" in page
    assert "30.000" in page
    assert "11/03/2021" in page
    accepted = re.search(rf'href="({STATEMENTS}/\w+)">sao-ke.csv', page)
    assert accepted is not None
    shown = finance.get(accepted[1]).get_data(as_text=True)
    assert REASON in shown
    assert "sao-ke-muon.csv" in shown
    worked = finance.get(f"/tai-chinh/chenh-lech/{difference}").get_data(as_text=True)
    assert "Sao kê còn thiếu đã đến" in worked
    assert stage.findings() == []


def test_the_one_who_proposed_is_shown_no_button_and_is_refused_without_one(
    kept: str, stage: Stage, finance: FlaskClient, other: FlaskClient
) -> None:
    finance.get(kept)
    page = send(finance, f"{kept}/de-nghi", reason=REASON)
    assert "/duyet/" not in page
    address = decision_address(other.get(kept).get_data(as_text=True))

    refused = send(finance, address, answer="approve")

    assert "Người quyết định phải khác người đề nghị" in refused
    assert stage.count("acceptance_decisions") == 0


def test_a_refusal_says_why_and_the_file_can_be_proposed_again(
    kept: str, stage: Stage, finance: FlaskClient, other: FlaskClient
) -> None:
    finance.get(kept)
    send(finance, f"{kept}/de-nghi", reason=REASON)
    address = decision_address(other.get(kept).get_data(as_text=True))

    without_words = send(other, address, answer="refuse", words="")
    assert stage.count("acceptance_decisions") == 0
    assert "field is-wrong" in without_words
    page = send(other, address, answer="refuse", words="Hỏi lại ngân hàng")

    assert "Hỏi lại ngân hàng" in page
    assert "Đề nghị chấp nhận" in page


def test_a_file_with_unknown_money_has_no_form_and_says_that_nobody_may(
    finance: FlaskClient, stage: Stage
) -> None:
    body = stage.statement([stage.pay("mot")]).replace(b"475,000", b"475,001", 1)
    address = f"{STATEMENTS}/{stage.import_file(body).file_id}"

    page = finance.get(address).get_data(as_text=True)

    assert "Không ai có thể chấp nhận" in page
    assert "/de-nghi" not in page
    assert "Không ai được chấp nhận" in send(finance, f"{address}/de-nghi", reason=REASON)


def test_an_auditor_sees_the_proposal_and_decides_nothing(
    kept: str, app: Flask, auditor: FlaskClient
) -> None:
    officer = sessions.sign_in(app.test_client(), Role.FINANCE)
    officer.get(kept)
    send(officer, f"{kept}/de-nghi", reason=REASON)

    page = auditor.get(kept).get_data(as_text=True)

    assert REASON in page
    assert "/duyet/" not in page
    assert auditor.post(f"{kept}/de-nghi", data={}).status_code == 403
    assert auditor.post(f"{kept}/duyet/x", data={}).status_code == 403


def test_a_missing_day_is_a_sentence_on_the_statement_that_was_imported(
    stage: Stage, app: Flask
) -> None:
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.clock.move(days=2)
    result = stage.import_file(stage.statement([stage.pay("hai")], opening=TOTAL))
    finance = sessions.sign_in(app.test_client(), Role.FINANCE)

    page = finance.get(f"{STATEMENTS}/{result.file_id}").get_data(as_text=True)

    assert "Có 1 ngày làm việc trước sao kê này chưa có sao kê: 10/03/2021" in page
    assert "cần xem" in finance.get(STATEMENTS).get_data(as_text=True)
