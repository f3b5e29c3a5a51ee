"""Rows of text from any file that holds a table: a workbook, a CSV file, or HTML named ``.xls``."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from itertools import accumulate, islice
from typing import Protocol

from bank_adapters.statements.encodings import TextFile, decode_text
from bank_adapters.statements.header import find_header
from bank_adapters.statements.parts import BATCH
from payments.domain.errors import Invalid

__all__ = ["Sheet", "best_sheet", "decode_text", "delimited_sheets", "html_sheet", "is_html"]

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the values of a CSV file. The header words prove which one it is."""

MOST_SPAN = 64
"""Columns that one HTML cell may cover; a larger number is a trick, not a table."""

_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*)")
_SPAN = re.compile(r"(?i)colspan\s*=\s*[\"']?([0-9]{1,3})(?![0-9])")

HEAD_ROWS = 400
"""Rows in which a header is looked for before the delimiter is chosen."""

_LINE_END = re.compile(r"\r\n|\r|\n")

Batch = tuple[Sequence[int], Sequence[list[str]]]
"""Some rows, one at least, with their numbers before them."""


class Table(Protocol):
    """Rows of cells that go by."""

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in the file's order. Raises Invalid when they break off."""
        ...

    @property
    def is_ended(self) -> bool:
        """Whether the last row has its own end: a file cut off inside a row has not."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as text, each with the number of its row or line in the file.

    ``is_ended`` says that the last row has its own end: a file cut off inside a row has not.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    is_ended: bool = True

    def batches(self) -> Iterator[Batch]:
        """Yield the rows, some thousand at once."""
        for start in range(0, len(self.rows), BATCH):
            numbers, rows = zip(*self.rows[start : start + BATCH], strict=True)
            yield numbers, rows


class TextTable:
    """The rows of a CSV file, under the delimiter that its head is best cut by."""

    def __init__(self, text: TextFile) -> None:
        """Begin before the first row."""
        self._text = text

    @property
    def is_ended(self) -> bool:
        """Whether the last line is ended."""
        return self._text.is_ended

    def batches(self) -> Iterator[Batch]:
        """Yield the rows. Raises Invalid with ``file_cut`` or ``csv_malformed``, as best_sheet."""
        with _refusing():
            delimiter = best_delimiter(self._text.lines)
            reader = csv.reader(self._text.lines(), delimiter=delimiter, strict=True)
            line = 0
            while rows := list(islice(reader, BATCH)):
                yield _numbers(rows, line, reader.line_num), rows
                line = reader.line_num


def _numbers(rows: Sequence[list[str]], before: int, after: int) -> Sequence[int]:
    """Return the line that each row begins on; a quoted cell may hold further lines."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    lines = (1 + sum(len(_LINE_END.findall(cell)) for cell in row) for row in rows[:-1])
    return list(accumulate(lines, initial=before + 1))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        code = "file_cut" if "unexpected end" in str(error) else "csv_malformed"
        raise Invalid(code, field="file") from None


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
    with _refusing():
        delimiter = best_delimiter(lambda: io.StringIO(text, newline=""))
        rows = list(numbered_rows(io.StringIO(text, newline=""), delimiter))
    return Sheet("", rows, is_ended=text.endswith(("\n", "\r")))


def best_delimiter(lines: Callable[[], Iterable[str]]) -> str:
    """Choose the delimiter by the head of the file, whose lines can be had again and again."""
    return max(DELIMITERS, key=lambda delimiter: _worth(lines(), delimiter))


def _worth(lines: Iterable[str], delimiter: str) -> tuple[bool, int, int, int]:
    """Say how well a delimiter cuts: a header early, of many columns, then many cells alike.

    What payers write stands below the header, and is cut anyhow: so the first header counts, and
    of the cells those in rows of the width that is met most.
    """
    columns = first = 0
    cells: Counter[int] = Counter()
    try:
        rows = numbered_rows(lines, delimiter)
        for _, (line, row) in zip(range(HEAD_ROWS), rows, strict=False):
            cells[len(row)] += len(row)
            header = find_header(row) if not columns else None
            if header is not None and header.is_complete:
                columns, first = len(set(header.columns.values())), line
    except csv.Error:
        return columns > 0, -first, columns, 0
    return columns > 0, -first, columns, max(cells.values(), default=0)


def numbered_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
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
    if tables.open_tables or ("<html" in text[:4096].lower() and not tables.page_ended):
        raise Invalid("file_cut", field="file")
    return Sheet("", list(enumerate(tables.rows, start=1)))


class _Tables:
    """Collects the text of table cells; scripts and styles are not text.

    A reader of our own, because the standard one takes the square of the time over unended tags.
    """

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.open_tables = 0
        self.page_ended = False
        self._cell: list[str] | None = None
        self._span = 1
        self._silent = False

    def feed(self, text: str) -> None:
        """Read a whole page. Raises Invalid, ``file_cut``, when a tag or comment does not end."""
        place = 0
        while (begin := text.find("<", place)) >= 0:
            self._data(text[place:begin])
            mark = "-->" if text.startswith("<!--", begin) else ">"
            end = text.find(mark, begin)
            if end < 0:
                raise Invalid("file_cut", field="file")
            if mark == ">":
                self._tag(text[begin + 1 : end])
            place = end + len(mark)
        self._data(text[place:])
        self._finish_cell()

    def _tag(self, inside: str) -> None:
        named = _TAG.match(inside)
        if named is None:
            return
        closing, name = bool(named[1]), named[2].lower()
        if name in {"table", "tr", "td", "th"}:
            self._finish_cell()
        if name == "table":
            self.open_tables += -1 if closing else 1
        elif name in {"script", "style"}:
            self._silent = not closing
        elif name == "html" and closing:
            self.page_ended = True
        elif name == "tr" and not closing:
            self.rows.append([])
        elif name in {"td", "th"} and not closing:
            span = _SPAN.search(inside)
            self._span = int(span[1]) if span else 1
            self._cell = []
        elif name == "br" and self._cell is not None:
            self._cell.append("\n")

    def _data(self, data: str) -> None:
        if data and self._cell is not None and not self._silent:
            self._cell.append(data)

    def _finish_cell(self) -> None:
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        blanks = [""] * (min(self._span, MOST_SPAN) - 1)
        self.rows[-1].extend([unescape("".join(self._cell)).strip(), *blanks])
        self._cell = None
