"""Rows of a CSV file, whatever stands between its values."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain

from bank_adapters.statements.batches import Batch
from bank_adapters.statements.encodings import TextFile
from bank_adapters.statements.header import find_header
from bank_adapters.statements.plain_rows import plain_columns
from bank_adapters.statements.sheets import Sheet
from payments.domain.errors import Invalid

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the values of a CSV file. The header words prove which one it is."""

HEAD_ROWS = 400
"""Rows in which a header is looked for before the delimiter is chosen."""

_AT_ONCE = 128 * 1024
"""Characters that are cut at once."""

_LINE_END = re.compile(r"\r\n|\r|\n")


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
            lines = self._text.lines()
            line = 0
            while text := lines.read(_AT_ONCE) + lines.readline():
                columns = plain_columns(text, delimiter)
                if columns is not None:
                    through = line + len(columns[0].cells)
                    numbers = range(line + 1, through + 1)
                    yield Batch(numbers, columns=columns, is_visible=text.isascii())
                else:
                    rows, through = _careful_rows(text, lines, delimiter, line)
                    yield Batch(_numbers(rows, line, through), rows=rows)
                line = through


def _careful_rows(
    text: str, lines: io.TextIOBase, delimiter: str, line: int
) -> tuple[list[list[str]], int]:
    """Read the rows of whole lines, and of as many more as a last quoted cell goes on over.

    Returns the number of the last line too.
    """
    head = io.StringIO(text, newline="")
    reader = csv.reader(chain(head, iter(lines.readline, "")), delimiter=delimiter, strict=True)
    rows = []
    while head.tell() < len(text):
        rows.append(next(reader))
    return rows, line + reader.line_num


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
