"""The JSON interface: dossiers in, requests out, all or nothing, and strictly read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from payments.domain.centres import Procedure
from payments.domain.vietqr import parse
from payments.services.manage_api_keys import create_api_key, revoke_api_key
from payments.store.queries_settings import api_keys
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.sessions import make_app

CODE = "000.16.57.H57-210309-0001"


@pytest.fixture
def key(wiring: Wiring, centre: MadeCentre) -> str:
    """A key of the centre for the interface."""
    with wiring.open_uow() as uow:
        made = create_api_key(uow, wiring.world, centre.actor, name="Một cửa điện tử")
        uow.commit()
    return made.secret


class Department:
    """Other software that speaks to the interface."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client, self.key = client, key

    def send(self, document: object) -> TestResponse:
        return self.client.post("/api/v1/dossiers", json=document, headers=self.headers)

    def get(self, address: str) -> TestResponse:
        return self.client.get(f"/api/v1{address}", headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def department(client: FlaskClient, key: str) -> Department:
    return Department(client, key)


def a_dossier(number: int = 1, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON holds anything.
    return {
        "code": f"000.16.57.H57-210309-{number:04d}",
        "procedure": "1.001",
        "applicant": "Nguyễn Văn An",
        "second_factor": "1234",
        "received_on": "2021-03-09",
        "fees": "due",
    } | changes


def count(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def problems(response: TestResponse) -> list[tuple[str, str, str]]:
    """The problems of an answer: where, code, field."""
    assert response.json is not None
    return [
        (one["where"], one["code"], one.get("field", ""))
        for one in response.json["error"]["problems"]
    ]


def test_a_dossier_gets_its_request_with_all_fees_in_force(department: Department) -> None:
    response = department.send(a_dossier())

    assert response.status_code == 201
    told = response.json
    assert told is not None
    assert (told["dossier"], told["is_new"]) == (CODE, True)
    asked = told["request"]
    assert (asked["state"], asked["total"], asked["due"]) == ("open", 475_000, 475_000)
    assert [(line["code"], line["kind"], line["amount"]) for line in asked["lines"]] == [
        ("F1", "phi", 450_000), ("F2", "le_phi", 25_000),
    ]  # fmt: skip
    assert asked["link"] == f"http://localhost/p/{asked['token']}"
    assert asked["account"]["number"] == "0123499999"


def test_the_code_pays_this_request_into_this_account(department: Department) -> None:
    told = department.send(a_dossier()).json
    assert told is not None

    code = parse(told["request"]["qr"])

    assert (code.account, code.amount, code.text) == (
        "0123499999", 475_000, told["request"]["reference"],
    )  # fmt: skip


def test_the_link_opens_without_a_sign_in(department: Department) -> None:
    told = department.send(a_dossier()).json
    assert told is not None

    response = department.client.get(told["request"]["link"].removeprefix("http://localhost"))

    assert response.status_code == 200


def test_sent_again_it_is_told_again(department: Department, wiring: Wiring) -> None:
    first, second = (department.send(a_dossier()) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json is not None
    assert second.json is not None
    assert second.json == first.json | {"is_new": False}
    assert (count(wiring, "dossiers"), count(wiring, "payment_requests")) == (1, 1)


def test_many_dossiers_come_in_at_once(department: Department, wiring: Wiring) -> None:
    response = department.send({"dossiers": [a_dossier(number) for number in range(1, 51)]})

    assert response.status_code == 201
    assert response.json is not None
    assert len({told["request"]["reference"] for told in response.json["dossiers"]}) == 50
    assert count(wiring, "dossiers") == 50


def test_without_fees_no_request_is_issued(department: Department, wiring: Wiring) -> None:
    document = a_dossier()
    del document["fees"]

    response = department.send(document)

    assert response.json is not None
    assert response.json["request"] is None
    assert count(wiring, "payment_requests") == 0


def test_all_fees_of_a_procedure_that_has_none_are_no_request(
    department: Department, wiring: Wiring
) -> None:
    with wiring.open_uow() as uow:
        uow.add(Procedure("HTR", "1.004", "HT", "Không thu"))
        uow.commit()

    response = department.send(a_dossier(procedure="1.004"))

    assert response.status_code == 201
    assert response.json is not None
    assert response.json["request"] is None


def test_what_was_not_asked_for_before_can_be_asked_for_later(department: Department) -> None:
    department.send(a_dossier(fees=None))

    response = department.send(a_dossier())

    assert response.json is not None
    assert (response.status_code, response.json["is_new"]) == (200, False)
    assert response.json["request"]["total"] == 475_000


def test_fees_are_asked_for_by_code_and_quantity(department: Department) -> None:
    response = department.send(
        a_dossier(procedure="1.002", fees=[{"code": "F3", "quantity": 3}], channel="online")
    )

    assert response.json is not None
    assert response.json["request"]["total"] == 24_000


def test_a_request_of_zero_is_exempt_at_once_and_has_its_document(department: Department) -> None:
    told = department.send(a_dossier(procedure="1.003")).json

    assert told is not None
    assert (told["request"]["state"], told["request"]["qr"]) == ("exempt", None)
    assert [receipt["kind"] for receipt in told["request"]["receipts"]] == ["exempt"]


def test_one_wrong_dossier_keeps_all_out_and_every_fault_is_named(
    department: Department, wiring: Wiring
) -> None:
    response = department.send(
        {
            "dossiers": [
                a_dossier(1),
                a_dossier(2, second_factor="9"),
                a_dossier(3, procedure="9.999"),
                a_dossier(4, fees=[{"code": "F9", "quantity": 1}]),
                a_dossier(5, code="không có mã"),
            ]
        }
    )

    assert response.status_code == 422
    assert sorted(problems(response)) == [
        ("dossiers[1]", "second_factor_wrong", "second_factor"),
        ("dossiers[2]", "procedure_unknown", "procedure"),
        ("dossiers[3]", "fee_unknown", "fees"),
        ("dossiers[4]", "dossier_code", "dossier_code"),
    ]
    assert count(wiring, "dossiers") == 0


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"applicant": None}, "json_field_missing", "applicant"),
        ({"applicant": 5}, "json_text_wanted", "applicant"),
        ({"applicant": "   "}, "text_length_wrong", "applicant"),
        ({"applicant": "An\u0000"}, "text_length_wrong", "applicant"),
        ({"received_on": "09/03/2021"}, "day_unreadable", "received_on"),
        ({"received_on": "2021-02-30"}, "day_unreadable", "received_on"),
        ({"channel": "fax"}, "json_word_unknown", "channel"),
        ({"channel": "any"}, "json_word_unknown", "channel"),
        ({"payer_class": ["citizen"]}, "json_word_unknown", "payer_class"),
        ({"fees": []}, "json_list_wanted", "fees"),
        ({"fees": "all"}, "json_list_wanted", "fees"),
        ({"fees": [{"code": "F1", "quantity": 2.0}]}, "json_whole_wanted", "quantity"),
        ({"fees": [{"code": "F1", "quantity": True}]}, "json_whole_wanted", "quantity"),
        ({"fees": [{"code": "F1", "quantity": "2"}]}, "json_whole_wanted", "quantity"),
        ({"fees": [{"code": "F1", "quantity": 0}]}, "quantity_out_of_range", "quantity"),
        ({"fees": [{"code": "F1", "amount": 1}]}, "json_field_unknown", "amount"),
        ({"fees": [{"code": "F1"}, {"code": "F1"}]}, "fee_twice", "fees"),
        ({"aplicant": "An"}, "json_field_unknown", "aplicant"),
    ],
)
def test_a_slip_is_named_and_never_guessed_at(
    department: Department, wiring: Wiring, changes: dict[str, Any], code: str, field: str
) -> None:
    response = department.send(a_dossier(**changes))

    assert response.status_code == 422
    assert problems(response) == [("dossiers[0]", code, field)]
    assert count(wiring, "dossiers") == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "json_unreadable"),
        (b"\xff{}", "json_unreadable"),
        (b'{"code": "1", "code": "2"}', "json_unreadable"),
        (b'{"code": NaN}', "json_unreadable"),
        (b"[" * 20_000, "json_unreadable"),
        (b"[]", "json_object_wanted"),
        (b'{"dossiers": []}', "json_list_wanted"),
        (b'{"dossiers": {}}', "json_list_wanted"),
        (b'{"dossiers": [], "more": 1}', "json_field_unknown"),
    ],
)
def test_a_body_that_is_no_list_of_dossiers_is_refused(
    department: Department, body: bytes, code: str
) -> None:
    response = department.client.post(
        "/api/v1/dossiers",
        data=body,
        content_type="application/json",
        headers=department.headers,
    )

    assert response.status_code == 422
    assert response.json is not None
    assert response.json["error"]["code"] == code
    assert response.json["error"]["message"]


