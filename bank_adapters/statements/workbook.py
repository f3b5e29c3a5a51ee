"""XLSX workbooks, opened only after what is inside has been measured.

A workbook is a ZIP of XML written by anybody. Two far cells in 1,451 bytes make a reader ask for
hundreds of gigabytes (tafia/calamine issue 693), a small file can unpack to a huge one, and a ZIP
can hold another. So every part is unpacked here under limits and handed on in a plain ZIP of our
own: the reader sees nothing that was not checked.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import IO, cast

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from bank_adapters.statements.sheets import Sheet
from payments.domain.errors import Invalid

MOST_PARTS = 512
"""Parts of the ZIP; a statement has about ten."""

MOST_BYTES = 128 * 1024 * 1024
"""Bytes after unpacking, all parts together; 100,000 rows take about 50 MB."""

MOST_RATIO = 200
"""Times a part may grow when unpacked; statements of repeated words stay under 40."""

RATIO_FROM = 1024 * 1024
"""Smaller parts may grow as they like."""

MOST_CELLS = 4_000_000
"""Cells in the rectangle from A1 to the last cell of a sheet, because readers keep them all."""

MOST_ROWS = 250_000
"""Rows of a workbook; a statement with more comes as a text file.

So many take half a gigabyte in the child that reads them, whatever the file weighs.
"""

# RuntimeError is what zipfile raises for a password, ValueError for an impossible place.
_NO_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError,
    EOFError, LookupError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
_TEXT = {str}
Cell = float | str | bool | time | date | datetime | timedelta
_CHUNK = 1024 * 1024
_WANTED = (".xml", ".rels")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_ROW = re.compile(rb"<(?:[A-Za-z0-9_]+:)?row\s[^>]*?\br\s*=\s*[\"']([0-9]{1,7})[\"']")
_ODD_REFERENCE = re.compile(
    rb"<(?:[A-Za-z0-9_]+:)?(?:c|row)\s(?:[^>]*?\s)?r\s*=\s*[\"'](?![A-Z]{0,3}[0-9]{1,7}[\"'])"
)
_NAME = re.compile(rb"[A-Z]{0,3}[0-9]{1,7}")
_FAR = re.compile(rb' r="(?![A-Z]?[0-9]{1,5}")([^"]{0,11})')
_OTHERWISE = re.compile(rb"<(?:(?:c|row)[\t\r\n]|[A-Za-z0-9_]+:(?:c|row)[\s>/])")
_SECOND_NAME = (b" r ", b'"r', b"'r")
_SECOND_NAME_IN_BREAKS = (b" r\n", b" r\t", b" r\r", b"\nr", b"\tr", b"\rr")
"""How else than `` r=`` a name may be given, for an element that has one already."""
_HEAD = 1024
"""Bytes in which a sheet declares itself, mostly with a line break."""
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_workbook(body: bytes) -> list[Sheet]:
    """Read the cells of every worksheet as text.

    Raises Invalid with the code ``workbook_refused`` and the reason when the file breaks a limit,
    ``workbook_unreadable`` when it is no workbook.
    """
    checked = checked_workbook(body)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        names = [
            sheet.name for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet
        ]
        return [Sheet(name, _rows(workbook, name)) for name in names]
    except (CalamineError, ValueError, OSError, OverflowError):
        raise Invalid("workbook_unreadable", field="file") from None


def _rows(workbook: CalamineWorkbook, name: str) -> list[tuple[int, list[str]]]:
    table = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    if len(table) > MOST_ROWS:
        raise _refused("too_many_rows")
    return [(number, _texts(row)) for number, row in enumerate(table, start=1)]


def _texts(row: list[Cell]) -> list[str]:
    """Return a row's cells as text; most rows are text as they are."""
    if set(map(type, row)) == _TEXT:
        return cast("list[str]", row)
    return [_cell_text(value) for value in row]


