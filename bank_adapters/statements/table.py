"""Statements out of rows of cells: the table is found by its header words, wherever it starts.

Rows are never skipped in silence. An amount or date that cannot be read refuses the file and names
the row; a row without an amount is a problem, whose amount the balances tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bank_adapters.statements.balances import Step, ends, missing_amount
from bank_adapters.statements.blocks import Block, Row, find_blocks
from bank_adapters.statements.header import Header, find_header
from bank_adapters.statements.mt940_fields import UNITS_WITHOUT_DECIMALS
from bank_adapters.statements.printed import read_date, thousands_mark
from bank_adapters.statements.rows import PRINTED, Moved, RowReading, manner_of
from bank_adapters.statements.sheets import Sheet
from bank_adapters.statements.vocabulary import Column, Label
from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
)
from payments.domain.errors import InvalidFile, Problem

_MONEY_LABELS = (Label.OPENING, Label.CLOSING, Label.DEBITS, Label.CREDITS)
DONG = "VND"


def read_tables(sheets: Sequence[Sheet], given: Header | None = None) -> StatementFile | None:
    """Read every table; None when there is none. ``given`` are columns a person has mapped.

    Raises InvalidFile naming each row with an unreadable date or amount, and each table that has
    neither rows nor balances.
    """
    faults: list[Problem] = []
    found = [block for sheet in sheets for block in find_blocks(sheet, given, faults)]
    if not found:
        return None
    problems: list[StatementProblem] = []
    parts = [part for block in found for part in _by_account(block)]
    statements = tuple(_BlockReading(part, faults, problems).statement() for part in parts)
    if faults:
        raise InvalidFile(faults)
    return StatementFile(statements, tuple(problems))


def first_header(sheet: Sheet) -> int | None:
    """Return the number of the first row that is the header of a statement's table."""
    return next((number for number, row in sheet.rows if find_header(row).is_complete), None)


def _by_account(block: Block) -> Iterator[Block]:
    """Part a table whose rows name their account or currency, where nothing above them does."""
    by_account = not block.told(Label.ACCOUNT)
    by_currency = not block.told(Label.CURRENCY) and not (block.header and block.header.currency)
    parts: dict[tuple[str, str], Block] = {}
    for row in block.rows:
        account = row.cell(Column.ACCOUNT) if by_account else ""
        currency = row.cell(Column.CURRENCY).upper() if by_currency else ""
        part = parts.get((account, currency))
        if part is None:
            part = parts[account, currency] = replace(block, labels=dict(block.labels), rows=[])
            if account:
                part.labels[Label.ACCOUNT] = (row.number, account)
            if currency:
                part.labels[Label.CURRENCY] = (row.number, currency)
        part.rows.append(row)
    yield from parts.values() or [block]


