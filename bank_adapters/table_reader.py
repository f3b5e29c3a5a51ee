"""Reads the table of a CSV or XLSX file that an office has made: dossiers, fees."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.delimited import delimited_sheets
from bank_adapters.statements.encodings import decode_text
from bank_adapters.statements.sheets import Sheet, is_html
from payments.domain.errors import Invalid

MOST_ROWS = 20_000
"""Rows of one table; what is imported at once has far fewer."""


def read_table(file_name: str, body: bytes) -> list[list[str]]:
    """Return the rows of the first table as trimmed text in NFC, row 1 first.

    The content decides what the file is, not its name. Raises Invalid: ``table_empty``,
    ``table_too_long``, ``table_not_supported``, or why the file cannot be read.
    """
    del file_name
    sheets = (
        read_apart("workbook", body) if body.startswith(b"PK") else _text_sheets(decode_text(body))
    )
    for sheet in sheets:
        rows = _rows(sheet)
        if len(rows) > MOST_ROWS:
            raise Invalid("table_too_long", field="file", limit=MOST_ROWS)
        if any(any(row) for row in rows):
            return rows
    raise Invalid("table_empty", field="file")


def _text_sheets(text: str) -> list[Sheet]:
    """Return the rows of a text under the delimiter that cuts its header into most columns."""
    if "\0" in text or is_html(text):
        raise Invalid("table_not_supported", field="file")
    cuts = list(delimited_sheets(text))
    if not cuts:
        lines = [(number, [line]) for number, line in enumerate(text.splitlines(), start=1)]
        return [Sheet("", lines)]
    return [max(cuts, key=lambda sheet: _header_width(sheet.rows))]


def _header_width(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return how many filled cells the first row that is not blank has."""
    return next((filled for _, row in rows if (filled := sum(map(bool, row)))), 0)


def _rows(sheet: Sheet) -> list[list[str]]:
    """Return a sheet's cells by row number, the blank rows between them included."""
    table: list[list[str]] = []
    for number, row in sheet.rows:
        if number > MOST_ROWS + 1:
            raise Invalid("table_too_long", field="file", limit=MOST_ROWS)
        table += [[] for _ in range(number - 1 - len(table))]
        table.append([unicodedata.normalize("NFC", cell).strip() for cell in row])
    return table
