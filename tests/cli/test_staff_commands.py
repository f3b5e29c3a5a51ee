"""``thuphi db`` and ``thuphi staff`` as the person who sets up a centre uses them."""

from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from payments.domain.centres import Centre
from payments.store.engine import open_engine
from payments.store.unit_of_work import SqlUnitOfWork
from tests.makers import SECRET_KEY
from wsgi import main

PASSWORD = "bon con ga vang\n"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "thuphi.db"
    monkeypatch.setenv("THUPHI_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("THUPHI_SECRET_KEYS", base64.b64encode(SECRET_KEY).decode())
    return path


def _run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def _set_up(path: Path) -> None:
    _run("db", "upgrade")
    engine = open_engine(f"sqlite:///{path}")
    with SqlUnitOfWork(engine) as uow:
        now = datetime(2021, 3, 9, tzinfo=UTC)
        uow.add(Centre("HTR", "Trung tâm", "", "H57.12", "", "HTR", 1440, now))
        uow.commit()
    engine.dispose()


def test_a_new_database_is_for_its_owner_alone(database: Path) -> None:
    first, again = _run("db", "upgrade"), _run("db", "upgrade")

    assert first.exit_code == again.exit_code == 0
    assert first.output.startswith("schema none -> ")
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    assert _run("db", "check").exit_code == 0


def test_a_database_that_is_not_there_is_not_made_by_accident(database: Path) -> None:
    answer = _run("staff", "list", "--centre", "HTR")

    assert answer.exit_code == 1
    assert "database_missing" in answer.output
    assert not database.exists()


def test_a_database_without_its_schema_is_refused(database: Path) -> None:
    database.parent.mkdir()
    database.touch(0o600)

    checked, listed = _run("db", "check"), _run("staff", "list", "--centre", "HTR")

    assert checked.exit_code == listed.exit_code == 1
    assert "schema_not_current" in checked.output
    assert "schema_not_current" in listed.output


def test_the_first_administrator_is_added_and_listed(database: Path) -> None:
    _set_up(database)
    arguments = ("--centre", "HTR", "--name", "Quản trị", "--role", "administrator")

    added = _run("staff", "add", "quan.tri", *arguments, typed=PASSWORD)
    listed = _run("staff", "list", "--centre", "HTR")

    assert added.exit_code == 0, added.output
    assert listed.output == "quan.tri\tadministrator\tactive\tQuản trị\n"
    assert PASSWORD.strip() not in added.output


def test_a_password_is_set_from_standard_input(database: Path) -> None:
    _set_up(database)
    arguments = ("--centre", "HTR", "--name", "Lan", "--role", "cashier")
    _run("staff", "add", "lan.anh", *arguments, typed=PASSWORD)

    done = _run("staff", "password", "lan.anh", typed="mot mat khau khac\n")
    short = _run("staff", "password", "lan.anh", typed="ngan\n")
    nobody = _run("staff", "password", "khong.co", typed=PASSWORD)

    assert done.output == "lan.anh: password set\n"
    assert (short.exit_code, nobody.exit_code) == (1, 1)
    assert "password_too_short" in short.output
    assert "staff_unknown" in nobody.output


def test_wrong_settings_are_all_named_at_once(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THUPHI_SECRET_KEYS", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("THUPHI_WORKERS", "many")

    answer = _run("db", "check")

    assert answer.exit_code == 1
    assert "THUPHI_SECRET_KEYS: secret_key_weak" in answer.output
    assert "THUPHI_WORKERS: number_out_of_range" in answer.output
