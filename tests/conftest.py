"""What every test may ask for: a database, an empty network; and a loud word on what was not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import browsers, databases, postgres_server
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