def test_two_thousand_are_the_most(department: Department) -> None:
    response = department.send({"dossiers": [{}] * 2_001})

    assert response.json is not None
    assert response.json["error"]["code"] == "too_many_dossiers"


def test_a_dossier_that_stands_twice_in_one_body_is_named(department: Department) -> None:
    response = department.send({"dossiers": [a_dossier(1), a_dossier(1, applicant="Trần B")]})

    assert problems(response) == [("dossiers[1]", "dossier_twice", "code")]


def test_the_state_of_a_request_can_be_asked_for(department: Department) -> None:
    told = department.send(a_dossier()).json
    assert told is not None

    response = department.get(f"/requests/{told['request']['reference'].lower()}")

    assert response.json == {"dossier": CODE, **told["request"]}


def test_an_unknown_reference_is_not_found(department: Department) -> None:
    assert department.get("/requests/HTRXXXXXXXXX").status_code == 404


def test_another_centre_does_not_see_the_request(
    department: Department, wiring: Wiring, client: FlaskClient
) -> None:
    told = department.send(a_dossier()).json
    assert told is not None
    other = makers.a_centre(wiring.engine, "PHD")
    with wiring.open_uow() as uow:
        made = create_api_key(uow, wiring.world, other.actor, name="x")
        uow.commit()

    response = Department(client, made.secret).get(f"/requests/{told['request']['reference']}")

    assert response.status_code == 404


