"""Large statement files: stopped anywhere, gone on with, judged whole, booked exactly once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from payments.domain.breaks import BreakKind
from payments.domain.errors import Conflict, Invalid
from payments.store import migrations
from reconciliation.domain import taken_lines
from reconciliation.domain.large_files import LargeFile, Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.services import book_lines, keep_file, read_statement, take_in, walk_lots
from reconciliation.services.import_file import (
    Importer,
    begin_file,
    finish_file,
    result_of,
)
from reconciliation.services.import_statement import ImportResult
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.mortal import KilledError, MortalBooks
from tests.flows.stage import Stage
from tests.plain_statements import Line, PlainReader, written

DAY = date(2021, 3, 9)
LINES = 60


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of few lines take many steps."""
    monkeypatch.setattr(keep_file, "PART_BYTES", 500)
    monkeypatch.setattr(keep_file, "_PARTS_AT_ONCE", 2)
    monkeypatch.setattr(take_in, "LINES_AT_ONCE", 17)
    monkeypatch.setattr(walk_lots, "LINES_AT_ONCE", 5)
    monkeypatch.setattr(taken_lines, "LOT_LINES", 3)
    monkeypatch.setattr(taken_lines, "STRETCH_LINES", 10)
    monkeypatch.setattr(book_lines, "LINES_PROVEN_AT_ONCE", 13)
    monkeypatch.setattr(book_lines, "LINES_DROPPED_AT_ONCE", 25)


def some_lines(count: int = LINES, *, start: int = 0, opening: int = 0) -> list[Line]:
    """Lines of which each third says the same as the one before it."""
    lines, balance = [], opening
    for number in range(start, start + count):
        amount = 1_000 + number // 3 if number % 5 else -1
        balance += amount
        lines.append(Line(DAY, amount, "", f"khách {number // 3}\ttab"[:-4], balance))
    return lines


def a_file(stage: Stage, lines: list[Line], opening: int = 0, last: date = DAY) -> bytes:
    closing = opening + sum(line.amount for line in lines)
    return written(stage.made.account.account_number, opening, closing, (DAY, last), lines)


def an_importer(stage: Stage, books: MortalBooks | None = None) -> Importer:
    return Importer(
        books or MortalBooks(stage), stage.wiring.world, {"plain": PlainReader(at_once=7)}
    )


def begin(stage: Stage, body: bytes, importer: Importer | None = None) -> LargeFile:
    return begin_file(
        importer or an_importer(stage),
        stage.finance,
        file_name="nam.txt",
        source=io.BytesIO(body),
    )


def take(stage: Stage, body: bytes) -> ImportResult:
    importer = an_importer(stage)
    file = begin(stage, body, importer)
    was_known = file.is_finished
    return result_of(importer, finish_file(importer, file), was_known=was_known)


def entries(stage: Stage) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in stage._rows(
            "SELECT line_no, entry_key, amount, direction, remittance_information, balance_after"
            " FROM statement_entries ORDER BY line_no"
        )
    ]


def count(stage: Stage, table: str) -> int:
    return int(stage._rows(f"SELECT count(*) FROM {table}")[0][0])


def test_a_large_file_is_what_a_small_one_would_have_been(stage: Stage, tmp_path: Path) -> None:
    body = a_file(stage, some_lines())

    result = take(stage, body)

    assert result.verdict is FileVerdict.IMPORTED
    assert (result.statements, result.entries_new, result.entries_known) == (1, LINES, 0)
    assert [row[0] for row in entries(stage)] == list(range(1, LINES + 1))
    assert count(stage, "settlements") == LINES
    assert count(stage, "line_lots") == 0
    del tmp_path


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
def test_a_kill_at_any_commit_changes_nothing(stage: Stage, *, is_before: bool) -> None:
    balance = number = 0
    phases = set()
    while True:
        # Each file follows the one before it, and its import dies at the next commit.
        lines = some_lines(30, start=30 * number, opening=balance)
        body = a_file(stage, lines, opening=balance)
        number += 1
        importer = an_importer(stage, MortalBooks(stage, lives=number, is_before=is_before))
        try:
            finish_file(importer, begin(stage, body, importer))
            break
        except KilledError:
            file = begin(stage, body)
            phases.add(file.phase)
            if file.phase is not Phase.TAKING:
                assert stage.findings() == []
            finish_file(an_importer(stage), file)
        balance = lines[-1].balance or 0

    assert set(Phase) - {Phase.KEEPING, Phase.QUARANTINED} <= phases | {Phase.DONE}
    assert number > 14
    assert len({row[1] for row in entries(stage)}) == 30 * number
    for table, rows in (("statement_entries", 30), ("settlements", 30), ("transfers", 30),
                        ("statements", 1), ("statement_files", 1), ("line_lots", 0)):  # fmt: skip
        assert count(stage, table) == rows * number
    assert take(stage, body).was_known
    parts = stage._rows(
        "SELECT p.body FROM statement_file_parts p JOIN large_files f"
        f" ON f.body_sha256 = p.body_sha256 WHERE f.file_id = '{file_id(stage, body)}'"
        " ORDER BY p.part_no"
    )
    assert b"".join(bytes(row[0]) for row in parts) == body


