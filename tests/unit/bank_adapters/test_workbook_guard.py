"""Hostile workbooks are refused before a reader sees them, with the reason and in no time."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
import xlsxwriter

from bank_adapters.statements.spreadsheet import READER
from bank_adapters.statements.workbook import (
    MOST_BYTES,
    MOST_PARTS,
    MOST_ROWS,
    checked_workbook,
    read_workbook,
)
from payments.domain.errors import Invalid

SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    """A small honest workbook."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("A").write_row(0, 0, ["a", 1, 2.5, True])
    return target.getvalue()


def changed(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The honest workbook with some of its parts replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as source,
        zipfile.ZipFile(target, "w", method) as copy,
    ):
        for name in source.namelist():
            if name not in parts:
                copy.writestr(name, source.read(name))
        for name, content in parts.items():
            copy.writestr(name, content)
    return target.getvalue()


def sheet(*cells: str) -> bytes:
    """A worksheet with these cells in one row element each."""
    rows = "".join(f"<row>{cell}</row>" for cell in cells)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def cell(reference: str) -> str:
    return f'<c r="{reference}"><v>1</v></c>'


def assert_refused(body: bytes, reason: str, code: str = "workbook_refused") -> None:
    begun = time.monotonic()
    with pytest.raises(Invalid) as refused:
        read_workbook(body)

    assert refused.value.code == code
    assert refused.value.facts["reason"] == reason
    assert time.monotonic() - begun < 2


def test_an_honest_workbook_reads() -> None:
    (one,) = read_workbook(workbook())

    assert one.rows == [(1, ["a", "1", "2.5", "True"])]


def test_two_far_cells_are_refused() -> None:
    assert_refused(changed({SHEET: sheet(cell("A1"), cell("XFD1048576"))}), "cells_too_far")


@pytest.mark.parametrize("before", [0, 100])
@pytest.mark.parametrize(
    "second",
    [
        ' r="XFD1048576"', " r='XFD1048576'", ' r = "XFD1048576"', ' r= "XFD1048576"',
        'r="XFD1048576"', '\nr="XFD1048576"', '\tr="XFD1048576"', '\rr="XFD1048576"',
        ' r\n="XFD1048576"', ' r\t="XFD1048576"', ' r=\n"XFD1048576"',
    ],
)  # fmt: skip
def test_a_cell_that_is_named_twice_is_judged_by_both_names(second: str, before: int) -> None:
    twice = f'<c r="B1"{second}><v>1</v></c>'

    assert_refused(changed({SHEET: sheet(*[cell("A1")] * before, twice)}), "cells_too_far")


@pytest.mark.parametrize("name", ["xl/worksheets/x.xml", "XL/Worksheets/Sheet1.XML"])
def test_a_far_cell_in_any_sheet_is_refused(name: str) -> None:
    body = changed({name: sheet("<c r = 'A1'><v>1</v></c>", "<c s='1' r = 'XFD1048576'/>")})

    with pytest.raises(Invalid):
        read_workbook(body)


def test_a_far_row_without_cell_names_is_refused() -> None:
    far = b'<worksheet><sheetData><row r="1048576"><c><v>1</v></c></row></sheetData>'
    wide = far + b'<row r="1">' + cell("ZZ1").encode() + b"</row></worksheet>"

    assert_refused(changed({SHEET: wide}), "cells_too_far")


@pytest.mark.parametrize("reference", ["&#88;FD1048576", "xfd1048576", "A99999999", "", "$A$1"])
def test_a_cell_named_in_another_way_is_refused(reference: str) -> None:
    assert_refused(changed({SHEET: sheet(cell(reference))}), "cell_reference")


def test_a_wide_dimension_over_few_cells_is_only_a_claim() -> None:
    content = sheet(cell("A1")).replace(b"<sheetData>", b'<dimension ref="A1:AMJ5"/><sheetData>')

    assert len(read_workbook(changed({SHEET: content}))[0].rows) == 1


def test_a_part_that_grows_too_much_is_refused() -> None:
    assert_refused(changed({"xl/a.xml": b" " * 3_000_000}), "grows_too_much")


def test_parts_that_are_too_large_together_are_refused() -> None:
    body = bytearray(changed({"xl/a.xml": b"x"}, method=zipfile.ZIP_STORED))
    # The size that the directory declares is enough to refuse it; nothing is unpacked.
    place = body.rindex(b"PK\x01\x02")
    body[place + 24 : place + 28] = (MOST_BYTES + 1).to_bytes(4, "little")

    assert_refused(bytes(body), "too_large_unpacked", "workbook_too_large")


def test_a_workbook_of_too_many_rows_names_the_limit() -> None:
    far = f'<row r="{MOST_ROWS + 1}"><c><v>1</v></c></row>'.encode()
    body = changed({SHEET: b"<worksheet><sheetData>" + far + b"</sheetData></worksheet>"})

    with pytest.raises(Invalid, match=f"workbook_too_large.*most_rows={MOST_ROWS}"):
        read_workbook(body)


def test_a_part_larger_than_it_says_is_refused() -> None:
    body = bytearray(changed({"xl/a.xml": b"x" * 5000}))
    place = body.rindex(b"PK\x01\x02")
    body[place + 24 : place + 28] = (10).to_bytes(4, "little")

    with pytest.raises(Invalid):
        checked_workbook(bytes(body))


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl/{number}.xml": b"" for number in range(MOST_PARTS)}

    assert_refused(changed(parts), "too_many_parts")


def test_an_archive_inside_is_refused() -> None:
    assert_refused(changed({"xl/media/image1.png": workbook()}), "archive_inside")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_refused() -> None:
    target = io.BytesIO(workbook())
    with zipfile.ZipFile(target, "a") as copy:
        copy.writestr("xl/workbook.xml", b"<workbook/>")

    assert_refused(target.getvalue(), "part_twice")


def test_a_document_type_is_refused() -> None:
    content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet(cell("A1"))

    assert_refused(changed({SHEET: content}), "document_type")


def test_a_sheet_in_utf16_is_refused() -> None:
    content = sheet(cell("A1"), cell("XFD1048576")).decode().encode("utf-16")

    assert_refused(changed({SHEET: content}), "not_utf8")


@pytest.mark.parametrize("body", [b"PK", b"PK\x03\x04" + b"\0" * 100, b"PK\x05\x06" + b"\0" * 18])
def test_no_workbook_is_unreadable(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        READER.read(body)

    assert refused.value.code == "workbook_unreadable"
