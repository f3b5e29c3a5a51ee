"""Statements out of rows of cells: the table is found by its header words, wherever it starts.

Rows are never skipped in silence. An amount or date that cannot be read refuses the file and names
the row; a row without an amount is a problem, whose amount the balances may tell later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bank_adapters.statements.layouts import Column, Label, Layout
from bank_adapters.statements.printed import (
    ThousandsMark,
    clean_text,
    read_amount,
    read_date,
    thousands_mark,
)
from bank_adapters.statements.sheets import Sheet
from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
)
from payments.domain.errors import InvalidFile, Problem

_SIGNS = {"+": Direction.IN, "-": Direction.OUT}
_MONEY_COLUMNS = (Column.DEBIT, Column.CREDIT, Column.AMOUNT, Column.BALANCE)
_MONEY_LABELS = (Label.OPENING, Label.CLOSING)

Columns = dict[Column, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table as printed: its cells by column, and the day they are booked on."""

    number: int
    cells: dict[Column, str]
    booked_on: date
    booked_at: datetime | None


@dataclass(slots=True)
class _Block:
    """One account's part of a sheet while it is read."""

    number: int
    labels: dict[Label, tuple[int, str]] = field(default_factory=dict)
    rows: list[_Row] = field(default_factory=list)
    totals: tuple[int, dict[Column, str]] | None = None


def read_tables(sheets: Sequence[Sheet], layout: Layout) -> StatementFile | None:
    """Read every table of the layout; None when there is no such table at all.

    Raises InvalidFile naming each row with an unreadable date or amount, and each table that has
    neither rows nor balances.
    """
    blocks = [block for sheet in sheets for block in _blocks(sheet, layout)]
    if not blocks:
        return None
    problems: list[StatementProblem] = []
    faults: list[Problem] = []
    statements = tuple(_statement(block, layout, problems, faults) for block in blocks)
    if faults:
        raise InvalidFile(faults)
    return StatementFile(statements, tuple(problems))


def has_table(sheets: Iterable[Sheet], layout: Layout) -> bool:
    """Say whether any row is a header of the layout."""
    return any(layout.header(row) for sheet in sheets for _, row in sheet.rows)


def _blocks(sheet: Sheet, layout: Layout) -> list[_Block]:
    blocks: list[_Block] = []
    block = _Block(1)
    columns: Columns | None = None
    in_table = False
    faults: list[Problem] = []
    for number, row in sheet.rows:
        if in_table and columns and (read := _row(number, row, columns)):
            block.rows.append(read)
            continue
        if header := layout.header(row):
            # A header that comes again without a new account is the next page of the same table.
            columns, in_table = header, True
            if not any(block is known for known in blocks):
                blocks.append(block)
            continue
        if in_table and columns and layout.is_total(row):
            block.totals, in_table = (number, _cells(row, columns)), False
            continue
        labels = layout.labels_in(row)
        if Label.ACCOUNT in labels and columns is not None:
            block, columns, in_table = _Block(number), None, False
        for label, value in labels.items():
            block.labels.setdefault(label, (number, value))
        if in_table and columns and not labels and _holds_money(row, columns):
            faults.append(Problem(f"row {number}", "date_unreadable"))
    if faults:
        raise InvalidFile(faults)
    return blocks


def _cells(row: Sequence[str], columns: Columns) -> dict[Column, str]:
    cells = {column: row[place].strip() for column, place in columns.items() if place < len(row)}
    if columns.get(Column.DATE) == columns.get(Column.REFERENCE) and cells.get(Column.DATE):
        # CashUp prints the day and the document's number into one cell.
        day, *number = cells[Column.DATE].split(None, 1)
        cells[Column.DATE], cells[Column.REFERENCE] = day, "".join(number)
    return cells


def _row(number: int, row: Sequence[str], columns: Columns) -> _Row | None:
    cells = _cells(row, columns)
    day = read_date(cells.get(Column.DATE, ""))
    if day is None:
        return None
    if Column.AMOUNT in columns and Column.SIGN not in columns:
        # The old layout prints + and - under a heading of many names, or under none.
        cells[Column.SIGN] = next((cell.strip() for cell in row if cell.strip() in _SIGNS), "")
    return _Row(number, cells, day[0], day[1])


def _holds_money(row: Sequence[str], columns: Columns) -> bool:
    cells = _cells(row, columns)
    return any(cells.get(column) for column in _MONEY_COLUMNS)