def file_id(stage: Stage, body: bytes) -> str:
    return begin(stage, body).file_id


def test_files_that_overlap_bring_each_line_once_and_equal_payments_stay(stage: Stage) -> None:
    lines = some_lines()
    take(stage, a_file(stage, lines[:40]))

    result = take(stage, a_file(stage, lines))

    assert (result.entries_new, result.entries_known) == (20, 40)
    assert sorted(row[2] for row in entries(stage)) == sorted(abs(line.amount) for line in lines)


def test_equal_payments_are_as_many_as_the_bank_says(stage: Stage) -> None:
    lines = [Line(DAY, 5_000, "", "x", 5_000 * number) for number in range(1, 41)]

    take(stage, a_file(stage, lines))

    assert count(stage, "statement_entries") == 40
    assert stage._rows("SELECT sum(amount) FROM statement_entries")[0][0] == 200_000


def test_two_statements_of_a_file_that_overlap_bring_each_line_once(stage: Stage) -> None:
    lines = some_lines(30)
    first, both = a_file(stage, lines[:20]), a_file(stage, lines)

    result = take(stage, first + both)

    assert (result.statements, result.entries_new, result.entries_known) == (2, 30, 20)
    assert result.verdict is FileVerdict.IMPORTED


def test_a_large_file_follows_small_ones_and_is_followed(stage: Stage) -> None:
    paid = [stage.pay(f"khach {number}", 1_000) for number in range(3)]
    stage.import_file(stage.statement(paid))
    tomorrow = Line(DAY, 7_000, "FT9", "khach", 10_000)

    assert take(stage, a_file(stage, [tomorrow], opening=3_000)).verdict is FileVerdict.IMPORTED

    assert stage.import_file(stage.statement([stage.pay("x", 1)], opening=10_000)).entries_new == 1


def test_a_file_that_does_not_add_up_leaves_nothing_booked(stage: Stage) -> None:
    lines = some_lines()
    # One row is lost, and another has its money: the sums still agree.
    gone = lines.pop(30)
    lines[40] = Line(DAY, lines[40].amount + gone.amount, "", "khách", lines[40].balance)
    body = a_file(stage, lines)

    result = take(stage, body)

    assert result.verdict is FileVerdict.QUARANTINED
    assert {problem.rule for problem in result.problems} == {"row_chain"}
    assert [problem.where for problem in result.problems] == ["31", "41"]
    for table in ("statement_entries", "statements", "transfers", "line_lots"):
        assert count(stage, table) == 0
    assert take(stage, body).file_id == result.file_id


def test_rows_of_one_second_may_stand_in_any_order(stage: Stage) -> None:
    lines = some_lines()
    lines[3], lines[4], lines[20], lines[19] = lines[4], lines[3], lines[19], lines[20]

    assert take(stage, a_file(stage, lines)).verdict is FileVerdict.IMPORTED


def test_rows_may_stand_newest_first(stage: Stage) -> None:
    assert take(stage, a_file(stage, some_lines()[::-1])).verdict is FileVerdict.IMPORTED


def test_a_wrong_row_near_the_end_puts_all_of_the_file_apart(stage: Stage) -> None:
    lines = [*some_lines(), Line(DAY, 0, "", "", None)]

    result = take(stage, a_file(stage, lines))

    assert {problem.rule for problem in result.problems} == {"zero_amount"}
    assert count(stage, "line_lots") == 0


def test_a_file_that_breaks_off_is_put_apart(stage: Stage) -> None:
    result = take(stage, a_file(stage, some_lines()) + b"2021-03-0")

    assert result.verdict is FileVerdict.QUARANTINED
    assert count(stage, "statement_entries") == 0


def test_a_quarantined_file_is_judged_anew_when_the_missing_one_has_come(stage: Stage) -> None:
    lines = some_lines()
    take(stage, a_file(stage, lines[:21]))
    middle = sum(line.amount for line in lines[:21])
    third = sum(line.amount for line in lines[:42])
    late = a_file(stage, lines[42:], opening=third)
    assert [one.rule for one in take(stage, late).problems] == ["previous_closing"]

    take(stage, a_file(stage, lines[21:42], opening=middle))

    assert take(stage, late).verdict is FileVerdict.IMPORTED
    assert count(stage, "statement_entries") == LINES


def until(stage: Stage, body: bytes, phase: Phase) -> None:
    """Import a file until it comes to a phase, and let the process die there."""

    def stop(file: LargeFile) -> None:
        if file.phase is phase:
            raise KilledError

    importer = Importer(MortalBooks(stage), stage.wiring.world, {"plain": PlainReader()}, tell=stop)
    with pytest.raises(KilledError):
        finish_file(importer, begin(stage, body))


@pytest.fixture(params=[Phase.CHECKING, Phase.BOOKING])
def half_booked(stage: Stage, request: pytest.FixtureRequest) -> Iterator[bytes]:
    """A file whose booking has been interrupted; in the end it is finished."""
    body = a_file(stage, some_lines())
    until(stage, body, request.param)
    yield body
    take(stage, body)
    assert count(stage, "settlements") == LINES


