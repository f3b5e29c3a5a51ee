"""Rows of a table read column by column, where every cell of a column has one plain form.

Nothing is read here that ``rows`` would read otherwise: what does not prove its form is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import add, neg, sub
from typing import TypeVar

from bank_adapters.statements.blocks import row_day
from bank_adapters.statements.header import Columns
from bank_adapters.statements.printed import (
    MOST_DIGITS,
    ThousandsMark,
    are_clean,
    clean_text,
    read_date,
)
from bank_adapters.statements.rows import Proof, Signs
from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.words import is_pending
from payments.domain.bank_messages import Direction
from payments.domain.statement_parts import EntryBatch

Cells = Sequence[str]
T = TypeVar("T")

_IN, _OUT = Direction.IN, Direction.OUT
_NOT_HERE = (Column.FEE, Column.VAT, Column.SIGN)
_MOMENTS = (
    Column.BOOKING_DATE, Column.DATE, Column.VALUE_DATE, Column.REQUEST_DATE, Column.TIME,
)  # fmt: skip
_FORMS: dict[ThousandsMark, tuple[re.Pattern[str], str]] = {
    ",": (re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})*+)(?:\.00?)?)?\n)*+"), "."),
    ".": (re.compile(r"(?:(?:-?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})*+)(?:,00?)?)?\n)*+"), ","),
    "": (re.compile(r"(?:(?:-?(?:0|[1-9][0-9]*+))?\n)*+"), ""),
}
"""A column of amounts, one a line, by its mark, and what may stand before noughts."""


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """A batch, what its rows move, and the balances after them if there is a column of them."""

    batch: EntryBatch
    moved: Sequence[int]
    balances: Sequence[int] | None


def read_columns(
    numbers: Sequence[int], rows: Sequence[Cells], columns: Columns, proof: Proof
) -> ColumnsRead | None:
    """Read rows that are all entries, and add what they prove to the proof; None if not plain."""
    if any(column in columns for column in _NOT_HERE):
        return None
    try:
        cells = list(zip(*rows, strict=True))
    except ValueError:
        return None
    if max(columns.values()) >= len(cells):
        return None
    table = _Table(cells, columns, proof)
    days = table.days(rows)
    moved = table.moved() if days else None
    texts, references = table.texts(), table.references()
    if days is None or moved is None or texts is None or references is None:
        return None
    balances = None
    if Column.BALANCE in columns and (balances := table.amounts(Column.BALANCE)) is None:
        return None
    table.prove()
    size = len(rows)
    booked_on, booked_at = days
    batch = EntryBatch(
        where=[f"row {number}" for number in numbers],
        booked_on=booked_on,
        amount=list(map(abs, moved)),
        direction=[_IN if one > 0 else _OUT for one in moved],
        text=texts,
        bank_reference=references,
        value_on=table.each(Column.VALUE_DATE, _day, otherwise=None),
        booked_at=booked_at,
        balance_after=balances or [None] * size,
        is_reversal=[False] * size,
        is_pending=table.each(Column.STATUS, is_pending, otherwise=False),
        is_charge=[False] * size,
    )
    return ColumnsRead(batch, moved, balances)


class _Table:
    """The columns of some rows, and what their amounts prove beyond what was known."""

    def __init__(self, cells: Sequence[Cells], columns: Columns, proof: Proof) -> None:
        self._cells = cells
        self._columns = columns
        self._proof = proof
        self._mark = proof.mark.mark
        self._printed: list[str] = []
        self._debits, self._sums = Signs(), Signs()

    def _column(self, column: Column) -> Cells:
        return self._cells[self._columns[column]]

    def days(self, rows: Sequence[Cells]) -> tuple[list[date], list[datetime | None]] | None:
        """Return the day and the moment of each row; None when one of them tells no day."""
        columns = self._columns
        places = sorted({columns[column] for column in _MOMENTS if column in columns})
        money = {columns.get(column) for column in (Column.DEBIT, Column.CREDIT, Column.AMOUNT)}
        if money & set(places):
            return None
        told: Sequence[object] = (
            self._cells[places[0]]
            if len(places) == 1
            else list(zip(*(self._cells[place] for place in places), strict=True))
        )
        read = {
            key: row_day(row, columns) for key, row in dict(zip(told, rows, strict=True)).items()
        }
        days: dict[object, date] = {key: day for key, (day, _) in read.items() if day is not None}
        if len(days) != len(read):
            return None
        moments = {key: at for key, (_, at) in read.items()}
        return list(map(days.__getitem__, told)), list(map(moments.__getitem__, told))

    def moved(self) -> Sequence[int] | None:
        """Return what each row moves, money out below zero; None when one of them is not plain."""
        if Column.AMOUNT in self._columns:
            if Column.DEBIT in self._columns or Column.CREDIT in self._columns:
                return None
            return self._one_column()
        debits, credited = self.amounts(Column.DEBIT), self.amounts(Column.CREDIT)
        if debits is None or credited is None or min(credited, default=0) < 0:
            return None
        least, most = min(debits, default=0), max(debits, default=0)
        self._debits = Signs(least < 0, most > 0)
        negative = least < 0 or self._proof.debits.negative
        if negative and (most > 0 or self._proof.debits.positive):
            return None
        if negative:
            debits = list(map(neg, debits))
        moved = list(map(sub, credited, debits))
        # One side of each row is zero, and the other is not.
        is_clear = all(moved) and list(map(abs, moved)) == list(map(add, credited, debits))
        return moved if is_clear else None

    def _one_column(self) -> Sequence[int] | None:
        moved = self.amounts(Column.AMOUNT)
        if moved is None or not all(moved):
            return None
        if any(not {"+", "-"}.isdisjoint(map(str.strip, cells)) for cells in self._cells):
            return None
        self._sums = Signs(min(moved, default=0) < 0, max(moved, default=0) > 0)
        return moved

    def amounts(self, column: Column) -> Sequence[int] | None:
        """Return the amounts of a column; an empty one is zero where it is no balance."""
        size = len(self._cells[0])
        if column not in self._columns:
            return [0] * size
        cells = self._column(column)
        if "" in cells and column is Column.BALANCE:
            return None
        lines = "\n".join(cells) + "\n"
        for mark, (form, point) in _FORMS.items():
            if mark and self._mark not in {"", mark}:
                continue
            if form.fullmatch(lines) is None:
                continue
            read = self._numbers(cells, lines, mark, point)
            scale = 10**self._proof.decimals
            limit = 10**MOST_DIGITS // scale
            if read is not None and -limit < min(read) and max(read) < limit:
                return read if scale == 1 else [number * scale for number in read]
        return None

    def _numbers(
        self, cells: Cells, lines: str, mark: ThousandsMark, point: str
    ) -> list[int] | None:
        if mark and mark in lines:
            self._printed.append(next(cell for cell in cells if mark in cell))
            self._mark = mark
            lines = lines.replace(mark, "") if point not in lines else lines
        if mark and point in lines:
            self._printed.append(next(cell for cell in cells if point in cell))
            self._mark = mark
            lines = "\n".join([cell.partition(point)[0] for cell in cells]).replace(mark, "") + "\n"
        if not mark:
            self._printed.append(max(cells, key=len))
        whole = lines[:-1].split("\n")
        return (
            [int(digits) if digits else 0 for digits in whole]
            if "" in whole
            else [*map(int, whole)]
        )

    def texts(self) -> list[str] | None:
        """Return the texts; None where a reference may stand below one."""
        if Column.TEXT not in self._columns:
            return [""] * len(self._cells[0])
        cells = self._column(Column.TEXT)
        if Column.REFERENCE not in self._columns and any("\n" in cell for cell in cells):
            return None
        return _cleaned(cells)

    def references(self) -> list[str] | None:
        """Return the bank's references."""
        columns = self._columns
        if Column.REFERENCE not in columns:
            return [""] * len(self._cells[0])
        cells = self._column(Column.REFERENCE)
        if columns[Column.REFERENCE] in {
            columns.get(Column.DATE),
            columns.get(Column.BOOKING_DATE),
        }:
            cells = ["".join(cell.split(None, 1)[1:]) for cell in cells]
        return _cleaned(cells)

    def each(self, column: Column, read: Callable[[str], T], *, otherwise: T) -> list[T]:
        """Read a column of few different words."""
        if column not in self._columns:
            return [otherwise] * len(self._cells[0])
        cells = self._column(column)
        told = {cell: read(cell.strip()) for cell in set(cells)}
        return list(map(told.__getitem__, cells))

    def prove(self) -> None:
        """Add what was read to the proof."""
        for text in self._printed:
            self._proof.take_amount(0, text)
        for signs, seen in ((self._proof.debits, self._debits), (self._proof.amounts, self._sums)):
            signs.negative |= seen.negative
            signs.positive |= seen.positive
        self._proof.take_bare_references()
        self._proof.bare_signs.take_columns(self._cells)


def _day(text: str) -> date | None:
    read = read_date(text)
    return read[0] if read else None


def _cleaned(cells: Cells) -> list[str]:
    stripped = list(map(str.strip, cells))
    return stripped if are_clean(stripped) else [clean_text(cell).strip() for cell in stripped]
