"""Two people accept a statement on the command line, each with a password of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from payments.domain.staff import Role
from tests import makers
from tests.flows.stage import TOTAL, Stage
from wsgi import main


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A centre with two finance officers."""
    stage = Stage.on(sqlite_url, tmp_path)
    with stage.wiring.open_uow() as uow:
        uow.add(makers.a_person(stage.centre_id, Role.FINANCE, username="taichinh2"))
        uow.commit()
    try:
        yield stage

        assert stage.findings() == []
    finally:
        stage.wiring.engine.dispose()


def run(stage: Stage, *words: str, password: str = makers.PASSWORD) -> Result:
    root = SimpleNamespace(wiring=stage.wiring, statement_readers=stage.wiring.statement_readers)
    return CliRunner().invoke(main, list(words), obj=root, input=f"{password}\n")


@pytest.fixture
def kept(stage: Stage) -> str:
    """A file after a gap."""
    stage.import_file(stage.statement([stage.pay("mot")]))
    stage.clock.move(days=2)
    return stage.import_file(stage.statement([stage.pay("hai")], opening=TOTAL + 1)).file_id


def propose(stage: Stage, kept: str) -> str:
    told = run(stage, "statement", "propose", kept, "--as", "taichinh", "--reason", "đã hỏi")
    assert told.exit_code == 0, told.output
    return told.output.strip()


def test_a_kept_file_is_listed_proposed_and_approved_by_another(stage: Stage, kept: str) -> None:
    proposal = propose(stage, kept)
    listed = run(stage, "statement", "kept").output.split("\t")

    approved = run(stage, "statement", "approve", proposal, "--as", "taichinh2")

    assert listed[:3] == [kept, proposal, "missing_days,previous_closing"]
    assert json.loads(approved.output)["entries_new"] == 1
    assert run(stage, "statement", "kept").output == ""
    assert stage.balances()["bank_difference"] == -1


def test_the_same_person_and_a_wrong_password_are_refused(stage: Stage, kept: str) -> None:
    proposal = propose(stage, kept)

    same = run(stage, "statement", "approve", proposal, "--as", "taichinh")
    guessed = run(stage, "statement", "approve", proposal, "--as", "taichinh2", password="x" * 9)

    assert "acceptance_same_person" in same.output
    assert "sign_in_wrong" in guessed.output
    assert same.exit_code == guessed.exit_code != 0
    assert stage.count("acceptance_decisions") == 0


def test_a_refusal_is_kept_with_its_words(stage: Stage, kept: str) -> None:
    proposal = propose(stage, kept)

    run(stage, "statement", "refuse", proposal, "--as", "taichinh2", "--reason", "chờ ngân hàng")

    assert run(stage, "statement", "kept").output.split("\t")[:2] == [kept, "-"]
    assert stage.count("acceptance_decisions") == 1
    assert stage.count("statements") == 1