def test_no_day_is_closed_and_no_other_file_imported_while_one_is_booked(
    stage: Stage, half_booked: bytes
) -> None:
    del half_booked
    with pytest.raises(Conflict, match="statement_being_booked"):
        stage.close_day(DAY)
    with pytest.raises(Conflict, match="statement_import_running"):
        stage.import_file(stage.statement([stage.pay("x", 1)]))
    with pytest.raises(Conflict, match="statement_import_running"):
        take(stage, a_file(stage, some_lines(20)))


def test_nothing_of_a_file_counts_while_it_is_booked(stage: Stage, half_booked: bytes) -> None:
    del half_booked
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        place = uow.statements.position(stage.centre_id, stage.made.account.account_id)

    assert (place.balance, place.through, place.statements) == (None, None, 0)
    assert count(stage, "journal_entries") == 0
    assert stage.findings() == []


def test_webhooks_go_on_and_nothing_is_missing_while_a_file_is_proving(stage: Stage) -> None:
    paid = stage.pay("khach le", 9_999)
    lines = some_lines()
    last = lines[-1].balance or 0
    lines.append(Line(DAY, 9_999, paid.bank_reference, paid.text, last + 9_999))
    body = a_file(stage, lines)
    until(stage, body, Phase.PROVING)

    stage.announce(paid)
    assert stage.import_file(stage.statement([], opening=last + 9_999)).entries_new == 0
    assert BreakKind.MISSING_ON_STATEMENT not in stage.open_breaks()
    with pytest.raises(Conflict, match="statement_being_booked"):
        stage.close_day(DAY)

    assert take(stage, body).settled == 1
    assert count(stage, "transfers") == LINES + 1
    stage.close_day(DAY)


def test_two_at_once_do_each_step_once(stage: Stage) -> None:
    body = a_file(stage, some_lines())
    until(stage, body, Phase.BOOKING)
    importer = an_importer(stage)
    slow = begin(stage, body, importer)
    finish_file(importer, begin(stage, body, importer))

    with pytest.raises(Conflict, match="statement_import_elsewhere"):
        finish_file(importer, slow)

    assert count(stage, "settlements") == LINES


def test_a_file_beyond_the_limit_is_refused_while_it_is_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_statement, "MOST_BYTES", 900)
    source = io.BytesIO(a_file(stage, some_lines()))

    with pytest.raises(Invalid, match="file_too_large"):
        begin_file(an_importer(stage), stage.finance, file_name="x", source=source)

    assert source.tell() <= 1_500
    assert count(stage, "large_files") == count(stage, "statement_file_parts") == 0


@pytest.mark.parametrize("phase", [Phase.BOOKING, Phase.PROVING])
def test_an_import_of_an_earlier_version_goes_on_in_this_one(stage: Stage, phase: Phase) -> None:
    body = a_file(stage, some_lines())
    until(stage, body, Phase.BOOKING)
    earlier = rows_of_0012(stage)
    if phase is Phase.PROVING:
        until(stage, body, phase)

    with stage.wiring.engine.begin() as connection:
        command.downgrade(migrations._config(connection), "0012")
        connection.execute(text(INSERT_0012), earlier)
    migrations.upgrade(stage.wiring.engine)

    assert take(stage, body).entries_new == LINES
    assert [row[0] for row in entries(stage)] == list(range(1, LINES + 1))
    assert count(stage, "settlements") == LINES


INSERT_0012 = (
    "INSERT INTO statement_lines (centre_id, file_id, bucket, line_no, statement_no, account_id,"
    " content, place, booked_on, booked_at, direction, amount, bank_reference,"
    " remittance_information, balance_before, balance_after, is_reversal) VALUES (:centre_id,"
    " :file_id, :bucket, :line_no, 1, :account_id, :content, 'x', :day, NULL, :direction, :amount,"
    " :reference, :words, :before, :after, :is_reversal)"
)


def rows_of_0012(stage: Stage) -> list[dict[str, object]]:
    """Return what waits to be booked as the rows it was before lines were packed."""
    rows: list[dict[str, object]] = []
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (file,) = uow.large_files.unfinished(stage.centre_id)
        place = (-1, 0)
        while lots := uow.large_files.lots(file, *place, most=1):
            for lot in lots:
                rows.extend(
                    {
                        "centre_id": lot.centre_id, "file_id": lot.file_id, "bucket": lot.bucket,
                        "line_no": number, "account_id": stage.made.account.account_id,
                        "content": content, "day": day, "direction": "in" if moved > 0 else "out",
                        "amount": abs(moved), "reference": reference, "words": words,
                        "before": after - moved, "after": after, "is_reversal": False,
                    }
                    for number, _, content, day, moved, reference, words, after in zip(
                        *taken_lines.lot_lines([lot]), strict=True
                    )
                )  # fmt: skip
            place = (lots[-1].bucket, lots[-1].first_line)
    return rows