@dataclass(slots=True)
class _BlockReading:
    """Reads one account's part of a file."""

    block: Block
    faults: list[Problem]
    problems: list[StatementProblem]

    def statement(self) -> Statement:
        """Read the block; what cannot be read is added to the faults and problems."""
        block = self.block
        currency = _currency(block)
        decimals = 0 if currency in UNITS_WITHOUT_DECIMALS else 2
        texts = _amount_texts(block)
        mark = thousands_mark(text for _, text in texts)
        if mark is None:
            where = f"row {_contradicting(texts)}"
            self.faults.append(Problem(where, "amounts_contradict"))
            return Statement("", currency, ())
        reading = RowReading(manner_of(block.rows, mark, decimals), self.faults)
        opening = self._labelled(reading, Label.OPENING)
        closing = self._labelled(reading, Label.CLOSING)
        entries, steps = self._entries(reading, opening)
        told = ends(steps) if opening is None or closing is None else None
        if told is not None:
            # Balances printed on the rows tell what the file does not print apart.
            opening = told[0] if opening is None else opening
            closing = told[1] if closing is None else closing
        if not entries and not self.faults and opening is None and closing is None:
            self.faults.append(Problem(f"row {block.number}", "nothing_read"))
        debits, credits_ = self._printed(reading, entries)
        count = block.told(Label.COUNT)
        return Statement(
            account_number="".join(block.told(Label.ACCOUNT).split()).strip("'").upper(),
            currency=currency,
            entries=tuple(entries),
            number=block.told(Label.NUMBER).upper(),
            opening=opening,
            closing=closing,
            period_from=self._day(Label.FROM),
            period_to=self._day(Label.UNTIL),
            printed_credits=credits_,
            printed_debits=debits,
            printed_count=int(count) if count else None,
            fees=reading.fees,
            vat=reading.vat,
            decimals=decimals,
        )

    def _entries(
        self, reading: RowReading, opening: int | None
    ) -> tuple[list[StatementEntry], list[Step]]:
        """Read the rows, and what each moves with the balance after it."""
        read: list[tuple[Row, list[Moved] | None, int | None]] = []
        reading.bare_signs = any(
            cell.strip() in {"+", "-"} for row in self.block.rows for cell in row.cells
        )
        for row in self.block.rows:
            balance = reading.amount(f"row {row.number}", row.cell(Column.BALANCE))
            read.append((row, reading.movements(row), balance))
        steps: list[Step] = [
            (sum(one.signed for one in moved) if moved else None, balance)
            for _, moved, balance in read
        ]
        entries: list[StatementEntry] = []
        for place, (row, moved, balance) in enumerate(read):
            if moved is None:
                continue
            told = moved or self._recovered(row, place, steps, opening)
            entries += reading.entries(row, told, balance)
        return entries, steps

    def _recovered(
        self, row: Row, place: int, steps: list[Step], opening: int | None
    ) -> list[Moved]:
        """Note that a row has no amount, and take the one that the balances around it tell."""
        missing = missing_amount(steps, place, opening)
        nth = f"row {place + 1} of the table has no amount"
        if not missing:
            problem = StatementProblem("amount_missing", f"row {row.number}", nth)
            self.problems.append(problem)
            return []
        message = f"{nth}; its balance says that {missing} is missing"
        facts = (("missing", str(missing)),)
        self.problems.append(
            StatementProblem("amount_missing", f"row {row.number}", message, facts)
        )
        steps[place] = (missing, steps[place][1])
        return [Moved(abs(missing), Direction.IN if missing > 0 else Direction.OUT)]

    def _labelled(self, reading: RowReading, label: Label) -> int | None:
        number, text = self.block.labels.get(label, (0, ""))
        return reading.amount(f"row {number}", text)

    def _printed(
        self, reading: RowReading, entries: Sequence[StatementEntry]
    ) -> tuple[int | None, int | None]:
        """Return the printed totals of debits and credits; None where none is printed."""
        debits = self._labelled(reading, Label.DEBITS)
        credited = self._labelled(reading, Label.CREDITS)
        rows = [
            (reading.amount(f"row {number}", out), reading.amount(f"row {number}", into))
            for number, out, into in self.block.totals
        ]
        if debits is None:
            debits = _total([out for out, _ in rows], _sum(entries, Direction.OUT))
        if credited is None:
            credited = _total([into for _, into in rows], _sum(entries, Direction.IN))
        return None if debits is None else abs(debits), credited

    def _day(self, label: Label) -> date | None:
        number, text = self.block.labels.get(label, (0, ""))
        if not text:
            return None
        day = read_date(text)
        if day is None:
            self.faults.append(Problem(f"row {number}", "date_unreadable"))
        return day[0] if day else None


def _total(printed: Sequence[int | None], counted: int) -> int | None:
    """Return the total that counts: the last, unless the totals are of days and make the sum."""
    told = [total for total in printed if total is not None]
    if len(told) > 1 and abs(told[-1]) != counted and sum(map(abs, told)) == counted:
        return counted
    return told[-1] if told else None


def _sum(entries: Iterable[StatementEntry], side: Direction) -> int:
    return sum(
        entry.amount
        for entry in entries
        if entry.direction is side and not entry.is_charge and not entry.is_pending
    )


def _currency(block: Block) -> str:
    """Return the currency that is named beside the table or in its headings; đồng where none is."""
    told = block.told(Label.CURRENCY).upper()
    if told.startswith(("DONG", "ĐỒNG")) or told in {"VNĐ", "VND"}:
        return DONG
    return told or (block.header.currency if block.header else "") or DONG


def _amount_texts(block: Block) -> list[tuple[int, str]]:
    """Every printed amount of a block that may prove how its digits are grouped, with its row."""
    texts = [
        (row.number, text) for row in block.rows for column in PRINTED if (text := row.cell(column))
    ]
    texts += [block.labels[label] for label in _MONEY_LABELS if label in block.labels]
    return texts + [(number, text) for number, *both in block.totals for text in both if text]


def _contradicting(texts: Sequence[tuple[int, str]]) -> int:
    """The first row whose amount is grouped otherwise than the rows before it."""
    for last in range(1, len(texts) + 1):
        if thousands_mark(text for _, text in texts[:last]) is None:
            return texts[last - 1][0]
    return texts[-1][0]
