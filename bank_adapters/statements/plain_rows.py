"""Rows of CSV text that keep to its plainest rules, cut all at once into columns.

What is cut here, ``csv.reader`` would cut alike; whatever is not plain is left to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bank_adapters.statements.batches import Cells, Column, are_repeated

CONTROLS = (*range(32), 127)
_OTHERS = bytes(byte for byte in range(256) if byte not in CONTROLS)
_HIDDEN = "\x1f"
"""Stands for a delimiter inside quotation marks; plain text holds no such character."""

_LONGEST_LINE = 100_000
"""Characters; ``csv.reader`` refuses a cell of 131,072."""


def plain_columns(text: str, delimiter: str) -> Sequence[Column] | None:
    """Cut whole lines into columns; None when one of them is not plain.

    Plain lines have all the same number of cells, two at least, end alike, and hold no control
    characters. A cell in quotation marks holds no other such mark and no line end.
    """
    size = _lines(text, delimiter)
    if not size:
        return None
    cut = _hide(text, delimiter) if '"' in text else text
    if cut is None:
        return None
    if "\r" not in cut:
        cut = cut.replace("\n", "\r\n")
    # The carriage return stays at the end of a row's last cell and proves where the row ends.
    flat = cut.replace("\n", delimiter).split(delimiter)
    width, rest = divmod(len(flat) - 1, size)
    if rest or width < 2:
        return None
    columns = [flat[place:-1:width] for place in range(width)]
    last = "\n".join(columns[-1]) + "\n"
    if last.count("\r\n") != size:
        return None
    columns[-1] = last[:-2].split("\r\n")
    if '"' not in text:
        return list(map(Column, columns))
    uncovered: list[Column] = []
    for cells in columns:
        column = _uncovered(cells, delimiter)
        if column is None:
            return None
        uncovered.append(column)
    return uncovered


def _lines(text: str, delimiter: str) -> int:
    """Return how many lines there are; 0 when they do not end alike or hold control characters."""
    controls = text.encode().translate(None, _OTHERS)
    if delimiter == "\t":
        controls = controls.replace(b"\t", b"")
    end = b"\r\n" if controls[:1] == b"\r" else b"\n"
    size = len(controls) // len(end)
    if controls != end * size or not text.endswith("\n"):
        return 0
    half = _LONGEST_LINE // 2
    starts = range(0, len(text) - half, half)
    # Where every stretch has a line end, no line is as long as two of them.
    return size if all(text.find("\n", start, start + half) >= 0 for start in starts) else 0


def _hide(text: str, delimiter: str) -> str | None:
    """Hide the delimiters between quotation marks, of which each second one ends a quotation."""
    pieces = text.split('"')
    if not len(pieces) % 2:
        return None
    inside = '"'.join(pieces[1::2])
    if "\n" in inside or (delimiter == "\t" and "\t" in inside):
        return None
    pieces[1::2] = inside.replace(delimiter, _HIDDEN).split('"')
    return '"'.join(pieces)


def _uncovered(cells: Cells, delimiter: str) -> Column | None:
    """Take the quotation marks off a column; None when a cell has one inside, or only one."""
    text = "\n".join(cells)
    if '"' not in text:
        return Column(cells)
    if are_repeated(cells):
        return _repeated(cells, delimiter)
    bare = _bare(text, delimiter)
    return None if bare is None else Column(text=bare)


def _repeated(cells: Cells, delimiter: str) -> Column | None:
    different = list(set(cells))
    bare = _bare("\n".join(different), delimiter)
    if bare is None:
        return None
    by_cell = dict(zip(different, bare.split("\n"), strict=True))
    return Column(list(map(by_cell.__getitem__, cells)))


def _bare(text: str, delimiter: str) -> str | None:
    """Take the quotation marks off cells, one a line.

    No quotation goes on in another cell, so that the marks of each cell are even in number.
    """
    lines = f"\n{text}\n"
    size = lines.count('\n"')
    if lines.count('"') != 2 * size or lines.count('"\n') != size:
        return None
    if text.isascii():
        # One pass; beyond ASCII a translation is slower than many.
        return text.translate({ord('"'): None, ord(_HIDDEN): delimiter})
    return text.replace('"', "").replace(_HIDDEN, delimiter)