def checked_workbook(body: bytes) -> bytes:
    """Unpack a workbook under limits and pack its XML again, unpacked, for the reader.

    Raises Invalid as read_workbook does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as source:
            parts = source.infolist()
            _check_directory(parts)
            return _copy(source, parts)
    except _NO_ZIP:
        raise Invalid("workbook_unreadable", field="file") from None


def _refused(reason: str) -> Invalid:
    if reason in {"too_many_rows", "too_large_unpacked"}:
        # This is no trick but a long statement, and there is another way for it.
        return Invalid("workbook_too_large", field="file", reason=reason, most_rows=MOST_ROWS)
    return Invalid("workbook_refused", field="file", reason=reason)


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise _refused("too_many_parts")
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names):
        raise _refused("part_twice")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise _refused("too_large_unpacked")
    for part in parts:
        if part.flag_bits & 1:
            raise _refused("encrypted")
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * part.compress_size:
            raise _refused("grows_too_much")
    if "xl/workbook.xml" not in names:
        raise Invalid("workbook_unreadable", field="file")


def _copy(source: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for part in parts:
            if part.is_dir():
                continue
            with source.open(part) as stream:
                head = stream.read(4)
                if head.startswith(b"PK"):
                    raise _refused("archive_inside")
                if not part.filename.lower().endswith(_WANTED):
                    continue
                content = head + _read_all(stream)
            _check_part(part.filename, content)
            copy.writestr(part.filename, content)
    return target.getvalue()


def _read_all(stream: IO[bytes]) -> bytes:
    # zipfile stops at the declared size and compares the checksum there; the cap is a second wall.
    chunks: list[bytes] = []
    left = MOST_BYTES
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise _refused("too_large_unpacked")
        chunks.append(chunk)
    return b"".join(chunks)


def _check_part(name: str, content: bytes) -> None:
    if b"\0" in content:
        # UTF-16 would hide from the patterns below what the reader later sees.
        raise _refused("not_utf8")
    if _DECLARATION.search(content):
        raise _refused("document_type")
    if _SHEET.fullmatch(name):
        _check_cells(content)


def _check_cells(content: bytes) -> None:
    elements = content.count(b"<c ") + content.count(b"<row ")
    # As every spreadsheet program writes it: the name is each element's first attribute.
    is_plain = content.count(b'<c r="') + content.count(b'<row r="') == elements
    if is_plain and not _is_named_twice(content, elements) and not _is_otherwise(content):
        # Most sheets stand within Z99999, and of the others only what goes beyond is looked at.
        far = _FAR.findall(content)
        if all(map(_NAME.fullmatch, far)) and _are_near(content, b"\n".join([b"Z99999", *far])):
            return
    if _ODD_REFERENCE.search(content):
        raise _refused("cell_reference")
    names = [letters + digits for letters, digits in _REFERENCE.findall(content)]
    names += _ROW.findall(content)
    joined = b"\n".join(names)
    if not _are_near(content, joined):
        raise _refused("cells_too_far" if _is_too_wide(joined) else "too_many_rows")


def _is_named_twice(content: bytes, elements: int) -> bool:
    """Say whether an element may have a further name, which a reader might believe."""
    if content.count(b" r=") != elements or any(name in content for name in _SECOND_NAME):
        return True
    searched = content if _has_breaks(content) else content[: 2 * _HEAD]
    return any(name in searched for name in _SECOND_NAME_IN_BREAKS)


def _is_otherwise(content: bytes) -> bool:
    """Say whether an element is written in another way."""
    is_possible = _has_breaks(content) or b":c" in content or b":row" in content
    searched = content if is_possible else content[: 2 * _HEAD]
    return _OTHERWISE.search(searched) is not None


def _has_breaks(content: bytes) -> bool:
    """Say whether tabs or line ends stand below the head. Single signs are found much faster."""
    return any(content.find(blank, _HEAD) >= 0 for blank in (b"\t", b"\r", b"\n"))


def _are_near(content: bytes, names: bytes) -> bool:
    """Say whether cells and rows of these names stay within the limits."""
    last_row, _ = _corner(names)
    return not _is_too_wide(names) and max(last_row, content.count(b"<row")) <= MOST_ROWS


def _is_too_wide(names: bytes) -> bool:
    last_row, last_column = _corner(names)
    return last_row * max(last_column, 1) > MOST_CELLS


def _corner(names: bytes) -> tuple[int, int]:
    """Return the last row and the last column of some names, one a line."""
    rows = set(names.translate(None, _LETTERS).split(b"\n"))
    columns = set(names.translate(None, _DIGITS).split(b"\n"))
    return max(int(row or b"1") for row in rows), max(_column(letters) for letters in columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell_text(value: Cell) -> str:
    """Show a cell as its text. A number that is not whole never looks like grouped digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        text = repr(value)
        # 25.125 in a cell is no 25,125 đồng: a fourth decimal keeps it from reading so.
        return text + "0" if len(text.partition(".")[2]) == 3 else text
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)
