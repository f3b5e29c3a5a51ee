"""``thuphi statement read FILE`` prints what a statement says, and ends as it deserves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
)
from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.ports.bank import StatementReader
from reconciliation.cli.statement_reading import read_command
from reconciliation.services.read_statement import MOST_BYTES, choose_reader

ENTRY = StatementEntry("row 2", date(2026, 3, 2), 50_000, Direction.IN, "Nộp phí", "FT1")
STATEMENT = Statement("001", "VND", (ENTRY,), "61/1", opening=0, closing=50_000)


@dataclass(frozen=True)
class FakeReader:
    """Knows files that begin with its name, and gives what it was told."""

    name: str
    content: StatementFile | Exception

    def recognises(self, file_name: str, body: bytes) -> bool:
        return body.startswith(self.name.encode())

    def read(self, body: bytes) -> StatementFile:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


@dataclass(frozen=True)
class Root:
    statement_readers: Mapping[str, StatementReader]


def run(tmp_path: Path, content: StatementFile | Exception) -> tuple[int, dict[str, Any]]:
    """The exit status and the printed JSON for a file with this content."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"fake")
    root = Root({"fake": FakeReader("fake", content)})
    result = CliRunner().invoke(read_command, [str(file)], obj=root)
    return result.exit_code, json.loads(result.stdout)


def test_a_clean_statement_ends_with_zero(tmp_path: Path) -> None:
    status, printed = run(tmp_path, StatementFile((STATEMENT,)))

    assert status == 0
    assert printed == {
        "statements": [
            {
                "account": "001",
                "currency": "VND",
                "number": "61/1",
                "opening": 0,
                "closing": 50_000,
                "credits": 50_000,
                "debits": 0,
                "fees": 0,
                "vat": 0,
                "entries": [
                    {
                        "booked_on": "2026-03-02",
                        "value_on": None,
                        "amount": 50_000,
                        "direction": "in",
                        "reference": "FT1",
                        "text": "Nộp phí",
                        "pending": False,
                        "reversal": False,
                    }
                ],
                "problems": [],
            }
        ],
        "problems": [],
    }


def test_a_statement_that_does_not_add_up_ends_with_one(tmp_path: Path) -> None:
    status, printed = run(tmp_path, StatementFile((replace(STATEMENT, closing=60_000),)))

    assert status == 1
    assert [problem["rule"] for problem in printed["statements"][0]["problems"]] == ["equation"]


def test_a_file_that_cannot_be_read_ends_with_two_and_names_the_row(tmp_path: Path) -> None:
    status, printed = run(tmp_path, InvalidFile([Problem("row 7", "amount_unreadable")]))

    assert status == 2
    assert printed["statements"] == []
    assert printed["problems"][0]["where"] == "row 7"


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("wb") as target:
        target.truncate(MOST_BYTES + 1)
    result = CliRunner().invoke(read_command, [str(file)], obj=Root({}))

    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["rule"] == "file_too_large"


def test_pending_entries_are_listed_and_not_summed(tmp_path: Path) -> None:
    pending = replace(ENTRY, amount=99_000, is_pending=True)
    _, printed = run(tmp_path, StatementFile((replace(STATEMENT, entries=(ENTRY, pending)),)))

    assert printed["statements"][0]["credits"] == 50_000
    assert [entry["pending"] for entry in printed["statements"][0]["entries"]] == [False, True]


def test_minor_units_are_printed_as_decimal_text(tmp_path: Path) -> None:
    entry = replace(ENTRY, amount=5, direction=Direction.OUT)
    statement = Statement("1", "EUR", (entry,), opening=2, closing=-3, decimals=2)
    _, printed = run(tmp_path, StatementFile((statement,)))

    shown = printed["statements"][0]
    assert (shown["opening"], shown["closing"], shown["debits"]) == ("0.02", "-0.03", "0.05")


def test_a_page_that_does_not_follow_the_page_before_is_a_problem(tmp_path: Path) -> None:
    day = date(2026, 3, 2)
    first = replace(STATEMENT, period_from=day, period_to=day)
    second = replace(first, opening=40_000, closing=90_000)
    status, printed = run(tmp_path, StatementFile((first, second)))

    assert status == 1
    assert printed["statements"][1]["problems"][0]["rule"] == "previous_closing"


def test_a_page_without_a_first_day_follows_the_page_with_its_number(tmp_path: Path) -> None:
    first = replace(STATEMENT, period_to=date(2026, 3, 2))
    second = replace(STATEMENT, number="61/2", opening=60_000, closing=110_000)
    other = replace(second, number="62/1")

    _, pages = run(tmp_path, StatementFile((first, second)))
    _, apart = run(tmp_path, StatementFile((first, other)))

    found, nothing = (
        [one["rule"] for one in told["statements"][1]["problems"]] for told in (pages, apart)
    )
    assert (found, nothing) == (["previous_closing"], [])


def test_no_reader_and_two_readers_are_both_refused() -> None:
    content = StatementFile(())
    one, two = FakeReader("ab", content), FakeReader("a", content)

    with pytest.raises(Invalid, match="statement_format_unknown"):
        choose_reader("x", b"c", {"one": one, "two": two})
    with pytest.raises(Invalid, match="statement_format_unclear"):
        choose_reader("x", b"abc", {"one": one, "two": two})
    assert choose_reader("x", b"ac", {"one": one, "two": two}) is two


def test_what_cannot_be_read_of_an_entry_is_null(tmp_path: Path) -> None:
    unread = replace(ENTRY, where="row 3", amount=0, booked_on=date.min, is_pending=True)
    problem = StatementProblem("amount_unreadable", "row 3", "the amount cannot be read")
    content = StatementFile((replace(STATEMENT, entries=(ENTRY, unread)),), (problem,))
    status, printed = run(tmp_path, content)
    entries = printed["statements"][0]["entries"]

    assert status == 1
    assert [(one["amount"], one["booked_on"]) for one in entries] == [
        (50_000, "2026-03-02"),
        (None, None),
    ]
