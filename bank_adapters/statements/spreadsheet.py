"""Statements in tables: XLSX workbooks, HTML named ``.xls``, and CSV, of any Vietnamese bank.

Vietcombank, VietinBank, BIDV, Agribank, Techcombank, MB, ACB, MSB, VIB, UOB and what an office
exports itself: the words of the header say what each column holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.header import Header
from bank_adapters.statements.sheets import Sheet, best_sheet, decode_text, is_html
from bank_adapters.statements.table import first_header, read_tables
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid

_OTHER_FORMATS = re.compile(
    r"\A\s*(?:<|\{1:|OFXHEADER|!Type|01,)|^:(?:20|25|60F|61|86):", re.IGNORECASE | re.MULTILINE
)
_HEAD = 65_536


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
        return self.read_with(body, None)

    def read_with(self, body: bytes, columns: Header | None) -> StatementFile:
        """Read a file by the columns a person has mapped; None finds them by their words.

        Raises Invalid as ``read`` does, and ``header_not_found`` when there is no header.
        """
        read = read_tables(read_sheets(body), columns)
        if read is None:
            raise Invalid("header_not_found", field="file")
        return read


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


def _has_cells(sheet: Sheet) -> bool:
    """Whether the rows have the width of a table: three cells or more, three rows alike."""
    widths = [len(row) for _, row in sheet.rows if any(row)]
    return any(widths.count(width) >= 3 for width in set(widths) if width >= 3)