def test_the_fees_in_force_can_be_asked_for(department: Department) -> None:
    response = department.get("/fees?procedure=1.002")

    assert response.json is not None
    assert response.json["on"] == "2021-03-09"
    assert [(fee["code"], fee["amount"]) for fee in response.json["fees"]] == [("F3", 8_000)]


def test_no_fee_was_in_force_before_its_first_day(department: Department) -> None:
    response = department.get("/fees?on=2019-12-31")

    assert response.json == {"on": "2019-12-31", "fees": []}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer thuphi_wrong", "Basic dGh1cGhp", "bearer {key}", "Bearer é"]
)
def test_without_a_good_key_nothing_is_told(client: FlaskClient, key: str, header: str) -> None:
    headers = {"Authorization": header.format(key=key)}
    for response in (
        client.post("/api/v1/dossiers", json=a_dossier(), headers=headers),
        client.get("/api/v1/requests/HTR", headers=headers),
        client.get("/api/v1/fees", headers=headers),
    ):
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert response.json is not None
        assert response.json["error"]["code"] == "api_key_wrong"


def test_a_revoked_key_is_refused(
    department: Department, wiring: Wiring, centre: MadeCentre
) -> None:
    with SqlUnitOfWork(wiring.engine) as uow:
        revoke_api_key(uow, wiring.world, centre.actor, api_keys(uow.session, "HTR")[0])
        uow.commit()

    assert department.get("/fees").status_code == 401


def test_the_key_itself_is_not_in_the_database(wiring: Wiring, key: str) -> None:
    with wiring.engine.connect() as connection:
        kept = json.dumps(
            [list(map(str, row)) for row in connection.execute(text("SELECT * FROM api_keys"))]
        )

    assert key not in kept
    assert key.removeprefix("thuphi_") not in kept


def test_errors_are_told_in_the_language_that_is_asked_for(department: Department) -> None:
    headers = department.headers | {"Accept-Language": "en"}

    response = department.client.get("/api/v1/requests/HTRXXXXXXXXX", headers=headers)

    assert response.json is not None
    assert response.json["error"]["message"] == "No payment request has the code HTRXXXXXXXXX."


def test_the_log_names_the_key_that_asked(
    department: Department, capsys: pytest.CaptureFixture[str]
) -> None:
    department.get("/fees")

    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["actor"].startswith("api_key:")


def test_a_request_invites_to_pay_as_long_as_the_settings_say(
    wiring: Wiring, centre: MadeCentre, key: str
) -> None:
    settings = replace(wiring.settings, request_days=30)
    department = Department(make_app(replace(wiring, settings=settings)).test_client(), key)

    response = department.send(a_dossier(fees="due"))

    assert response.json is not None
    expires_at = datetime.fromisoformat(response.json["request"]["expires_at"])
    assert expires_at - wiring.world.clock.now() == timedelta(days=30)
