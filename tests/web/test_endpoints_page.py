"""The page of connections: addresses without their secrets, and keys that are shown once."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import text

from payments.wiring import Wiring
from tests.makers import WEBHOOK_SECRET

KEY = re.compile(r"thuphi_[\w-]{32}")


def actions(wiring: Wiring) -> list[str]:
    with wiring.engine.connect() as connection:
        return [
            row[0]
            for row in connection.execute(text("SELECT action FROM audit_events ORDER BY seq"))
        ]


def test_addresses_are_listed_without_their_secrets(administrator: FlaskClient) -> None:
    page = administrator.get("/quan-tri/ket-noi/").text

    assert "http://localhost/webhooks/HTR-endpoint" in page
    assert WEBHOOK_SECRET not in page


def test_a_new_key_is_shown_once_and_works(administrator: FlaskClient, wiring: Wiring) -> None:
    made = administrator.post("/quan-tri/ket-noi/khoa-api", data={"name": "Một cửa điện tử"})

    found = KEY.search(made.text)
    assert found is not None
    assert not KEY.search(administrator.get("/quan-tri/ket-noi/").text)
    fees = administrator.get("/api/v1/fees", headers={"Authorization": f"Bearer {found[0]}"})
    assert fees.status_code == 200
    assert "api_key.created" in actions(wiring)


def test_a_key_needs_a_name(administrator: FlaskClient) -> None:
    assert administrator.post("/quan-tri/ket-noi/khoa-api", data={"name": " "}).status_code == 422


def test_a_revoked_key_is_taken_no_more_and_is_revoked_once(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    made = administrator.post("/quan-tri/ket-noi/khoa-api", data={"name": "x"})
    address = re.search(r'action="([^"]+/thu-hoi)"', made.text)
    assert address is not None

    answers = [administrator.post(address[1]).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert actions(wiring).count("api_key.revoked") == 1
    found = KEY.search(made.text)
    assert found is not None
    refused = administrator.get("/api/v1/fees", headers={"Authorization": f"Bearer {found[0]}"})
    assert refused.status_code == 401


def test_an_unknown_key_cannot_be_revoked(administrator: FlaskClient) -> None:
    assert administrator.post("/quan-tri/ket-noi/khoa-api/nobody/thu-hoi").status_code == 404


def test_an_auditor_looks_and_changes_nothing(auditor: FlaskClient) -> None:
    assert auditor.get("/quan-tri/ket-noi/").status_code == 200
    assert auditor.post("/quan-tri/ket-noi/khoa-api", data={"name": "x"}).status_code == 403


def test_finance_and_cashiers_do_not_see_connections(
    client: FlaskClient, cashier: FlaskClient
) -> None:
    assert cashier.get("/quan-tri/ket-noi/").status_code == 403
