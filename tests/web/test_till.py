"""The till: opened with a float, counted blind, printed with its difference."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.sessions import sign_in

OPEN = {"counter": "HTR-q1", "float_amount": "500.000"}


def with_cash(cashier: FlaskClient, wiring: Wiring, centre: MadeCentre) -> None:
    """Open a till with 500.000 and take 475.000 into it."""
    cashier.post("/ca-thu/mo", data=OPEN)
    standing = makers.a_request(wiring, centre)
    cashier.post(
        f"/quay/yeu-cau/{standing.request.request_id}/tien-mat",
        data={"tendered": "500k", "form_key": "a"},
    )


def test_a_till_is_opened_with_its_float(cashier: FlaskClient, centre: MadeCentre) -> None:
    assert cashier.post("/ca-thu/mo", data=OPEN).status_code == HTTPStatus.SEE_OTHER

    page = cashier.get("/ca-thu").text
    assert "500.000\xa0₫" in page
    assert centre.counter.display_token in page


def test_a_float_that_cannot_be_read_is_refused_at_its_field(cashier: FlaskClient) -> None:
    response = cashier.post("/ca-thu/mo", data=OPEN | {"float_amount": "năm trăm"})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="float_amount-error"' in response.text


def test_one_cashier_has_one_till(cashier: FlaskClient) -> None:
    cashier.post("/ca-thu/mo", data=OPEN)

    assert cashier.post("/ca-thu/mo", data=OPEN).status_code == HTTPStatus.CONFLICT


def test_the_count_is_blind(cashier: FlaskClient, wiring: Wiring, centre: MadeCentre) -> None:
    with_cash(cashier, wiring, centre)

    page = cashier.get("/ca-thu").text

    assert "475.000" not in page
    assert "975.000" not in page


def test_after_the_count_the_sheet_tells_expected_counted_and_difference(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    with_cash(cashier, wiring, centre)

    sheet = cashier.post(
        "/ca-thu/dong",
        data={"note_500000": "1", "note_200000": "2", "note_50000": "1", "note_10000": "2"},
    ).location

    page = cashier.get(sheet).text
    for sum_ in ("975.000\xa0₫", "970.000\xa0₫", "\N{MINUS SIGN}5.000\xa0₫"):
        assert sum_ in page
    assert sheet in cashier.get("/ca-thu").text


@pytest.mark.parametrize("pieces", ["-1", "1,5", "hai", "1000000"])
def test_pieces_that_are_no_number_are_refused(cashier: FlaskClient, pieces: str) -> None:
    cashier.post("/ca-thu/mo", data=OPEN)

    response = cashier.post("/ca-thu/dong", data={"note_500000": pieces})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'value="{pieces}"' in response.text
    assert 'id="note_500000-error"' in response.text


def test_a_closed_till_is_not_closed_again(cashier: FlaskClient) -> None:
    cashier.post("/ca-thu/mo", data=OPEN)
    cashier.post("/ca-thu/dong", data={"note_500000": "1"})

    assert cashier.post("/ca-thu/dong", data={}).status_code == HTTPStatus.CONFLICT


def test_finance_sees_every_sheet_and_a_cashier_only_their_own(
    cashier: FlaskClient, wiring: Wiring
) -> None:
    cashier.post("/ca-thu/mo", data=OPEN)
    sheet = cashier.post("/ca-thu/dong", data={"note_500000": "1"}).location
    with wiring.open_uow() as uow:
        uow.add(makers.a_person("HTR", Role.CASHIER, username="thungan2"))
        uow.commit()
    other, finance = cashier.application.test_client(), cashier.application.test_client()

    sign_in(finance, Role.FINANCE)
    sign_in(other, username="thungan2")

    assert finance.get(sheet).status_code == HTTPStatus.OK
    assert other.get(sheet).status_code == HTTPStatus.NOT_FOUND


def test_the_sheet_of_an_open_session_does_not_exist(cashier: FlaskClient, wiring: Wiring) -> None:
    cashier.post("/ca-thu/mo", data=OPEN)
    with wiring.open_uow(write=False) as uow:
        [session] = uow.tills.open_sessions("HTR")

    assert cashier.get(f"/ca-thu/{session.session_id}").status_code == HTTPStatus.NOT_FOUND
