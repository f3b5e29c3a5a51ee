"""What runs by itself: the evening's statements and close, once, whoever starts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from payments.domain.business_day import local
from payments.domain.days import JobRun
from reconciliation import jobs
from reconciliation.services.run_job import take_on
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import TOTAL, Stage


def _evening(runs: list[JobRun]) -> JobRun:
    (run,) = [run for run in runs if run.job == jobs.EVENING]
    return run


def _until_evening(stage: Stage) -> None:
    """Move on to half past six in the evening of the same day, past the closing hour."""
    moment = local(stage.clock.now())
    stage.clock.move(minutes=18 * 60 + 30 - moment.hour * 60 - moment.minute)


def _put(stage: Stage, name: str, body: bytes) -> Path:
    """Let the bank's file arrive in the centre's folder."""
    folder = stage.wiring.settings.statement_dir / stage.centre_id
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(body)
    return path


def test_the_evening_imports_the_statement_and_closes_the_day(stage: Stage) -> None:
    paid = stage.pay(stage.request().request.reference)
    stage.announce(paid)
    path = _put(stage, "2021-03-09.csv", stage.statement([paid]))
    _until_evening(stage)

    run = _evening(jobs.run_due(stage.wiring))

    result = json.loads(run.result)
    assert run.finished_at is not None
    assert result["closed"] == [stage.today.isoformat()]
    assert result["files"][0]["entries"] == 1
    assert not path.exists()
    assert (path.parent / "done" / path.name).exists()
    assert stage.report().balances.bank == TOTAL


def test_what_has_run_does_not_run_again(stage: Stage) -> None:
    _until_evening(stage)
    jobs.run_due(stage.wiring)

    again = jobs.run_due(stage.wiring)

    assert again == []
    assert stage.count("day_closes") == 1


def test_a_missed_evening_is_caught_up_in_order(stage: Stage) -> None:
    first = stage.today
    stage.open_till()
    stage.take_cash(stage.request())
    stage.close_till(500_000 + TOTAL)
    stage.tomorrow()
    stage.tomorrow()

    run = _evening(jobs.run_due(stage.wiring))

    closed = json.loads(run.result)["closed"]
    assert closed == [first.isoformat(), run.business_date.isoformat()]


def test_an_evening_that_cannot_close_says_why_and_is_tried_again(stage: Stage) -> None:
    stage.open_till()
    _until_evening(stage)
    failed = _evening(jobs.run_due(stage.wiring))
    stage.close_till(500_000)

    again = _evening(jobs.run_due(stage.wiring))

    assert json.loads(failed.result)["error"] == "till_still_open"
    assert failed.finished_at is None
    assert again.finished_at is not None


def test_two_processes_run_an_evening_once(stage: Stage) -> None:
    with SqlBooks(stage.wiring.engine) as uow:
        taken = take_on(uow, stage.wiring.world, stage.centre_id, jobs.EVENING, stage.today)
        uow.commit()
    _until_evening(stage)
    with SqlBooks(stage.wiring.engine) as uow:
        late = take_on(uow, stage.wiring.world, stage.centre_id, "another", stage.today)
        second = take_on(uow, stage.wiring.world, stage.centre_id, "another", stage.today)

    assert taken is not None
    assert late is not None
    assert second is None


def test_a_run_whose_process_died_is_taken_on_again(stage: Stage) -> None:
    with SqlBooks(stage.wiring.engine) as uow:
        take_on(uow, stage.wiring.world, stage.centre_id, jobs.EVENING, stage.today)
        uow.commit()
    stage.clock.move(hours=1)

    with SqlBooks(stage.wiring.engine) as uow:
        again = take_on(uow, stage.wiring.world, stage.centre_id, jobs.EVENING, stage.today)

    assert again is not None


def test_a_file_that_nobody_can_read_does_not_stop_the_evening(stage: Stage) -> None:
    _put(stage, "ghi-chu.txt", b"khong phai sao ke")
    _until_evening(stage)

    run = _evening(jobs.run_due(stage.wiring))

    result = json.loads(run.result)
    assert result["files"][0]["verdict"] == "refused"
    assert result["closed"] == [stage.today.isoformat()]


def test_the_books_are_checked_once_an_hour(stage: Stage) -> None:
    first = [run.job for run in jobs.run_due(stage.wiring)]
    same_hour = [run.job for run in jobs.run_due(stage.wiring)]
    stage.clock.move(hours=1)
    next_hour = [run.job for run in jobs.run_due(stage.wiring)]

    assert "books_check_09" in first
    assert same_hour == []
    assert next_hour == ["books_check_10"]


def test_a_fault_in_a_job_is_kept_and_does_not_stop_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*values: object) -> dict[str, object]:
        raise RuntimeError("boom")

    monkeypatch.setattr(jobs, "work_evening", breaks)

    runs = {run.job: run for run in jobs.run_due(stage.wiring)}

    assert json.loads(runs["evening"].result) == {"error": "fault", "kind": "RuntimeError"}
    assert runs["books_check_09"].finished_at is not None
