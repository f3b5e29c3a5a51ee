"""The report page: which period it shows, that it ties out, and its files."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from payments.domain.business_day import from_local
from payments.domain.errors import Invalid
from payments.domain.staff import Role
from payments.wiring import Wiring
from reconciliation.web.periods import Period, PeriodKind, asked_for, month, year
from tests import makers
from tests.flows.stage import Stage
from tests.sessions import SignIn

REPORT = "/bao-cao/"
DAY = "period=day&day=2021-03-09"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    """A day with one request paid by transfer and three in cash."""
    stage = Stage(wiring, clock, centre)
    stage.announce(stage.pay(stage.request("1.002").request.reference, 8_000))
    stage.open_till()
    for _ in range(3):
        stage.take_cash(stage.request())
    stage.close_till(500_000 + 3 * 475_000)
    return stage


def test_the_report_shows_cash_cashless_and_both_shares(finance: FlaskClient, stage: Stage) -> None:
    page = finance.get(f"{REPORT}?{DAY}").text

    assert f"1.433.000{SPACE}₫" in page
    assert f"1.425.000{SPACE}₫" in page
    assert f"0,56{SPACE}%" in page
    assert f"25,00{SPACE}%" in page
    assert "Đất đai" in page


def test_shares_have_a_point_in_english(finance: FlaskClient, stage: Stage) -> None:
    assert f"0.56{SPACE}%" in finance.get(f"{REPORT}?{DAY}&lang=en").text


def test_the_report_carries_its_drawings_and_no_script(finance: FlaskClient, stage: Stage) -> None:
    page = finance.get(f"{REPORT}?{DAY}").text

    assert page.count("<svg") == 2
    assert "style=" not in page
    assert "<script>" not in page


def test_a_closed_day_shows_that_its_figures_are_those_that_were_frozen(
    finance: FlaskClient, stage: Stage
) -> None:
    close = stage.close_day(accept_missing=True)

    page = finance.get(f"{REPORT}?{DAY}&lang=en").text

    assert close.report_sha256 in page
    assert "As closed on" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (DAY, "09/03/2021"),
        ("", "09/03/2021"),
        ("period=month&month=3&year=2021", "01/03/2021"),
        ("period=year&year=2021", "31/12/2021"),
        ("period=range&date_from=2021-03-01&date_to=2021-03-09", "01/03/2021"),
    ],
)
def test_every_kind_of_period_finds_the_day(
    finance: FlaskClient, stage: Stage, query: str, shown: str
) -> None:
    page = finance.get(f"{REPORT}?{query}").text

    assert shown in page
    assert "1.433.000" in page


def test_a_period_without_facts_is_an_empty_report(finance: FlaskClient, stage: Stage) -> None:
    page = finance.get(f"{REPORT}?period=day&day=2020-01-01")

    assert page.status_code == 200
    assert "1.433.000" not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "period=day&day=09/03/2021",
        "period=day&day=0001-01-01",
        "period=month&month=13&year=2021",
        "period=year&year=99999999999999999999",
        "period=range&date_from=2021-03-09&date_to=2021-03-01",
        "period=range&date_from=2001-01-01&date_to=2021-03-01",
    ],
)
def test_a_period_that_makes_no_sense_is_refused_with_a_sentence(
    finance: FlaskClient, query: str
) -> None:
    page = finance.get(f"{REPORT}?{query}")

    assert page.status_code == 422
    assert 'class="notice bad"' in page.text
    assert finance.get(f"{REPORT}tai-ve/json?{query}").status_code == 422


def test_the_workbook_opens_and_its_numbers_are_numbers(finance: FlaskClient, stage: Stage) -> None:
    answer = finance.get(f"{REPORT}tai-ve/xlsx?{DAY}")

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    cells = [
        cell
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert 1_433_000 in cells
    assert "bao-cao-20210309-20210309.xlsx" in answer.headers["Content-Disposition"]


def test_the_delimited_file_begins_with_a_mark_for_excel(
    finance: FlaskClient, stage: Stage
) -> None:
    answer = finance.get(f"{REPORT}tai-ve/csv?{DAY}")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert b";1433000" in answer.data


def test_the_json_file_has_exact_figures(finance: FlaskClient, stage: Stage) -> None:
    figures = json.loads(finance.get(f"{REPORT}tai-ve/json?{DAY}").data)

    assert (figures["total"], figures["cash"], figures["cashless"]) == (1_433_000, 1_425_000, 8_000)
    assert (figures["share_by_value"], figures["share_by_count"]) == ("0.56", "25.00")


def test_a_form_of_file_that_we_do_not_write_is_not_found(finance: FlaskClient) -> None:
    assert finance.get(f"{REPORT}tai-ve/exe?{DAY}").status_code == 404


def test_a_cashier_sees_no_report(cashier: FlaskClient) -> None:
    assert cashier.get(REPORT).status_code == 403
    assert cashier.get(f"{REPORT}tai-ve/json").status_code == 403


def test_an_administrator_and_an_auditor_see_the_report(
    administrator: FlaskClient, stage: Stage
) -> None:
    assert administrator.get(f"{REPORT}?{DAY}").status_code == 200


def test_the_neighbours_of_a_period_have_its_length() -> None:
    day = Period(PeriodKind.DAY, date(2021, 3, 1), date(2021, 3, 1))
    week = Period(PeriodKind.RANGE, date(2021, 3, 1), date(2021, 3, 7))

    assert day.moved(-1).first == date(2021, 2, 28)
    assert (week.moved(1).first, week.moved(1).last) == (date(2021, 3, 8), date(2021, 3, 14))
    assert month(2021, 1).moved(-1) == month(2020, 12)
    assert month(2020, 12).moved(1) == month(2021, 1)
    assert month(2024, 2).last == date(2024, 2, 29)
    assert year(2021).moved(-1) == year(2020)


def test_a_period_asks_for_itself_by_its_own_address(app: Flask) -> None:
    for period in (
        month(2021, 3),
        year(2021),
        Period(PeriodKind.DAY, date(2021, 3, 9), date(2021, 3, 9)),
        Period(PeriodKind.RANGE, date(2021, 3, 1), date(2021, 3, 9)),
    ):
        with app.test_request_context(query_string=period.query()):
            assert asked_for(date(2000, 1, 1)) == period
    with (
        app.test_request_context(query_string={"period": "month", "month": "x"}),
        pytest.raises(Invalid),
    ):
        asked_for(date(2021, 3, 9))


def test_the_report_of_today_follows_vietnamese_time(
    client: FlaskClient,
    sign_in: SignIn,
    centre: makers.MadeCentre,
    clock: makers.FixedClock,
) -> None:
    # Five past midnight in Vietnam is still the evening before in UTC.
    clock.at = from_local(datetime(2021, 3, 10, 0, 5))  # noqa: DTZ001 -- a local time on purpose.
    finance = sign_in(client, Role.FINANCE)

    page = finance.get(REPORT).text

    assert "10/03/2021" in page
