"""The administrator's page of working days."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from payments.domain.staff import Role
from payments.wiring import Wiring
from tests.makers import FixedClock
from tests.sessions import SignIn

PAGE = "/quan-tri/lich-lam-viec/"


def days(wiring: Wiring) -> list[tuple[date, bool, str, str]]:
    with wiring.open_uow(write=False) as uow:
        said = uow.days.said("HTR", date.min, date.max)
    return [(one.day, one.is_open, one.reason, one.said_by) for one in said]


def say(client: FlaskClient, day: str, state: str, reason: str) -> str:
    """Send the form, and return the page that it leads to."""
    data = {"day": day, "state": state, "reason": reason}
    return client.post(PAGE, data=data, follow_redirects=True).text


def test_a_holiday_is_set_and_listed_under_its_year(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    assert "Chưa có ngày nào" in administrator.get(PAGE).text

    page = say(administrator, "2022-09-02", "closed", "Quốc khánh")

    assert days(wiring) == [(date(2022, 9, 2), False, "Quốc khánh", "staff:HTR-quantri")]
    assert "Lịch làm việc năm 2022" in page
    assert "02/09/2022 là ngày nghỉ" in page
    assert "Thứ Sáu" in page
    assert "Quốc khánh" not in administrator.get(PAGE).text


def test_what_is_said_last_of_a_day_counts(
    administrator: FlaskClient, wiring: Wiring, clock: FixedClock
) -> None:
    say(administrator, "2021-03-13", "closed", "nhầm")
    clock.move(seconds=1)
    page = say(administrator, "2021-03-13", "open", "Làm bù")

    assert [(one[1], one[2]) for one in days(wiring)] == [(True, "Làm bù")]
    assert "Ngày làm việc" in page
    assert "nhầm" not in page


@pytest.mark.parametrize(
    ("day", "state", "reason", "sentence"),
    [
        ("", "closed", "x", "day-error"),
        ("2021-02-30", "closed", "x", "day-error"),
        ("0001-01-01", "closed", "x", "day-error"),
        ("2021-03-10", "", "x", "state"),
        ("2021-03-10", "perhaps", "x", "state"),
        ("2021-03-10", "open", "  ", "reason-error"),
        ("2021-03-10", "open", "x" * 201, "reason-error"),
    ],
)
def test_what_cannot_be_set_is_said_at_its_field_and_kept_in_the_form(
    administrator: FlaskClient, wiring: Wiring, day: str, state: str, reason: str, sentence: str
) -> None:
    answer = administrator.post(PAGE, data={"day": day, "state": state, "reason": reason})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="{sentence}' in answer.text
    assert days(wiring) == []


@pytest.mark.parametrize("role", Role)
def test_administrators_set_days_and_auditors_see_them(
    client: FlaskClient, sign_in: SignIn, wiring: Wiring, role: Role
) -> None:
    sign_in(client, role)
    data = {"day": "2021-04-30", "state": "closed", "reason": "Giải phóng miền Nam"}

    seen, sent = client.get(PAGE), client.post(PAGE, data=data)

    may_see = role in {Role.ADMINISTRATOR, Role.AUDITOR}
    assert seen.status_code == (HTTPStatus.OK if may_see else HTTPStatus.FORBIDDEN)
    assert ("<form" in seen.text and 'name="reason"' in seen.text) is (role is Role.ADMINISTRATOR)
    may_set = role is Role.ADMINISTRATOR
    assert sent.status_code == (HTTPStatus.SEE_OTHER if may_set else HTTPStatus.FORBIDDEN)
    assert len(days(wiring)) == may_set


@pytest.mark.parametrize("year", ["1", "999999", "-5", "x", ""])
def test_any_year_in_the_address_shows_a_page(administrator: FlaskClient, year: str) -> None:
    assert administrator.get(PAGE, query_string={"year": year}).status_code == HTTPStatus.OK


def test_a_holiday_set_on_the_page_is_in_the_audit_log(
    administrator: FlaskClient, client: FlaskClient, sign_in: SignIn
) -> None:
    say(administrator, "2021-04-30", "closed", "Ngày lễ")
    sign_in(client, Role.AUDITOR)

    assert "Ngày lễ" in client.get("/quan-tri/nhat-ky/").text
