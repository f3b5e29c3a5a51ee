"""The folder that others put statement files into: whole ones, once each, and nothing else."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from payments.domain.staff import Actor
from reconciliation.domain.sources import FOLDER, TakeOutcome
from reconciliation.network.folder import WatchedFolder
from reconciliation.services.take_files import Taken, Taker, take_files
from reconciliation.store.sources import refused_files
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import Stage


class Writer:
    """A program that writes on while the service waits to see whether it does."""

    def __init__(self, path: Path, *parts: bytes) -> None:
        self.path = path
        self.parts = list(parts)

    def wait(self, span: timedelta) -> None:
        if self.parts:
            with self.path.open("ab") as file:
                file.write(self.parts.pop(0))


class Patience:
    """A wait in which nothing happens; it counts how often it was asked for."""

    def __init__(self) -> None:
        self.waits = 0

    def wait(self, span: timedelta) -> None:
        self.waits += 1


@pytest.fixture
def folder(stage: Stage) -> Path:
    path = stage.wiring.settings.statement_dir / stage.centre_id
    path.mkdir(parents=True)
    return path


def take(stage: Stage, folder: Path, waits: Writer | Patience | None = None) -> list[Taken]:
    taker = Taker(
        lambda *, write=True: SqlBooks(stage.wiring.engine, write=write),
        stage.wiring.world,
        Actor(stage.centre_id, "job:test"),
        stage.wiring.statement_readers,
        (waits or Patience()).wait,
    )
    return take_files(taker, FOLDER, WatchedFolder(folder))


def outcomes(stage: Stage) -> list[tuple[str, str]]:
    with stage.wiring.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, outcome FROM taken_files ORDER BY taken_id"))
        return [(row.name, row.outcome) for row in rows]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_file_that_is_still_growing_is_left_until_it_is_whole(stage: Stage, folder: Path) -> None:
    body = stage.statement([stage.pay("x")])
    path = folder / "a.csv"
    path.write_bytes(body[:100])
    writer = Writer(path, body[100:200], body[200:])

    first = take(stage, folder, writer)
    second = take(stage, folder, writer)
    third = take(stage, folder, writer)

    assert first == second == []
    assert [(one.outcome, one.entries) for one in third] == [(TakeOutcome.IMPORTED, 1)]
    assert stage.count("statement_files") == 1
    assert (names(folder), names(folder / "done")) == (["done"], ["a.csv"])


def test_a_file_that_was_rewritten_between_look_and_reading_is_left(
    stage: Stage, folder: Path
) -> None:
    path = folder / "a.csv"
    path.write_bytes(stage.statement([stage.pay("x")]))
    place = WatchedFolder(folder)
    (offered,) = place.offered()
    os.utime(path, ns=(0, 0))

    with pytest.raises(Exception, match="file_still_changing"):
        place.copy(offered, io.BytesIO())


def test_unfinished_and_hidden_names_and_folders_are_not_files(stage: Stage, folder: Path) -> None:
    body = stage.statement([stage.pay("x")])
    for name in (".a.csv", "b.csv.part", "c.csv.tmp", "d.filepart"):
        (folder / name).write_bytes(body)
    (folder / "e.csv").mkdir()

    assert take(stage, folder) == []

    (folder / "b.csv.part").rename(folder / "b.csv")
    assert [one.outcome for one in take(stage, folder)] == [TakeOutcome.IMPORTED]


def test_links_and_pipes_are_not_followed(stage: Stage, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(stage.statement([stage.pay("x")]))
    (folder / "link.csv").symlink_to(outside)
    os.mkfifo(folder / "pipe.csv")

    assert take(stage, folder) == []
    assert stage.count("statement_files") == 0


def test_a_link_put_in_the_place_of_a_file_is_not_opened(
    stage: Stage, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"secret")
    (folder / "a.csv").write_bytes(b"secret")
    place = WatchedFolder(folder)
    (offered,) = place.offered()
    (folder / "a.csv").unlink()
    (folder / "a.csv").symlink_to(outside)

    with pytest.raises(Exception, match="file_not_reachable"):
        place.copy(offered, io.BytesIO())


def test_a_problem_folder_that_is_a_link_moves_nothing_outside(
    stage: Stage, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (folder / "problem").symlink_to(outside)
    (folder / "a.txt").write_bytes(b"no statement")

    (taken,) = take(stage, folder)

    assert taken.outcome is TakeOutcome.REFUSED
    assert names(outside) == []
    assert (folder / "a.txt").exists()
    assert take(stage, folder) == []


def test_a_bad_file_does_not_stand_in_the_way_of_the_next(stage: Stage, folder: Path) -> None:
    good = stage.statement([stage.pay("x")])
    (folder / "1.txt").write_bytes(b"khong phai sao ke")
    (folder / "2.csv").write_bytes(good.replace(b"0123499999", b"0999999999"))
    (folder / "3.csv").write_bytes(b"")
    (folder / "4.csv").write_bytes(good)

    taken = take(stage, folder)

    assert [one.outcome for one in taken[:4]] == [
        TakeOutcome.REFUSED,
        TakeOutcome.QUARANTINED,
        TakeOutcome.REFUSED,
        TakeOutcome.IMPORTED,
    ]
    assert names(folder / "problem") == ["1.txt", "2.csv", "3.csv"]
    assert names(folder / "done") == ["4.csv"]


def test_a_reader_that_breaks_does_not_stand_in_the_way_of_the_next(
    stage: Stage, folder: Path
) -> None:
    class Broken:
        name = "broken"

        def recognises(self, file_name: str, body: bytes) -> bool:
            if body == b"breaks":
                raise ZeroDivisionError
            return False

        def read(self, body: bytes) -> None:
            raise AssertionError

    (folder / "1.csv").write_bytes(b"breaks")
    (folder / "2.csv").write_bytes(stage.statement([stage.pay("x")]))
    readers = {**stage.wiring.statement_readers, "broken": Broken()}
    taker = Taker(
        lambda *, write=True: SqlBooks(stage.wiring.engine, write=write),
        stage.wiring.world,
        Actor(stage.centre_id, "job:test"),
        readers,  # type: ignore[arg-type]  # broken on purpose
        Patience().wait,
    )

    first, second = take_files(taker, FOLDER, WatchedFolder(folder))

    assert (first.outcome, first.error) == (None, "fault (ZeroDivisionError)")
    assert second.outcome is TakeOutcome.IMPORTED
    assert (folder / "1.csv").exists()


def test_the_same_bytes_under_two_names_are_imported_once(stage: Stage, folder: Path) -> None:
    body = stage.statement([stage.pay("x")])
    (folder / "a.csv").write_bytes(body)
    (folder / "b.csv").write_bytes(body)

    taken = take(stage, folder)

    assert [(one.entries, one.is_known) for one in taken] == [(1, False), (0, True)]
    assert stage.count("statement_files") == 1
    assert names(folder / "done") == ["a.csv", "b.csv"]


def test_another_file_of_a_name_that_is_done_keeps_both(stage: Stage, folder: Path) -> None:
    first = stage.pay("x")
    (folder / "a.csv").write_bytes(stage.statement([first]))
    take(stage, folder)
    second = stage.pay("y")
    (folder / "a.csv").write_bytes(stage.statement([first, second]))
    take(stage, folder)

    done = names(folder / "done")
    assert len(done) == 2
    assert "a.csv" in done
    assert all(name.endswith("a.csv") for name in done)


def test_a_folder_that_cannot_be_changed_is_read_once(stage: Stage, folder: Path) -> None:
    (folder / "done").write_bytes(b"")  # a file where the folder would be: nothing can be moved
    (folder / "a.csv").write_bytes(stage.statement([stage.pay("x")]))

    first = take(stage, folder)
    patience = Patience()
    second = take(stage, folder, patience)

    imported = [one for one in first if one.name == "a.csv"]
    assert [(one.outcome, one.entries) for one in imported] == [(TakeOutcome.IMPORTED, 1)]
    assert "file_not_reachable" in imported[0].error
    assert (second, patience.waits) == ([], 0)
    assert (folder / "a.csv").exists()


def test_names_of_any_letters_and_bytes_are_taken(stage: Stage, folder: Path) -> None:
    paid = [stage.pay("x"), stage.pay("y"), stage.pay("z")]
    odd = [
        "sao kê tháng 3 – Hương Trà.csv".encode(),
        b"-rf a\nb'; drop.csv",
        b"\xff\xfe not utf-8.csv",
    ]
    for number, name in enumerate(sorted(odd), 1):
        (folder / os.fsdecode(name)).write_bytes(stage.statement(paid[:number]))

    taken = take(stage, folder)

    assert {one.outcome for one in taken} == {TakeOutcome.IMPORTED}
    assert stage.count("statement_entries") == 3
    assert all("\udcff" not in name for name, _ in outcomes(stage))
    assert sorted(os.fsencode(name) for name in names(folder / "done")) == sorted(odd)


def test_a_statement_that_came_before_its_forerunner_is_imported_after_it(
    stage: Stage, folder: Path
) -> None:
    first = stage.pay("x")
    day_one = stage.statement([first])
    stage.tomorrow()
    second = stage.pay("y")
    day_two = stage.statement([second], opening=first.amount)
    stage.tomorrow()
    day_three = stage.statement([stage.pay("z")], opening=first.amount + second.amount)
    (folder / "day1.csv").write_bytes(day_one)
    take(stage, folder)
    (folder / "day3.csv").write_bytes(day_three)
    waiting = take(stage, folder)
    (folder / "day2.csv").write_bytes(day_two)

    taken = take(stage, folder)

    assert [one.rules for one in waiting] == [("missing_days", "previous_closing")]
    assert [(one.name, one.outcome) for one in taken] == [
        ("day2.csv", TakeOutcome.IMPORTED),
        ("day3.csv", TakeOutcome.IMPORTED),
    ]
    assert names(folder / "problem") == []
    assert stage.count("statement_entries") == 3


def test_a_file_too_large_is_refused_unread(stage: Stage, folder: Path) -> None:
    with (folder / "large.csv").open("wb") as file:
        file.truncate(600 * 1024 * 1024)

    (taken,) = take(stage, folder)

    assert taken.outcome is TakeOutcome.REFUSED
    assert "file_too_large" in taken.error


def test_what_was_refused_is_told_until_it_was_read_after_all(stage: Stage, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"khong phai sao ke")
    take(stage, folder)

    def told() -> list[str]:
        with SqlBooks(stage.wiring.engine, write=False) as uow:
            now = stage.clock.now() + timedelta(days=1)
            return [one.name for one in refused_files(uow.session, stage.centre_id, now)]

    assert told() == ["a.txt"]
    assert outcomes(stage) == [("a.txt", "refused")]


def test_a_folder_that_is_not_there_holds_nothing(stage: Stage, tmp_path: Path) -> None:
    assert take(stage, tmp_path / "nowhere") == []
