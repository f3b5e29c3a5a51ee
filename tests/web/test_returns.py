"""The page that a payer comes back to from a gateway: it proves, shows and leads on, and pays nothing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from payments.domain.bank_messages import TransferStatus
from payments.domain.requests import RequestStanding
from payments.services import manage_endpoints
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.vnpay_gateway import call_of, forged, open_vnpay, resigned

PENDING, FAILED = TransferStatus.PENDING, TransferStatus.FAILED


@pytest.fixture
def endpoint_id(wiring: Wiring, centre: MadeCentre) -> str:
    """The connection to VNPAY."""
    return open_vnpay(wiring, centre)


@pytest.fixture
def standing(wiring: Wiring, centre: MadeCentre) -> RequestStanding:
    """A request that a citizen is paying."""
    return makers.a_request(wiring, centre)


def counts(wiring: Wiring) -> list[int]:
    tables = ("transfers", "evidence", "receipts", "bank_messages", "audit_events", "breaks")
    with wiring.engine.connect() as connection:
        return [
            int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in tables
        ]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (TransferStatus.BOOKED, "VNPAY cho biết ông/bà đã thanh toán."),
        (PENDING, "VNPAY chưa có kết quả của khoản thanh toán này."),
        (FAILED, "VNPAY cho biết khoản thanh toán không thành công."),
    ],
)
def test_coming_back_is_shown_leads_to_the_payment_page_and_changes_nothing(
    client: FlaskClient,
    wiring: Wiring,
    endpoint_id: str,
    standing: RequestStanding,
    status: TransferStatus,
    said: str,
) -> None:
    before = counts(wiring)

    query = call_of(wiring, standing.request.reference, status=status)
    page = client.get(f"/tra-ve/{endpoint_id}?{query}")

    assert page.status_code == 200
    assert said in page.text
    assert f'href="/p/{standing.request.token}"' in page.text
    assert "Chờ thanh toán" in page.text
    assert counts(wiring) == before


def test_after_the_gateway_s_own_call_the_page_says_paid(
    client: FlaskClient, wiring: Wiring, endpoint_id: str, standing: RequestStanding
) -> None:
    query = call_of(wiring, standing.request.reference)
    assert client.get(f"/webhooks/{endpoint_id}?{query}").json == {
        "RspCode": "00",
        "Message": "Confirm Success",
    }

    page = client.get(f"/tra-ve/{endpoint_id}?{query}")

    assert "Tiền đã về." in page.text


def test_what_the_gateway_has_not_signed_is_not_believed(
    client: FlaskClient, wiring: Wiring, endpoint_id: str, standing: RequestStanding
) -> None:
    query = call_of(wiring, standing.request.reference)
    other = "ANOTHERSECRET0123456789ABCDEFGHI"

    for wrong in ("", "x=1", forged(query), resigned(query, other), query + "&vnp_X=1"):
        page = client.get(f"/tra-ve/{endpoint_id}?{wrong}")
        assert page.status_code == 422
        assert standing.request.token not in page.text


def test_an_order_of_no_request_is_said_to_be_so(
    client: FlaskClient, wiring: Wiring, endpoint_id: str
) -> None:
    page = client.get(f"/tra-ve/{endpoint_id}?{call_of(wiring, 'DONHANG1')}")

    assert page.status_code == 200
    assert "DONHANG1" in page.text
    assert 'href="/p/' not in page.text


def test_a_provider_without_returns_or_a_closed_connection_has_no_such_page(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre, endpoint_id: str
) -> None:
    query = call_of(wiring, "DONHANG1")
    with wiring.open_uow() as uow:
        manage_endpoints.disable_endpoint(uow, wiring.world, centre.actor, endpoint_id=endpoint_id)
        uow.commit()

    for connection in (endpoint_id, "HTR-endpoint", "nobody"):
        assert client.get(f"/tra-ve/{connection}?{query}").status_code == 404


def test_the_connection_s_page_tells_where_payers_come_back_to(
    administrator: FlaskClient, endpoint_id: str
) -> None:
    page = administrator.get(f"/quan-tri/ket-noi/dia-chi/{endpoint_id}").text

    assert f"/tra-ve/{endpoint_id}" in page
