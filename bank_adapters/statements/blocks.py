"""Splits the rows of a sheet into the tables of its accounts, wherever each one starts.

A row with a day is an entry before it is anything else, so that no words of a payer become a label,
a total or a header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bank_adapters.statements.header import Columns, Header, find_header, joined, numbers_columns
from bank_adapters.statements.labels import labels_in
from bank_adapters.statements.printed import read_clock, read_date
from bank_adapters.statements.row_cells import (
    MONEY,
    cell_of,
    has_money,
    is_reference,
    is_total_row,
    told_instead,
)
from bank_adapters.statements.vocabulary import Column, Label
from bank_adapters.statements.words import CARRIED_KEYS, is_total, parts_of
from payments.domain.errors import Problem

HEAD_ROWS = 2000
"""Rows in which the first header has to stand; a statement has about twenty above it."""

_DAYS = (Column.BOOKING_DATE, Column.DATE, Column.VALUE_DATE)
_TIMES = (Column.BOOKING_DATE, Column.DATE, Column.REQUEST_DATE)


@dataclass(slots=True)
class Row:
    """A row of a table as printed, with the day it is booked on and the moment, if one is told."""

    number: int
    cells: Sequence[str]
    columns: Columns
    booked_on: date
    booked_at: datetime | None
    more_text: str = ""

    def cell(self, column: Column) -> str:
        """Return the trimmed text of a column; empty when there is none."""
        place = self.columns.get(column)
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""


@dataclass(slots=True)
class Block:
    """One account's part of a sheet.

    ``rows`` are those that are held, always the last; ``narrowest`` is the least number of cells of
    those that are not any more.
    """

    number: int
    labels: dict[Label, tuple[int, str]] = field(default_factory=dict)
    header: Header | None = None
    rows: list[Row] = field(default_factory=list)
    narrowest: int | None = None
    totals: list[tuple[int, str, str]] = field(default_factory=list)

    def told(self, label: Label) -> str:
        """Return the value beside a label; empty when the label is not there."""
        return self.labels.get(label, (0, ""))[1]

    def learn(self, labels: dict[Label, str], number: int) -> None:
        """Keep labels: the first of each, but the last closing balance."""
        for label, value in labels.items():
            if label is Label.CLOSING:
                self.labels[label] = (number, value)
            else:
                self.labels.setdefault(label, (number, value))

    def let_go(self, kept: int) -> list[Row]:
        """Return the rows that need not be held any more: all but the last ``kept``."""
        gone = self.rows[: len(self.rows) - kept]
        self.rows = self.rows[len(gone) :]
        self.narrow(min((len(row.cells) for row in gone), default=None))
        return gone

    def narrow(self, width: int | None) -> None:
        """Note the least number of cells of rows that are not held."""
        known = [one for one in (self.narrowest, width) if one is not None]
        self.narrowest = min(known, default=None)


class Splitting:
    """Where one is in a sheet while its rows go by.

    ``given`` is a header that a person has mapped, for every row. Rows with money and without a
    readable day become faults. A block is whole as soon as another is the last of ``blocks``.
    """

    def __init__(self, faults: list[Problem], given: Header | None) -> None:
        self.faults = faults
        self.given = given
        self.blocks: list[Block] = []
        self.block = Block(1)
        self.columns: Columns | None = None
        self.next_block: Block | None = None
        self.second_line = 0
        self.totalled = False
        self.waiting_text = ""

    def goes_on_with(self, row: Sequence[str]) -> bool:
        """Whether a row can be nothing but the next entry: it has a day and money."""
        if self.columns is None or self.next_block is not None or self.waiting_text:
            return False
        return row_day(row, self.columns)[0] is not None and has_money(row, self.columns)

    def take(self, number: int, row: Sequence[str], below: Sequence[str]) -> None:
        """Take the next row."""
        if self.given is not None and self.columns is None and number >= self.given.first_row:
            self._open_table(self.given)
        if self.columns is not None and self._entry(number, row):
            return
        if not any(row):
            return
        if self.second_line == number or self._header(number, row, below):
            return
        labels = labels_in(row, below)
        if labels:
            self._labels(number, labels)
        elif self.columns is not None and self.next_block is None:
            self._odd(number, row)

    def check_last(self, number: int) -> None:
        """Refuse a last row without its line end that has fewer cells than the others.

        Or that ends with an amount which nothing else proves: digits could be missing.
        """
        if not self.block.rows or self.block.rows[-1].number != number:
            return
        *others, last = self.block.rows
        widths = [len(row.cells) for row in others]
        if self.block.narrowest is not None:
            widths.append(self.block.narrowest)
        width = min(widths, default=max(last.columns.values()) + 1)
        if len(last.cells) < width or self._ends_in_unproven_money(last):
            self.faults.append(Problem(f"row {number}", "file_cut"))

    def _ends_in_unproven_money(self, row: Row) -> bool:
        proves = Column.BALANCE in row.columns or Label.CLOSING in self.block.labels
        money = {row.columns.get(column) for column in MONEY}
        return not proves and len(row.cells) - 1 in money and bool(row.cells[-1].strip())

    def finish(self) -> None:
        """End the sheet: labels behind the last table belong to it."""
        if self.next_block is not None:
            for label, (number, value) in self.next_block.labels.items():
                self.block.learn({label: value}, number)

    def _entry(self, number: int, row: Sequence[str]) -> bool:
        columns = self.columns or {}
        day, at = row_day(row, columns)
        if day is None:
            if self.next_block is not None:
                return False
            if not self._goes_on(row, columns):
                return False
            day = self.block.rows[-1].booked_on
            at = _clock(row, columns, day)
        elif labels := told_instead(row, columns):
            self._labels(number, labels)
            return True
        elif is_total_row(row, columns):
            self._odd(number, row)
            return True
        if self.next_block is not None:
            # An account was named, and its rows follow without a header of their own.
            self._open_table(self.block.header or Header(dict(columns)))
        if self.waiting_text and self.block.rows:
            self.block.rows[-1].more_text += self.waiting_text
        self.waiting_text = ""
        if _filled(row) > 1:
            self.block.rows.append(Row(number, row, columns, day, at))
            self.totalled = False
        return True

    def _goes_on(self, row: Sequence[str], columns: Columns) -> bool:
        """Whether a row without a day is an entry of the day above it."""
        if not self.block.rows or any(cell_of(row, columns, column) for column in _DAYS):
            return False
        if not has_money(row, columns):
            return False
        numbered = cell_of(row, columns, Column.ORDINAL).isdigit()
        return numbered or is_reference(cell_of(row, columns, Column.REFERENCE))

    def _header(self, number: int, row: Sequence[str], below: Sequence[str]) -> bool:
        if self.given is not None:
            return False
        header, lower = find_header(row), find_header(below)
        if not header.is_complete and header.columns and lower.columns:
            # The two lines make one header only when neither is one alone.
            both = find_header(joined(row, below))
            if not both.is_complete or lower.is_complete:
                return False
            header, self.second_line = both, number + 1
        elif header.is_complete and len(lower.columns) > 1 and not _has_day(below, header):
            header, self.second_line = lower.beneath(header), number + 1
        if not header.is_complete:
            return False
        self._open_table(header)
        return True

    def _open_table(self, header: Header) -> None:
        fresh = self.next_block
        if fresh is not None and not _same_page(self.block, fresh):
            self.block = fresh
        self.next_block = None
        self.columns, self.totalled = header.columns, False
        if not any(self.block is known for known in self.blocks):
            self.blocks.append(self.block)
        if self.block.header is None:
            self.block.header = header

    def _labels(self, number: int, labels: dict[Label, str]) -> None:
        if Label.ACCOUNT in labels and self.columns is not None:
            self.next_block = Block(number)
        (self.next_block or self.block).learn(labels, number)
        self.totalled = self.totalled or Label.CLOSING in labels

    def _odd(self, number: int, row: Sequence[str]) -> None:
        """Take a row of the table that is no entry: a total, a wrapped text, a footer."""
        columns = self.columns or {}
        first = next((cell for cell in row if cell.strip()), "")
        if any(word in CARRIED_KEYS for word in parts_of(first)):
            return
        if is_total(first) or is_total_row(row, columns):
            debit, credit = (cell_of(row, columns, c) for c in (Column.DEBIT, Column.CREDIT))
            if debit or credit:
                self.block.totals.append((number, debit, credit))
            self.totalled = True
        elif not self.block.rows and numbers_columns(row):
            return
        elif has_money(row, columns):
            dated = any(cell_of(row, columns, column) for column in _DAYS)
            if self.block.rows and not dated and not self.totalled:
                last = self.block.rows[-1]
                at = _clock(row, columns, last.booked_on)
                self.block.rows.append(Row(number, row, columns, last.booked_on, at))
            elif not self.totalled:
                self.faults.append(Problem(f"row {number}", "date_unreadable"))
        elif _filled(row) == 1 and (text := cell_of(row, columns, Column.TEXT)):
            # A remark that goes on in the next row; a footer is never followed by an entry.
            self.waiting_text += " " + text


def row_day(row: Sequence[str], columns: Columns) -> tuple[date | None, datetime | None]:
    """Return the day a row is booked on and the moment of it, each None when it is not told."""
    for column in _DAYS:
        place = columns.get(column)
        if place is None or place >= len(row) or not row[place]:
            continue
        text = row[place].strip()
        if place == columns.get(Column.REFERENCE):
            # CashUp prints the day and the document's number into one cell.
            text = text.split(None, 1)[0] if text else ""
        read = read_date(text)
        if read is not None:
            return read[0], _clock(row, columns, read[0])
        if text:
            return None, None
    return None, None


def _clock(row: Sequence[str], columns: Columns, day: date) -> datetime | None:
    """Return the moment a row tells in any of its columns of time."""
    for column in _TIMES:
        read = read_date(cell_of(row, columns, column)) if column in columns else None
        if read is not None and read[1] is not None:
            return read[1]
    text = cell_of(row, columns, Column.TIME)
    if not text:
        return None
    return read_clock(text, day) or (read_date(text) or (None, None))[1]


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell and not cell.isspace())


def _has_day(row: Sequence[str], header: Header) -> bool:
    return row_day(row, header.columns)[0] is not None


def _same_page(block: Block, fresh: Block) -> bool:
    """Whether a heading printed again is only the next page of the same account and period."""
    same = (Label.ACCOUNT, Label.FROM, Label.UNTIL, Label.OPENING, Label.CLOSING)
    return all(fresh.told(label) in {"", block.told(label)} for label in same)
