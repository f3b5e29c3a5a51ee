"""SePay's and Casso's APIs as a source of statements: days that are over, and that add up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from bank_adapters import sepay_poll
from payments.domain.business_day import local
from payments.domain.errors import Conflict, Invalid
from payments.services.manage_endpoints import add_endpoint, rotate_secrets
from reconciliation import jobs
from reconciliation.domain.sources import StatementSource
from reconciliation.jobs import import_waiting
from reconciliation.services.manage_sources import add_feed
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import TOTAL, Stage
from tests.provider_apis import CassoApi, Row, SePayApi
from wsgi import main

TOKEN = "an-api-token-of-my-sepay-0001"
FIRST_DAY = date(2021, 3, 9)


def connect(stage: Stage, api: SePayApi | CassoApi) -> None:
    stage.wiring = replace(stage.wiring, network=api)


def give_token(stage: Stage) -> None:
    wiring = stage.wiring
    with wiring.open_uow() as uow:
        rotate_secrets(
            uow, wiring.world, wiring.secret_box, stage.finance, wiring.adapters["sepay"],
            endpoint_id=stage.made.endpoint.endpoint_id, secrets={"api_token": TOKEN},
        )  # fmt: skip
        uow.commit()


def add(stage: Stage, provider: str = "sepay", endpoint_id: str = "") -> StatementSource:
    with SqlBooks(stage.wiring.engine) as uow:
        made = add_feed(
            uow,
            stage.wiring.world,
            stage.wiring.secret_box,
            stage.finance,
            stage.wiring.adapters[provider],
            endpoint_id=endpoint_id or stage.made.endpoint.endpoint_id,
            since=FIRST_DAY,
        )
        uow.commit()
    return made


@pytest.fixture
def sepay(stage: Stage) -> SePayApi:
    """SePay's API, and the centre's connection as a source of statements."""
    api = SePayApi()
    connect(stage, api)
    give_token(stage)
    add(stage)
    return api


def visit(stage: Stage) -> list[dict[str, object]]:
    return import_waiting(stage.wiring, stage.made.centre)


def verdicts(told: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one.get("verdict"), one.get("entries")) for one in told]


def statements(stage: Stage) -> list[tuple[str, str, int | None, int | None]]:
    with stage.wiring.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT period_from, period_to, opening, closing FROM statements ORDER BY position"
            )
        )
        return [(str(row[0]), str(row[1]), row[2], row[3]) for row in rows]


def problem(stage: Stage) -> str:
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (source,) = uow.sources.all(stage.centre_id)
    return str(json.loads(source.problem)["code"]) if source.problem else ""


def test_a_day_that_is_over_is_imported_with_its_balances(stage: Stage, sepay: SePayApi) -> None:
    sepay.rows += [
        Row(1, "2021-03-09 10:00:00", 475_000, 1_475_000),
        Row(2, "2021-03-09 11:00:00", -100_000, 1_375_000),
    ]
    stage.tomorrow()

    told = visit(stage)

    assert verdicts(told) == [("imported", 2)]
    assert statements(stage) == [("2021-03-09", "2021-03-09", 1_000_000, 1_375_000)]
    assert sepay.asked[0].headers == (("Authorization", f"Bearer {TOKEN}"),)
    assert problem(stage) == ""


def test_a_day_that_is_not_over_is_not_asked_for(stage: Stage, sepay: SePayApi) -> None:
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000))
    moment = local(stage.clock.now())
    stage.clock.move(minutes=24 * 60 + 10 - moment.hour * 60 - moment.minute)

    early = visit(stage)
    asked = len(sepay.asked)
    stage.clock.move(minutes=30)
    late = visit(stage)

    assert (early, asked) == ([], 0)
    assert verdicts(late) == [("imported", 1)]


def test_days_without_a_transaction_belong_to_the_next_that_has_one(
    stage: Stage, sepay: SePayApi
) -> None:
    stage.tomorrow()
    nothing = visit(stage)
    files = stage.count("statement_files")
    stage.tomorrow()
    sepay.rows.append(Row(1, "2021-03-10 10:00:00", 475_000, 475_000))

    told = visit(stage)

    assert (nothing, files) == ([], 0)
    assert verdicts(told) == [("imported", 1)]
    assert statements(stage) == [("2021-03-09", "2021-03-10", 0, 475_000)]


def test_the_answers_are_kept_as_they_came_and_can_be_read_again(
    stage: Stage, sepay: SePayApi, tmp_path: Path
) -> None:
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000, text="HTR nộp lệ phí \\u1"))
    stage.tomorrow()
    visit(stage)
    with stage.wiring.engine.connect() as connection:
        row = connection.execute(text("SELECT name, body, body_sha256 FROM statement_files")).one()
    body = bytes(row.body)
    raw = sepay.send(sepay.asked[-1], most_bytes=10**7).body
    file = tmp_path / str(row.name)
    file.write_bytes(body)
    root = SimpleNamespace(statement_readers=stage.wiring.statement_readers)

    read = CliRunner().invoke(main, ["statement", "read", str(file)], obj=root)

    assert json.loads(body)["answers"] == [raw.decode()]
    assert row.name == "sepay-0123499999-2021-03-09-2021-03-09.json"
    assert read.exit_code == 0
    shown = json.loads(read.output)["statements"][0]
    assert (shown["opening"], shown["closing"], shown["credits"]) == (0, 475_000, 475_000)


def test_what_was_asked_once_adds_nothing_when_it_is_asked_again(
    stage: Stage, sepay: SePayApi
) -> None:
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000))
    stage.tomorrow()
    visit(stage)
    asked = len(sepay.asked)

    again = visit(stage)
    asked_again = len(sepay.asked) - asked
    sepay.rows.append(Row(2, "2021-03-10 10:00:00", 1_000, 476_000))
    stage.tomorrow()
    next_day = visit(stage)

    assert (again, asked_again) == ([], 0)
    assert verdicts(next_day) == [("imported", 1)]
    assert stage.count("statement_files") == 2


def test_a_transaction_that_came_late_to_its_day_is_found_with_the_next_day(
    stage: Stage, sepay: SePayApi
) -> None:
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000))
    stage.tomorrow()
    visit(stage)
    sepay.rows += [
        Row(2, "2021-03-09 23:59:58", 1_000, 476_000),
        Row(3, "2021-03-10 08:00:00", 2_000, 478_000),
    ]
    stage.tomorrow()

    told = visit(stage)

    assert verdicts(told) == [("imported", 1), ("imported", 1)]
    assert statements(stage)[-1] == ("2021-03-10", "2021-03-10", 476_000, 478_000)


def test_a_day_with_a_gap_is_kept_apart_and_imported_when_the_provider_has_mended_it(
    stage: Stage, sepay: SePayApi
) -> None:
    lost = Row(2, "2021-03-09 11:00:00", 7_000, 482_000)
    sepay.rows += [
        Row(1, "2021-03-09 10:00:00", 475_000, 475_000),
        Row(3, "2021-03-09 12:00:00", 1_000, 483_000),
        Row(4, "2021-03-10 12:00:00", 1_000, 484_000),
    ]
    stage.tomorrow()
    stage.tomorrow()

    broken, again = visit(stage), visit(stage)
    entries_then = stage.count("statement_entries")
    sepay.rows.append(lost)
    mended = visit(stage)

    assert [(one["verdict"], one["rules"]) for one in broken] == [
        ("quarantined", ["equation", "row_chain"])
    ]
    assert [one["verdict"] for one in again] == ["quarantined"]
    assert entries_then == 0
    assert verdicts(mended) == [("imported", 3), ("imported", 1)]
    assert stage.count("statement_files") == 3


def test_a_day_that_does_not_follow_the_last_is_kept_apart(stage: Stage, sepay: SePayApi) -> None:
    sepay.rows += [
        Row(1, "2021-03-09 10:00:00", 475_000, 475_000),
        Row(2, "2021-03-10 10:00:00", 1_000, 999_000),
    ]
    stage.tomorrow()
    stage.tomorrow()

    told = visit(stage)

    assert [one["verdict"] for one in told] == ["imported", "quarantined"]
    assert told[1]["rules"] == ["previous_closing"]


def test_without_balances_there_is_none_and_never_nought(stage: Stage, sepay: SePayApi) -> None:
    sepay.rows += [
        Row(1, "2021-03-09 10:00:00", 475_000, 0),
        Row(2, "2021-03-09 11:00:00", -1_000, 0),
    ]
    stage.tomorrow()

    assert verdicts(visit(stage)) == [("imported", 2)]
    assert statements(stage) == [("2021-03-09", "2021-03-09", None, None)]


def test_an_account_emptied_at_the_end_of_the_day_closes_at_nought(
    stage: Stage, sepay: SePayApi
) -> None:
    sepay.rows += [
        Row(1, "2021-03-09 10:00:00", 475_000, 1_475_000),
        Row(2, "2021-03-09 17:00:00", -1_475_000, 0),
    ]
    stage.tomorrow()

    visit(stage)

    assert statements(stage) == [("2021-03-09", "2021-03-09", 1_000_000, 0)]


def test_pages_that_overlap_in_a_second_count_each_transaction_once(
    stage: Stage, sepay: SePayApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sepay_poll, "MOST_ROWS", 3)
    sepay.most = 3
    times = ["10:00:00", "10:00:01", "10:00:01", "10:00:02", "10:00:03", "10:00:04"]
    sepay.rows += [
        Row(number, f"2021-03-09 {at}", 1_000, 1_000 * number) for number, at in enumerate(times, 1)
    ]
    stage.tomorrow()

    assert verdicts(visit(stage)) == [("imported", 6)]
    assert statements(stage) == [("2021-03-09", "2021-03-09", 0, 6_000)]


def test_calls_keep_the_provider_s_pace(stage: Stage, sepay: SePayApi) -> None:
    class Watch:
        waits: list[timedelta]

        def __init__(self) -> None:
            self.waits = []

        def wait(self, span: timedelta) -> None:
            self.waits.append(span)

    watch = Watch()
    stage.wiring = replace(stage.wiring, wait=watch.wait)
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000))
    stage.tomorrow()

    visit(stage)

    assert watch.waits == [timedelta(milliseconds=500)] * len(sepay.asked)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_provider_that_refuses_is_told_and_asked_again(
    stage: Stage, sepay: SePayApi, status: int
) -> None:
    sepay.rows.append(Row(1, "2021-03-09 10:00:00", 475_000, 475_000))
    sepay.status = status
    stage.tomorrow()

    refused = visit(stage)
    then = problem(stage)
    sepay.status = 200
    told = visit(stage)

    assert f"status={status}" in str(refused[0]["error"])
    assert TOKEN not in str(refused)
    assert then == "provider_answered"
    assert (verdicts(told), problem(stage)) == ([("imported", 1)], "")


def test_a_statement_of_the_bank_takes_the_place_of_the_provider_s(
    stage: Stage, sepay: SePayApi
) -> None:
    paid = stage.pay("x")
    folder = stage.wiring.settings.statement_dir / stage.centre_id
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(stage.statement([paid]))
    sepay.rows.append(Row(1, "2021-03-09 09:01:00", paid.amount, paid.amount))
    stage.tomorrow()

    told = visit(stage)

    assert [one["file"] for one in told] == ["a.csv"], told
    assert stage.count("statement_entries") == 1


def test_the_evening_matches_what_the_provider_tells_and_closes_the_day(
    stage: Stage, sepay: SePayApi
) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)
    at = f"{local(paid.at):%Y-%m-%d %H:%M:%S}"
    sepay.rows.append(Row(1, at, TOTAL, TOTAL, text=paid.text, reference=paid.bank_reference))
    day = stage.today
    stage.tomorrow()

    (run,) = [one for one in jobs.run_due(stage.wiring) if one.job == jobs.EVENING]

    assert json.loads(run.result)["closed"] == [day.isoformat()]
    assert stage.count("settlements") == 1
    assert stage.count("breaks") == 0


def test_casso_is_asked_page_by_page_and_other_accounts_are_left_out(stage: Stage) -> None:
    wiring = stage.wiring
    with wiring.open_uow() as uow:
        uow.replace(replace(stage.made.endpoint, is_enabled=False))
        made = add_endpoint(
            uow, wiring.world, wiring.secret_box, stage.finance, wiring.adapters["casso"],
            account_id=stage.made.account.account_id, way="webhook_key",
            secrets={"webhook_key": "a-webhook-key-of-casso-00001", "api_key": "an-api-key-of-casso-000001"},
        )  # fmt: skip
        uow.commit()
    add(stage, "casso", made.endpoint_id)
    api = CassoApi(
        [
            Row(1, "2021-03-09 10:00:00", 475_000, 475_000),
            Row(2, "2021-03-09 10:30:00", 9_999, 9_999, account="0999999999"),
            Row(3, "2021-03-09 11:00:00", 1_000, 476_000),
            Row(4, "2021-03-09 12:00:00", -6_000, 470_000),
        ]
    )
    connect(stage, api)
    stage.tomorrow()

    told = visit(stage)

    assert verdicts(told) == [("imported", 3)]
    assert statements(stage) == [("2021-03-09", "2021-03-09", 0, 470_000)]
    assert api.asked[0].headers == (("Authorization", "Apikey an-api-key-of-casso-000001"),)


def test_a_source_needs_the_secret_to_ask_with_and_an_open_connection(stage: Stage) -> None:
    with pytest.raises(Invalid) as lacking:
        add(stage)
    give_token(stage)
    add(stage)
    with pytest.raises(Conflict, match="statement_source_twice"):
        add(stage)
    with stage.wiring.open_uow() as uow:
        uow.replace(replace(stage.made.endpoint, is_enabled=False))
        uow.commit()
    with pytest.raises(Conflict, match="endpoint_disabled"):
        add(stage)

    assert lacking.value.facts["field"] == "api_token"


def _run(stage: Stage, *words: str) -> Result:
    root = SimpleNamespace(wiring=stage.wiring)
    return CliRunner().invoke(main, list(words), obj=root, catch_exceptions=False)


def test_the_command_line_adds_a_feed_and_fetches_it(stage: Stage) -> None:
    api = SePayApi([Row(1, "2021-03-09 10:00:00", 475_000, 475_000)])
    connect(stage, api)
    give_token(stage)
    endpoint_id = stage.made.endpoint.endpoint_id

    added = _run(stage, "statement", "source", "add-feed", endpoint_id, "--since", "2021-03-09")
    stage.tomorrow()
    fetched = _run(stage, "statement", "fetch")
    listed = _run(stage, "statement", "source", "list")

    assert (added.exit_code, fetched.exit_code) == (0, 0)
    assert json.loads(fetched.output)[0]["entries"] == 1
    assert "feed\tsepay 0123499999\tvisited\t2021-03-10" in listed.output
