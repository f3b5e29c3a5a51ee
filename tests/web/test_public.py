"""The citizen's page: what is asked for, by link or by look-up, and what strangers cannot find."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from payments.domain.requests import RequestStanding
from payments.domain.vietqr import parse
from payments.services.issue_request import cancel_request, issue_request
from payments.services.look_up_payment import MOST_PER_CODE, MOST_PER_NETWORK
from payments.wiring import Wiring
from tests import makers
from tests.makers import FixedClock, MadeCentre
from tests.told import tell

LOOK_UP = {"dossier_code": "000.16.57.H57-210309-0001", "second_factor": "1234"}


@pytest.fixture
def standing(wiring: Wiring, centre: MadeCentre) -> RequestStanding:
    return makers.a_request(wiring, centre)


def page(client: FlaskClient, standing: RequestStanding, rest: str = "") -> str:
    return client.get(f"/p/{standing.request.token}{rest}").text


def test_the_page_shows_all_that_a_payer_types_with_copy_buttons(
    client: FlaskClient, standing: RequestStanding, centre: MadeCentre
) -> None:
    text = page(client, standing)

    for value in (centre.account.account_number, "475000", standing.request.reference, "TT HCC"):
        assert f'data-copy="{value}"' in text
    assert "475.000\xa0₫" in text
    assert "Bốn trăm bảy mươi lăm nghìn đồng" in text
    assert "Phí thẩm định hồ sơ" in text
    assert "Vietcombank" in text


def test_the_page_hides_who_pays(client: FlaskClient, standing: RequestStanding) -> None:
    text = page(client, standing)

    assert "Nguyễn" not in text
    assert "N**** V** An" in text


def test_the_page_works_without_scripts(client: FlaskClient, standing: RequestStanding) -> None:
    text = page(client, standing)

    assert f'href="/p/{standing.request.token}"' in text
    assert 'class="qr-code"' in text


def test_the_page_speaks_english_when_asked(client: FlaskClient, standing: RequestStanding) -> None:
    assert '<html lang="vi">' in page(client, standing)
    assert "Waiting for payment" in page(client, standing, "?lang=en")


def test_a_short_transfer_is_asked_for_the_rest(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 200_000)

    text = page(client, standing)

    assert 'data-copy="275000"' in text
    assert "200.000\xa0₫" in text
    assert client.get(f"/p/{standing.request.token}/state").get_json() == {
        "version": "short-275000-200000",
        "state": "short",
        "due": 275_000,
        "is_final": False,
    }


def test_a_paid_request_offers_its_receipts_and_no_code(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 475_000)

    text = page(client, standing)

    assert text.count(".pdf") == 2
    assert "data-final" in text
    assert 'class="qr-code"' not in text
    qr = client.get(f"/p/{standing.request.token}/qr.png")
    assert qr.status_code == HTTPStatus.CONFLICT


def test_who_paid_twice_is_told_that_the_money_is_kept(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 475_000)
    assert "Đã nhận thừa" not in page(client, standing)

    tell(wiring, centre, standing, 475_000, event_id="2")

    assert "Đã nhận thừa 475.000\xa0₫" in page(client, standing)


@pytest.mark.parametrize("days", [7, 30])
def test_an_expired_request_no_longer_shows_its_code(
    client: FlaskClient, standing: RequestStanding, clock: FixedClock, days: int
) -> None:
    clock.move(days=days)

    assert 'class="qr-code"' not in page(client, standing)


def test_the_picture_to_save_reads_back_as_this_payment(
    client: FlaskClient, standing: RequestStanding, centre: MadeCentre
) -> None:
    answer = client.get(f"/p/{standing.request.token}/qr.png")
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)))
    code = parse(found.text)

    assert code.account == centre.account.account_number
    assert code.bin == centre.account.bank_bin
    assert code.amount == 475_000
    assert code.text == standing.request.reference
    drawing = client.get(f"/p/{standing.request.token}/qr.svg")
    assert drawing.mimetype == "image/svg+xml"


@pytest.mark.parametrize("rest", ["", "/state", "/stream", "/qr.svg", "/qr.png"])
def test_an_unknown_link_is_not_found(client: FlaskClient, centre: MadeCentre, rest: str) -> None:
    assert client.get(f"/p/unknown{rest}").status_code == HTTPStatus.NOT_FOUND


def test_the_page_is_not_kept_by_browsers(client: FlaskClient, standing: RequestStanding) -> None:
    answer = client.get(f"/p/{standing.request.token}")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("code", ["000.16.57.H57-210309-0001", "000.16.57.H57–210309–0001"])
def test_code_and_ending_open_the_page(
    client: FlaskClient, standing: RequestStanding, code: str
) -> None:
    answer = client.post("/tra-cuu", data=LOOK_UP | {"dossier_code": code})

    assert answer.location == f"/p/{standing.request.token}"


def test_the_newest_request_is_opened(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    with wiring.open_uow() as uow:
        cancel_request(uow, wiring.world, centre.actor, standing.request.request_id, "sai")
        fresh = issue_request(uow, wiring.world, centre.actor, standing.dossier)
        uow.commit()

    assert client.post("/tra-cuu", data=LOOK_UP).location == f"/p/{fresh.request.token}"


def test_a_wrong_ending_and_an_unknown_code_get_the_same_answer(
    client: FlaskClient, standing: RequestStanding
) -> None:
    ending = client.post("/tra-cuu", data=LOOK_UP | {"second_factor": "9999"})
    code = client.post("/tra-cuu", data=LOOK_UP | {"dossier_code": "000.16.57.H57-210309-0009"})

    assert ending.status_code == code.status_code == HTTPStatus.NOT_FOUND
    assert ending.text.count("notice bad") == code.text.count("notice bad") == 1


def test_what_is_no_dossier_code_is_said_at_its_field(
    client: FlaskClient, centre: MadeCentre
) -> None:
    answer = client.post("/tra-cuu", data=LOOK_UP | {"dossier_code": "abc"})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="dossier_code-error"' in answer.text


def test_endings_cannot_be_guessed(
    client: FlaskClient, standing: RequestStanding, clock: FixedClock
) -> None:
    for guess in range(MOST_PER_CODE):
        wrong = LOOK_UP | {"second_factor": f"{guess:04d}"}
        # Every guess from another network: the code is counted by itself.
        client.post("/tra-cuu", data=wrong, environ_overrides={"REMOTE_ADDR": f"10.0.0.{guess}"})

    assert client.post("/tra-cuu", data=LOOK_UP).status_code == HTTPStatus.TOO_MANY_REQUESTS
    clock.move(minutes=16)
    assert client.post("/tra-cuu", data=LOOK_UP).status_code == HTTPStatus.SEE_OTHER


def test_one_network_cannot_walk_through_the_codes(
    client: FlaskClient, standing: RequestStanding
) -> None:
    for number in range(MOST_PER_NETWORK):
        client.post("/tra-cuu", data=LOOK_UP | {"dossier_code": f"H57-210309-{number:04d}"})

    assert client.post("/tra-cuu", data=LOOK_UP).status_code == HTTPStatus.TOO_MANY_REQUESTS
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    found = client.post("/tra-cuu", data=LOOK_UP, environ_overrides=elsewhere)
    assert found.status_code == HTTPStatus.SEE_OTHER
