"""Rows of text from any file that holds a table: a workbook, a CSV file, or HTML named ``.xls``."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from payments.domain.errors import Invalid

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the values of a CSV file. The header words prove which one it is."""

MOST_TEXT_BYTES = 256 * 1024 * 1024
"""The longest CSV or HTML file; a million rows take about 120 MB."""

MOST_SPAN = 64
"""Columns that one HTML cell may cover; a larger number is a trick, not a table."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as text, each with the number of its row or line in the file."""

    name: str
    rows: list[tuple[int, list[str]]]


def decode_text(body: bytes) -> str:
    """Decode UTF-8 or UTF-16, with and without a byte order mark.

    Raises Invalid with the code ``encoding_unknown``: an encoding is found, never guessed.
    """
    if len(body) > MOST_TEXT_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MOST_TEXT_BYTES)
    try:
        if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return body.decode("utf-16")
        if body[1:2] == b"\0":
            return body.decode("utf-16-le")
        if body[:1] == b"\0":
            return body.decode("utf-16-be")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("encoding_unknown", field="file") from None


def is_html(text: str) -> bool:
    """Say whether a text is an HTML page with a table, as some banks' ``.xls`` are."""
    head = text[:4096].lstrip().lower()
    return head.startswith("<") and "<table" in text[:65_536].lower()


def delimited_sheets(text: str) -> Iterator[Sheet]:
    """Give the rows as every delimiter would cut them, those that cut nothing left out.

    A file that breaks the rules of quotation under a delimiter is not of that delimiter.
    """
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[tuple[int, list[str]]] = []
        line = 1
        try:
            for row in reader:
                rows.append((line, row))
                line = reader.line_num + 1
        except csv.Error:
            continue
        yield Sheet("", rows)


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
