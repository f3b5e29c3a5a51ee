"""The page of named columns: what it shows, to whom, and what it lets them change."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from payments.domain.staff import Role
from tests import makers, sessions
from tests.web.test_columns import kept_file, named

PROFILES = "/tai-chinh/sao-ke/mau-cot"


def named_columns(browser: FlaskClient, centre: makers.MadeCentre) -> str:
    """Name the columns of a file, and return the page that lists them."""
    browser.post(kept_file(browser), data=named(centre.account.account_id))
    return browser.get(PROFILES).get_data(as_text=True)


def address(page: str, end: str) -> str:
    """The address on the page that ends so."""
    found = re.search(rf'"({PROFILES}/\w+/{end})"', page)
    assert found is not None
    return found[1]


def test_the_page_says_which_columns_who_made_them_and_when(
    finance: FlaskClient, centre: makers.MadeCentre
) -> None:
    assert "Chưa có mẫu cột nào" in finance.get(PROFILES).get_data(as_text=True)

    page = named_columns(finance, centre)

    assert "Kế toán" in page
    assert "<b>3</b> Số tiền, cả vào lẫn ra" in page
    assert "09/03/2021 09:00, Người dùng finance" in page
    assert "đang dùng" in page


def test_another_name_and_an_end_are_shown(finance: FlaskClient, centre: makers.MadeCentre) -> None:
    page = named_columns(finance, centre)

    renamed = finance.post(address(page, "ten"), data={"name": "Sổ phụ"}, follow_redirects=True)
    assert "tên cũ: Kế toán" in renamed.text
    ended = finance.post(address(page, "ket-thuc"), data={}, follow_redirects=True)

    assert "đã ngừng dùng" in ended.text
    assert "/ket-thuc" not in ended.text
    again = finance.post(address(page, "ket-thuc"), data={})
    assert again.status_code == 409
    assert "Mẫu cột này đã ngừng dùng" in again.text


def test_a_name_that_is_missing_and_columns_nobody_made_are_refused(
    finance: FlaskClient, centre: makers.MadeCentre
) -> None:
    page = named_columns(finance, centre)

    assert finance.post(address(page, "ten"), data={"name": ""}).status_code == 422
    assert finance.post(f"{PROFILES}/{'0' * 32}/ten", data={"name": "x"}).status_code == 404
    assert finance.get(f"{PROFILES}/{'0' * 32}/cot").status_code == 404


def test_changed_columns_show_what_comes_of_them_before_they_are_kept(
    finance: FlaskClient, centre: makers.MadeCentre
) -> None:
    change = address(named_columns(finance, centre), "cot")
    wanted = {**named(centre.account.account_id), "column-3": ""}

    assert "50.000" in finance.get(change, query_string=wanted).text
    assert finance.post(change, data={**wanted, "column-0": ""}).status_code == 422
    assert finance.post(change, data=wanted).status_code == 303


def test_an_auditor_looks_and_changes_nothing(
    app: Flask, auditor: FlaskClient, centre: makers.MadeCentre
) -> None:
    page = named_columns(sessions.sign_in(app.test_client(), Role.FINANCE), centre)

    assert "Kế toán" in auditor.get(PROFILES).text
    assert "<form" not in auditor.get(PROFILES).text.partition("<main")[2].partition("</main")[0]
    assert auditor.post(address(page, "ten"), data={"name": "x"}).status_code == 403
    assert auditor.get(address(page, "cot")).status_code == 403


def test_a_cashier_does_not_see_it(cashier: FlaskClient) -> None:
    assert cashier.get(PROFILES).status_code == 403
