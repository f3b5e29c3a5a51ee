"""Rows of text from any file that holds a table: a workbook, a CSV file, or HTML named ``.xls``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from bank_adapters.statements.encodings import decode_text
from bank_adapters.statements.header import find_header
from payments.domain.errors import Invalid

__all__ = ["Sheet", "best_sheet", "decode_text", "delimited_sheets", "html_sheet", "is_html"]

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the values of a CSV file. The header words prove which one it is."""

MOST_SPAN = 64
"""Columns that one HTML cell may cover; a larger number is a trick, not a table."""

HEAD_ROWS = 400
"""Rows in which a header is looked for before the delimiter is chosen."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as text, each with the number of its row or line in the file.

    ``is_ended`` says that the last row has its own end: a file cut off inside a row has not.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    is_ended: bool = True


def is_html(text: str) -> bool:
    """Say whether a text is an HTML page with a table, as some banks' ``.xls`` are."""
    head = text[:4096].lstrip().lower()
    return head.startswith("<") and "<table" in text[:65_536].lower()


def delimited_sheets(text: str) -> Iterator[Sheet]:
    """Give the rows as every delimiter would cut them, those that cut nothing left out.

    A file that breaks the rules of quotation under a delimiter is not of that delimiter.
    """
    for delimiter in DELIMITERS:
        if delimiter in text:
            try:
                yield Sheet("", list(numbered_rows(io.StringIO(text, newline=""), delimiter)))
            except csv.Error:
                continue


def best_sheet(text: str) -> Sheet:
    """Give the rows under the delimiter that finds most columns of a statement's header.

    Where there is no header, the one that cuts most rows into most cells. Raises Invalid with the
    code ``file_cut`` when the file ends inside a quotation, ``csv_malformed`` for other breaks.
    """
    delimiter = best_delimiter(text)
    try:
        rows = list(numbered_rows(io.StringIO(text, newline=""), delimiter))
    except csv.Error as error:
        code = "file_cut" if "unexpected end" in str(error) else "csv_malformed"
        raise Invalid(code, field="file") from None
    return Sheet("", rows, is_ended=text.endswith(("\n", "\r")))


def best_delimiter(text: str) -> str:
    """Choose the delimiter by the head of the file."""
    return max(DELIMITERS, key=lambda delimiter: _worth(text, delimiter))


def _worth(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many columns of a header a delimiter finds, and how many cells it cuts."""
    columns = cells = 0
    try:
        rows = numbered_rows(io.StringIO(text, newline=""), delimiter)
        for _, (_, row) in zip(range(HEAD_ROWS), rows, strict=False):
            cells += len(row)
            header = find_header(row)
            if header.is_complete:
                columns = max(columns, len(header.columns))
    except csv.Error:
        return columns, 0
    return columns, cells


def numbered_rows(lines: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it begins on. Raises csv.Error."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def html_sheet(text: str) -> Sheet:
    """Read the rows of all tables of an HTML page, in order.

    Raises Invalid with the code ``file_cut`` when a table does not end: a page that was cut off
    would read as a shorter statement.
    """
    tables = _Tables()
    tables.feed(text)
    tables.close()
    if tables.open_tables or ("<html" in text[:4096].lower() and not tables.page_ended):
        raise Invalid("file_cut", field="file")
    return Sheet("", list(enumerate(tables.rows, start=1)))


class _Tables(HTMLParser):
    """Collects the text of table cells; scripts and styles are not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.open_tables = 0
        self.page_ended = False
        self._cell: list[str] | None = None
        self._span = 1
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell; a bank's page may leave the last one unclosed."""
        if tag in {"table", "tr", "td", "th"}:
            self._finish_cell()
        if tag == "table":
            self.open_tables += 1
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            span = dict(attrs).get("colspan") or "1"
            self._span = int(span) if span.isascii() and span.isdigit() and len(span) < 4 else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag in {"script", "style"}:
            self._silent = True

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if tag in {"td", "th", "tr", "table"}:
            self._finish_cell()
        if tag == "table":
            self.open_tables -= 1
        elif tag == "html":
            self.page_ended = True
        elif tag in {"script", "style"}:
            self._silent = False

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _finish_cell(self) -> None:
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        blanks = [""] * (min(self._span, MOST_SPAN) - 1)
        self.rows[-1].extend(["".join(self._cell).strip(), *blanks])
        self._cell = None
