"""A bank's SFTP server as a source: the right server only, whole files only, each once."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncssh
import pytest
from click.testing import CliRunner, Result

from payments.domain.errors import Conflict, Invalid, Unavailable
from reconciliation.domain.sources import TakeOutcome
from reconciliation.jobs import import_waiting
from reconciliation.network import sftp
from reconciliation.network.sftp import require_keys
from reconciliation.ports import ServerAccess
from reconciliation.services.manage_sources import access_of, add_server
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import Stage
from tests.sftp_server import BankServer
from wsgi import main


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[BankServer]:
    root = tmp_path / "bank"
    (root / "out").mkdir(parents=True)
    with BankServer(root) as server:
        yield server


@pytest.fixture
def near(stage: Stage) -> Stage:
    """The stage, allowed to speak with servers of private networks as many banks' are."""
    settings = replace(stage.wiring.settings, allows_private_network=True)
    stage.wiring = replace(stage.wiring, settings=settings)
    return stage


def access(bank: BankServer) -> ServerAccess:
    return ServerAccess(
        "127.0.0.1", bank.port, bank.user, bank.public_key, "/out", "*.csv", bank.password
    )


def add(stage: Stage, how: ServerAccess) -> str:
    with SqlBooks(stage.wiring.engine) as uow:
        made = add_server(
            uow, stage.wiring.world, stage.wiring.secret_box, stage.finance, how, require_keys
        )
        uow.commit()
    return made.source_id


def visit(stage: Stage) -> list[dict[str, object]]:
    return import_waiting(stage.wiring, stage.made.centre)


def put(bank: BankServer, name: str, body: bytes) -> Path:
    path = bank.root / "out" / name
    path.write_bytes(body)
    return path


def problem(stage: Stage) -> str:
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (source,) = uow.sources.all(stage.centre_id)
    return str(json.loads(source.problem)["code"]) if source.problem else ""


def test_a_new_file_is_imported_once_and_stays_on_the_server(near: Stage, bank: BankServer) -> None:
    add(near, access(bank))
    path = put(bank, "a.csv", near.statement([near.pay("x")]))
    put(bank, "b.txt", b"not ours")

    first = visit(near)
    reads = bank.reads
    second = visit(near)

    assert [(one["file"], one["verdict"], one["entries"]) for one in first] == [
        ("a.csv", "imported", 1)
    ]
    assert (second, bank.reads) == ([], reads)
    assert path.exists()
    assert problem(near) == ""


def test_a_private_key_opens_the_server_too(near: Stage, bank: BankServer) -> None:
    add(near, replace(access(bank), password="", private_key=bank.private_key))
    put(bank, "a.csv", near.statement([near.pay("x")]))

    assert visit(near)[0]["verdict"] == "imported"
    assert bank.tried == []


