"""The demo: the year adds up, it is played through the real service, and the pretended bank pays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from payments.cli.root import Root
from payments.domain.errors import Conflict, Invalid, NotFound
from payments.domain.requests import RequestState
from payments.wiring import Wiring
from reconciliation.demo.bank import OPENING_BALANCE
from reconciliation.demo.bank_page import make_bank_app
from reconciliation.demo.centre import CENTRE_ID
from reconciliation.demo.connections import OF_THE_YEAR
from reconciliation.demo.courier import wait_really
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.living_day import begin_day
from reconciliation.demo.loopback import site
from reconciliation.demo.payer import pay_by_transfer, wiring_of
from reconciliation.demo.schedule import FIELDS
from reconciliation.demo.year import HOLIDAYS, PlannedDay, Way, plan_year
from reconciliation.demo.year_play import play_year, stage_of
from reconciliation.domain.day_report import DayReport
from reconciliation.services.check_books import check_books
from reconciliation.services.report_day import day_report
from reconciliation.store.unit_of_work import SqlBooks
from wsgi import build_wiring, create_app, main

PORT = 8000
ROOT = Root(build_wiring, create_app, dict)


def report_of(wiring: Wiring, first: date, last: date) -> DayReport:
    with SqlBooks(wiring.engine, write=False) as uow:
        assert check_books(uow) == []
        return day_report(uow, CENTRE_ID, first, last)


@pytest.fixture(scope="module")
def days() -> list[PlannedDay]:
    """The first three days of the year on which somebody pays by transfer."""
    return [day for day in plan_year() if any(d.way is Way.TRANSFER for d in day.dossiers)][:3]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, days: list[PlannedDay]) -> DemoFolder:
    """A folder in which those days have been played."""
    folder = DemoFolder(tmp_path_factory.mktemp("demo") / "data")
    told: list[date] = []
    play_year(ROOT, folder, days, PORT, lambda _, day: told.append(day))
    assert told == [day.day for day in days]
    return folder


@pytest.fixture(scope="module")
def wiring(played: DemoFolder) -> Iterator[Wiring]:
    wiring = wiring_of(ROOT, played)
    yield wiring
    wiring.engine.dispose()


def test_the_year_adds_up_as_it_was_reported() -> None:
    dossiers = [dossier for day in plan_year() for dossier in day.dossiers]
    transfers = [dossier for dossier in dossiers if dossier.way is Way.TRANSFER]

    assert len(dossiers) == 11_721
    assert sum(dossier.amount > 0 for dossier in dossiers) == 9_269
    assert sum(dossier.amount for dossier in dossiers) == 594_462_000
    assert (len(transfers), sum(dossier.amount for dossier in transfers)) == (133, 12_562_000)
    assert len(FIELDS) == 17


def test_the_year_is_planned_the_same_way_each_time() -> None:
    assert plan_year() == plan_year()


def test_nobody_comes_on_holidays_and_weekends() -> None:
    days = [planned.day for planned in plan_year()]

    assert len(days) == 250
    assert not HOLIDAYS.intersection(days)
    assert {day.weekday() for day in days} == set(range(5))


def test_dossiers_are_numbered_from_one_each_day() -> None:
    for planned in plan_year():
        numbers = [int(dossier.code[-4:]) for dossier in planned.dossiers]
        assert numbers == list(range(1, len(numbers) + 1))
        arrivals = [dossier.arrives_at for dossier in planned.dossiers]
        assert arrivals == sorted(arrivals)


def test_the_played_days_report_what_was_planned(wiring: Wiring, days: list[PlannedDay]) -> None:
    report = report_of(wiring, days[0].day, days[-1].day)

    planned = [dossier for day in days for dossier in day.dossiers]
    sums: Counter[Way] = Counter()
    for dossier in planned:
        sums[dossier.way] += dossier.amount
    assert report.dossiers == len(planned)
    assert report.total == sum(dossier.amount for dossier in planned)
    assert (report.cash, report.cashless) == (sums[Way.CASH], sums[Way.TRANSFER])
    assert report.ties_out
    assert (report.balances.suspense, report.balances.bank_clearing) == (0, 0)
    assert report.balances.bank == OPENING_BALANCE + report.cashless


def test_every_played_day_is_closed(wiring: Wiring, days: list[PlannedDay]) -> None:
    with wiring.open_uow(write=False) as uow:
        assert uow.days.closed_through(CENTRE_ID) == days[-1].day
        assert uow.tills.open_sessions(CENTRE_ID) == []


def test_what_is_secret_is_readable_by_its_owner_only(played: DemoFolder) -> None:
    secret = [played.root / name for name in ("thuphi.db", "secret.keys", "demo.json")]

    secret += [played.bank / provider / "customer.json" for provider in OF_THE_YEAR]
    for path in secret:
        assert path.stat().st_mode & 0o077 == 0, path
    assert played.root.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_no_demos_is_left_alone(tmp_path: Path, days: list[PlannedDay]) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work", encoding="utf-8")

    with pytest.raises(Conflict, match="folder_not_of_a_demo"):
        play_year(ROOT, DemoFolder(tmp_path), days, PORT, lambda *_: None)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        DemoFolder(tmp_path).alone(),
        pytest.raises(Conflict, match="demo_is_running"),
        DemoFolder(tmp_path).alone(),
    ):
        pass


def test_paying_where_nothing_was_played_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "pay", "HTR", "--data-dir", str(tmp_path)])

    assert result.exit_code == 1
    assert "demo_not_played" in result.output


def test_today_lives_and_a_citizen_pays_by_transfer(played: DemoFolder, wiring: Wiring) -> None:
    app = create_app(wiring)
    with site(app) as client:
        port = int(client.address.rpartition(":")[2])
        played.keep_port(port)
        stage = stage_of(played, wiring, client, wait_really)
        today = begin_day(stage)
        again = begin_day(stage)

        (paid,) = pay_by_transfer(wiring_of(ROOT, played), played, today.reference, None)
        with pytest.raises(Invalid, match="nothing_due"):
            pay_by_transfer(wiring_of(ROOT, played), played, today.reference, None)
        with pytest.raises(NotFound, match="reference_unknown"):
            pay_by_transfer(wiring_of(ROOT, played), played, "nothing of ours", None)

    assert again == today
    assert paid.amount == today.total
    with wiring.open_uow(write=False) as uow:
        standing = uow.requests.by_token(today.token)
    assert standing.state(wiring.world.clock.now()) is RequestState.PAID
    files = sorted((played.root / "statements" / CENTRE_ID).iterdir())
    assert any(paid.bank_reference in file.read_text(encoding="utf-8") for file in files)


def test_the_bank_shows_its_page_and_names_what_it_cannot_do(
    played: DemoFolder, wiring: Wiring
) -> None:
    browser = make_bank_app(wiring, played).test_client()

    shown = browser.get("/?reference=HTR123", base_url="http://127.0.0.1")
    refused = browser.post("/", data={"reference": "HTR123"}, base_url="http://127.0.0.1")
    foreign = browser.post(
        "/",
        data={"reference": "x", "amount": "1000"},
        headers={"Sec-Fetch-Site": "cross-site"},
        base_url="http://127.0.0.1",
    )
    elsewhere = browser.get("/", base_url="http://bank.example")

    assert shown.status_code == 200
    assert "HTR123" in shown.text
    assert refused.status_code == 422
    assert foreign.status_code == 403
    assert elsewhere.status_code == 400


@pytest.mark.battery
def test_the_whole_year_is_played_and_printed(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--once", "--data-dir", str(tmp_path / "demo")])

    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    wanted = {
        "dossiers": 11_721,
        "fields": 17,
        "fields_with_fees": 8,
        "total": 594_462_000,
        "cash": 581_900_000,
        "cashless": 12_562_000,
        "share_by_value": "2.11",
        "share_by_count": "1.43",
    }
    assert {name: report[name] for name in wanted} == wanted
    assert sum(field["total"] for field in report["by_field"]) == report["total"]
