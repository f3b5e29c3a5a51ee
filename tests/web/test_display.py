"""The citizen's display of a counter."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from payments.domain.requests import RequestStanding
from payments.web.display import PAID_SHOWN_FOR, SHOWN_FOR
from payments.wiring import Wiring
from tests import makers
from tests.makers import FixedClock, MadeCentre
from tests.told import tell

DISPLAY = "/display/HTR-display-token"


@pytest.fixture
def standing(wiring: Wiring, centre: MadeCentre) -> RequestStanding:
    return makers.a_request(wiring, centre)


@pytest.fixture
def shown(cashier: FlaskClient, standing: RequestStanding) -> FlaskClient:
    """A cashier's browser with the request on the counter's display."""
    cashier.post("/ca-thu/mo", data={"counter": "HTR-q1", "float_amount": "0"})
    cashier.post(f"/quay/yeu-cau/{standing.request.request_id}/hien")
    return cashier


def state(client: FlaskClient) -> object:
    return client.get(f"{DISPLAY}/state").get_json()["state"]


def test_a_display_is_idle_before_anything_is_shown(
    client: FlaskClient, centre: MadeCentre
) -> None:
    assert state(client) == "idle"
    assert 'data-look="idle"' in client.get(DISPLAY).text


def test_the_display_shows_the_sum_and_the_code_and_hides_the_name(
    shown: FlaskClient, standing: RequestStanding
) -> None:
    page = shown.get(DISPLAY).text

    assert "475.000\xa0₫" in page
    assert 'class="qr-code"' in page
    assert standing.request.reference in page
    assert "N**** V** An" in page
    assert "Nguyễn" not in page
    assert standing.dossier.code not in page


def test_a_fresh_request_goes_to_the_display_by_itself(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    cashier.post("/ca-thu/mo", data={"counter": "HTR-q1", "float_amount": "0"})
    new = {
        "dossier_code": "000.16.57.H57-210309-0042",
        "procedure": "1.002",
        "applicant": "Trần Thị Bé",
        "second_factor": "9876",
        "channel": "counter",
        "payer_class": "citizen",
    }
    dossier = cashier.post("/quay/ho-so", data=new).location

    cashier.post(f"{dossier}/yeu-cau", data={"quantity_F3": "1"})

    assert "8.000\xa0₫" in cashier.get(DISPLAY).text


def test_a_paid_request_is_thanked_for_and_then_cleared(
    shown: FlaskClient,
    wiring: Wiring,
    centre: MadeCentre,
    standing: RequestStanding,
    clock: FixedClock,
) -> None:
    tell(wiring, centre, standing, 475_000)

    assert state(shown) == "paid"
    assert 'data-look="paid"' in shown.get(DISPLAY).text
    clock.at += PAID_SHOWN_FOR
    assert state(shown) == "idle"


def test_a_forgotten_request_leaves_the_display(shown: FlaskClient, clock: FixedClock) -> None:
    clock.at += SHOWN_FOR

    assert state(shown) == "idle"


def test_a_cancelled_request_leaves_the_display(
    shown: FlaskClient, standing: RequestStanding
) -> None:
    shown.post(f"/quay/yeu-cau/{standing.request.request_id}/huy", data={"reason": "x"})

    assert state(shown) == "idle"


def test_the_cashier_clears_the_display(shown: FlaskClient, standing: RequestStanding) -> None:
    shown.post(f"/quay/yeu-cau/{standing.request.request_id}/an")

    assert state(shown) == "idle"


def test_nothing_is_shown_without_a_till(cashier: FlaskClient, standing: RequestStanding) -> None:
    refused = cashier.post(f"/quay/yeu-cau/{standing.request.request_id}/hien")

    assert refused.status_code == HTTPStatus.CONFLICT
    assert state(cashier) == "idle"


def test_an_unknown_display_is_not_found(client: FlaskClient, centre: MadeCentre) -> None:
    for rest in ("", "/state", "/stream"):
        assert client.get(f"/display/unknown{rest}").status_code == HTTPStatus.NOT_FOUND
