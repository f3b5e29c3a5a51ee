"""What can never be stored is refused at once and by name, on pages and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from payments.services.manage_api_keys import create_api_key
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
SIGNS = ("\0", "\ud800")


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    """The parts on a fresh database of each kind: both answer alike."""
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


def count(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_reason_that_is_too_long_is_refused_and_not_cut(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    address = f"/quay/yeu-cau/{standing.request.request_id}/huy"

    refused = cashier.post(address, data={"reason": "ầ" * 401})
    taken = cashier.post(address, data={"reason": "ầ" * 400})

    assert (refused.status_code, taken.status_code) == (UNPROCESSABLE, HTTPStatus.SEE_OTHER)
    assert "Lý do: chỉ lưu được tối đa 400 ký tự." in refused.text


def test_a_remark_on_a_till_that_is_too_long_leaves_the_till_open(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    cashier.post("/ca-thu/mo", data={"counter": centre.counter.counter_id, "float_amount": "0"})

    refused = cashier.post("/ca-thu/dong", data={"reason": "l" * 401})

    assert refused.status_code == UNPROCESSABLE
    assert "Lý do: chỉ lưu được tối đa 400 ký tự." in refused.text
    assert count(wiring, "till_closings") == 0


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("field", ["code", "procedure", "applicant", "second_factor"])
def test_a_program_that_sends_such_a_sign_is_told_the_field(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, field: str, sign: str
) -> None:
    with wiring.open_uow() as uow:
        key = create_api_key(uow, wiring.world, centre.actor, name="Một cửa").secret
        uow.commit()
    dossier = {
        "code": "000.16.57.H57-210309-0001",
        "procedure": "1.001",
        "applicant": "Nguyễn Văn An",
        "second_factor": "1234",
        "received_on": "2021-03-09",
    }
    body = json.dumps(dossier | {field: f"{dossier[field]}{sign}x"})

    refused = client.post(
        "/api/v1/dossiers",
        data=body,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )

    assert refused.status_code == UNPROCESSABLE
    assert refused.json is not None
    assert refused.json["error"]["problems"][0]["field"] == field
    assert count(wiring, "dossiers") == 0


@pytest.mark.parametrize("wanted", ["9" * 40, "9" * 15, "ầ" * 90, "%ED%A0%80"])
def test_what_is_looked_for_in_vain_is_not_answered_with_try_again(
    cashier: FlaskClient, wanted: str
) -> None:
    for address in (f"/quay?q={wanted}", f"/p/{wanted}", f"/quay/yeu-cau/{wanted}"):
        assert cashier.get(address).status_code < HTTPStatus.INTERNAL_SERVER_ERROR
