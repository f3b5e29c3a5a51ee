"""The command line on a database of its own, and a centre made with it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import makers
from tests.cli.answers import Run
from wsgi import main


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Run:
    """Runs ``thuphi`` with an environment of its own."""
    environ = {
        "THUPHI_DATABASE_URL": sqlite_url,
        "THUPHI_SECRET_KEYS": base64.b64encode(makers.SECRET_KEY).decode(),
        "THUPHI_DATA_DIR": str(tmp_path),
    }

    def invoke(*words: str, stdin: str = "", status: int = 0) -> Result:
        result = CliRunner(env=environ).invoke(main, list(words), input=stdin)
        assert result.exit_code == status, result.output
        return result

    return invoke


@pytest.fixture
def created(run: Run) -> str:
    """A centre with its account."""
    run(
        "centre", "create", "HTR", "--name", "Trung tâm HCC Hương Trà", "--address", "Hương Trà",
        "--unit-code", "H57.12", "--prefix", "HTR", "--cutoff", "17:00",
    )  # fmt: skip
    run(
        "centre",
        "account",
        "add",
        "--bank",
        "970436",
        "--number",
        "0123499999",
        "--holder",
        "TT HCC",
    )
    return "HTR"
