"""Some rows of a table at once, to be had row by row or column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Cells = Sequence[str]
T = TypeVar("T")

_SAMPLE = 256
_THREE_DIGITS = tuple(f"{number:03}" for number in range(1000))


class Column:
    """The cells of one column, one at least, to be had as a list or as lines of one text.

    Where a cell holds a line break there are more lines than cells.
    """

    __slots__ = ("_cells", "_text")

    def __init__(self, cells: Cells | None = None, text: str = "") -> None:
        """Give the cells, or the text of cells that hold no line break."""
        self._cells = cells
        self._text = text

    @property
    def cells(self) -> Cells:
        """The cells."""
        if self._cells is None:
            self._cells = self._text.split("\n")
        return self._cells

    @property
    def text(self) -> str:
        """The cells with a line break between them."""
        if not self._text and self._cells is not None:
            self._text = "\n".join(self._cells)
        return self._text

    def cell(self, place: int) -> str:
        """Return one cell."""
        if self._cells is None and place in {0, -1}:
            first, _, _ = self._text.partition("\n")
            return self._text[self._text.rfind("\n") + 1 :] if place else first
        return self.cells[place]

    def behind(self, cell: str) -> Column:
        """Return the column without its last cell, behind another that holds no line break."""
        if self._cells is None:
            above = self._text[: max(self._text.rfind("\n"), 0)]
            return Column(text=f"{cell}\n{above}")
        return Column([cell, *self._cells[:-1]])

    def read(self, read: Callable[[Cells], list[T] | None]) -> list[T] | None:
        """Return what each cell is read to; None when ``read`` returns None.

        ``read`` returns as many values as it is given cells. It is given each different one once
        where most are repeated, else all.
        """
        cells = self.cells
        if not are_repeated(cells):
            return read(cells)
        different = list(set(cells))
        values = read(different)
        if values is None:
            return None
        return list(map(dict(zip(different, values, strict=True)).__getitem__, cells))


def are_repeated(cells: Cells) -> bool:
    """Say whether most cells seem to have the same content as others; a few of them tell."""
    some = cells[:_SAMPLE]
    return 2 * len(set(some)) <= len(some)


class Batch:
    """Some rows, one at least, each with its number in the file.

    ``is_visible`` says that every cell is known to be of visible ASCII characters and blanks.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        *,
        rows: Sequence[Cells] | None = None,
        columns: Sequence[Column] | None = None,
        is_visible: bool = False,
    ) -> None:
        """Give the rows, or the columns, which are all as long; numbers are as many as the rows."""
        self.numbers = numbers
        self.is_visible = is_visible
        self._rows = rows
        self._columns = columns

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.numbers)

    @property
    def rows(self) -> Sequence[Cells]:
        """The rows."""
        if self._rows is None:
            columns = (column.cells for column in self._columns or ())
            self._rows = list(map(list, zip(*columns, strict=True)))
        return self._rows

    @property
    def columns(self) -> Sequence[Column] | None:
        """The columns; None when the rows have not all the same width."""
        if self._columns is None and len(set(map(len, self.rows))) == 1:
            self._columns = list(map(Column, zip(*self.rows, strict=True)))
        return self._columns

    def row(self, place: int) -> Cells:
        """Return one row."""
        if self._rows is None and self._columns is not None:
            return [column.cell(place) for column in self._columns]
        return self.rows[place]

    def part(self, start: int, end: int) -> Batch:
        """Return some of the rows."""
        numbers = self.numbers[start:end]
        return Batch(numbers, rows=self.rows[start:end], is_visible=self.is_visible)

    def behind(self, number: int, row: Cells) -> Batch:
        """Return the rows without the last, behind another row."""
        numbers: Sequence[int] = self.numbers
        if isinstance(numbers, range) and number == numbers.start - 1:
            numbers = range(number, numbers.stop - 1)
        else:
            numbers = [number, *numbers[:-1]]
        columns = self._columns
        if columns is None or len(row) != len(columns) or any("\n" in cell for cell in row):
            return Batch(numbers, rows=[row, *self.rows[:-1]])
        is_visible = self.is_visible and all(cell.isascii() and cell.isprintable() for cell in row)
        moved = [column.behind(cell) for cell, column in zip(row, columns, strict=True)]
        return Batch(numbers, columns=moved, is_visible=is_visible)


def row_names(numbers: Sequence[int]) -> list[str]:
    """Name rows by their numbers; numbers on end share the thousands."""
    if not isinstance(numbers, range):
        return [f"row {number}" for number in numbers]
    names: list[str] = []
    start, stop = numbers.start, numbers.stop
    while start < stop:
        thousand, place = divmod(start, 1000)
        end = min(stop - thousand * 1000, 1000)
        if thousand:
            names += map(f"row {thousand}".__add__, _THREE_DIGITS[place:end])
        else:
            names += [f"row {number}" for number in range(place, end)]
        start = thousand * 1000 + end
    return names
