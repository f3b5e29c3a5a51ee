"""The counter: search, dossiers by hand, requests, cash, cancelling."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from payments.domain.requests import RequestStanding, RequestState
from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import makers
from tests.makers import FixedClock, MadeCentre
from tests.sessions import SignIn
from tests.told import tell

NEW = {
    "dossier_code": "000.16.57.H57-210309-0042",
    "procedure": "1.002",
    "applicant": "Trần Thị Bé",
    "second_factor": "9876",
    "channel": "counter",
    "payer_class": "citizen",
}
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')


@pytest.fixture
def standing(wiring: Wiring, centre: MadeCentre) -> RequestStanding:
    return makers.a_request(wiring, centre)


def path(standing: RequestStanding, rest: str = "") -> str:
    return f"/quay/yeu-cau/{standing.request.request_id}{rest}"


def open_till(cashier: FlaskClient) -> None:
    cashier.post("/ca-thu/mo", data={"counter": "HTR-q1", "float_amount": "500k"})


def state_of(wiring: Wiring, standing: RequestStanding) -> RequestState:
    request = standing.request
    with wiring.open_uow(write=False) as uow:
        fresh = uow.requests.standing(request.centre_id, request.request_id)
    return fresh.state(wiring.world.clock.now())


def count(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)


def test_todays_requests_stand_there_before_anybody_searches(
    cashier: FlaskClient, standing: RequestStanding
) -> None:
    assert standing.request.reference in cashier.get("/quay").text


def test_yesterdays_requests_are_found_by_searching_only(
    cashier: FlaskClient, standing: RequestStanding, clock: FixedClock, sign_in: SignIn
) -> None:
    clock.move(days=1)
    sign_in(cashier)

    assert standing.request.reference not in cashier.get("/quay").text
    assert cashier.get("/quay?q=0001").status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    "words",
    [
        "000.16.57.H57-210309-0001",
        "0001657h57 210309 0001",
        "210309-0001",
        "Nguyễn Văn",
        "nguyen van an",
        "an nguyen",
    ],
)
def test_one_hit_is_opened_at_once(
    cashier: FlaskClient, standing: RequestStanding, words: str
) -> None:
    response = cashier.get("/quay", query_string={"q": words})

    assert response.location.endswith(path(standing))


def test_a_payment_code_is_found_however_it_is_typed(
    cashier: FlaskClient, standing: RequestStanding
) -> None:
    reference = standing.request.reference

    for typed in (reference, reference.lower(), f"{reference[:5]} {reference[5:]}"):
        assert cashier.get("/quay", query_string={"q": typed}).location.endswith(path(standing))


def test_a_receipt_number_is_found_with_and_without_its_noughts(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre, procedure="1.002")
    makers.a_request(wiring, centre, number=2)
    tell(wiring, centre, standing, 8_000)

    for typed in ("1", "0000001"):
        assert cashier.get(f"/quay?q={typed}").location.endswith(path(standing))


def test_several_hits_are_listed(cashier: FlaskClient, wiring: Wiring, centre: MadeCentre) -> None:
    for number in (1, 2):
        makers.a_request(wiring, centre, number=number)

    page = cashier.get("/quay?q=an").text

    assert "210309-0001" in page
    assert "210309-0002" in page


def test_a_search_in_vain_offers_a_new_dossier(cashier: FlaskClient) -> None:
    page = cashier.get("/quay?q=000.16.57.H57-210309-0077").text

    assert "/quay/ho-so/moi?code=000.16.57.H57-210309-0077" in page


def test_the_search_does_not_see_another_centre(
    cashier: FlaskClient, wiring: Wiring, standing: RequestStanding
) -> None:
    other = makers.a_centre(wiring.engine, "PBI")
    theirs = makers.a_request(wiring, other, number=9)

    assert "210309-0009" not in cashier.get("/quay?q=nguyen").text
    assert cashier.get(path(theirs)).status_code == HTTPStatus.NOT_FOUND
    assert cashier.get("/quay?q=nguyen").location.endswith(path(standing))


def test_a_dossier_is_registered_and_asked_for_by_hand(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    dossier_page = cashier.post("/quay/ho-so", data=NEW).location
    assert "Lệ phí cấp bản sao" in cashier.get(dossier_page).text

    request_page = cashier.post(f"{dossier_page}/yeu-cau", data={"quantity_F3": "3"}).location

    page = cashier.get(request_page).text
    assert "24.000\xa0₫" in page
    assert "Hai mươi tư nghìn đồng" in page
    assert 'class="qr-code"' in page


def test_a_wrong_dossier_is_refused_beside_its_fields(cashier: FlaskClient) -> None:
    wrong = NEW | {"dossier_code": "12", "second_factor": ""}

    response = cashier.post("/quay/ho-so", data=wrong)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="dossier_code-error"' in response.text
    assert "Trần Thị Bé" in response.text

    response = cashier.post("/quay/ho-so", data=NEW | {"applicant": " "})
    assert 'id="applicant-error"' in response.text


def test_a_fee_may_be_left_out_but_not_all(cashier: FlaskClient) -> None:
    dossier_page = cashier.post("/quay/ho-so", data=NEW | {"procedure": "1.001"}).location

    nothing = cashier.post(f"{dossier_page}/yeu-cau", data={"quantity_F1": "0", "quantity_F2": "0"})
    some = cashier.post(f"{dossier_page}/yeu-cau", data={"quantity_F1": "0", "quantity_F2": "1"})

    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "25.000\xa0₫" in cashier.get(some.location).text


@pytest.mark.parametrize("quantity", ["-1", "1.5", "²", "9999999"])
def test_a_quantity_that_is_no_number_is_refused(cashier: FlaskClient, quantity: str) -> None:
    dossier_page = cashier.post("/quay/ho-so", data=NEW).location

    response = cashier.post(f"{dossier_page}/yeu-cau", data={"quantity_F3": quantity})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_cash_settles_a_request_and_shows_the_change(
    cashier: FlaskClient, wiring: Wiring, standing: RequestStanding
) -> None:
    open_till(cashier)
    page = cashier.get(path(standing)).text
    form_key = FORM_KEY.search(page)
    assert form_key is not None

    taken = {"tendered": "500.000", "form_key": form_key[1]}
    assert cashier.post(path(standing, "/tien-mat"), data=taken).location.endswith(path(standing))

    assert state_of(wiring, standing) is RequestState.PAID
    page = cashier.get(path(standing)).text
    assert "25.000\xa0₫" in page
    assert page.count(".pdf") == 2


def test_the_same_cash_form_twice_is_one_payment(
    cashier: FlaskClient, wiring: Wiring, standing: RequestStanding
) -> None:
    open_till(cashier)

    for _ in range(2):
        response = cashier.post(
            path(standing, "/tien-mat"), data={"tendered": "475000", "form_key": "one"}
        )
        assert response.status_code == HTTPStatus.SEE_OTHER

    assert count(wiring, "cash_payments") == 1
    assert count(wiring, "receipts") == 2


def test_too_little_cash_is_refused_and_the_form_keeps_its_key(
    cashier: FlaskClient, wiring: Wiring, standing: RequestStanding
) -> None:
    open_till(cashier)

    response = cashier.post(
        path(standing, "/tien-mat"), data={"tendered": "400k", "form_key": "the-key"}
    )

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="tendered-error"' in response.text
    assert 'value="the-key"' in response.text
    assert state_of(wiring, standing) is RequestState.OPEN


def test_cash_needs_an_open_till(cashier: FlaskClient, standing: RequestStanding) -> None:
    assert "/ca-thu" in cashier.get(path(standing)).text

    response = cashier.post(
        path(standing, "/tien-mat"), data={"tendered": "475000", "form_key": "a"}
    )

    assert response.status_code == HTTPStatus.CONFLICT


def test_cash_pays_what_a_short_transfer_left_open(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 200_000)
    open_till(cashier)
    assert 'data-cash="275000"' in cashier.get(path(standing)).text

    cashier.post(path(standing, "/tien-mat"), data={"tendered": "300k", "form_key": "a"})

    assert state_of(wiring, standing) is RequestState.PAID


def test_a_request_is_cancelled_with_a_reason_only(
    cashier: FlaskClient, wiring: Wiring, standing: RequestStanding
) -> None:
    refused = cashier.post(path(standing, "/huy"), data={"reason": " "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    cashier.post(path(standing, "/huy"), data={"reason": "Nộp nhầm thủ tục"})

    assert state_of(wiring, standing) is RequestState.CANCELLED
    page = cashier.get(path(standing)).text
    assert "Nộp nhầm thủ tục" in page
    assert 'class="qr-code"' not in page


def test_a_request_with_money_is_not_cancelled(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 100)

    response = cashier.post(path(standing, "/huy"), data={"reason": "x"})

    assert response.status_code == HTTPStatus.CONFLICT


def test_an_expired_request_says_that_a_newer_one_has_replaced_it(
    cashier: FlaskClient, clock: FixedClock, sign_in: SignIn, standing: RequestStanding
) -> None:
    clock.move(days=8)
    sign_in(cashier)

    answer = cashier.post(
        f"/quay/ho-so/{standing.dossier.dossier_id}/yeu-cau", data={"quantity_F1": "1"}
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    page = cashier.get(path(standing)).text
    assert "Yêu cầu này đã được thay bằng một yêu cầu mới hơn." in page
    assert "data-cash" not in page


@pytest.mark.parametrize("name", ["An\u202eNguyễn", "Nguyễn\u200bAn", "Nguyễn An\u2066"])
def test_a_name_with_invisible_signs_is_refused(
    cashier: FlaskClient, wiring: Wiring, name: str
) -> None:
    answer = cashier.post("/quay/ho-so", data=NEW | {"applicant": name})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert count(wiring, "dossiers") == 0


def test_the_slip_names_the_link_and_the_transfer_text(
    cashier: FlaskClient, standing: RequestStanding
) -> None:
    page = cashier.get(path(standing, "/phieu")).text

    assert f"http://localhost/p/{standing.request.token}" in page
    assert standing.request.reference in page
    assert page.count('class="qr-code"') == 2


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_finance_and_auditors_look_but_take_no_cash(
    client: FlaskClient, sign_in: SignIn, standing: RequestStanding, role: Role
) -> None:
    sign_in(client, role)

    assert client.get(path(standing)).status_code == HTTPStatus.OK
    assert "data-cash" not in client.get(path(standing)).text
    refused = client.post(path(standing, "/tien-mat"), data={"tendered": "1", "form_key": "a"})
    assert refused.status_code == HTTPStatus.FORBIDDEN


def test_strangers_see_nothing_of_the_counter(
    client: FlaskClient, standing: RequestStanding
) -> None:
    for address in ("/quay", path(standing), "/quay/ho-so/moi", "/ca-thu"):
        assert "/dang-nhap" in client.get(address).location
