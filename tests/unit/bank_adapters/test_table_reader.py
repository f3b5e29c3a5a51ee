"""An office's table is read whatever program saved it, and refused when it is no table."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from bank_adapters.table_reader import MOST_ROWS, read_table
from payments.domain.errors import Invalid

ROWS = [["Mã", "Tên"], ["1", "Đất đai, nhà ở"], [], ["2", "Hộ tịch"]]
TEXT = 'Mã{0}Tên\r\n1{0}"Đất đai, nhà ở"\r\n\r\n2{0}Hộ tịch\r\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_of_any_delimiter_and_unicode_encoding_is_read(
    delimiter: str, encoding: str
) -> None:
    assert read_table("x.csv", TEXT.format(delimiter).encode(encoding)) == ROWS


def test_letters_come_in_one_spelling() -> None:
    assert read_table("x.csv", "Tên;Mã\n".encode()) == read_table(
        "x.csv", "Te\u0302n;Ma\u0303\n".encode()
    )


def test_a_workbook_is_known_by_its_content_and_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("empty")
        sheet = workbook.add_worksheet("data")
        sheet.write_row(2, 0, ["a", " b "])

    assert read_table("x.csv", path.read_bytes()) == [["", ""], ["", ""], ["a", "b"]]


def test_one_column_is_a_table_too() -> None:
    assert read_table("x.csv", b"code\n1\n") == [["code"], ["1"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "table_empty"),
        (b";;\n;;\n", "table_empty"),
        (b"PK\x03\x04 no workbook", "workbook_unreadable"),
        ("Mã;Tên".encode("cp1258", "replace") + b"\xff\xe3", "encoding_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", "encoding_unknown"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "table_not_supported"),
        (b"a;b\n" * (MOST_ROWS + 2), "table_too_long"),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as error:
        read_table("x.csv", body)

    assert error.value.code == code
