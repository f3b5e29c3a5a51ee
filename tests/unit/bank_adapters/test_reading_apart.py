"""What kills a reader kills a child process: the caller gets a refusal and its answer in time."""

from __future__ import annotations

import io
import resource
import zipfile

import pytest
import xlsxwriter

from bank_adapters.statements import apart
from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.sheets import Sheet
from bank_adapters.statements.spreadsheet import READER
from payments.domain.errors import Invalid

SHEET = "xl/worksheets/sheet1.xml"


def workbook(parts: dict[str, bytes] | None = None) -> bytes:
    """A small workbook with some of its parts replaced."""
    honest, target = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(honest, {"in_memory": True}) as book:
        book.add_worksheet("A").write_row(0, 0, ["a", 1, "Số\u202edư\r\nx"])
    with (
        zipfile.ZipFile(honest) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(name, (parts or {}).get(name, source.read(name)))
    return target.getvalue()


def test_a_child_gives_back_what_is_in_the_cells() -> None:
    (sheet,) = read_apart("workbook", workbook())

    assert sheet == Sheet("A", [(1, ["a", "1", "Số\u202edư\r\nx"])])


def test_a_child_hands_its_refusal_on() -> None:
    far = b'<worksheet><sheetData><row r="1"><c r="A1"/><c r="XFD1048576"/></row></sheetData>'

    with pytest.raises(Invalid, match="cells_too_far"):
        READER.read(workbook({SHEET: far}))


def test_what_unpacks_to_300_megabytes_is_refused_without_memory_of_ours() -> None:
    body = workbook({SHEET: b" " * 300_000_000})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Invalid, match="too_large_unpacked"):
        READER.read(body)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 50_000


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        'print(\'["sheet","A",true]\')',
        "print('not JSON at all' * 100)",
        "bytearray(2 ** 33)",
        "while True: pass",
    ],
)
def test_a_child_that_dies_or_never_ends_is_a_refusal(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PROGRAM", f"{apart.LIMITS}\n{program}")
    monkeypatch.setattr(apart, "MOST_SECONDS", 1)

    with pytest.raises(Invalid, match="limits"):
        read_apart("workbook", b"PK")


def test_a_child_that_answers_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_ANSWER", 20)

    with pytest.raises(Invalid, match="limits"):
        read_apart("workbook", workbook())


@pytest.mark.parametrize(
    "page", ["<table>" + "<!--" * 500_000, "<table>" + "<a" * 500_000, "<table><tr><td>a"]
)
def test_a_page_of_unended_tags_is_refused(page: str) -> None:
    with pytest.raises(Invalid, match="file_cut"):
        READER.read(page.encode())


def test_an_old_binary_workbook_is_refused() -> None:
    with pytest.raises(Invalid, match="binary"):
        READER.read(b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def test_rows_of_any_width_and_cells_with_any_sign_arrive_as_they_were_read() -> None:
    page = b"<html><table><tr><td>a</td><td>b\x1fc</td></tr><tr><td>d</td></tr></table></html>"

    (sheet,) = read_apart("html", page)

    assert [cells for _, cells in sheet.rows] == [["a", "b\x1fc"], ["d"]]
