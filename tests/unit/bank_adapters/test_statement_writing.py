"""A statement that is written is read back as it was, whatever a payer put into the text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_adapters.statements.mt940 import READER as MT940
from bank_adapters.statements.printed import clean_text
from bank_adapters.statements.spreadsheet import READER as VIETCOMBANK
from bank_adapters.statements.writing import mt940, vietcombank_csv, vietcombank_xlsx
from payments.domain.bank_messages import Direction, Statement, StatementEntry
from payments.ports.bank import StatementReader

Way = tuple[Callable[[Statement], bytes], StatementReader]
WAYS: list[Way] = [(vietcombank_csv, VIETCOMBANK), (vietcombank_xlsx, VIETCOMBANK), (mt940, MT940)]


def a_statement(texts: tuple[str, ...] = ("Nộp lệ phí AB12CD34",), opening: int = 0) -> Statement:
    """A statement that adds up, with one entry of 25,000 for each text and a fee at the end."""
    balance = opening
    entries = []
    for number, text in enumerate((*texts, "Phi dich vu"), start=1):
        fee = number > len(texts)
        balance += -1_100 if fee else 25_000
        entries.append(
            StatementEntry(
                where=f"row {number}",
                booked_on=date(2026, 3, 2),
                amount=1_100 if fee else 25_000,
                direction=Direction.OUT if fee else Direction.IN,
                text=text,
                bank_reference=f"5307.{number}",
                balance_after=balance,
            )
        )
    return Statement(
        account_number="0011000000001",
        currency="VND",
        entries=tuple(entries),
        number="61/1",
        opening=opening,
        closing=balance,
        period_from=date(2026, 3, 2),
        period_to=date(2026, 3, 2),
    )


def read_back(statement: Statement, way: Way) -> Statement:
    """Write it, read it, and leave out what only a file has."""
    write, reader = way
    body = write(statement)
    assert reader.recognises("a", body)
    content = reader.read(body)
    assert content.problems == ()
    (read,) = content.statements
    return read


def facts(statement: Statement) -> list[tuple[object, ...]]:
    return [
        (e.booked_on, e.amount, e.direction, clean_text(e.text).strip(), e.bank_reference)
        for e in statement.entries
    ]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0].__name__)
@pytest.mark.parametrize("opening", [0, 12_500_000, -902_700])
def test_what_is_written_is_read_back(way: Way, opening: int) -> None:
    statement = a_statement(opening=opening)
    read = read_back(statement, way)

    assert facts(read) == facts(statement)
    assert (read.account_number, read.currency) == ("0011000000001", "VND")
    assert (read.opening, read.closing) == (statement.opening, statement.closing)
    assert (read.period_from, read.period_to) == (statement.period_from, statement.period_to)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0].__name__)
def test_a_day_without_entries_is_read_back(way: Way) -> None:
    statement = replace(a_statement(opening=7_000), entries=(), closing=7_000)

    assert read_back(statement, way).entries == ()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0].__name__)
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "a\n:61:2603020302C9999999,NTRFNONREF\n:86:b",
        "a\r\n:20:GIA\r\n:25:1\r\n-\r\n",
        "Tổng số",
        '"quoted", with; marks|and\ttabs',
        "x" * 65 + ":61:" + "y" * 70,
        "x" * 64 + " " + "-" * 3 + " " + "y" * 80,
        "x" * 65 + " y",
    ],
)
def test_a_payers_text_stays_one_text(way: Way, text: str) -> None:
    statement = a_statement((text,))
    read = read_back(statement, way)

    assert [entry.amount for entry in read.entries] == [25_000, 1_100]
    told = read.entries[0].text.replace(" ", "")
    assert told == clean_text(text).replace(" ", "")


@settings(deadline=None, max_examples=20)  # a workbook is read in a process of its own
@given(texts=st.lists(st.text(max_size=300), max_size=3))
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0].__name__)
def test_any_text_leaves_the_money_alone(way: Way, texts: list[str]) -> None:
    statement = a_statement(tuple(texts))
    read = read_back(statement, way)

    assert read.closing == statement.closing
    assert [entry.amount for entry in read.entries] == [e.amount for e in statement.entries]


def test_a_reversal_is_written_as_one() -> None:
    statement = a_statement()
    reversal = replace(statement.entries[1], is_reversal=True)
    closing = statement.closing
    read = read_back(
        replace(statement, entries=(statement.entries[0], reversal), closing=closing), WAYS[2]
    )

    assert read.entries[1].is_reversal
    assert read.entries[1].direction is Direction.OUT


def test_the_workbook_holds_no_formula() -> None:
    body = vietcombank_xlsx(a_statement(("=HYPERLINK(1)", "http://x.invalid")))
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet.lower()
