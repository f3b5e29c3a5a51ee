"""Rows of text from any file that holds a table: a workbook, a CSV file, or HTML named ``.xls``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Protocol

from bank_adapters.statements.batches import Batch
from bank_adapters.statements.parts import BATCH
from payments.domain.errors import Invalid

MOST_SPAN = 64
"""Columns that one HTML cell may cover; a larger number is a trick, not a table."""

_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*)")
_SPAN = re.compile(r"(?i)colspan\s*=\s*[\"']?([0-9]{1,3})(?![0-9])")


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
            yield Batch(numbers, rows=rows)


def is_html(text: str) -> bool:
    """Say whether a text is an HTML page with a table, as some banks' ``.xls`` are."""
    head = text[:4096].lstrip().lower()
    return head.startswith("<") and "<table" in text[:65_536].lower()


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
