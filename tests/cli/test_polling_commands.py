"""``thuphi adapters polling``, ``catch-up`` and ``polls``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from payments.cli.adapters import adapters
from payments.cli.root import Commands, Root
from payments.ports.network import IncomingAnswer
from payments.wiring import Wiring
from tests import makers
from tests.providers import Ledger, Sepay, Waits

Run = Callable[..., Result]
SECRETS = json.dumps({"api_token": "api-token-of-the-bank-000001"})


@pytest.fixture
def provider() -> Sepay:
    return Sepay(Ledger(makers.FixedClock()))


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, provider: Sepay) -> Run:
    """Runs ``thuphi adapters`` on a centre whose provider is the fake one."""
    clock = provider.ledger.clock
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path), clock)
    makers.a_centre(wiring.engine)
    wiring = replace(wiring, network=provider, wait=Waits(clock))
    root = _Root(wiring)
    group = Commands(commands={"adapters": adapters})

    def invoke(*words: str, stdin: str = "", status: int = 0) -> Result:
        result = CliRunner().invoke(group, ["adapters", *words], input=stdin, obj=root)
        assert result.exit_code == status, result.output
        return result

    return invoke


class _Root(Root):
    """The root of commands on parts that a test has put together."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(lambda _settings: wiring, lambda _wiring: click.echo, dict)
        self.__dict__.update(wiring=wiring, adapters=wiring.adapters)


def test_a_time_is_asked_for_and_told_in_lines(run: Run, provider: Sepay) -> None:
    run("polling", "HTR-endpoint", "on", "--secrets", "-", stdin=SECRETS)
    provider.ledger.book("x")

    told = run("catch-up", "HTR-endpoint", "--from", "2021-03-09", "--to", "2021-03-09").stdout
    again = run("catch-up", "--from", "2021-03-09").stdout
    listed = run("polls", "HTR-endpoint").stdout

    assert told == (
        "HTR-endpoint\t1\t2021-03-09 00:00\t2021-03-09 09:01\t1 pages\t1 told\t1 new\tcomplete\n"
    )
    assert "\t1 told\t0 new\t" in again
    assert [line.split("\t")[0] for line in listed.splitlines()] == ["2", "1"]


def test_what_came_of_it_is_told_as_json_too(run: Run, provider: Sepay) -> None:
    run("polling", "HTR-endpoint", "on", "--secrets", "-", stdin=SECRETS)
    provider.answers = [IncomingAnswer(429, b"", (("Retry-After", "120"),))]

    told = json.loads(run("catch-up", "--from", "2021-03-09", "--json", status=1).stdout)

    assert (told["complete"], told["problem"], told["new"]) == (False, "poll_refused 429", 0)
    assert told["not_before"].startswith("2021-03-09T09:02:00")
    early = run("catch-up", "--from", "2021-03-09", status=1).output
    assert "poll_too_early" in early


def test_what_cannot_be_asked_is_an_error_that_says_why(run: Run) -> None:
    assert "secret_missing" in run("catch-up", "HTR-endpoint", status=1).output
    assert "secret_missing" in run("polling", "HTR-endpoint", "on", status=1).output
    run("polling", "HTR-endpoint", "on", "--secrets", "-", stdin=SECRETS)
    assert "out_of_reach" in run("catch-up", "--from", "2020-01-01", status=1).output
    assert "period_empty" in run("catch-up", "--from", "2021-03-10", status=1).output
    assert "endpoints_unknown" in run("catch-up", "nobody", status=1).output
    run("polling", "HTR-endpoint", "off")
