"""The commands of the day's end, as an operator types them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from reconciliation.services import import_file
from tests.flows.stage import TOTAL, Stage
from wsgi import main


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A centre with one paid request, not yet on a statement."""
    stage = Stage.on(sqlite_url, tmp_path)
    try:
        yield stage
    finally:
        stage.wiring.engine.dispose()


def _run(stage: Stage, *words: str) -> Result:
    root = SimpleNamespace(wiring=stage.wiring, statement_readers=stage.wiring.statement_readers)
    return CliRunner().invoke(main, _arguments(words), obj=root, catch_exceptions=False)


def _arguments(words: Sequence[str]) -> list[str]:
    return list(words)


def test_a_statement_is_imported_and_the_day_closed(stage: Stage, tmp_path: Path) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)
    file = tmp_path / "sao-ke.csv"
    file.write_bytes(stage.statement([paid]))

    imported = _run(stage, "statement", "import", str(file))
    day = stage.today.isoformat()
    checked = _run(stage, "day", "check", day)
    closed = _run(stage, "day", "close", day)

    assert json.loads(imported.output)["settled"] == 1
    assert checked.exit_code == 0
    assert "ok\tstatement_missing" in checked.output
    assert closed.output.startswith(f"{day} closed ")


def test_a_statement_that_breaks_a_rule_ends_with_one(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "sao-ke.csv"
    file.write_bytes(stage.statement([stage.pay("x")]).replace(b"0123499999", b"0999999999"))

    result = _run(stage, "statement", "import", str(file))

    assert result.exit_code == 1
    assert json.loads(result.output)["problems"][0]["rule"] == "account"


def test_a_day_that_cannot_be_closed_says_why(stage: Stage) -> None:
    stage.open_till()

    checked = _run(stage, "day", "check", stage.today.isoformat())
    closed = _run(stage, "day", "close", stage.today.isoformat())

    assert (checked.exit_code, closed.exit_code) == (1, 1)
    assert "NO\ttill_still_open" in checked.output
    assert "till_still_open" in closed.output


@pytest.mark.parametrize(
    ("form", "begins"), [("json", b"{"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")]
)
def test_a_report_is_written_in_each_format(stage: Stage, form: str, begins: bytes) -> None:
    stage.announce(stage.pay(stage.request().request.reference))

    result = _run(stage, "report", "--from", "2021-01-01", "--to", "2021-12-31", "--format", form)

    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(begins)
    if form == "json":
        assert json.loads(result.output)["cashless"] == TOTAL


def test_books_that_agree_end_with_zero_and_broken_ones_with_one(stage: Stage) -> None:
    stage.announce(stage.pay(stage.request().request.reference))
    good = _run(stage, "books", "check")
    with stage.wiring.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER transfers_no_update"))
        connection.execute(text("UPDATE transfers SET amount = amount + 1"))
    bad = _run(stage, "books", "check", "--json")

    assert (good.exit_code, good.output) == (0, "the books agree\n")
    assert bad.exit_code == 1
    assert {"I3", "I21", "I22"} <= {one["invariant"] for one in json.loads(bad.output)["findings"]}


def test_the_jobs_run_once_when_asked(stage: Stage) -> None:
    stage.clock.move(hours=12)

    first = _run(stage, "jobs", "--once")
    second = _run(stage, "jobs", "--once", "--date", "2021-03-09")

    assert first.exit_code == 0
    assert "evening\t2021-03-09\tdone" in first.output
    assert second.output == ""


def test_a_large_statement_tells_how_far_it_has_come_and_adds_nothing_twice(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_file, "IN_ONE_GO", 100)
    file = tmp_path / "sao-ke.csv"
    file.write_bytes(stage.statement([stage.pay("x")]))

    first = _run(stage, "statement", "import", str(file))
    again = _run(stage, "statement", "import", str(file))

    assert [line.partition(":")[0] for line in first.stderr.splitlines()] == [
        "keeping", "taking", "checking", "booking", "proving", "done",
    ]  # fmt: skip
    assert json.loads(first.stdout)["entries_new"] == 1
    assert json.loads(again.stdout)["was_known"]
