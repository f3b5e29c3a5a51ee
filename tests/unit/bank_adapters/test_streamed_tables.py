"""A table read as its rows go by is the table read whole, or is refused for saying things late."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bank_adapters.statements import delimited, table
from bank_adapters.statements.accounts import AccountReading
from bank_adapters.statements.delimited import TextTable, numbered_rows
from bank_adapters.statements.encodings import TextFile
from bank_adapters.statements.parts import ToldTooLateError, whole
from bank_adapters.statements.spreadsheet import READER
from bank_adapters.statements.table import table_parts
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid, InvalidFile
from payments.domain.statement_parts import EntryBatch, StatementHead, StreamsParts
from tests.battery.test_fuzz_tables import spoiled
from tests.statement_tables import csv_table

HEAD = "Ngày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Số dư,Nội dung"
Told = StatementFile | tuple[str, object]


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by handfuls, so that small tables are large."""
    monkeypatch.setattr(delimited, "_AT_ONCE", 120)
    monkeypatch.setattr(table, "_FEW", 2)


def files() -> Iterator[bytes]:
    random = Random(16)
    for _ in range(200):
        body = csv_table(random)
        yield spoiled(body, random) if random.random() < 0.4 else body


def told(body: bytes, hold: int | None) -> Told:
    """What a file is read to, or how it is refused."""
    try:
        return whole(table_parts([TextTable(TextFile(io.BytesIO(body)))], hold=hold))
    except InvalidFile as refused:
        return refused.code, refused.problems
    except Invalid as refused:
        return refused.code, dict(refused.facts)


def was_late(said: Told) -> bool:
    return (
        isinstance(said, tuple)
        and isinstance(said[1], list | tuple)
        and [one.code for one in said[1]] == ["told_too_late"]
    )


def row(number: int) -> str:
    return f'02/03/2026,FT{number},"0","1,000","{number * 1_000:,}",nop phi'


def large(*last: str, first: tuple[str, ...] = (HEAD,)) -> bytes:
    """A file of more rows than are held, with these behind them."""
    return "\n".join([*first, *(row(number) for number in range(1, 9_000)), *last, ""]).encode()


@pytest.mark.usefixtures("_few")
def test_rows_that_go_by_read_as_rows_that_are_held() -> None:
    late = read = 0
    for body in files():
        streamed, held = told(body, hold=3), told(body, hold=None)
        if was_late(streamed):
            late += 1
        else:
            assert streamed == held, body
            read += isinstance(held, StatementFile)

    assert late < 60
    assert read > 70


@pytest.mark.usefixtures("_few")
def test_columns_read_as_rows_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    by_column = 0
    take = AccountReading.take_columns

    def counted(*given: object) -> EntryBatch | None:
        nonlocal by_column
        batch = take(*given)  # type: ignore[arg-type] # as it was given
        by_column += batch is not None
        return batch

    monkeypatch.setattr(AccountReading, "take_columns", counted)
    columns = [told(body, hold=3) for body in files()]
    monkeypatch.setattr(AccountReading, "take_columns", lambda *_: None)

    assert [told(body, hold=3) for body in files()] == columns
    assert by_column > 150


ODD_AMOUNTS = (
    "1,000\n2,000", "1,000", "1,00", "0,500", "007", "-1,000", "1,000.00", "1,000.0", "1,000.5", "", "0",
    "-", "1000", "1.000", "(1,000)", "1,000 VND", "123,456,789,012,345,678", "9" * 19, "0" * 19, "+5",
    "1,000,", ",000", "-0", "00", "1,,000", "\u0661", "5", "1e3", "NaN", "[1]", "1 000",
)  # fmt: skip
AMOUNTS = st.lists(
    st.tuples(*[st.sampled_from([*ODD_AMOUNTS, *["1,000", "0", ""] * 20])] * 3), max_size=30
)


@pytest.mark.usefixtures("_few")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    amounts=AMOUNTS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), has=st.booleans()
)
@example(amounts=[("0", "1,000\n2,000", "1,000")], quoting=csv.QUOTE_MINIMAL, has=False)
def test_odd_amounts_are_read_by_column_as_by_row(
    amounts: list[tuple[str, str, str]], quoting: int, *, has: bool
) -> None:
    head = ["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung", "Số dư"]
    plain = [("0", "1,000", "1,000")] * 12
    rows = [
        ["02/03/2026", f"FT{number}", out, into, "nop phi, Nộp phí", balance]
        for number, (out, into, balance) in enumerate([*plain, *amounts, *plain])
    ]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows(row[: 5 + has] for row in [head, *rows])  # type: ignore[arg-type] # as csv takes it
    body = text.getvalue().encode()
    by_column = told(body, hold=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "plain_columns", lambda *_: None)
        by_reader = told(body, hold=3)
        patch.setattr(AccountReading, "take_columns", lambda *_: None)
        by_row = told(body, hold=3)

    assert by_column == by_reader == by_row


def test_two_amounts_in_one_cell_are_none() -> None:
    head = "Ngày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Nội dung"
    bad = '02/03/2026,FT9001,"0","1,000\n2,000",nop phi'
    lines = [f'02/03/2026,FT{number},"0","1,000",nop phi' for number in range(1, 9_000)]
    body = "\n".join([head, *lines, bad, *lines, ""]).encode()

    with pytest.raises(InvalidFile) as refused:
        list(READER.read_parts(io.BytesIO(body)))

    assert [(one.where, one.code) for one in refused.value.problems] == [
        ("row 9001", "amount_unreadable")
    ]


def test_lines_of_a_quoted_cell_are_counted() -> None:
    random = Random(5)
    for _ in range(300):
        cells = ("a", '"b\nc"', '"d\r\ne"', '"f\r""g"', "", '"\n\r"')
        lines = [",".join(random.choices(cells, k=3)) for _ in range(random.randrange(9))]
        text = random.choice(("\n", "\r\n", "\r")).join(lines) + random.choice(("", "\n"))
        batches = TextTable(TextFile(io.BytesIO(text.encode()))).batches()
        rows = [one for batch in batches for one in zip(batch.numbers, batch.rows, strict=True)]

        assert rows == list(numbered_rows(io.StringIO(text, newline=""), ","))


def test_a_large_table_comes_in_batches_behind_its_head() -> None:
    head, *parts = READER.read_parts(io.BytesIO(large()))
    batches = [part for part in parts if isinstance(part, EntryBatch)]

    assert isinstance(READER, StreamsParts)
    assert head == StatementHead(account_number="", currency="VND")
    assert len(batches) > 2
    assert [one.where for batch in batches for one in batch.entries()] == [
        f"row {number}" for number in range(2, 9_001)
    ]


def test_a_table_whose_currency_stands_behind_many_rows_is_read_whole() -> None:
    body = large("Loại tiền: USD")

    with pytest.raises(ToldTooLateError) as refused:
        list(READER.read_parts(io.BytesIO(body)))

    assert refused.value.problems[0].where == "row 9001"
    (statement,) = READER.read(body).statements
    assert statement.decimals == 2
    assert statement.entries[0].amount == 100_000
