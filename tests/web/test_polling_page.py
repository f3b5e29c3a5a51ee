"""Polling on the administrator's page of a connection: off by default, switched on with its secret."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import text

from payments import jobs
from payments.domain.bank_messages import BankRequest
from payments.domain.staff import Role
from payments.ports.network import IncomingAnswer
from payments.services.hear_delivery import Delivery
from payments.services.receive_deliveries import receive_deliveries
from payments.wiring import Wiring
from tests import sessions
from tests.makers import FixedClock, MadeCentre
from tests.providers import Ledger, Sepay, Waits

ONE = "/quan-tri/ket-noi/dia-chi/HTR-endpoint"
TOKEN = "api-token-of-the-bank-000001"


def polled(wiring: Wiring) -> object:
    with wiring.engine.connect() as connection:
        statement = text("SELECT polled_since FROM endpoints WHERE endpoint_id = 'HTR-endpoint'")
        return connection.execute(statement).scalar_one()


def test_a_connection_is_not_asked_before_somebody_says_so(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    page = administrator.get(ONE).text

    assert polled(wiring) is None
    assert "Chủ động hỏi nhà cung cấp" in page
    assert "Không hỏi" in page
    assert "secret_api_token" in page


def test_asking_is_switched_on_with_the_secret_for_it_and_off_again(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    without = administrator.post(f"{ONE}/hoi", data={"state": "on"})
    assert (without.status_code, polled(wiring)) == (422, None)

    form = {"state": "on", "secret_api_token": TOKEN}
    assert administrator.post(f"{ONE}/hoi", data=form).status_code == 303
    page = administrator.get(ONE).text
    assert polled(wiring) is not None
    assert "Hỏi định kỳ từ" in page
    assert TOKEN not in page

    assert administrator.post(f"{ONE}/hoi", data={"state": "off"}).status_code == 303
    assert polled(wiring) is None


def test_the_page_says_when_it_asked_last_and_what_went_wrong(
    administrator: FlaskClient, wiring: Wiring, clock: FixedClock, centre: MadeCentre
) -> None:
    assert centre.endpoint.adapter == "sepay"
    form = {"state": "on", "secret_api_token": TOKEN}
    administrator.post(f"{ONE}/hoi", data=form)
    clock.move(minutes=5)

    provider = Sepay(Ledger(clock), answers=[IncomingAnswer(0, b"")])
    (result,) = jobs.poll_feeds(replace(wiring, network=provider, wait=Waits(clock)))

    page = administrator.get(ONE).text
    assert result.problem == "host_not_reached"
    assert "Sự cố gần nhất" in page
    assert "Dừng giữa chừng" in page


def test_an_auditor_sees_and_switches_nothing(auditor: FlaskClient, wiring: Wiring) -> None:
    assert "Chủ động hỏi nhà cung cấp" in auditor.get(ONE).text

    assert auditor.post(f"{ONE}/hoi", data={"state": "on"}).status_code == 403
    assert polled(wiring) is None


def test_a_gap_in_the_balances_is_shown_with_what_is_missing(
    client: FlaskClient, wiring: Wiring, clock: FixedClock, centre: MadeCentre
) -> None:
    ledger = Ledger(clock)
    first, _missed, last = (ledger.book("x", amount) for amount in (1_000, 2_000, 3_000))
    for notice in (first, last):
        request = BankRequest("POST", "", (), notice.event_id.encode(), "1.2.3.4")
        with wiring.open_uow() as uow:
            delivery = Delivery(centre.endpoint, centre.account, request, (notice,))
            receive_deliveries(uow, wiring.world, [delivery])
            uow.commit()
    clock.move(hours=1)
    jobs.check_feeds(wiring)
    with wiring.engine.connect() as connection:
        found = connection.execute(text("SELECT break_id FROM breaks WHERE kind = 'feed_gap'"))
        break_id = found.scalar_one()

    page = sessions.sign_in(client, Role.FINANCE).get(f"/tai-chinh/chenh-lech/{break_id}")

    assert page.status_code == 200
    assert "Số dư không liền mạch" in page.text
    assert "Khoản vào hoặc ra không khớp số dư" in page.text
    assert "2.000" in page.text
