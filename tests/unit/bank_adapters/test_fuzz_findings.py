"""What the fuzzing of the readers has found, each by a small file of its own."""

from __future__ import annotations

from random import Random

import pytest

from bank_adapters.registry import installed_statement_readers
from bank_adapters.statements.provider_answers import READER as ANSWERS
from bank_adapters.statements.spreadsheet import READER as TABLES
from bank_adapters.statements.workbook import checked_workbook
from payments.domain.bank_messages import StatementEntry
from payments.domain.errors import Invalid, InvalidFile
from reconciliation.services.read_statement import choose_reader
from tests.fuzz.tables import workbook

SIGNED = "Ngày giao dịch;Số tham chiếu;Số tiền;Phí;Số dư;Nội dung"
UNNAMED = "Ngày giao dịch;Số tham chiếu;;Số tiền;Mô tả"


def table(*rows: str) -> bytes:
    return "\n".join([*rows, ""]).encode()


def entries(*rows: str) -> tuple[StatementEntry, ...]:
    (statement,) = TABLES.read(table(*rows)).statements
    return statement.entries


def sides(*rows: str) -> list[tuple[int, str]]:
    return [(one.amount, one.direction.value) for one in entries(*rows)]


def refusals(*rows: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFile) as refused:
        TABLES.read(table(*rows))
    return [(one.where, one.code) for one in refused.value.problems]


@pytest.mark.parametrize("words", ["-", "+", "x"])
@pytest.mark.parametrize("fee", ["-", ""])
def test_a_minus_in_another_column_turns_no_payment_round(words: str, fee: str) -> None:
    rows = f"02/03/2026;FT1;75.000;{fee};175.000;{words}", f"03/03/2026;FT2;-5.000;{fee};170.000;x"

    assert sides(SIGNED, *rows) == [(75_000, "in"), (5_000, "out")]
    assert sides(SIGNED, rows[0]) == [(75_000, "in")]


def test_a_column_without_a_heading_tells_sides_when_all_of_it_are_signs() -> None:
    rows = "02/03/2026;FT1;+;75.000;x", "02/03/2026;FT2;-;5.500;-", "02/03/2026;FT3;-;1.100;+"

    assert sides(UNNAMED, *rows) == [(75_000, "in"), (5_500, "out"), (1_100, "out")]


def test_a_row_whose_sign_is_missing_under_no_heading_is_refused() -> None:
    rows = "02/03/2026;FT1;+;75.000;x", "02/03/2026;FT2;;5.500;x"

    assert refusals(UNNAMED, *rows) == [("row 3", "direction_unclear")]


def test_minus_signs_alone_under_no_heading_could_be_nothing_and_are_refused() -> None:
    rows = "02/03/2026;FT1;-;75.000;x", "02/03/2026;FT2;;5.500;x"

    assert refusals(UNNAMED, *rows) == [("row 2", "direction_unclear")]


def test_minus_signs_alone_are_nothing_where_amounts_carry_their_own() -> None:
    rows = "02/03/2026;FT1;-;75.000;x", "02/03/2026;FT2;-;-5.500;x"

    assert sides(UNNAMED, *rows) == [(75_000, "in"), (5_500, "out")]


def test_words_in_a_column_without_a_heading_tell_no_side() -> None:
    rows = "02/03/2026;FT1;-;75.000;x", "02/03/2026;FT2;Lan;5.500;x", "02/03/2026;FT3;+;1.000;x"

    assert sides(UNNAMED, *rows) == [(75_000, "in"), (5_500, "in"), (1_000, "in")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("head", [SIGNED, "A;B;C;D;E;F"])
def test_tags_in_a_payers_words_leave_a_table_a_table(mark: str, head: str) -> None:
    words = '"x\n-\n:20:X\n:25:1\n:61:2603020302C50000,NTRF"'
    rows = table(head, f"02/03/2026;FT1;75000;;175000;{words}", "03/03/2026;FT2;5000;;180000;x")
    body = rows.decode().replace(";", mark).encode()

    assert choose_reader("a.csv", body, installed_statement_readers()).name == TABLES.name


def test_a_table_of_unknown_words_with_one_row_can_be_mapped() -> None:
    assert TABLES.recognises("a.csv", table("A;B;C", "02/03/2026;75.000;x"))
    assert not TABLES.recognises("a.csv", table("02/03/2026;75.000;x"))
    assert not TABLES.recognises("a.sta", table(":20:a,b,c", ":25:a,b,c"))


def test_half_a_letter_in_kept_answers_is_a_refusal() -> None:
    body = b'{"kept":"provider answers","provider":"sepay","account":"1","from":"2021-03-09","to":"2021-03-09","answers":["\\ud800"]}'

    with pytest.raises(Invalid, match="answers_unreadable"):
        ANSWERS.read(body)


@pytest.mark.parametrize("second", ["r='ZZZ9999999'", "r = 'ZZZ9999999'", "\nr='ZZZ9999999'"])
@pytest.mark.parametrize("first", ['<row r="1"><c r="A1" {}>', '<row r="1"><c r="A1"{}>'])
def test_a_second_name_of_a_cell_is_looked_at(first: str, second: str) -> None:
    sheet = (
        f"<worksheet><sheetData>{first.format(second)}<v>1</v></c></row></sheetData></worksheet>"
    )

    with pytest.raises(Invalid, match="workbook_refused"):
        checked_workbook(workbook(sheet.encode(), Random(1)))


@pytest.mark.parametrize("words", ["a,b,c,d,e,f,g,h", "1,2,3"])
def test_a_payers_commas_choose_no_delimiter(words: str) -> None:
    rows = f"02/03/2026|FT1|75,000|{words}", "03/03/2026|FT2|1,250,000|x"
    (first, *_) = TABLES.head(table("A|B|C|D", *rows)).rows

    assert first == (1, ["A", "B", "C", "D"])


def test_an_amount_at_the_very_end_of_a_file_could_miss_digits() -> None:
    head, row = "Ngày giao dịch;Số tham chiếu;Mô tả;Số tiền", "02/03/2026;FT1;x;55"
    closing = "Số dư cuối kỳ;1.000.055"

    with pytest.raises(InvalidFile, match="file_cut"):
        TABLES.read(f"{head}\n{row}".encode())
    assert TABLES.read(f"{head}\n{row}\n".encode()).statements[0].entries[0].amount == 55
    assert TABLES.read(f"{closing}\n{head}\n{row}".encode()).statements[0].closing == 1_000_055


@pytest.mark.parametrize("words", ["Ngày,Nợ,Có,Số dư,Nội dung,Số CT", "x"])
def test_a_payers_words_like_a_header_choose_no_delimiter(words: str) -> None:
    head = "Transaction date|Amount|Nội dung|Số tham chiếu"

    assert sides(head, f"02/03/2026|-804,309,864.00|{words}|FT1") == [(804_309_864, "out")]
