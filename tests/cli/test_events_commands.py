"""Other software is subscribed to chosen events on the command line."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import makers
from wsgi import main


@pytest.fixture
def runner(sqlite_url: str, tmp_path: Path) -> CliRunner:
    """Runs ``thuphi`` on a database of its own, with one centre."""
    runner = CliRunner(
        env={
            "THUPHI_DATABASE_URL": sqlite_url,
            "THUPHI_SECRET_KEYS": base64.b64encode(makers.SECRET_KEY).decode(),
            "THUPHI_DATA_DIR": str(tmp_path),
        }
    )
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path))
    makers.a_centre(wiring.engine)
    wiring.engine.dispose()
    return runner


def run(runner: CliRunner, *words: str) -> Result:
    return runner.invoke(main, ["events", *words])


def test_a_subscriber_is_told_of_chosen_events_or_of_all(runner: CliRunner) -> None:
    chosen = run(runner, "add", "--event", "payment_request.paid", "https://a.example/")
    everything = run(runner, "add", "https://b.example/")
    listed = run(runner, "list")

    assert (chosen.exit_code, everything.exit_code) == (0, 0)
    assert [line.split("\t")[1:] for line in listed.stdout.splitlines()] == [
        ["told", "https://a.example/", "payment_request.paid"],
        [
            "told",
            "https://b.example/",
            "payment_request.paid payment_request.cancelled transfer.taken_back",
        ],
    ]


def test_an_event_that_there_is_not_is_refused(runner: CliRunner) -> None:
    refused = run(runner, "add", "--event", "payment_request.refunded", "https://a.example/")

    assert refused.exit_code == 2
    assert "payment_request.paid" in refused.output
