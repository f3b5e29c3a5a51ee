"""Rows of a table read column by column, where every cell of a column has one plain form.

Nothing is read here that ``rows`` would read otherwise: what does not prove its form is left to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import add, mul, neg, sub
from typing import TypeVar

from bank_adapters.statements.batches import Batch, Cells, row_names
from bank_adapters.statements.batches import Column as Cut
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

T = TypeVar("T")

_IN, _OUT = Direction.IN, Direction.OUT
_NOT_HERE = (Column.FEE, Column.VAT, Column.SIGN)
_MOMENTS = (
    Column.BOOKING_DATE, Column.DATE, Column.VALUE_DATE, Column.REQUEST_DATE, Column.TIME,
)  # fmt: skip
_FORMS: dict[ThousandsMark, tuple[re.Pattern[str], str]] = {
    ",": (re.compile(r"(?:(?:-?+[0-9]{1,3}+(?:,[0-9]{3}){0,5}+(?:\.00?+)?+)?+\n)*+"), "."),
    ".": (re.compile(r"(?:(?:-?+[0-9]{1,3}+(?:\.[0-9]{3}){0,5}+(?:,00?+)?+)?+\n)*+"), ","),
    "": (re.compile(rf"(?:(?:-?+[0-9]{{1,{MOST_DIGITS}}}+)?+\n)*+"), ""),
}
"""A column of amounts, one a line, by its mark, and what may stand before noughts."""


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """A batch, what its rows move, and the balances after them if there is a column of them."""

    batch: EntryBatch
    moved: list[int]
    balances: list[int] | None


def read_columns(rows: Batch, columns: Columns, proof: Proof) -> ColumnsRead | None:
    """Read rows that are all entries, and add what they prove to the proof; None if not plain."""
    if any(column in columns for column in _NOT_HERE):
        return None
    if rows.columns is None or max(columns.values()) >= len(rows.columns):
        return None
    table = _Table(rows, rows.columns, columns, proof)
    days = table.days()
    moved = table.moved() if days else None
    texts, references = table.texts(), table.references()
    if days is None or moved is None or texts is None or references is None:
        return None
    balances = None
    if Column.BALANCE in columns and (balances := table.balances()) is None:
        return None
    table.prove()
    size = len(rows)
    booked_on, booked_at = days
    batch = EntryBatch(
        where=row_names(rows.numbers),
        booked_on=booked_on,
        amount=moved.amounts,
        direction=[_IN if one > 0 else _OUT for one in moved.signed],
        text=texts,
        bank_reference=references,
        value_on=table.each(Column.VALUE_DATE, _day, otherwise=None),
        booked_at=booked_at,
        balance_after=balances or [None] * size,
        is_reversal=[False] * size,
        is_pending=table.each(Column.STATUS, is_pending, otherwise=False),
        is_charge=[False] * size,
    )
    return ColumnsRead(batch, moved.signed, balances)


@dataclass(frozen=True, slots=True)
class _Amounts:
    """The amounts of a column, the least of them and the greatest."""

    values: list[int]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """What rows move: money out below zero, and all of it above."""

    signed: list[int]
    amounts: list[int]


class _Table:
    """The columns of some rows, and what their amounts prove beyond what was known."""

    def __init__(self, rows: Batch, printed: Sequence[Cut], columns: Columns, proof: Proof) -> None:
        self._rows = rows
        self._size = len(rows)
        self._cut = printed
        self._columns = columns
        self._proof = proof
        self._mark = proof.mark.mark
        self._printed: list[str] = []
        self._debits, self._sums = Signs(), Signs()

    def _cells(self, column: Column) -> Cells:
        return self._cut[self._columns[column]].cells

    def days(self) -> tuple[list[date], list[datetime | None]] | None:
        """Return the day and the moment of each row; None when one of them tells no day."""
        columns = self._columns
        places = sorted({columns[column] for column in _MOMENTS if column in columns})
        money = {columns.get(column) for column in (Column.DEBIT, Column.CREDIT, Column.AMOUNT)}
        if money & set(places):
            return None
        told: Sequence[Hashable] = (
            self._cut[places[0]].cells
            if len(places) == 1
            else list(zip(*(self._cut[place].cells for place in places), strict=True))
        )
        if told.count(told[0]) == self._size:
            day, at = row_day(self._rows.row(0), columns)
            return None if day is None else ([day] * self._size, [at] * self._size)
        known = dict(zip(told, range(self._size), strict=True))
        read = {key: row_day(self._rows.row(place), columns) for key, place in known.items()}
        days = {key: day for key, (day, _) in read.items() if day is not None}
        if len(days) != len(read):
            return None
        moments = {key: at for key, (_, at) in read.items()}
        return list(map(days.__getitem__, told)), list(map(moments.__getitem__, told))

    def moved(self) -> _Moved | None:
        """Return what each row moves; None when one of them is not plain."""
        if Column.AMOUNT in self._columns:
            if Column.DEBIT in self._columns or Column.CREDIT in self._columns:
                return None
            return self._one_column()
        debits, credited = self.amounts(Column.DEBIT), self.amounts(Column.CREDIT)
        if debits is None or credited is None or credited.least < 0:
            return None
        self._debits = Signs(debits.least < 0, debits.most > 0)
        negative = debits.least < 0 or self._proof.debits.negative
        if negative and (debits.most > 0 or self._proof.debits.positive):
            return None
        out, into = debits.values, credited.values
        if negative:
            out = list(map(neg, out))
        amounts = list(map(add, into, out))
        # One side of each row is zero, and the other is not.
        if not all(amounts) or any(map(mul, into, out)):
            return None
        return _Moved(list(map(sub, into, out)), amounts)

    def _one_column(self) -> _Moved | None:
        moved = self.amounts(Column.AMOUNT)
        if moved is None or not all(moved.values):
            return None
        if any(not {"+", "-"}.isdisjoint(map(str.strip, one.cells)) for one in self._cut):
            return None
        self._sums = Signs(moved.least < 0, moved.most > 0)
        return _Moved(moved.values, list(map(abs, moved.values)))

    def amounts(self, column: Column) -> _Amounts | None:
        """Return the amounts of a column; an empty one is zero."""
        if column not in self._columns:
            return _Amounts([0] * self._size, 0, 0)
        ends = [0, 0]

        def read(cells: Cells) -> list[int] | None:
            values = self._read("\n".join(cells), len(cells), "0")
            ends[:] = (min(values), max(values)) if values else ends
            return values

        values = self._cut[self._columns[column]].read(read)
        return None if values is None else _Amounts(values, *ends)

    def balances(self) -> list[int] | None:
        """Return the balances; None when one of them is empty or not plain."""
        text = self._cut[self._columns[Column.BALANCE]].text
        return self._read(text, self._size, "")

    def _read(self, cells: str, size: int, empty: str) -> list[int] | None:
        """Read so many amounts, one a line; ``empty`` is what stands for those left out."""
        lines = cells + "\n"
        for mark, (form, point) in _FORMS.items():
            if mark and self._mark not in {"", mark}:
                continue
            if form.fullmatch(lines) is None:
                continue
            read = _whole_numbers(cells, mark, point, empty)
            # A line break in a cell makes two amounts of it, which are none.
            if read is None or len(read) != size:
                continue
            self._print(cells, mark, point)
            if not self._proof.decimals:
                return read
            scale = 10**self._proof.decimals
            limit = 10**MOST_DIGITS // scale
            if -limit < min(read) and max(read) < limit:
                return [number * scale for number in read]
        return None

    def _print(self, cells: str, mark: ThousandsMark, point: str) -> None:
        """Note amounts that prove what all of them do."""
        for sign in filter(None, (mark, point)):
            if sign in cells:
                place = cells.index(sign)
                line = cells[cells.rfind("\n", 0, place) + 1 :].partition("\n")[0]
                self._printed.append(line)
                self._mark = mark
        if not mark:
            self._printed.append(max(cells.split("\n"), key=len))

    def texts(self) -> list[str] | None:
        """Return the texts; None where a reference may stand below one."""
        if Column.TEXT not in self._columns:
            return [""] * self._size
        cells = self._cells(Column.TEXT)
        if Column.REFERENCE not in self._columns and "\n" in "".join(cells):
            return None
        return self._cleaned(cells)

    def references(self) -> list[str] | None:
        """Return the bank's references."""
        columns = self._columns
        if Column.REFERENCE not in columns:
            return [""] * self._size
        cells = self._cells(Column.REFERENCE)
        if columns[Column.REFERENCE] in {
            columns.get(Column.DATE),
            columns.get(Column.BOOKING_DATE),
        }:
            cells = ["".join(cell.split(None, 1)[1:]) for cell in cells]
        return self._cleaned(cells)

    def _cleaned(self, cells: Cells) -> list[str]:
        stripped = list(map(str.strip, cells))
        if self._rows.is_visible or are_clean(stripped):
            return stripped
        return [clean_text(cell).strip() for cell in stripped]

    def each(self, column: Column, read: Callable[[str], T], *, otherwise: T) -> list[T]:
        """Read a column of few different words."""
        if column not in self._columns:
            return [otherwise] * self._size
        cells = self._cells(column)
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
        self._proof.bare_signs.take_columns([one.cells for one in self._cut])


def _day(text: str) -> date | None:
    read = read_date(text)
    return read[0] if read else None


def _whole_numbers(cells: str, mark: ThousandsMark, point: str, empty: str) -> list[int] | None:
    """Return the whole numbers of amounts, one a line, that have the form of a mark.

    None when noughts stand before an amount, or one is empty and nothing stands for it.
    """
    if point and point in cells:
        cells = cells.replace(f"{point}00", "").replace(f"{point}0", "")
    if empty and "\n\n" in f"\n{cells}\n":
        cells = "\n".join([cell or empty for cell in cells.split("\n")])
    table = {ord("\n"): ","} | ({ord(mark): None} if mark else {})
    try:
        # This reads a list of numbers in half the time that int takes for each of them.
        read: list[int] = json.loads(f"[{cells.translate(table)}]")
    except ValueError:
        return None
    return read
