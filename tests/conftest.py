"""What every test may ask for: a database, an empty network; and a loud word on what was not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import browsers, databases, makers, postgres_server, sessions
from tests.catalogues import compile_catalogues
from tests.network import forbid_network
from tests.run_directory import close_run_directory, open_run_directory

NOT_RUN = "NOT RUN"
RUN_FOLDER = pytest.StashKey[Path]()
LONG_FOLDERS = {"battery", "bench"}


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder this run shares, before any worker process is started."""
    if folder := open_run_directory():
        config.stash[RUN_FOLDER] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started and remove what it made."""
    if folder := config.stash.get(RUN_FOLDER, None):
        databases.drop_template(folder)
        postgres_server.stop_server(folder)
        close_run_directory(folder)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark long tests by their folder, and skip aloud what this machine cannot run."""
    lacking = {"browser": browsers.why_not(), "postgres": postgres_server.why_not()}
    for item in items:
        folders = item.path.relative_to(config.rootpath).parts
        if LONG_FOLDERS.intersection(folders):
            item.add_marker(pytest.mark.battery)
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"{NOT_RUN} ({marker}): {reason}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in large letters which kinds of test were not run, how many, and why."""
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NOT_RUN in reason:
            text = reason[reason.index(NOT_RUN) :]
            counts[text] = counts.get(text, 0) + 1
    if counts:
        terminalreporter.section("PART OF THE TESTS WAS NOT RUN", sep="!", red=True, bold=True)
        for text, count in sorted(counts.items()):
            terminalreporter.write_line(f"{count} tests {text}", red=True, bold=True)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        forbid_network(patch)
        yield


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a fresh, migrated SQLite database."""
    return databases.new_sqlite(tmp_path)


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """Address of a fresh, migrated PostgreSQL database. Mark the test with ``postgres``."""
    with databases.new_postgresql() as url:
        yield url


@pytest.fixture(
    params=["sqlite_url", pytest.param("postgresql_url", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgresql"],
)
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a fresh, migrated database; the test runs once on SQLite, once on PostgreSQL."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    compile_catalogues()


@pytest.fixture
def clock() -> makers.FixedClock:
    """A clock that stands still at nine o'clock until the test moves it."""
    return makers.FixedClock()


@pytest.fixture
def wiring(sqlite_url: str, tmp_path: Path, clock: makers.FixedClock) -> Iterator[Wiring]:
    """The parts of a running thuphi on a fresh SQLite database."""
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path), clock)
    yield wiring
    wiring.engine.dispose()


@pytest.fixture
def centre(wiring: Wiring) -> makers.MadeCentre:
    """A centre with an account, a counter, procedures, fees and one person of each role."""
    return makers.a_centre(wiring.engine)


@pytest.fixture
def app(wiring: Wiring, centre: makers.MadeCentre) -> Flask:
    """The web application with one centre set up."""
    return sessions.make_app(wiring)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with. Its forms carry their token by themselves."""
    return app.test_client()


@pytest.fixture
def sign_in() -> sessions.SignIn:
    """Signs a browser in: ``sign_in(client, Role.FINANCE)``."""
    return sessions.sign_in


@pytest.fixture
def cashier(client: FlaskClient) -> FlaskClient:
    """A browser with the cashier signed in."""
    return sessions.sign_in(client, Role.CASHIER)


@pytest.fixture
def finance(client: FlaskClient) -> FlaskClient:
    """A browser with the finance officer signed in."""
    return sessions.sign_in(client, Role.FINANCE)


@pytest.fixture
def administrator(client: FlaskClient) -> FlaskClient:
    """A browser with the administrator signed in."""
    return sessions.sign_in(client, Role.ADMINISTRATOR)


@pytest.fixture
def auditor(client: FlaskClient) -> FlaskClient:
    """A browser with the auditor signed in."""
    return sessions.sign_in(client, Role.AUDITOR)
