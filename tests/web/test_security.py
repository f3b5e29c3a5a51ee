"""What protects forms and answers: tokens, origins, headers, sizes, proxies."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from payments.domain.errors import Invalid
from payments.domain.staff import Role
from payments.store.private_file import create_private, require_private
from payments.web.access import UPLOAD_BYTES, body_limit, policy, public
from payments.web.security import network
from tests import makers
from tests.makers import PASSWORD
from tests.sessions import Browser, make_app, sign_in

ENTER = "/dang-nhap"
OWN = "/tai-khoan"
GOOD = {"username": "thungan", "password": PASSWORD}


@pytest.mark.parametrize("token", [None, "a" * 32])
def test_a_form_without_its_token_changes_nothing(cashier: FlaskClient, token: str | None) -> None:
    answer = cashier.post("/dang-xuat", token=token)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Biểu mẫu đã hết hiệu lực" in answer.text
    assert cashier.get(OWN).status_code == HTTPStatus.OK


def test_the_sign_in_itself_needs_a_token(client: FlaskClient) -> None:
    client.get(ENTER)

    assert client.post(ENTER, data=GOOD, token=None).status_code == HTTPStatus.FORBIDDEN


def test_a_token_of_another_browser_is_refused(app: Flask) -> None:
    mine, theirs = app.test_client(), app.test_client()
    mine.get(ENTER)
    theirs.get(ENTER)
    assert isinstance(theirs, Browser)

    answer = mine.post(ENTER, data=GOOD, token=theirs.form_token)

    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_token_of_before_the_sign_in_is_refused_after_it(client: FlaskClient) -> None:
    assert isinstance(client, Browser)
    client.get(ENTER)
    before = client.form_token
    sign_in(client)

    assert client.post("/dang-xuat", token=before).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Origin": "http://localhost"}, False),
        ({"Origin": "https://example.org"}, True),
        ({"Origin": "null"}, True),
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    cashier: FlaskClient, headers: dict[str, str], is_refused: bool
) -> None:
    answer = cashier.post("/dang-xuat", headers=headers)

    assert (answer.status_code == HTTPStatus.FORBIDDEN) is is_refused


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in (ENTER, "/khong-co-trang-nay", "/health/live", "/static/app.css"):
        with client.get(path) as answer:
            headers = answer.headers

        policies = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policies
        assert "unsafe" not in policies
        assert "frame-ancestors 'none'" in policies
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_are_not_stored_and_versioned_files_are(cashier: FlaskClient) -> None:
    page = cashier.get(OWN)
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert page.headers["Cache-Control"] == "no-store"
    with cashier.get(address) as sheet:
        assert "immutable" in sheet.headers["Cache-Control"]


def test_over_https_the_cookies_are_pinned_to_the_host(sqlite_url: str, tmp_path: Path) -> None:
    settings = makers.some_settings(sqlite_url, tmp_path, THUPHI_BASE_URL="https://thuphi.example")
    wiring = makers.a_wiring(settings)
    makers.a_centre(wiring.engine)
    client = make_app(wiring).test_client()

    client.get(ENTER, base_url="https://thuphi.example")

    answer = client.post(ENTER, data=GOOD, base_url="https://thuphi.example")

    cookies = answer.headers.getlist("Set-Cookie")
    kept = next(cookie for cookie in cookies if cookie.startswith("__Host-thuphi="))
    assert "; Secure;" in kept
    assert "Path=/" in kept
    assert "Domain" not in kept
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    wiring.engine.dispose()


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    client.get(ENTER)

    answer = client.post(ENTER, data={"username": "x" * 70_000})

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_view_may_allow_larger_bodies(app: Flask, centre: makers.MadeCentre) -> None:
    def receive() -> str:
        return str(len(request.files["file"].read()))

    view = policy("test")(body_limit(UPLOAD_BYTES)(receive))
    app._got_first_request = False
    app.add_url_rule("/api/upload", view_func=view, methods=["POST"])
    file = (BytesIO(b"x" * 100_000), "a.csv")

    answer = app.test_client().post("/api/upload", data={"file": file})

    assert answer.text == "100000"


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "198.51.100.7", "192.0.2.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7", "203.0.113.1"),
    ],
)
def test_only_the_proxies_in_front_are_believed(
    sqlite_url: str, tmp_path: Path, hops: int, forwarded: str, expected: str
) -> None:
    settings = makers.some_settings(sqlite_url, tmp_path, THUPHI_TRUSTED_PROXIES=hops)
    wiring = makers.a_wiring(settings)
    app = make_app(wiring)
    app.add_url_rule("/api/who", view_func=public(lambda: str(request.remote_addr)), endpoint="who")

    answer = app.test_client().get(
        "/api/who",
        headers={"X-Forwarded-For": forwarded},
        environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
    )

    assert answer.text == expected
    wiring.engine.dispose()


def test_a_database_file_that_others_may_read_stops_the_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/inner/thuphi.db"
    create_private(url)
    require_private(url)
    (tmp_path / "inner" / "thuphi.db").chmod(0o644)

    with pytest.raises(Invalid, match="file_not_private"):
        makers.a_wiring(makers.some_settings(url, tmp_path))


def test_no_page_needs_inline_scripts_or_styles(client: FlaskClient) -> None:
    pages = [client.get(ENTER).text]
    sign_in(client, Role.ADMINISTRATOR)
    pages += [client.get(path).text for path in (OWN, "/quan-tri/nguoi-dung/")]

    for page in pages:
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::a:b:c:d", "2001:db8::/64"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("2001:db8:0:0:1::", "2001:db8::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_attempts_are_counted_by_the_network_however_its_address_is_written(
    app: Flask, address: str, counted_as: str
) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert network() == counted_as
