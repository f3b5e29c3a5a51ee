"""Signing in and out, one's own password, and the list of people."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments.domain.staff import Role
from payments.services.sign_in import token_hash
from payments.wiring import Wiring
from tests.makers import PASSWORD, FixedClock, MadeCentre
from tests.sessions import SignIn, sign_in

ENTER = "/dang-nhap"
OWN = "/tai-khoan"
PEOPLE = "/quan-tri/nguoi-dung/"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
OTHER_PASSWORD = "mot mat khau khac han"


def _try(client: FlaskClient, username: str = "thungan", password: str = "sai", **more: str) -> int:
    data = {"username": username, "password": password}
    return client.post(ENTER, data=data, environ_overrides=more).status_code


def test_the_page_greets_in_vietnamese(client: FlaskClient) -> None:
    page = client.get(ENTER).text

    assert '<html lang="vi">' in page
    assert "Đăng nhập" in page


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("cashier", "/quay"),
        ("finance", "/tai-chinh/"),
        ("auditor", "/tai-chinh/"),
        ("administrator", "/quan-tri/bieu-phi"),
    ],
)
def test_each_role_begins_its_day_at_its_own_work(
    request: pytest.FixtureRequest, who: str, address: str
) -> None:
    person: FlaskClient = request.getfixturevalue(who)

    assert person.get("/").location == address


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client: FlaskClient) -> None:
    wrong_password = client.post(ENTER, data={"username": "thungan", "password": "sai"})
    wrong_name = client.post(ENTER, data={"username": "khongco", "password": PASSWORD})

    assert wrong_password.status_code == wrong_name.status_code == HTTPStatus.UNAUTHORIZED
    assert WRONG in wrong_password.text
    assert WRONG in wrong_name.text
    assert "Set-Cookie" not in wrong_name.headers


def test_a_name_is_accepted_as_people_type_it(client: FlaskClient) -> None:
    assert _try(client, " ThuNgan ", PASSWORD) == HTTPStatus.SEE_OTHER


def test_the_cookie_is_for_the_browser_alone(client: FlaskClient) -> None:
    answer = client.post(ENTER, data={"username": "thungan", "password": PASSWORD})

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("thuphi="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age" not in cookie


def test_the_database_keeps_only_the_hash_of_the_token(
    cashier: FlaskClient, wiring: Wiring
) -> None:
    cookie = cashier.get_cookie("thuphi")

    assert cookie is not None
    with wiring.open_uow(write=False) as uow:
        assert uow.staff.sign_in(cookie.value) is None
        assert uow.staff.sign_in(token_hash(cookie.value)) is not None


def test_the_token_rotates_at_every_sign_in(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    before = cashier.get_cookie("thuphi")
    sign_in(cashier, Role.FINANCE)
    after = cashier.get_cookie("thuphi")

    assert before is not None
    assert after is not None
    assert before.value != after.value
    with wiring.open_uow(write=False) as uow:
        assert uow.staff.sign_in(token_hash(before.value)) is None


def test_after_signing_out_the_old_token_is_worthless(cashier: FlaskClient) -> None:
    cookie = cashier.get_cookie("thuphi")
    assert cookie is not None
    answer = cashier.post("/dang-xuat")
    cashier.set_cookie("thuphi", cookie.value)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert cashier.get(OWN).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/quan-tri/nguoi-dung/?a=1", "/quan-tri/nguoi-dung/?a=1"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nX-Evil: 1", "/"),
        ("", "/"),
    ],
)
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, asked: str, target: str
) -> None:
    data = {"username": "quantri", "password": PASSWORD, "next": asked}

    assert client.post(ENTER, data=data).location == target


def test_guessing_is_slowed_down_and_then_allowed_again(
    client: FlaskClient, clock: FixedClock
) -> None:
    tries = [_try(client) for _ in range(6)]
    even_the_right_one = _try(client, password=PASSWORD)
    clock.move(minutes=15, seconds=1)
    later = _try(client, password=PASSWORD)

    assert tries == [HTTPStatus.UNAUTHORIZED] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert even_the_right_one == HTTPStatus.TOO_MANY_REQUESTS
    assert later == HTTPStatus.SEE_OTHER


def test_a_stranger_cannot_lock_a_cashier_out(client: FlaskClient) -> None:
    for _ in range(6):
        _try(client, REMOTE_ADDR="192.0.2.66")

    assert _try(client, password=PASSWORD, REMOTE_ADDR="192.0.2.1") == HTTPStatus.SEE_OTHER


def test_many_names_from_one_network_are_slowed_down(client: FlaskClient) -> None:
    tries = [_try(client, f"ten{number}") for number in range(101)]

    assert tries[99] == HTTPStatus.UNAUTHORIZED
    assert tries[100] == HTTPStatus.TOO_MANY_REQUESTS


def test_a_good_sign_in_forgets_the_slips_before_it(client: FlaskClient) -> None:
    for _ in range(4):
        _try(client)
    sign_in(client)
    client.post("/dang-xuat")

    assert [_try(client) for _ in range(4)] == [HTTPStatus.UNAUTHORIZED] * 4


def test_sign_ins_are_in_the_audit_log(cashier: FlaskClient, wiring: Wiring) -> None:
    with wiring.open_uow(write=False) as uow:
        event = uow.last_audit_event("HTR")

    assert event is not None
    assert (event.action, event.actor) == ("staff.signed_in", "staff:HTR-thungan")


def test_a_person_changes_their_own_password(app: Flask, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(app.test_client()), sign_in(app.test_client())

    answer = here.post(
        OWN, data={"present": PASSWORD, "wanted": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert here.get(OWN).status_code == HTTPStatus.OK
    assert elsewhere.get(OWN).status_code == HTTPStatus.SEE_OTHER
    fresh = app.test_client()
    assert _try(fresh, password=PASSWORD) == HTTPStatus.UNAUTHORIZED
    assert _try(fresh, password=OTHER_PASSWORD) == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    ("present", "wanted", "repeated", "sentence"),
    [
        ("sai", OTHER_PASSWORD, OTHER_PASSWORD, "Mật khẩu hiện tại không đúng."),
        (PASSWORD, "ngan", "ngan", "Mật khẩu có ít nhất 10 ký tự."),
        (PASSWORD, "1234567890", "1234567890", "Mật khẩu này quá dễ đoán."),
        (PASSWORD, "thungan thungan", "thungan thungan", "Mật khẩu này quá dễ đoán."),
        (PASSWORD, "x" * 129, "x" * 129, "Mật khẩu có nhiều nhất 128 ký tự."),
        (PASSWORD, OTHER_PASSWORD, "khac", "Hai mật khẩu không giống nhau."),
    ],
)
def test_a_weak_or_unproven_change_of_password_is_refused(
    cashier: FlaskClient, present: str, wanted: str, repeated: str, sentence: str
) -> None:
    answer = cashier.post(OWN, data={"present": present, "wanted": wanted, "repeated": repeated})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in answer.text
    assert PASSWORD not in answer.text


def test_the_present_password_cannot_be_guessed_on_an_open_screen(cashier: FlaskClient) -> None:
    data = {"present": "sai", "wanted": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    tries = [cashier.post(OWN, data=data).status_code for _ in range(6)]

    assert tries[-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_an_administrator_adds_a_person_who_then_signs_in(
    app: Flask, administrator: FlaskClient
) -> None:
    person = {
        "username": "quay.2",
        "display_name": "Thu ngân quầy hai",
        "role": "cashier",
        "password": OTHER_PASSWORD,
    }

    answer = administrator.post(f"{PEOPLE}them", data=person)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "Thu ngân quầy hai" in administrator.get(PEOPLE).text
    assert _try(app.test_client(), "quay.2", OTHER_PASSWORD) == HTTPStatus.SEE_OTHER


def test_a_form_for_a_person_comes_back_with_what_was_typed(administrator: FlaskClient) -> None:
    person = {"username": "thungan", "display_name": "Trùng tên", "role": "cashier"}

    answer = administrator.post(f"{PEOPLE}them", data={**person, "password": OTHER_PASSWORD})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Tên đăng nhập này đã có người dùng." in answer.text
    assert 'value="Trùng tên"' in answer.text
    assert OTHER_PASSWORD not in answer.text


def test_a_person_switched_off_is_signed_out_everywhere(app: Flask, sign_in: SignIn) -> None:
    cashier = sign_in(app.test_client())
    administrator = sign_in(app.test_client(), Role.ADMINISTRATOR)

    administrator.post(f"{PEOPLE}HTR-thungan", data={"display_name": "Lan", "role": "cashier"})

    assert cashier.get(OWN).status_code == HTTPStatus.SEE_OTHER
    assert _try(app.test_client(), password=PASSWORD) == HTTPStatus.UNAUTHORIZED


def test_administrators_cannot_shut_themselves_out(administrator: FlaskClient) -> None:
    data = {"display_name": "Quản trị", "role": "auditor", "is_active": "yes"}

    answer = administrator.post(f"{PEOPLE}HTR-quantri", data=data)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert administrator.get(PEOPLE).status_code == HTTPStatus.OK


def test_an_administrator_sets_another_password(app: Flask, administrator: FlaskClient) -> None:
    administrator.post(f"{PEOPLE}HTR-thungan/mat-khau", data={"password": OTHER_PASSWORD})

    assert _try(app.test_client(), password=OTHER_PASSWORD) == HTTPStatus.SEE_OTHER


def test_each_change_of_a_person_is_in_the_audit_log(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    data = {"display_name": "Lan", "role": "auditor", "is_active": "yes"}
    administrator.post(f"{PEOPLE}HTR-thungan", data=data)

    with wiring.open_uow(write=False) as uow:
        event = uow.last_audit_event("HTR")

    assert event is not None
    assert event.action == "staff.changed"
    assert '"role_before":"cashier"' in event.detail
