"""Statements in tables: XLSX workbooks, HTML named ``.xls``, and CSV, of any Vietnamese bank.

Vietcombank, VietinBank, BIDV, Agribank, Techcombank, MB, ACB, MSB, VIB, UOB and what an office
exports itself: the words of the header say what each column holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.header import Header, find_header
from bank_adapters.statements.sheets import Sheet, best_sheet, decode_text, is_html
from bank_adapters.statements.table import first_header, read_tables
from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.words import fold
from payments.domain.bank_messages import StatementFile
from payments.domain.column_mapping import ColumnMapping, Meaning, TableHead
from payments.domain.errors import Invalid

_OTHER_FORMATS = re.compile(
    r"\A\s*(?:<|\{1:|OFXHEADER|!Type|01,)|^:(?:20|25|60F|61|86):", re.IGNORECASE | re.MULTILINE
)
_HEAD = 65_536
_HEAD_ROWS = 60
_MEANINGS = frozenset(meaning.value for meaning in Meaning)


class SpreadsheetReader:
    """Reads tables of entries. Fits the port ``StatementReader``."""

    name = "spreadsheet"

    def recognises(self, file_name: str, body: bytes) -> bool:  # noqa: ARG002 - content decides
        """Say whether the file holds a table: every workbook, an HTML page or CSV with cells.

        Whether the table is a statement is found when it is read. A table without known words is
        ours too, so that a person can say what its columns are.
        """
        if body.startswith(b"PK"):
            return True
        try:
            text = decode_text(body)
        except Invalid:
            # Bytes of no known encoding are not a table; another reader may know them.
            return False
        if is_html(text):
            return True
        head = text[:_HEAD]
        head = head[: head.rfind("\n") + 1] or head
        try:
            sheet = best_sheet(head)
        except Invalid:
            return _OTHER_FORMATS.search(head) is None
        header = first_header(sheet)
        if header is None:
            return _OTHER_FORMATS.search(head) is None and _has_cells(sheet)
        # Words of a payer below the header do not make the file one of another format.
        above = "".join(head.splitlines(keepends=True)[: header - 1])
        return _OTHER_FORMATS.search(above) is None

    def read(self, body: bytes) -> StatementFile:
        """Read every account of the file. Raises Invalid or InvalidFile when it cannot be read."""
        read = read_tables(read_sheets(body))
        if read is None:
            raise Invalid("header_not_found", field="file")
        return read

    def head(self, body: bytes) -> TableHead:
        """Return the first rows of the first sheet that has any, and what its words tell."""
        sheet = _first_sheet(body)
        filled = [(number, row) for number, row in sheet.rows[:_HEAD_ROWS] if any(row)]
        number = first_header(sheet)
        found = next((find_header(row) for at, row in filled if at == number), Header({}))
        places = {
            Meaning(column.value): place
            for column, place in found.columns.items()
            if column.value in _MEANINGS
        }
        booked = found.columns.get(Column.BOOKING_DATE)
        if booked is not None:
            places[Meaning.DATE] = booked
        guessed = ColumnMapping(tuple(places.items()), (number or 0) + 1, "")
        return TableHead(filled, [(at, _row_key(row)) for at, row in filled], guessed)

    def read_mapped(self, body: bytes, mapping: ColumnMapping) -> StatementFile:
        """Read the first sheet by the columns a person has named.

        Raises Invalid as ``read`` does, and ``mapping_incomplete`` when days or money are missing.
        """
        if not mapping.is_complete:
            raise Invalid("mapping_incomplete", field="columns")
        columns = {Column(meaning.value): place for meaning, place in mapping.places}
        header = Header(columns, first_row=mapping.first_row)
        read = read_tables([_first_sheet(body)], header)
        if read is None:
            raise Invalid("header_not_found", field="file")
        statements = tuple(
            replace(one, account_number=mapping.account_number or one.account_number)
            for one in read.statements
        )
        return StatementFile(statements, read.problems)


READER = SpreadsheetReader()


def read_sheets(
    body: bytes, apart: Callable[[str, bytes], list[Sheet]] = read_apart
) -> list[Sheet]:
    """Return the rows of a file's tables as text. Raises Invalid when they cannot be read.

    What only a child process should open goes through ``apart``.
    """
    if body.startswith(b"PK"):
        return apart("workbook", body)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        # The old binary workbook: no bank sends it any more, and its readers ask for any memory.
        raise Invalid("workbook_refused", field="file", reason="binary")
    text = decode_text(body)
    return apart("html", body) if is_html(text) else [best_sheet(text)]


def _first_sheet(body: bytes) -> Sheet:
    for sheet in read_sheets(body):
        if any(any(row) for _, row in sheet.rows):
            return sheet
    raise Invalid("table_empty", field="file")


def _row_key(row: list[str]) -> str:
    words = "\x1f".join(" ".join(fold(cell).split()) for cell in row)
    return hashlib.sha256(words.rstrip("\x1f").encode()).hexdigest()


def _has_cells(sheet: Sheet) -> bool:
    """Whether the rows have the width of a table: three cells or more, three rows alike."""
    widths = [len(row) for _, row in sheet.rows if any(row)]
    return any(widths.count(width) >= 3 for width in set(widths) if width >= 3)
