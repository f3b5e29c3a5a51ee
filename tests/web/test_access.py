"""Who may open which page: deny by default, roles read anew, sign-ins that end."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments.domain.errors import Invalid
from payments.domain.staff import ROLE_PERMISSIONS, Permission, Role
from payments.services.sign_in import token_hash
from payments.web.access import check_routes, public, requires
from payments.wiring import Wiring
from tests.makers import FixedClock, MadeCentre, a_centre, a_wiring, some_settings
from tests.sessions import SignIn, make_app

OWN = "/tai-khoan"
PEOPLE = "/quan-tri/nguoi-dung/"


def test_a_route_without_a_policy_stops_the_start(app: Flask) -> None:
    check_routes(app)
    naked = Flask("naked", static_folder=None)
    naked.add_url_rule("/open-to-all", view_func=lambda: "")

    with pytest.raises(Invalid) as refusal:
        check_routes(naked)

    assert refusal.value.code == "routes_without_policy"
    assert refusal.value.facts["routes"] == ["/open-to-all"]


def test_declared_routes_may_start() -> None:
    tidy = Flask("tidy", static_folder=None)
    tidy.add_url_rule("/a", view_func=public(lambda: ""), endpoint="a")
    tidy.add_url_rule("/b", view_func=requires(Permission.TAKE_CASH)(lambda: ""), endpoint="b")

    check_routes(tidy)


def test_a_guest_is_led_to_the_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get(f"{PEOPLE}?xem=1")

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location == "/dang-nhap?next=/quan-tri/nguoi-dung/%3Fxem%3D1"


def test_a_form_sent_after_the_session_ended_is_not_repeated(client: FlaskClient) -> None:
    answer = client.post(f"{PEOPLE}them", data={"username": "x"})

    assert answer.location == "/dang-nhap?next=/"


@pytest.mark.parametrize("role", Role)
def test_only_a_role_with_the_permission_opens_a_page(
    client: FlaskClient, sign_in: SignIn, role: Role
) -> None:
    sign_in(client, role)

    answer = client.get(PEOPLE)

    may = Permission.MANAGE_STAFF in ROLE_PERMISSIONS[role]
    assert answer.status_code == (HTTPStatus.OK if may else HTTPStatus.FORBIDDEN)


def test_the_role_is_read_anew_in_every_request(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    assert administrator.get(PEOPLE).status_code == HTTPStatus.OK
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.staff[Role.ADMINISTRATOR], role=Role.AUDITOR))
        uow.commit()

    assert administrator.get(PEOPLE).status_code == HTTPStatus.FORBIDDEN


def test_a_person_switched_off_is_a_guest_at_once(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.staff[Role.ADMINISTRATOR], is_active=False))
        uow.commit()

    assert administrator.get(OWN).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(("role", "minutes"), [(Role.CASHIER, 15), (Role.FINANCE, 30)])
def test_an_idle_sign_in_ends(
    client: FlaskClient, sign_in: SignIn, clock: FixedClock, role: Role, minutes: int
) -> None:
    sign_in(client, role)
    clock.move(minutes=minutes - 1)
    still_in = client.get(OWN).status_code
    clock.move(minutes=minutes - 1)
    kept_by_use = client.get(OWN).status_code
    clock.move(minutes=minutes)

    assert (still_in, kept_by_use) == (HTTPStatus.OK, HTTPStatus.OK)
    assert client.get(OWN).status_code == HTTPStatus.SEE_OTHER


def test_a_sign_in_ends_after_twelve_hours_of_work(
    client: FlaskClient, sign_in: SignIn, clock: FixedClock
) -> None:
    sign_in(client, Role.FINANCE)
    for _ in range(28):
        clock.move(minutes=25)
        assert client.get(OWN).status_code == HTTPStatus.OK
    clock.move(minutes=25)

    assert client.get(OWN).status_code == HTTPStatus.SEE_OTHER


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(
    cashier: FlaskClient, clock: FixedClock
) -> None:
    answers = []
    for _ in range(3):
        clock.move(minutes=5)
        answers.append(cashier.get(OWN, headers={"Sec-Fetch-Dest": "empty"}).status_code)

    assert answers == [HTTPStatus.OK, HTTPStatus.OK, HTTPStatus.SEE_OTHER]


def test_the_last_request_is_written_at_most_once_a_minute(
    cashier: FlaskClient, wiring: Wiring, clock: FixedClock
) -> None:
    cookie = cashier.get_cookie("thuphi")
    assert cookie is not None
    seen = []
    for seconds in (30, 31, 30):
        clock.move(seconds=seconds)
        cashier.get(OWN)
        with wiring.open_uow(write=False) as uow:
            kept = uow.staff.sign_in(token_hash(cookie.value))
        assert kept is not None
        seen.append((clock.now() - kept.last_seen_at).seconds)

    assert seen == [30, 0, 30]


def test_a_made_up_token_opens_nothing(client: FlaskClient) -> None:
    client.set_cookie("thuphi", "a" * 32)

    assert client.get(OWN).status_code == HTTPStatus.SEE_OTHER


def test_people_of_another_centre_do_not_exist(administrator: FlaskClient, wiring: Wiring) -> None:
    other = a_centre(wiring.engine, "PHU")

    answer = administrator.get(f"{PEOPLE}{other.cashier.staff_id}")

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_debugging_is_refused(
    wiring: Wiring, centre: MadeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")

    with pytest.raises(Invalid, match="debug_is_on"):
        make_app(wiring)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "address",
    [
        "/p/a%00",
        "/p/a%00/state",
        "/r/a%00",
        "/display/a%00",
        "/quay/yeu-cau/%00",
        "/tra-cuu?code=%00",
    ],
)
def test_an_address_with_a_sign_that_no_text_holds_is_unknown(
    postgresql_url: str, tmp_path: Path, address: str
) -> None:
    wiring = a_wiring(some_settings(postgresql_url, tmp_path))
    a_centre(wiring.engine)

    answer = make_app(wiring).test_client().get(address)

    assert answer.status_code == HTTPStatus.NOT_FOUND
    wiring.engine.dispose()
