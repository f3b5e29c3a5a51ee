"""Statements out of rows of cells: the table is found by its header words, wherever it starts.

Rows are never skipped in silence. An amount or date that cannot be read refuses the file and names
the row; a row without an amount is a problem, whose amount the balances tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bank_adapters.statements.accounts import AccountReading, Key, key_of
from bank_adapters.statements.batches import Batch, Cells
from bank_adapters.statements.blocks import HEAD_ROWS, Block, Row, Splitting
from bank_adapters.statements.header import Header, find_header
from bank_adapters.statements.parts import BATCH, ToldTooLateError
from bank_adapters.statements.sheets import Table
from bank_adapters.statements.vocabulary import Column
from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.statement_parts import EntryBatch, StatementPart

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


def first_header(rows: Iterable[tuple[int, Cells]]) -> int | None:
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
        waiting: Batch | None = None
        for batch in sheet.batches():
            if waiting is not None:
                yield from self._take(waiting, batch.row(0))
            last = batch.numbers[-1]
            # What stands below it is asked only of a row that may be no entry.
            plain = self._by_column(batch)
            if plain is not None:
                yield from self._go_on(batch, plain)
            waiting = batch if plain is None else None
        if waiting is not None:
            yield from self._take(waiting, [])
        if not sheet.is_ended:
            self.splitting.check_last(last)
        self.splitting.finish()
        if self._block is not None:
            yield from self._block.finish()

    def _go_on(self, batch: Batch, read: EntryBatch) -> Iterator[StatementPart]:
        """Give what was read of a batch by column, and hold its last row."""
        yield read
        yield from self._take_row(batch.numbers[-1], batch.row(-1), [])
        if self._block is not None:
            yield from self._block.let_go(self._hold)

    def _take(self, batch: Batch, below: Cells) -> Iterator[StatementPart]:
        """Take rows that are not all plain: in smaller parts, or one by one."""
        size = len(batch)
        if size > _FEW and self._block and self._block.reading:
            step = -(-size // 8)
            for start in range(0, size, step):
                end = start + step
                part = batch.part(start, end)
                plain = self._by_column(part)
                if plain is not None:
                    yield from self._go_on(part, plain)
                else:
                    yield from self._take(part, batch.row(end) if end < size else below)
            return
        rows = batch.rows
        for number, row, following in zip(batch.numbers, rows, [*rows[1:], below], strict=True):
            yield from self._take_row(number, row, following)
        if self._block is not None:
            yield from self._block.let_go(self._hold)

    def _take_row(self, number: int, row: Cells, below: Cells) -> Iterator[StatementPart]:
        blocks = self.splitting.blocks
        if not blocks and self._seen > HEAD_ROWS:
            return
        self._seen += 1
        self.splitting.take(number, row, below)
        if blocks and (self._block is None or self._block.block is not blocks[-1]):
            if self._block is not None:
                yield from self._block.finish()
            self._block = _BlockReading(blocks[-1], self.splitting.faults, self._faults)

    def _by_column(self, batch: Batch) -> EntryBatch | None:
        """Read all rows but the last together with the one that is held; None when not plain."""
        splitting, block = self.splitting, self._block
        if block is None or block.reading is None or len(batch) < 2:
            return None
        if not splitting.goes_on_with(batch.row(-1)):
            return None
        held = block.block.rows
        columns = splitting.columns
        if len(held) != 1 or held[0].more_text or columns is None or held[0].columns != columns:
            return None
        together = batch.behind(held[0].number, held[0].cells)
        read = block.reading.take_columns(together, columns)
        if read is None:
            return None
        block.block.let_go(0)
        block.block.narrow(len(together.row(0)))
        return read


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
