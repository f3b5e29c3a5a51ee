"""Every installed provider pretends to the demo centre over HTTP, however badly its line behaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import text

from bank_adapters.registry import installed_adapters
from payments.domain.business_day import business_date
from payments.domain.errors import Invalid
from payments.domain.requests import RequestStanding, RequestState
from payments.domain.staff import Actor
from payments.wiring import Wiring
from reconciliation.demo.bank_page import make_bank_app
from reconciliation.demo.centre import CENTRE_ID
from reconciliation.demo.connections import OF_THE_YEAR, connected
from reconciliation.demo.courier import Manners, wait_really
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import site
from reconciliation.demo.payer import Route, divided, pay_by_transfer, wiring_of
from reconciliation.demo.play import Stage, hand_over_dossiers
from reconciliation.demo.year import PlannedDossier, all_visits, plan_year, planned_dossier
from reconciliation.demo.year_play import play_year, stage_of
from reconciliation.services.import_statement import import_statement
from tests.flows.test_demo import ROOT, report_of
from wsgi import create_app

PROVIDERS = sorted(installed_adapters())
TODAY = business_date(datetime.now(UTC))


@dataclass
class Town:
    """A served demo and its citizens, each of whom asks for a request of their own."""

    folder: DemoFolder
    wiring: Wiring
    stage: Stage
    citizens: Iterator[PlannedDossier]

    def request(self) -> RequestStanding:
        dossier = next(self.citizens)
        return hand_over_dossiers(self.stage, [dossier])[dossier.code]

    def pay(
        self, standing: RequestStanding, route: Route, waits: list[timedelta] | None = None
    ) -> list[str]:
        """Pay what is due, and return the bank's numbers of the transfers."""
        paid = pay_by_transfer(
            self.wiring,
            self.folder,
            standing.request.reference,
            None,
            route,
            wait=([] if waits is None else waits).append,
        )
        return [payment.bank_reference for payment in paid]

    def state(self, standing: RequestStanding) -> RequestState:
        with self.wiring.open_uow(write=False) as uow:
            now = uow.requests.standing(CENTRE_ID, standing.request.request_id)
        return now.state(self.wiring.world.clock.now())

    def hand_in_statement(self, provider: str) -> None:
        path = self.stage_with_all().banks[provider].write_statement(TODAY)
        with self.stage.transaction() as uow:
            import_statement(
                uow,
                self.wiring.world,
                Actor.of(self.stage.staff.finance),
                self.wiring.statement_readers,
                file_name=path.name,
                body=path.read_bytes(),
            )

    def stage_with_all(self) -> Stage:
        return stage_of(self.folder, self.wiring, self.stage.site, wait_really)

    def tellings(self, provider: str) -> int:
        """How many messages an account's provider has had taken."""
        query = (
            "SELECT count(*) FROM bank_messages m JOIN endpoints e "
            "ON e.endpoint_id = m.endpoint_id WHERE e.adapter = :adapter"
        )
        with self.wiring.engine.connect() as connection:
            return int(connection.execute(text(query), {"adapter": provider}).scalar_one())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = DemoFolder(tmp_path_factory.mktemp("town") / "data")
    quiet = replace(plan_year()[0], dossiers=plan_year()[0].dossiers[:3])
    play_year(ROOT, folder, [quiet], 8000, lambda *_: None)
    wiring = wiring_of(ROOT, folder)
    with site(create_app(wiring)) as client:
        folder.keep_port(int(client.address.rpartition(":")[2]))
        wiring.engine.dispose()
        wiring = wiring_of(ROOT, folder)
        yield Town(folder, wiring, stage_of(folder, wiring, client, wait_really), citizens())
    wiring.engine.dispose()


def citizens() -> Iterator[PlannedDossier]:
    random = Random(1)
    visits = [visit for visit in all_visits() if visit.amount >= 8_000]
    for number, visit in enumerate(visits, start=1):
        yield planned_dossier(TODAY, number, 9 * 3600, visit, random)


def test_the_year_is_announced_by_several_providers(town: Town) -> None:
    assert len(OF_THE_YEAR) >= 3
    assert set(connected(town.folder)) >= set(OF_THE_YEAR)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_payment_by_any_provider_is_credited_once(town: Town, provider: str) -> None:
    standing = town.request()
    declared = town.wiring.adapters[provider].declaration
    is_provisional = declared.ways[0].is_provisional
    before = town.tellings(provider) if provider in connected(town.folder) else 0

    town.pay(standing, Route(provider, manners=Manners(times=3)))

    assert town.tellings(provider) == before + 3
    if is_provisional:
        # Nothing proves this money before the statement does.
        assert town.state(standing) is RequestState.OPEN
    else:
        assert town.state(standing) is RequestState.PAID
    town.hand_in_statement(provider)
    assert town.state(standing) is RequestState.PAID
    report = report_of(town.wiring, TODAY, TODAY)
    assert (report.balances.suspense, report.balances.bank_clearing) == (0, 0)


@pytest.mark.parametrize("provider", ["sepay", "casso", "vietinbank", "vnpay"])
def test_parts_that_overtake_each_other_make_up_the_whole(town: Town, provider: str) -> None:
    standing, waits = town.request(), list[timedelta]()
    manners = Manners(times=2, latest=timedelta(minutes=10), in_disorder=True)

    numbers = town.pay(standing, Route(provider, 4, manners), waits)

    assert len(set(numbers)) == 4
    assert town.state(standing) is RequestState.PAID
    assert timedelta() < sum(waits, timedelta()) <= timedelta(minutes=10)


def test_a_late_announcement_comes_when_it_was_told_to(town: Town) -> None:
    standing, waits = town.request(), list[timedelta]()
    late = Manners(times=2, latest=timedelta(minutes=7), is_exact=True)

    town.pay(standing, Route("payos", manners=late), waits)

    assert waits == [timedelta(minutes=7)]
    assert town.state(standing) is RequestState.PAID


def test_a_provider_nobody_knows_is_refused_by_name(town: Town) -> None:
    standing = town.request()

    with pytest.raises(Invalid, match="provider_not_simulated") as refused:
        town.pay(standing, Route("no_such_bank"))

    assert "vietinbank" in str(refused.value.facts["known"])
    assert town.state(standing) is RequestState.OPEN


def test_an_amount_is_divided_without_loss() -> None:
    assert divided(10, 3) == [4, 3, 3]
    with pytest.raises(Invalid):
        divided(2, 3)


def test_the_banks_page_pays_by_the_chosen_provider(town: Town) -> None:
    standing = town.request()
    browser = make_bank_app(town.wiring, town.folder).test_client()

    paid = browser.post(
        "/",
        data={"reference": standing.request.reference, "via": "kienlongbank"},
        base_url="http://127.0.0.1",
    )

    assert paid.status_code == 303
    assert town.state(standing) is RequestState.PAID
    shown = browser.get(paid.location, base_url="http://127.0.0.1").text
    assert standing.request.reference[:3] in shown.upper()
    assert '<option value="kienlongbank" selected>' in shown
