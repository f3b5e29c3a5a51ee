"""Statements in tables: XLSX workbooks, HTML named ``.xls``, and CSV, of any Vietnamese bank.

Vietcombank, VietinBank, BIDV, Agribank, Techcombank, MB, ACB, MSB, VIB, UOB and what an office
exports itself: the words of the header say what each column holds.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.delimited import TextTable, best_sheet
from bank_adapters.statements.encodings import TextFile
from bank_adapters.statements.header import Header, find_header
from bank_adapters.statements.parts import ToldTooLateError, whole
from bank_adapters.statements.sheets import Sheet, Table, is_html
from bank_adapters.statements.table import first_header, table_parts
from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.words import fold
from payments.domain.bank_messages import StatementFile
from payments.domain.column_mapping import ColumnMapping, Meaning, TableHead
from payments.domain.errors import Invalid
from payments.domain.statement_parts import StatementPart

Apart = Callable[[str, bytes], Sequence[Sheet]]

_OTHER_BEGINNING = r"\A\s*(?:<|\{1:|OFXHEADER|!Type|01,)"
_TAG = r":(?:20|25|60F|61|86):"
_OTHER_FORMATS = re.compile(f"{_OTHER_BEGINNING}|^{_TAG}", re.IGNORECASE | re.MULTILINE)
_ONE_BEGINS = re.compile(_OTHER_BEGINNING, re.IGNORECASE)
_TAGGED = re.compile(_TAG)
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
            head = TextFile(io.BytesIO(body)).head(_HEAD)
        except Invalid:
            # Bytes of no known encoding are not a table; another reader may know them.
            return False
        if is_html(head):
            return True
        head = head[: head.rfind("\n") + 1] or head
        try:
            sheet = best_sheet(head)
        except Invalid:
            return _OTHER_FORMATS.search(head) is None
        header = first_header(sheet.rows)
        if header is None:
            return not _is_of_another_format(head, sheet) and _has_cells(sheet)
        # Words of a payer below the header do not make the file one of another format.
        above = "".join(head.splitlines(keepends=True)[: header - 1])
        return _OTHER_FORMATS.search(above) is None

    def read(self, body: bytes) -> StatementFile:
        """Read every account of the file. Raises Invalid or InvalidFile when it cannot be read."""
        return read_file(body)

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of every account of the file, as ``read`` reads it.

        Raises as ``read`` does, and InvalidFile with ``told_too_late`` when a row far down says how
        the rows above it had to be read.
        """
        return table_parts(_tables(source))

    def holds(self, head: bytes) -> bool:
        """Say whether a file is opened whole in a child process: a workbook or an HTML page."""
        try:
            return head.startswith(b"PK") or is_html(TextFile(io.BytesIO(head)).head(_HEAD))
        except Invalid:
            return False

    def head(self, body: bytes) -> TableHead:
        """Return the first rows of the first sheet that has any, and what its words tell."""
        sheet = _first_filled(_tables(io.BytesIO(body)))
        rows = [
            (number, list(row))
            for batch in sheet.batches()
            for number, row in zip(batch.numbers, batch.rows, strict=True)
        ]
        filled = [(number, row) for number, row in rows[:_HEAD_ROWS] if any(row)]
        number = first_header(rows)
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
        read = read_file(body, header)
        statements = tuple(
            replace(one, account_number=mapping.account_number or one.account_number)
            for one in read.statements
        )
        return StatementFile(statements, read.problems)


READER = SpreadsheetReader()


def read_file(body: bytes, given: Header | None = None, apart: Apart = read_apart) -> StatementFile:
    """Read a file by its parts, and once more with all of it held where that is needed.

    ``given`` are columns that a person has mapped, of the first table that has rows; ``apart``
    opens what only a child process should. Raises Invalid or InvalidFile.
    """
    sheets = _tables(io.BytesIO(body), apart)
    if given is not None:
        sheets = [_first_filled(sheets)]
    try:
        return whole(table_parts(sheets, given))
    except ToldTooLateError:
        return whole(table_parts(sheets, given, hold=None))


def _tables(source: BinaryIO, apart: Apart = read_apart) -> Sequence[Table]:
    """Return the tables of a file. Raises Invalid when they cannot be read.

    What only a child process should open goes through ``apart``.
    """
    source.seek(0)
    beginning = source.read(4)
    source.seek(0)
    if beginning.startswith(b"PK"):
        return apart("workbook", source.read())
    if beginning == b"\xd0\xcf\x11\xe0":
        # The old binary workbook: no bank sends it any more, and its readers ask for any memory.
        raise Invalid("workbook_refused", field="file", reason="binary")
    text = TextFile(source)
    if is_html(text.head(_HEAD)):
        source.seek(0)
        return apart("html", source.read())
    return [TextTable(text)]


def _first_filled(sheets: Iterable[Table]) -> Table:
    for sheet in sheets:
        if any(any(row) for batch in sheet.batches() for row in batch.rows):
            return sheet
    raise Invalid("table_empty", field="file")


def _row_key(row: Sequence[str]) -> str:
    words = "\x1f".join(" ".join(fold(cell).split()) for cell in row)
    return hashlib.sha256(words.rstrip("\x1f").encode()).hexdigest()


def _is_of_another_format(head: str, sheet: Sheet) -> bool:
    """Whether a text without a known header is no table: inside a cell, a tag is a payer's word."""
    tagged = any(row and _TAGGED.match(row[0]) for _, row in sheet.rows)
    return tagged or _ONE_BEGINS.match(head) is not None


def _has_cells(sheet: Sheet) -> bool:
    """Whether a heading and a row of a table can be there: two rows of as many cells, or more."""
    widths = [len(row) for _, row in sheet.rows if any(row)]
    return any(widths.count(width) >= 2 for width in set(widths) if width >= 3)