def _statement(
    block: _Block, layout: Layout, problems: list[StatementProblem], faults: list[Problem]
) -> Statement:
    texts = _amount_texts(block)
    reading = _Reading(thousands_mark(text for _, text in texts), problems, faults)
    if reading.mark is None:
        faults.append(Problem(f"row {_contradicting(texts)}", "amounts_contradict"))
    entries = tuple(entry for row in block.rows if (entry := reading.entry(row)))
    opening = reading.labelled(block, Label.OPENING)
    closing = reading.labelled(block, Label.CLOSING)
    if not block.rows and opening is None and closing is None:
        faults.append(Problem(f"row {block.number}", "nothing_read"))
    debits, credits_ = reading.totals(block)
    return Statement(
        account_number="".join(_label(block, Label.ACCOUNT).split()),
        currency=_label(block, Label.CURRENCY).upper() or layout.currency,
        entries=entries,
        opening=opening,
        closing=closing,
        period_from=reading.day(block, Label.FROM),
        period_to=reading.day(block, Label.UNTIL),
        printed_credits=credits_,
        printed_debits=debits,
    )


def _amount_texts(block: _Block) -> list[tuple[int, str]]:
    """Every printed amount of a block that may prove how its digits are grouped, with its row."""
    texts = [
        (row.number, row.cells[column])
        for row in block.rows
        for column in _MONEY_COLUMNS
        if row.cells.get(column)
    ]
    return texts + [block.labels[label] for label in _MONEY_LABELS if label in block.labels]


def _contradicting(texts: Sequence[tuple[int, str]]) -> int:
    """The first row whose amount is grouped otherwise than the rows before it."""
    before = ""
    for number, text in texts:
        mark = thousands_mark([text])
        if mark is None or (mark and before and mark != before):
            return number
        before = before or mark
    return texts[-1][0]


def _label(block: _Block, label: Label) -> str:
    return clean_text(block.labels.get(label, (0, ""))[1]).strip()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the amounts of one block by its proven mark, and keeps what cannot be read."""

    mark: ThousandsMark | None
    problems: list[StatementProblem]
    faults: list[Problem]

    def entry(self, row: _Row) -> StatementEntry | None:
        """Read one row; None when it has no amount or an unreadable one."""
        moved = self._movement(row)
        if moved is None:
            return None
        amount, direction = moved
        balance = row.cells.get(Column.BALANCE, "")
        value = read_date(row.cells.get(Column.VALUE_DATE, ""))
        return StatementEntry(
            where=f"row {row.number}",
            booked_on=row.booked_on,
            amount=amount,
            direction=direction,
            text=clean_text(row.cells.get(Column.TEXT, "")).strip(),
            bank_reference=clean_text(row.cells.get(Column.REFERENCE, "")).strip(),
            value_on=value[0] if value else None,
            booked_at=row.booked_at,
            balance_after=self._amount(row.number, balance) if balance else None,
        )

    def _movement(self, row: _Row) -> tuple[int, Direction] | None:
        if Column.AMOUNT in row.cells:
            sides = [(row.cells[Column.AMOUNT], _SIGNS.get(row.cells.get(Column.SIGN, "")))]
        else:
            sides = [
                (row.cells.get(Column.DEBIT, ""), Direction.OUT),
                (row.cells.get(Column.CREDIT, ""), Direction.IN),
            ]
        read = [(self._amount(row.number, text), side) for text, side in sides if text]
        if any(amount is None for amount, _ in read):
            return None
        moved = [(amount, side) for amount, side in read if amount is not None and amount != 0]
        if not moved:
            message = "the row has no amount"
            self.problems.append(StatementProblem("amount_missing", f"row {row.number}", message))
            return None
        amount, side = moved[0]
        if len(moved) > 1 or side is None or amount < 0:
            self.faults.append(Problem(f"row {row.number}", "direction_unclear"))
            return None
        return amount, side

    def _amount(self, number: int, text: str) -> int | None:
        if self.mark is None:
            # The table as a whole is refused already; no row of it is worse than another.
            return None
        amount = read_amount(text, self.mark)
        if amount is None:
            facts: dict[str, object] = {"text": clean_text(text)[:40]}
            self.faults.append(Problem(f"row {number}", "amount_unreadable", facts))
        return amount

    def labelled(self, block: _Block, label: Label) -> int | None:
        """Read the balance beside a label; None when the label is not there."""
        number, text = block.labels.get(label, (0, ""))
        return self._amount(number, text) if text else None

    def totals(self, block: _Block) -> tuple[int | None, int | None]:
        """Read the printed totals of debits and credits; None where none is printed."""
        if block.totals is None:
            return None, None
        number, cells = block.totals
        texts = (cells.get(Column.DEBIT, ""), cells.get(Column.CREDIT, ""))
        read = [self._amount(number, text) if text else None for text in texts]
        return read[0], read[1]

    def day(self, block: _Block, label: Label) -> date | None:
        """Read the first or last day of the period; None when it is not printed."""
        number, text = block.labels.get(label, (0, ""))
        if not text:
            return None
        day = read_date(text)
        if day is None:
            self.faults.append(Problem(f"row {number}", "date_unreadable"))
        return day[0] if day else None
