"""One account's part of a table while its rows go by: entries in batches, then the statement."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from itertools import compress
from operator import not_

from bank_adapters.statements.balances import (
    Running,
    Step,
    missing_amount,
    newest_first,
    total_that_counts,
)
from bank_adapters.statements.batches import Batch
from bank_adapters.statements.blocks import Block, Row
from bank_adapters.statements.columns import read_columns
from bank_adapters.statements.header import Columns
from bank_adapters.statements.mt940_fields import usual_decimals
from bank_adapters.statements.parts import ToldTooLateError
from bank_adapters.statements.printed import read_date
from bank_adapters.statements.rows import Manner, Moved, Proof, RowReading
from bank_adapters.statements.vocabulary import Column, Label
from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem
from payments.domain.errors import Problem
from payments.domain.statement_parts import EntryBatch, StatementHead, StatementTail

_MONEY_LABELS = (Label.OPENING, Label.CLOSING, Label.DEBITS, Label.CREDITS)

Key = tuple[str, str]
"""The account and the currency that rows name, empty where they do not or need not."""


def key_of(block: Block, account: str, currency: str) -> Key:
    """Return what counts of the account and currency that a row names, nothing above the table."""
    by_currency = not block.told(Label.CURRENCY) and not (block.header and block.header.currency)
    by_account = not block.told(Label.ACCOUNT)
    return account if by_account else "", currency.upper() if by_currency else ""


class AccountReading:
    """Reads one account's part of a table, from rows of the block that are of one key."""

    def __init__(self, block: Block, key: Key, first: int) -> None:
        """Begin above the first row. ``first`` is its number, for what is told of its key."""
        self._block, self._key, self._first = block, key, first
        self.problems: list[StatementProblem] = []
        self._faults: list[Problem] = []
        self.proof = Proof(usual_decimals(self._currency()))
        self._manner: Manner | None = None
        self._running = Running()
        self._rows = self._read = self._takes = 0
        self._sums = {Direction.IN: 0, Direction.OUT: 0}
        self._fees = self._vat = 0
        self._recovered: list[tuple[int, bool]] = []

    def head(self) -> StatementHead:
        """Return what is known above the rows."""
        currency = self._currency()
        return StatementHead(
            account_number=self._account_number(),
            currency=currency,
            number=self._told(Label.NUMBER)[1].upper(),
            opening=self._opening(),
            decimals=self.proof.decimals,
        )

    def take(self, rows: Sequence[Row], below: Row | None) -> EntryBatch | None:
        """Read the next rows; ``below`` is the row behind them, if there is one."""
        if not rows:
            return None
        self._takes += 1
        before = self.proof.debits.negative or self.proof.debits.positive
        charged = self.proof.charges.negative or self.proof.charges.positive
        for row in rows:
            self.proof.take(row)
        if self.proof.contradicts_at is not None:
            return None
        reading = self._reading(self._faults)
        self._keep_manner(reading.manner, rows[-1].number, debited=before, charged=charged)
        entries = self._entries(reading, rows, below)
        self._fees += reading.fees
        self._vat += reading.vat
        for entry in entries:
            if not entry.is_charge and not entry.is_pending:
                self._sums[entry.direction] += entry.amount
        return EntryBatch.of(entries) if entries else None

    def take_columns(self, rows: Batch, columns: Columns) -> EntryBatch | None:
        """Read the next rows by column; None, and nothing taken, when they are not plain."""
        manner = self._manner
        if manner is None or manner.is_by_row or self.proof.contradicts_at is not None:
            return None
        if not self._are_of_key(columns, rows):
            return None
        read = read_columns(rows, columns, self.proof)
        if read is None:
            return None
        self._manner = self.proof.manner
        self._takes += 1
        self._running.take_columns(read.moved, read.balances)
        self._rows += len(rows)
        self._read += len(rows)
        moved = read.moved
        if any(read.batch.is_pending):
            moved = list(compress(moved, map(not_, read.batch.is_pending)))
        total, whole = sum(moved), sum(map(abs, moved))
        self._sums[Direction.IN] += (whole + total) // 2
        self._sums[Direction.OUT] += (whole - total) // 2
        return read.batch

    def tail(self, *, others: Sequence[Problem]) -> tuple[StatementTail, list[Problem]]:
        """Return the statement without its entries, and the faults of its rows and labels.

        ``others`` are the faults of the file besides.
        """
        self._prove_labels(self.proof)
        currency = self._currency()
        if self.proof.contradicts_at is not None:
            where = f"row {self.proof.contradicts_at}"
            fault = Problem(where, "amounts_contradict")
            return StatementTail(Statement("", currency, ())), [fault]
        self._check_late(currency)
        faults: list[Problem] = []
        reading = self._reading(faults)
        opening = self._amount(reading, Label.OPENING)
        closing = self._amount(reading, Label.CLOSING)
        faults += self._faults
        if (opening is None or closing is None) and (told := self._running.ends()):
            # Balances printed on the rows tell what the file does not print apart.
            opening = told[0] if opening is None else opening
            closing = told[1] if closing is None else closing
        if not (self._read or faults or others) and opening is None and closing is None:
            faults.append(Problem(f"row {self._block.number}", "nothing_read"))
        debits, credits_ = self._printed(reading)
        count = self._told(Label.COUNT)[1]
        statement = Statement(
            account_number=self._account_number(),
            currency=currency,
            entries=(),
            number=self._told(Label.NUMBER)[1].upper(),
            opening=opening,
            closing=closing,
            period_from=self._day(Label.FROM, faults),
            period_to=self._day(Label.UNTIL, faults),
            printed_credits=credits_,
            printed_debits=debits,
            printed_count=int(count) if count else None,
            fees=self._fees,
            vat=self._vat,
            decimals=self.proof.decimals,
        )
        return StatementTail(statement), faults

    def _reading(self, faults: list[Problem]) -> RowReading:
        return RowReading(self.proof.manner, faults)

    def _are_of_key(self, columns: Columns, rows: Batch) -> bool:
        """Whether rows name the account and currency of this reading, where they are asked."""
        told = rows.columns or ()
        accounts, currencies = (
            set(map(str.strip, told[place].cells))
            if place is not None and place < len(told)
            else {""}
            for place in map(columns.get, (Column.ACCOUNT, Column.CURRENCY))
        )
        named = {key_of(self._block, one, other) for one in accounts for other in currencies}
        return named == {self._key}

    def _keep_manner(self, manner: Manner, number: int, *, debited: bool, charged: bool) -> None:
        """Refuse rows that say that those before them had to be read otherwise."""
        known, self._manner = self._manner or manner, manner
        if (
            (known.debits_negative != manner.debits_negative and debited)
            or (known.charges_negative != manner.charges_negative and charged)
            or (known.signed != manner.signed and self._faults)
            or known.told_by_all != manner.told_by_all
        ):
            raise ToldTooLateError(f"row {number}")

    def _entries(
        self, reading: RowReading, rows: Sequence[Row], below: Row | None
    ) -> list[StatementEntry]:
        """Read rows, and what each moves with the balance after it."""
        read = [
            (
                row,
                reading.amount(f"row {row.number}", row.cell(Column.BALANCE)),
                reading.movements(row),
            )
            for row in rows
        ]
        steps: list[Step] = [
            (sum(one.signed for one in moved) if moved else None, balance)
            for _, balance, moved in read
        ]
        opening = self._opening() if any(moved == [] for _, _, moved in read) else None
        entries: list[StatementEntry] = []
        for place, (row, balance, moved) in enumerate(read):
            if moved is None:
                continue
            told = moved or self._recover(row, place, steps, below, opening)
            entries += reading.entries(row, told, balance)
        self._running.take(steps)
        self._rows += len(rows)
        self._read += len(entries)
        return entries

    def _recover(
        self, row: Row, place: int, steps: list[Step], below: Row | None, opening: int | None
    ) -> list[Moved]:
        """Note that a row has no amount, and take the one that the balances around it tell."""
        before = self._running.last if self._rows else opening
        after = self._reading([]).amount("", below.cell(Column.BALANCE)) if below else opening
        known = self._running.down, self._running.up
        upwards = newest_first(steps, before, known)
        self._recovered.append((row.number, upwards))
        missing = missing_amount(steps, place, before, after, upwards=upwards)
        nth = f"row {self._rows + place + 1} of the table has no amount"
        where = f"row {row.number}"
        if not missing:
            self.problems.append(StatementProblem("amount_missing", where, nth))
            return []
        message = f"{nth}; its balance says that {missing} is missing"
        facts = (("missing", str(missing)),)
        self.problems.append(StatementProblem("amount_missing", where, message, facts))
        steps[place] = (missing, steps[place][1])
        return [Moved(abs(missing), Direction.IN if missing > 0 else Direction.OUT)]

    def _opening(self) -> int | None:
        """Return the opening balance by all that is known so far of how the table prints."""
        proof = deepcopy(self.proof)
        self._prove_labels(proof)
        return self._amount(RowReading(proof.manner, []), Label.OPENING)

    def _prove_labels(self, proof: Proof) -> None:
        for label in _MONEY_LABELS:
            number, text = self._told(label)
            if text:
                proof.take_amount(number, text)
        for number, *both in self._block.totals:
            for text in filter(None, both):
                proof.take_amount(number, text)

    def _check_late(self, currency: str) -> None:
        """Refuse what is told behind the rows and says that they had to be read otherwise."""
        if self._rows and usual_decimals(currency) != self.proof.decimals:
            raise ToldTooLateError(f"row {self._told(Label.CURRENCY)[0]}")
        running = self._running
        if self._recovered and self._takes > 1:
            certain = abs(running.down - running.up) > 2 * len(self._recovered) + 2
            upwards = running.up > running.down
            if not certain or any(one != upwards for _, one in self._recovered):
                raise ToldTooLateError(f"row {self._recovered[0][0]}")

    def _told(self, label: Label) -> tuple[int, str]:
        named = {Label.ACCOUNT: self._key[0], Label.CURRENCY: self._key[1]}.get(label, "")
        return self._block.labels.get(label) or (self._first, named)

    def _account_number(self) -> str:
        return "".join(self._told(Label.ACCOUNT)[1].split()).strip("'").upper()

    def _currency(self) -> str:
        """Return the currency named beside the table or in its headings; đồng where none is."""
        told = self._told(Label.CURRENCY)[1].upper()
        if told.startswith(("DONG", "ĐỒNG")) or told in {"VNĐ", "VND"}:
            return "VND"
        return told or (self._block.header.currency if self._block.header else "") or "VND"

    def _day(self, label: Label, faults: list[Problem]) -> date | None:
        number, text = self._told(label)
        if not text:
            return None
        day = read_date(text)
        if day is None:
            faults.append(Problem(f"row {number}", "date_unreadable"))
        return day[0] if day else None

    def _amount(self, reading: RowReading, label: Label) -> int | None:
        number, text = self._told(label)
        return reading.amount(f"row {number}", text) if label in self._block.labels else None

    def _printed(self, reading: RowReading) -> tuple[int | None, int | None]:
        """Return the printed totals of debits and credits; None where none is printed."""
        debits = self._amount(reading, Label.DEBITS)
        credited = self._amount(reading, Label.CREDITS)
        rows = [
            (reading.amount(f"row {number}", out), reading.amount(f"row {number}", into))
            for number, out, into in self._block.totals
        ]
        if debits is None:
            debits = total_that_counts([out for out, _ in rows], self._sums[Direction.OUT])
        if credited is None:
            credited = total_that_counts([into for _, into in rows], self._sums[Direction.IN])
        return None if debits is None else abs(debits), credited
