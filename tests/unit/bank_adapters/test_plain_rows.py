"""Text that is cut into columns at once is the text that csv.reader reads row by row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bank_adapters.statements import delimited, plain_rows
from bank_adapters.statements.batches import Batch, row_names
from bank_adapters.statements.delimited import DELIMITERS, TextTable, numbered_rows
from bank_adapters.statements.encodings import TextFile
from bank_adapters.statements.plain_rows import plain_columns
from payments.domain.errors import Invalid

Rows = list[tuple[int, list[str]]]

SIGNS = st.sampled_from(
    ["a", "0", "ữ", '"', '""', ",", ";", "\t", "|", "\r", "\n", "\r\n", " ", "\x1f"]
)
TEXTS = st.lists(SIGNS, max_size=40).map("".join)
CELLS = st.lists(st.sampled_from(["", "a", "0", "1,0", "x;y", "ữ", "-", 'b"c', "d\ne"]), min_size=2)
TABLES = st.lists(CELLS, min_size=1, max_size=9)


def by_reader(text: str, delimiter: str) -> list[list[str]] | None:
    try:
        return [row for _, row in numbered_rows(io.StringIO(text, newline=""), delimiter)]
    except csv.Error:
        return None


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    text = io.StringIO(newline="")
    dialect = {"delimiter": delimiter, "lineterminator": end, "quoting": quoting}
    csv.writer(text, **dialect).writerows(rows)  # type: ignore[arg-type] # as csv takes them
    return text.getvalue()


@given(text=TEXTS, delimiter=st.sampled_from(DELIMITERS))
@example(text='x,"a\r\nb",y\r\nx,c\r\nd,y\r\n', delimiter=",")
@example(text='"a","b\nc",d\ne,"f\ng",h\n', delimiter=",")
@example(text='"",""\n"",""\n', delimiter=",")
@example(text='a,"b""c"\n', delimiter=",")
@example(text='a,b"c"\n', delimiter=",")
@example(text="a\rb,c\n", delimiter=",")
@example(text='a,"b\r"\n', delimiter=",")
@example(text='a\t"b\tc"\n', delimiter="\t")
def test_what_is_cut_is_what_the_reader_reads(text: str, delimiter: str) -> None:
    columns = plain_columns(text, delimiter)
    if columns is not None:
        rows = zip(*(column.cells for column in columns), strict=True)
        assert list(map(list, rows)) == by_reader(text, delimiter)


@given(
    rows=TABLES,
    delimiter=st.sampled_from(DELIMITERS),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    rest=st.sampled_from(["", "", '"', "x", '"x\n', "\n"]),
    at_once=st.integers(1, 60),
)
def test_a_table_cut_by_pieces_is_what_the_reader_reads(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, rest: str, at_once: int
) -> None:
    text = written([[*rows[0]] * 2, *rows], delimiter, end, quoting) + rest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_AT_ONCE", at_once)
        patch.setattr(delimited, "best_delimiter", lambda _: delimiter)
        table = TextTable(TextFile(io.BytesIO(text.encode("utf-8-sig"))))
        try:
            found: Rows | None = [
                (number, list(row))
                for batch in table.batches()
                for number, row in zip(batch.numbers, batch.rows, strict=True)
            ]
        except Invalid:
            found = None
    try:
        assert found == list(numbered_rows(io.StringIO(text, newline=""), delimiter))
    except csv.Error:
        assert found is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_plain_table_is_cut_whether_quoted_or_not(delimiter: str, end: str) -> None:
    rows = [["a", f"1{delimiter}0", "", "x y"], ["b", "2", f"{delimiter}", ""]] * 90
    text = written(rows, delimiter, end, csv.QUOTE_MINIMAL)
    bare = written([["a", "1", ""]] * 90, delimiter, end, csv.QUOTE_MINIMAL)

    cut = plain_columns(bare, delimiter)
    assert cut is not None
    assert [list(column.cells) for column in cut] == [["a"] * 90, ["1"] * 90, [""] * 90]
    quoted = plain_columns(text, delimiter)
    if delimiter == "\t":
        assert quoted is None
    else:
        assert quoted is not None
        assert list(zip(*(column.cells for column in quoted), strict=True)) == [*map(tuple, rows)]


def test_a_cell_that_the_reader_refuses_for_its_length_is_not_cut() -> None:
    long = "x" * 140_000
    around = "a,b\n" * 30_000

    assert by_reader(f"{around}a,{long}\n{around}", ",") is None
    assert plain_columns(f"{around}a,{long}\n{around}", ",") is None
    assert plain_columns(around, ",") is not None


def test_rows_of_columns_are_those_of_the_rows() -> None:
    text = 'a,"1,0",x\nb,2,y\nc,"3,0",\n'
    columns = plain_columns(text, ",")
    assert columns is not None
    cut = Batch(range(1, 4), columns=columns, is_visible=True)
    rows = Batch(range(1, 4), rows=by_reader(text, ","))

    for above in (["k", "l", "m"], ["k", "l"], ["k\n", "l", "m"], ["ữ", "l", "m"]):
        one, other = cut.behind(0, above), rows.behind(0, above)
        assert list(map(list, one.rows)) == list(map(list, other.rows))
        assert list(one.numbers) == list(other.numbers) == [0, 1, 2]
        assert one.is_visible == (above == ["k", "l", "m"])
    for place in (0, 1, -1):
        assert list(cut.row(place)) == list(rows.row(place))
    assert list(map(list, cut.part(1, 3).rows)) == list(map(list, rows.part(1, 3).rows))
    assert [column.text for column in cut.columns or ()] == ["a\nb\nc", "1,0\n2\n3,0", "x\ny\n"]


def test_no_control_character_is_cut() -> None:
    for sign in map(chr, plain_rows.CONTROLS):
        assert plain_columns(f"a,b{sign}c\n", ",") is None or sign == "\n"


def test_rows_are_named_by_their_numbers() -> None:
    for start, stop in ((1, 2), (998, 1_002), (999, 1_000), (1_000, 1_001), (7, 4_010), (5, 5)):
        names = [f"row {number}" for number in range(start, stop)]
        assert row_names(range(start, stop)) == row_names([*range(start, stop)]) == names
