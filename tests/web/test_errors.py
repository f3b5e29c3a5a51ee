"""Errors as people and programs see them, and the log beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidFile,
    NotAuthenticated,
    NotFound,
    PaymentsError,
    Problem,
    Unavailable,
)
from payments.ports import UnitOfWork
from payments.web.access import public
from payments.wiring import Wiring
from tests.makers import PASSWORD, MadeCentre
from tests.sessions import make_app


def _raising(app: Flask, path: str, error: Exception) -> None:
    def view() -> str:
        raise error

    app.add_url_rule(path, view_func=public(view), endpoint=path)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("field_missing", field="code"), HTTPStatus.UNPROCESSABLE_ENTITY),
        (NotFound("request_unknown"), HTTPStatus.NOT_FOUND),
        (Conflict("request_paid"), HTTPStatus.CONFLICT),
        (Forbidden("not_permitted"), HTTPStatus.FORBIDDEN),
        (NotAuthenticated("wrong_signature"), HTTPStatus.UNAUTHORIZED),
        (Unavailable("database_unavailable"), HTTPStatus.SERVICE_UNAVAILABLE),
        (Unavailable("too_many_attempts", minutes=15), HTTPStatus.TOO_MANY_REQUESTS),
    ],
)
def test_each_kind_of_error_has_its_status_as_page_and_as_json(
    app: Flask, error: PaymentsError, status: HTTPStatus
) -> None:
    _raising(app, "/trang", error)
    _raising(app, "/api/v1/thing", error)
    client = app.test_client()

    page, answer = client.get("/trang"), client.get("/api/v1/thing")

    assert (page.status_code, answer.status_code) == (status, status)
    assert page.mimetype == "text/html"
    assert answer.get_json()["error"]["code"] == error.code


def test_a_busy_service_says_when_to_come_back(app: Flask) -> None:
    _raising(app, "/api/v1/thing", Unavailable("database_unavailable"))

    assert app.test_client().get("/api/v1/thing").headers["Retry-After"] == "2"


def test_programs_are_told_the_field(app: Flask) -> None:
    _raising(
        app, "/api/v1/thing", Invalid("number_out_of_range", field="quantity", least=1, most=9999)
    )

    error = app.test_client().get("/api/v1/thing?lang=en").get_json()["error"]

    assert error == {
        "code": "number_out_of_range",
        "field": "quantity",
        "message": "The number must be from 1 to 9.999.",
    }


def test_programs_are_told_every_line_of_a_refused_file(app: Flask) -> None:
    problems = [
        Problem("1", "dossier_code", {"field": "dossier_code"}),
        Problem("2", "applicant_missing", {"field": "applicant"}),
    ]
    _raising(app, "/api/v1/thing", InvalidFile(problems))

    error = app.test_client().get("/api/v1/thing").get_json()["error"]

    assert [(one["where"], one["code"], one["field"]) for one in error["problems"]] == [
        ("1", "dossier_code", "dossier_code"),
        ("2", "applicant_missing", "applicant"),
    ]


def test_amounts_in_sentences_are_easy_to_read(app: Flask) -> None:
    _raising(app, "/trang", Invalid("tendered_too_little", due=1_450_000, tendered=500_000))

    page = app.test_client().get("/trang").text

    assert "500.000 đồng là chưa đủ: cần thu 1.450.000 đồng." in page


def test_an_unknown_page_says_what_to_do_next(client: FlaskClient) -> None:
    answer = client.get("/khong-co")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Không tìm thấy trang này." in answer.text
    assert "bắt đầu lại từ trang đầu" in answer.text


def test_an_error_page_speaks_the_readers_language(client: FlaskClient) -> None:
    chosen = client.get("/khong-co?lang=en").text
    remembered = client.get("/khong-co").text

    assert "There is no such page." in chosen
    assert "There is no such page." in remembered
    assert '<html lang="en">' in remembered


@pytest.mark.parametrize(
    ("wanted", "language"), [("en-GB,en;q=0.9", "en"), ("fr", "vi"), ("en;q=0.3,vi", "vi")]
)
def test_a_browser_may_say_its_language(client: FlaskClient, wanted: str, language: str) -> None:
    page = client.get("/dang-nhap", headers={"Accept-Language": wanted}).text

    assert f'<html lang="{language}">' in page


def test_a_wrong_method_is_named_with_the_right_ones(client: FlaskClient) -> None:
    answer = client.put("/dang-nhap")

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/trang", "/api/v1/thing"])
def test_an_unforeseen_error_tells_only_a_number(
    app: Flask, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    _raising(app, path, RuntimeError("secret detail"))

    answer = app.test_client().get(path)

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret detail" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line]
    logged = next(line for line in lines if line["event"] == "unexpected_error")
    assert logged["request_id"] == answer.headers["X-Request-Id"]
    assert "secret detail" in json.dumps(logged["exception"])


def test_the_log_of_an_unforeseen_error_holds_no_variable(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def view() -> str:
        password = "canary-of-a-password"
        raise RuntimeError(str(len(password)))

    app.add_url_rule("/trang", view_func=public(view), endpoint="trang")
    app.test_client().get("/trang")

    logged = capsys.readouterr().err
    assert "unexpected_error" in logged
    assert "canary-of-a-password" not in logged


def test_a_code_without_a_sentence_still_gets_a_page(app: Flask) -> None:
    _raising(app, "/trang", Conflict("nobody_wrote_this_down"))

    answer = app.test_client().get("/trang")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "nobody_wrote_this_down" in answer.text


def test_the_log_tells_the_request_and_no_secret(
    cashier: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    cashier.get("/tai-khoan?token=hidden-in-the-address")
    cashier.post("/tai-khoan", data={"present": PASSWORD})

    text = capsys.readouterr().err
    line = json.loads(text.splitlines()[-1])
    assert line["event"] == "request"
    assert (line["method"], line["path"]) == ("POST", "/tai-khoan")
    assert (line["status"], line["actor"]) == (422, "staff:HTR-thungan")
    assert {"request_id", "ms", "timestamp"} <= line.keys()
    assert PASSWORD not in text
    assert "hidden-in-the-address" not in text


def test_health_needs_nobody_signed_in(client: FlaskClient) -> None:
    assert client.get("/health/live").get_json() == {"status": "live"}
    assert client.get("/health/ready").get_json() == {"status": "ready"}


def test_a_process_without_its_database_is_not_ready(wiring: Wiring, centre: MadeCentre) -> None:
    def unreachable(*, write: bool = True) -> UnitOfWork:
        raise Unavailable("database_unavailable")

    client = make_app(replace(wiring, open_uow=unreachable)).test_client()

    assert client.get("/health/ready").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert client.get("/health/live").status_code == HTTPStatus.OK
