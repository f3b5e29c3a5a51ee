"""Large files from the folder and from servers: by short steps, whole or not at all, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bank_adapters.statements.spreadsheet import READER
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Unavailable
from payments.domain.staff import Actor
from payments.ports import StatementReader
from reconciliation.domain.large_files import Phase
from reconciliation.domain.sources import FOLDER, TakeOutcome
from reconciliation.jobs import go_on_with_imports
from reconciliation.network import folder as folder_module
from reconciliation.network import sftp
from reconciliation.network.folder import WatchedFolder
from reconciliation.network.sftp import SftpServer
from reconciliation.ports import OpenBooks, Place, ServerAccess
from reconciliation.services import import_file, keep_file, receive_file, take_files
from reconciliation.services.take_files import Taken, Taker
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.mortal import KilledError, MortalBooks
from tests.flows.stage import Stage
from tests.flows.test_large_statements import LINES, a_file, some_lines
from tests.plain_statements import SIGN, PlainReader
from tests.sftp_server import BankServer

SMALL = 700
"""Bytes that pass for a file taken in one go in these tests."""


class HeldReader:
    """Reads files only as a whole, which must therefore be small."""

    name = "held"

    def recognises(self, file_name: str, body: bytes) -> bool:
        del file_name
        return body.startswith(b"HELD")

    def read(self, body: bytes) -> StatementFile:
        raise AssertionError(len(body))


class Blocks:
    """A target that keeps how large the blocks are that it is given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def write(self, some: bytes, /) -> None:
        self.sizes.append(len(some))


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of few lines be a large one that takes many steps."""
    for module in (import_file, receive_file, take_files):
        monkeypatch.setattr(module, "IN_ONE_GO", SMALL)
    monkeypatch.setattr(keep_file, "PART_BYTES", 500)
    monkeypatch.setattr(keep_file, "_PARTS_AT_ONCE", 1)
    monkeypatch.setattr(folder_module, "_BLOCK", 300)
    monkeypatch.setattr(sftp, "_BLOCK", 300)


@pytest.fixture
def large(stage: Stage) -> Stage:
    """The stage, which reads plain statements as they go by and speaks with private networks."""
    readers: dict[str, StatementReader] = {"plain": PlainReader(at_once=7), "held": HeldReader()}
    settings = replace(stage.wiring.settings, allows_private_network=True)
    stage.wiring = replace(stage.wiring, statement_readers=readers, settings=settings)
    return stage


@pytest.fixture
def folder(large: Stage) -> Path:
    path = large.wiring.settings.statement_dir / large.centre_id
    path.mkdir(parents=True)
    return path


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[BankServer]:
    root = tmp_path / "bank"
    (root / "out").mkdir(parents=True)
    with BankServer(root) as server:
        yield server


def server(bank: BankServer) -> SftpServer:
    access = ServerAccess(
        "127.0.0.1", bank.port, bank.user, bank.public_key, "/out", "*", bank.password
    )
    return SftpServer(access, allows_private=True)


def take(stage: Stage, place: Place, books: OpenBooks | None = None) -> list[Taken]:
    taker = Taker(
        books or (lambda *, write=True: SqlBooks(stage.wiring.engine, write=write)),
        stage.wiring.world,
        Actor(stage.centre_id, "job:test"),
        stage.wiring.statement_readers,
        stage.wiring.wait,
    )
    return take_files.take_files(taker, FOLDER, place)


def taken_rows(stage: Stage) -> list[tuple[str, str]]:
    with stage.wiring.engine.connect() as connection:
        rows = connection.execute(text("SELECT outcome, body_sha256 FROM taken_files"))
        return [(row.outcome, row.body_sha256) for row in rows]


def test_a_large_file_of_the_folder_goes_in_by_steps(large: Stage, folder: Path) -> None:
    body = a_file(large, some_lines())
    (folder / "nam.txt").write_bytes(body)

    (taken,) = take(large, WatchedFolder(folder))

    assert (taken.outcome, taken.entries) == (TakeOutcome.IMPORTED, LINES)
    assert large.count("large_files") == 1
    assert large.count("statement_file_parts") == -(-len(body) // 500)
    assert large.count("settlements") == LINES
    assert [path.name for path in (folder / "done").iterdir()] == ["nam.txt"]
    assert take(large, WatchedFolder(folder)) == []


def test_a_large_file_of_a_server_goes_in_by_steps(large: Stage, bank: BankServer) -> None:
    (bank.root / "out" / "nam.txt").write_bytes(a_file(large, some_lines()))

    with server(bank) as place:
        (first,) = take(large, place)
        again = take(large, place)

    assert (first.outcome, first.entries, again) == (TakeOutcome.IMPORTED, LINES, [])
    assert large.count("settlements") == LINES


def test_a_large_file_that_does_not_add_up_is_put_apart_with_its_rules(
    large: Stage, folder: Path
) -> None:
    lines = some_lines()
    del lines[30]
    (folder / "nam.txt").write_bytes(a_file(large, lines))

    (taken,) = take(large, WatchedFolder(folder))

    assert (taken.outcome, taken.rules) == (TakeOutcome.QUARANTINED, ("row_chain",))
    assert large.count("statement_entries") == 0
    assert (folder / "problem" / "nam.txt").exists()


def test_a_visit_killed_at_any_commit_is_gone_on_with(large: Stage, folder: Path) -> None:
    phases = set()
    balance = number = 0
    while True:
        lines = some_lines(30, start=30 * number, opening=balance)
        number += 1
        (folder / f"{number}.txt").write_bytes(a_file(large, lines, opening=balance))
        try:
            take(large, WatchedFolder(folder), MortalBooks(large, lives=number))
            break
        except KilledError:
            with SqlBooks(large.wiring.engine, write=False) as uow:
                phases |= {file.phase for file in uow.large_files.unfinished(large.centre_id)}
            rows_then = len(taken_rows(large))
            again = take(large, WatchedFolder(folder))
            assert len(taken_rows(large)) == rows_then + len(again) == number
        balance = lines[-1].balance or 0

    assert phases == set(Phase) - {Phase.DONE, Phase.QUARANTINED}
    assert large.count("statement_entries") == large.count("settlements") == 30 * number
    assert [outcome for outcome, _ in taken_rows(large)] == ["imported"] * number
    assert len({digest for _, digest in taken_rows(large)}) == number


def test_what_the_jobs_have_finished_meanwhile_is_taken_as_known(
    large: Stage, folder: Path
) -> None:
    (folder / "nam.txt").write_bytes(a_file(large, some_lines()))
    with pytest.raises(KilledError):
        take(large, WatchedFolder(folder), MortalBooks(large, lives=5))
    large.clock.move(minutes=2)
    finished = go_on_with_imports(large.wiring)

    (taken,) = take(large, WatchedFolder(folder))

    assert (finished, taken.outcome, taken.is_known) == (1, TakeOutcome.IMPORTED, True)
    assert large.count("settlements") == LINES


def test_a_transfer_that_breaks_off_is_not_a_shorter_file(large: Stage, bank: BankServer) -> None:
    lines = some_lines()
    # Cut here, the file would be a statement of its own that adds up.
    body = a_file(large, lines[:30])
    body += a_file(large, lines[30:], opening=lines[29].balance or 0)
    (bank.root / "out" / "nam.txt").write_bytes(body)

    def cut(server: BankServer, offset: int) -> None:
        if offset > len(body) // 2:
            server.cut()

    bank.on_read = cut
    with server(bank) as place:
        (broken,) = take(large, place)
    kept = [large.count(one) for one in ("large_files", "statement_file_parts", "taken_files")]
    bank.on_read = lambda server, offset: None
    with server(bank) as place:
        (whole,) = take(large, place)

    assert (broken.outcome, kept) == (None, [0, 0, 0])
    assert (whole.outcome, whole.entries) == (TakeOutcome.IMPORTED, LINES)


@pytest.mark.parametrize("change", [-40, 40])
def test_a_server_that_tells_another_size_than_it_sends_is_not_believed(
    large: Stage, bank: BankServer, change: int
) -> None:
    body = a_file(large, some_lines())
    (bank.root / "out" / "nam.txt").write_bytes(body)
    bank.told_size = len(body) + change

    with server(bank) as place:
        (taken,) = take(large, place)

    assert taken.outcome is None
    assert "file_still_changing" in taken.error
    assert large.count("large_files") == 0


def test_a_file_that_grows_while_it_is_copied_is_left(large: Stage, folder: Path) -> None:
    path = folder / "nam.txt"
    path.write_bytes(a_file(large, some_lines()))
    place = WatchedFolder(folder)
    (offered,) = place.offered()

    class Growing(Blocks):
        def write(self, some: bytes, /) -> None:
            super().write(some)
            with path.open("ab") as file:
                file.write(b"2021-03-09\t1\t\t\t\n")

    with pytest.raises(Unavailable, match="file_still_changing"):
        place.copy(offered, Growing())


def test_no_block_of_a_large_file_is_large(large: Stage, folder: Path, bank: BankServer) -> None:
    body = a_file(large, some_lines())
    (folder / "nam.txt").write_bytes(body)
    (bank.root / "out" / "nam.txt").write_bytes(body)
    here, there = Blocks(), Blocks()

    place = WatchedFolder(folder)
    place.copy(place.offered()[0], here)
    with server(bank) as remote:
        remote.copy(remote.offered()[0], there)

    assert sum(here.sizes) == sum(there.sizes) == len(body)
    assert max(here.sizes + there.sizes) == 300


def test_a_format_that_is_held_ends_at_its_smaller_limit_after_its_beginning(
    large: Stage, bank: BankServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciliation.services.read_statement.MAX_BYTES", 2_000)
    (bank.root / "out" / "nam.txt").write_bytes(b"HELD".ljust(60_000))

    with server(bank) as place:
        (taken,) = take(large, place)

    assert taken.outcome is TakeOutcome.REFUSED
    assert "file_too_large_to_hold" in taken.error
    assert bank.reads <= 4
    assert taken_rows(large) == [("refused", "")]


def test_a_workbook_is_held_and_a_table_of_text_is_not(
    large: Stage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciliation.services.read_statement.MAX_BYTES", 2_000)
    table = large.statement([large.pay(f"khach {number}") for number in range(40)])
    large.wiring = replace(large.wiring, statement_readers={READER.name: READER})
    (folder / "a.xlsx").write_bytes(b"PK\x03\x04".ljust(2_001))
    (folder / "b.xls").write_bytes(b"<html><table>".ljust(2_001))
    (folder / "c.csv").write_bytes(table)

    workbook, page, text_file = take(large, WatchedFolder(folder))

    assert "file_too_large_to_hold" in workbook.error
    assert "file_too_large_to_hold" in page.error
    assert len(table) > 2_000
    assert (text_file.outcome, text_file.entries) == (TakeOutcome.IMPORTED, 40)


def test_a_streamed_file_beyond_the_limit_is_refused_unread(
    large: Stage, bank: BankServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive_file, "MOST_BYTES", 900)
    (bank.root / "out" / "nam.txt").write_bytes(SIGN.ljust(901))

    with server(bank) as place:
        (taken,) = take(large, place)

    assert (taken.outcome, bank.reads) == (TakeOutcome.REFUSED, 0)


def test_a_large_file_of_no_known_format_ends_after_its_beginning(
    large: Stage, bank: BankServer
) -> None:
    (bank.root / "out" / "nam.bin").write_bytes(bytes(50_000))

    with server(bank) as place:
        (taken,) = take(large, place)

    assert taken.outcome is TakeOutcome.REFUSED
    assert "statement_format_unknown" in taken.error
    assert bank.reads <= 4


def test_files_of_one_name_that_were_not_read_are_both_kept(folder: Path) -> None:
    place = WatchedFolder(folder)
    for body in (b"one", b"two", b"three"):
        (folder / "a.txt").write_bytes(body)
        (offered,) = place.offered()
        place.put_away(offered, TakeOutcome.REFUSED, "")

    bodies = {path.read_bytes() for path in (folder / "problem").iterdir()}
    assert bodies == {b"one", b"two", b"three"}