def test_a_server_with_another_key_is_told_nothing(near: Stage, bank: BankServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    add(near, replace(access(bank), host_key=other))
    put(bank, "a.csv", near.statement([near.pay("x")]))

    (told,) = visit(near)

    assert "host_key_unknown" in str(told["error"])
    assert bank.tried == []
    assert problem(near) == "host_key_unknown"
    assert near.count("statement_files") == 0


def test_a_wrong_password_is_told(near: Stage, bank: BankServer) -> None:
    add(near, replace(access(bank), password="not the password"))

    (told,) = visit(near)

    assert "sign_in_refused" in str(told["error"])
    assert bank.tried == ["not the password"]


def test_a_server_on_a_private_network_is_not_spoken_to_unless_allowed(
    stage: Stage, bank: BankServer
) -> None:
    add(stage, access(bank))

    (told,) = visit(stage)

    assert "address_not_allowed" in str(told["error"])
    assert bank.connections == []


def test_a_server_that_is_away_does_not_hold_up_the_folder(near: Stage, bank: BankServer) -> None:
    add(near, replace(access(bank), port=1))
    folder = near.wiring.settings.statement_dir / near.centre_id
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(near.statement([near.pay("x")]))

    told = visit(near)

    assert [one.get("verdict", "failed") for one in told] == ["imported", "failed"]
    assert problem(near) == "host_not_reached"


def test_a_connection_cut_in_the_middle_imports_nothing_and_the_next_visit_all(
    near: Stage, bank: BankServer
) -> None:
    def cut(server: BankServer, offset: int) -> None:
        if offset:
            server.cut()

    paid = [near.pay(f"x{number:04d}" * 20) for number in range(800)]
    body = near.statement(paid)
    assert len(body) > 100_000
    add(near, access(bank))
    put(bank, "a.csv", body)
    bank.on_read = cut

    cut_off = visit(near)
    files_then, taken_then = near.count("statement_files"), near.count("taken_files")
    bank.on_read = lambda server, offset: None
    whole = visit(near)

    assert [one["verdict"] for one in cut_off] == ["left"]
    assert (files_then, taken_then) == (0, 0)
    assert [(one["verdict"], one["entries"]) for one in whole] == [("imported", 800)]


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_visit(
    near: Stage, bank: BankServer
) -> None:
    body = near.statement([near.pay("x"), near.pay("y")])
    path = put(bank, "a.csv", body[:-40])
    add(near, access(bank))

    def grow(server: BankServer, offset: int) -> None:
        if path.stat().st_size < len(body):
            path.write_bytes(body)

    bank.on_read = grow

    first = visit(near)
    second = visit(near)

    assert [one["verdict"] for one in first] == ["left"]
    assert [(one["verdict"], one["entries"]) for one in second] == [("imported", 2)]
    assert near.count("statement_files") == 1


def test_a_file_that_grows_between_two_looks_is_not_read(near: Stage, bank: BankServer) -> None:
    path = put(bank, "a.csv", b"begun")
    add(near, access(bank))

    def grow(_span: timedelta) -> None:
        with path.open("ab") as file:
            file.write(b" and going on")

    near.wiring = replace(near.wiring, wait=grow)

    assert visit(near) == []
    assert bank.reads == 0


def test_links_and_folders_on_the_server_are_not_taken(near: Stage, bank: BankServer) -> None:
    (bank.root / "secret.csv").write_bytes(near.statement([near.pay("x")]))
    (bank.root / "out" / "link.csv").symlink_to("../secret.csv")
    (bank.root / "out" / "inner.csv").mkdir()
    add(near, access(bank))

    assert visit(near) == []
    assert bank.reads == 0


def test_a_file_changed_under_its_name_is_taken_again(near: Stage, bank: BankServer) -> None:
    first, second = near.pay("x"), near.pay("y")
    add(near, access(bank))
    put(bank, "today.csv", near.statement([first]))
    visit(near)
    put(bank, "today.csv", near.statement([first, second]))

    (told,) = visit(near)

    assert (told["verdict"], told["entries"]) == ("imported", 1)
    assert near.count("statement_entries") == 2


def test_a_file_too_large_is_refused_unread_and_told_once(near: Stage, bank: BankServer) -> None:
    with (bank.root / "out" / "large.csv").open("wb") as file:
        file.truncate(600 * 1024 * 1024)
    add(near, access(bank))

    first, second = visit(near), visit(near)

    assert "file_too_large" in str(first[0]["error"])
    assert (second, bank.reads) == ([], 0)


def test_only_imported_files_are_deleted_and_only_where_that_was_asked_for(
    near: Stage, bank: BankServer
) -> None:
    add(near, replace(access(bank), removes=True))
    good = put(bank, "good.csv", near.statement([near.pay("x")]))
    bad = put(bank, "bad.csv", b"khong phai sao ke")

    visit(near)

    assert (good.exists(), bad.exists()) == (False, True)


def test_a_folder_with_too_many_files_is_told(
    near: Stage, bank: BankServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "MOST_FILES", 1)
    put(bank, "a.csv", b"1")
    put(bank, "b.csv", b"2")
    add(near, access(bank))

    assert "too_many_files" in str(visit(near)[0]["error"])


def test_the_secret_is_encrypted_and_bound_to_its_row(near: Stage, bank: BankServer) -> None:
    source_id = add(near, access(bank))
    with SqlBooks(near.wiring.engine, write=False) as uow:
        source = uow.sources.get(near.centre_id, source_id)

    assert bank.password.encode() not in source.secret_box
    assert bank.password not in source.settings + repr(access(bank))
    assert access_of(near.wiring.secret_box, source).password == bank.password
    with pytest.raises(Unavailable):
        access_of(near.wiring.secret_box, replace(source, source_id="another"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host_key": ""}, "host_key"),
        ({"host_key": "ssh-ed25519 nonsense"}, "host_key"),
        ({"host": ""}, "host"),
        ({"host": "a b"}, "host"),
        ({"port": 0}, "port"),
        ({"user": ""}, "user"),
        ({"folder": "a\nb"}, "folder"),
        ({"password": ""}, "password"),
        ({"private_key": "both"}, "password"),
        ({"password": "", "private_key": "nonsense"}, "private_key"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    near: Stage, bank: BankServer, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add(near, replace(access(bank), **change))  # type: ignore[arg-type]  # a table of cases

    assert caught.value.facts["field"] == field


def test_one_folder_is_a_source_once(near: Stage, bank: BankServer) -> None:
    add(near, access(bank))

    with pytest.raises(Conflict, match="statement_source_twice"):
        add(near, access(bank))


def test_a_name_that_is_not_utf8_is_taken(near: Stage, bank: BankServer) -> None:
    odd = os.fsencode(bank.root / "out") + b"/\xff sao k\xc3\xaa.csv"
    with io.FileIO(os.open(odd, os.O_WRONLY | os.O_CREAT), "w") as file:
        file.write(near.statement([near.pay("x")]))
    add(near, access(bank))

    assert visit(near)[0]["verdict"] == "imported"


def _run(stage: Stage, *words: str, stdin: str = "") -> Result:
    root = SimpleNamespace(wiring=stage.wiring)
    return CliRunner().invoke(main, list(words), obj=root, input=stdin, catch_exceptions=False)


def test_the_command_line_adds_fetches_lists_and_ends(
    near: Stage, bank: BankServer, tmp_path: Path
) -> None:
    key = tmp_path / "bank.pub"
    key.write_text(bank.public_key)
    put(bank, "a.csv", near.statement([near.pay("x")]))

    words = ["statement", "source", "add-sftp", "127.0.0.1", "--port", str(bank.port)]
    words += ["--user", bank.user, "--folder", "/out", "--host-key", str(key), "--password-stdin"]
    added = _run(near, *words, stdin=bank.password + "\n")
    source_id = added.output.strip().partition("\t")[2]
    fetched = _run(near, "statement", "fetch", "--source", source_id)
    listed = _run(near, "statement", "source", "list")
    ended = _run(near, "statement", "source", "end", source_id)

    assert (added.exit_code, fetched.exit_code, ended.exit_code) == (0, 0, 0)
    assert json.loads(fetched.output)[0]["verdict"] == TakeOutcome.IMPORTED.value
    assert f"{source_id}\tsftp\thtr@127.0.0.1:/out\tvisited\t2021-" in listed.output
    assert visit(near) == []


def test_a_source_that_fails_ends_the_command_with_one(near: Stage, bank: BankServer) -> None:
    add(near, replace(access(bank), password="not the password"))

    assert _run(near, "statement", "fetch").exit_code == 1


def test_the_command_needs_the_key_of_the_server(near: Stage) -> None:
    words = ["statement", "source", "add-sftp", "h", "--user", "u", "--folder", "/"]

    done = CliRunner().invoke(main, words, obj=SimpleNamespace(wiring=near.wiring))

    assert done.exit_code == 2
    assert "--host-key" in done.output
