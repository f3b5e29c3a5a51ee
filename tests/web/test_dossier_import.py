"""Dossiers from a file: all of them or none, every wrong row named, sent again without harm."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from payments.wiring import Wiring

HEADER = "Mã hồ sơ;Mã thủ tục;Người nộp;Số điện thoại;Ngày tiếp nhận;Kênh nộp;Khoản thu\n"
ONE = "000.16.57.H57-210309-0001;1.001;Nguyễn Văn An;0912001234;09/03/2021;trực tuyến;\n"
TWO = "000.16.57.H57-210309-0002;1.002;Trần Thị Bình;0912005678;09/03/2021;;F3:3\n"


def send(client: FlaskClient, body: str, **data: str) -> TestResponse:
    file = (io.BytesIO(body.encode("utf-8-sig")), "ho-so.csv")
    return client.post("/quay/nhap-ho-so", data={"file": file, **data}, follow_redirects=True)


def rows(wiring: Wiring, statement: str) -> list[tuple[object, ...]]:
    with wiring.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_every_dossier_of_the_file_comes_in(cashier: FlaskClient, wiring: Wiring) -> None:
    response = send(cashier, HEADER + ONE + TWO, asks_all="yes")

    assert response.status_code == 200
    assert rows(wiring, "SELECT second_factor, channel, source FROM dossiers ORDER BY code") == [
        ("1234", "online", "file"), ("5678", "counter", "file"),
    ]  # fmt: skip
    totals = "SELECT total FROM payment_requests ORDER BY total"
    assert rows(wiring, totals) == [(24_000,), (475_000,)]


def test_without_the_tick_only_named_fees_are_asked_for(
    cashier: FlaskClient, wiring: Wiring
) -> None:
    send(cashier, HEADER + ONE + TWO)

    assert rows(wiring, "SELECT total FROM payment_requests") == [(24_000,)]


def test_the_same_file_again_brings_nothing_new(cashier: FlaskClient, wiring: Wiring) -> None:
    for _ in range(2):
        assert send(cashier, HEADER + ONE + TWO, asks_all="yes").status_code == 200

    assert rows(wiring, "SELECT count(*) FROM dossiers") == [(2,)]
    assert rows(wiring, "SELECT count(*) FROM payment_requests") == [(2,)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (TWO.replace("1.002", "9.999"), "9.999"),
        (TWO.replace("09/03/2021", "hôm qua"), "hôm qua"),
        (TWO.replace("F3:3", "F3=3"), "F3=3"),
        (TWO.replace("F3:3", "F9"), "F9"),
        (TWO.replace("0912005678", "78"), "3"),
        (ONE, "000.16.57.H57-210309-0001"),
    ],
)
def test_one_wrong_row_keeps_all_out(
    cashier: FlaskClient, wiring: Wiring, wrong: str, told: str
) -> None:
    response = send(cashier, HEADER + ONE + wrong)

    assert response.status_code == 422
    assert told in response.text
    assert rows(wiring, "SELECT count(*) FROM dossiers") == [(0,)]


def test_a_file_without_a_header_is_refused(cashier: FlaskClient) -> None:
    response = send(cashier, ONE)

    assert response.status_code == 422
    assert "mã hồ sơ, mã thủ tục" in response.text


def test_whoever_may_not_bring_dossiers_in_is_refused(finance: FlaskClient) -> None:
    assert finance.get("/quay/nhap-ho-so").status_code == 403
    assert send(finance, HEADER + ONE).status_code == 403


def test_the_page_names_the_columns(cashier: FlaskClient) -> None:
    page = cashier.get("/quay/nhap-ho-so").text

    assert "ngày tiếp nhận" in page
    assert "second_factor" in page
