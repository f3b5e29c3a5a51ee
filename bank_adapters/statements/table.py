"""Statements out of rows of cells: the table is found by its header words, wherever it starts.

Rows are never skipped in silence. An amount or date that cannot be read refuses the file and names
the row; a row without an amount is a problem, whose amount the balances tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bank_adapters.statements.accounts import AccountReading, Key, key_of
from bank_adapters.statements.blocks import HEAD_ROWS, Block, Row, Splitting
from bank_adapters.statements.header import Header, find_header
from bank_adapters.statements.parts import BATCH, ToldTooLateError
from bank_adapters.statements.sheets import Table
from bank_adapters.statements.vocabulary import Column
from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.statement_parts import StatementPart

MOST_HELD = 100_000
"""Rows of a table of several accounts that are held to tell them apart."""

_FEW = 64


def table_parts(
    sheets: Iterable[Table], given: Header | None = None, hold: int | None = BATCH
) -> Iterator[StatementPart]:
    """Yield the parts of every table. ``given`` are columns a person has mapped.

    ``hold`` is how many rows are seen before anything is said about a table, None for all of them.
    Raises Invalid when there is no table, InvalidFile naming each row with an unreadable date or
    amount, and each table that has neither rows nor balances.
    """
    rows_faults: list[Problem] = []
    tables_faults: list[Problem] = []
    found = False
    for sheet in sheets:
        reading = _SheetReading(given, hold, rows_faults, tables_faults)
        yield from reading.parts(sheet)
        found = found or bool(reading.splitting.blocks)
    if not found:
        raise Invalid("header_not_found", field="file")
    if rows_faults or tables_faults:
        raise InvalidFile([*rows_faults, *tables_faults])


def first_header(rows: Iterable[tuple[int, list[str]]]) -> int | None:
    """Return the number of the first row that is the header of a statement's table."""
    return next((number for number, row in rows if find_header(row).is_complete), None)


class _SheetReading:
    """One sheet on its way through: what is split off is read as soon as enough of it is known."""

    def __init__(
        self,
        given: Header | None,
        hold: int | None,
        rows_faults: list[Problem],
        tables_faults: list[Problem],
    ) -> None:
        self.splitting = Splitting(rows_faults, given)
        self._hold = hold
        self._faults = tables_faults
        self._block: _BlockReading | None = None
        self._seen = 0

    def parts(self, sheet: Table) -> Iterator[StatementPart]:
        last = 0
        waiting: tuple[Sequence[int], Sequence[list[str]]] | None = None
        for batch in sheet.batches():
            if waiting is not None:
                yield from self._take(*waiting, batch[1][0])
            waiting, last = batch, batch[0][-1]
        if waiting is not None:
            yield from self._take(*waiting, [])
        if not sheet.is_ended:
            self.splitting.check_last(last)
        self.splitting.finish()
        if self._block is not None:
            yield from self._block.finish()

    def _take(
        self, numbers: Sequence[int], rows: Sequence[list[str]], below: list[str]
    ) -> Iterator[StatementPart]:
        """Take some rows: by column where that can be, in smaller parts, or one by one."""
        plain = self._by_column(numbers, rows)
        if plain is None and len(rows) > _FEW and self._block and self._block.reading:
            size = -(-len(rows) // 8)
            for start in range(0, len(rows), size):
                end = start + size
                following = rows[end] if end < len(rows) else below
                yield from self._take(numbers[start:end], rows[start:end], following)
            return
        yield from plain or ()
        for place in range(len(rows) - 1 if plain else 0, len(rows)):
            following = rows[place + 1] if place + 1 < len(rows) else below
            yield from self._take_row(numbers[place], rows[place], following)
        if self._block is not None:
            yield from self._block.let_go(self._hold)

    def _take_row(
        self, number: int, row: list[str], below: Sequence[str]
    ) -> Iterator[StatementPart]:
        blocks = self.splitting.blocks
        if not blocks and self._seen > HEAD_ROWS:
            return
        self._seen += 1
        self.splitting.take(number, row, below)
        if blocks and (self._block is None or self._block.block is not blocks[-1]):
            if self._block is not None:
                yield from self._block.finish()
            self._block = _BlockReading(blocks[-1], self.splitting.faults, self._faults)

    def _by_column(
        self, numbers: Sequence[int], rows: Sequence[list[str]]
    ) -> Sequence[StatementPart] | None:
        """Read all rows but the last together with the one that is held; None when not plain."""
        splitting, block = self.splitting, self._block
        if block is None or block.reading is None or len(rows) < 2:
            return None
        if not splitting.goes_on_with(rows[-1]):
            return None
        held = block.block.rows
        columns = splitting.columns
        if len(held) != 1 or held[0].more_text or columns is None or held[0].columns != columns:
            return None
        together = [held[0].cells, *rows[:-1]]
        batch = block.reading.take_columns([held[0].number, *numbers[:-1]], together, columns)
        if batch is None:
            return None
        block.block.let_go(0)
        block.block.narrow(len(together[0]))
        return [batch]


class _BlockReading:
    """One block, which becomes one statement or, where its rows name several accounts, more.

    ``reading`` is there from the moment its rows are not held any more.
    """

    def __init__(
        self, block: Block, rows_faults: Sequence[Problem], tables_faults: list[Problem]
    ) -> None:
        self.block = block
        self.reading: AccountReading | None = None
        self._key: Key = ("", "")
        self._rows_faults = rows_faults
        self._faults = tables_faults

    def let_go(self, hold: int | None) -> Iterator[StatementPart]:
        """Read the rows that need not be held any more."""
        block = self.block
        if self.reading is None and (hold is None or len(block.rows) <= hold):
            return
        keys = {self._key_of(row) for row in block.rows}
        if self.reading is None:
            if len(keys) > 1:
                if len(block.rows) > MOST_HELD:
                    raise ToldTooLateError(f"row {block.rows[-1].number}")
                return
            self._key = keys.pop()
            self.reading = AccountReading(block, self._key, block.rows[0].number)
            yield self.reading.head()
        elif keys - {self._key}:
            raise ToldTooLateError(f"row {block.rows[-1].number}")
        gone = block.let_go(1)
        yield from self._read(self.reading, gone, block.rows[0] if block.rows else None)

    def finish(self) -> Iterator[StatementPart]:
        """Read the rest, and end the statements."""
        rows = self.block.rows
        if self.reading is not None:
            if any(self._key_of(row) != self._key for row in rows):
                raise ToldTooLateError(f"row {rows[-1].number}")
            yield from self._end(self.reading, rows)
            return
        by_key: dict[Key, list[Row]] = {}
        for row in rows:
            by_key.setdefault(self._key_of(row), []).append(row)
        for key, its_rows in by_key.items() or [(("", ""), [])]:
            first = its_rows[0].number if its_rows else self.block.number
            reading = AccountReading(self.block, key, first)
            yield reading.head()
            yield from self._end(reading, its_rows)

    def _end(self, reading: AccountReading, rows: Sequence[Row]) -> Iterator[StatementPart]:
        yield from self._read(reading, rows, None)
        tail, faults = reading.tail(others=[*self._rows_faults, *self._faults])
        self._faults += faults
        yield tail

    def _read(
        self, reading: AccountReading, rows: Sequence[Row], below: Row | None
    ) -> Iterator[StatementPart]:
        batch = reading.take(rows, below)
        if batch is not None:
            yield batch
        yield from reading.problems
        reading.problems.clear()

    def _key_of(self, row: Row) -> Key:
        return key_of(self.block, row.cell(Column.ACCOUNT), row.cell(Column.CURRENCY))
