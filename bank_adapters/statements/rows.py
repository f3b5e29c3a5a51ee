"""Reads the rows of one table into entries: amounts by the mark it proves, sides by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bank_adapters.statements.bare_signs import BareSigns
from bank_adapters.statements.blocks import Row
from bank_adapters.statements.printed import (
    MarkProof,
    ThousandsMark,
    bare_digits,
    clean_text,
    read_amount,
    read_date,
)
from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.words import is_pending, sign_of
from payments.domain.bank_messages import Direction, StatementEntry
from payments.domain.errors import Problem

PRINTED = (
    Column.DEBIT, Column.CREDIT, Column.AMOUNT, Column.FEE, Column.VAT, Column.BALANCE,
)  # fmt: skip
"""The columns of amounts."""

_REFERENCE_LINE = re.compile(r"(?=(?:.*[0-9]){4})[A-Za-z0-9./-]{6,35}")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a table prints: the mark between thousands, decimals, and which sign means money out.

    ``debits_negative`` and ``charges_negative`` say that money out carries a minus in a column that
    is about nothing else. ``references_below`` says that every remark has the bank's reference as
    its second line, and no column has it. ``sign_at`` is the column without a heading that tells
    sides, ``unclear_at`` are those that may.
    """

    mark: ThousandsMark
    decimals: int = 0
    debits_negative: bool = False
    charges_negative: bool = False
    signed: bool = False
    references_below: bool = False
    sign_at: int | None = None
    unclear_at: tuple[int, ...] = ()

    @property
    def told_by_all(self) -> tuple[object, ...]:
        """What only all rows together tell: one row more can change it for those before."""
        return self.references_below, self.sign_at, self.unclear_at

    @property
    def is_by_row(self) -> bool:
        """Whether rows tell what no column of theirs is known for."""
        return self.references_below or self.sign_at is not None


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of a row: an amount, whether it came in, and whether it is a bank's charge."""

    amount: int
    direction: Direction
    is_charge: bool = False

    @property
    def signed(self) -> int:
        """What the movement adds to the balance."""
        return self.amount if self.direction is Direction.IN else -self.amount


@dataclass(slots=True)
class Signs:
    """Whether a column has shown amounts under zero and above it."""

    negative: bool = False
    positive: bool = False

    def take(self, sign: int) -> None:
        """Take the sign of one amount."""
        self.negative = self.negative or sign < 0
        self.positive = self.positive or sign > 0


class Proof:
    """What the rows of one table prove of how it prints, while they go by."""

    def __init__(self, decimals: int) -> None:
        """Begin without a row. ``decimals`` are those of the currency."""
        self.decimals = decimals
        self.mark = MarkProof()
        self.debits, self.charges, self.amounts = Signs(), Signs(), Signs()
        self.bare_signs = BareSigns()
        self.contradicts_at: int | None = None
        """The row whose amount is grouped otherwise than those before it."""
        self._rows = False
        self._all_references_below = True

    def take(self, row: Row) -> None:
        """Take a row."""
        for column in PRINTED:
            if text := row.cell(column):
                self.take_amount(row.number, text)
        self.debits.take(_sign(row.cell(Column.DEBIT)))
        self.charges.take(_sign(row.cell(Column.FEE)))
        self.charges.take(_sign(row.cell(Column.VAT)))
        self.amounts.take(_sign(row.cell(Column.AMOUNT)))
        if Column.AMOUNT in row.columns and Column.SIGN not in row.columns:
            self.bare_signs.take(row.cells, row.columns.values())
        self._rows = True
        self._all_references_below = self._all_references_below and _has_reference_below(row)

    def take_amount(self, number: int, text: str) -> None:
        """Take a printed amount, and note the first that contradicts those before it."""
        if self.contradicts_at is None:
            self.mark.take(text)
            if self.mark.mark is None:
                self.contradicts_at = number

    def take_bare_references(self) -> None:
        """Note rows without a reference below their text."""
        self._rows, self._all_references_below = True, False

    @property
    def manner(self) -> Manner:
        """How the table prints, by all rows so far."""
        debits_negative = self.debits.negative and not self.debits.positive
        return Manner(
            self.mark.mark or "",
            self.decimals,
            debits_negative=debits_negative,
            charges_negative=self.charges.negative or debits_negative,
            signed=self.amounts.negative,
            references_below=self._rows and self._all_references_below,
            sign_at=self.bare_signs.tells,
            unclear_at=() if self.amounts.negative else self.bare_signs.may_tell,
        )


@dataclass(slots=True)
class RowReading:
    """Reads rows in one manner and keeps what cannot be read."""

    manner: Manner
    faults: list[Problem]
    fees: int = 0
    vat: int = 0

    def amount(self, where: str, text: str) -> int | None:
        """Read a printed amount; None when there is none or when it cannot be read: a fault."""
        if not text:
            return None
        mark = self.manner.mark
        amount = read_amount(text, mark, self.manner.decimals)
        if amount is None:
            facts: dict[str, object] = {"text": clean_text(text)[:40]}
            self.faults.append(Problem(where, "amount_unreadable", facts))
        return amount

    def movements(self, row: Row) -> list[Moved] | None:
        """Return what a row moves: nothing when no amount is printed, None when it is a fault."""
        where = f"row {row.number}"
        before = len(self.faults)
        moved = list(self._charged(row, where))
        principal = self._principal(row, where)
        if len(self.faults) > before:
            return None
        return [*principal, *moved]

    def _principal(self, row: Row, where: str) -> Iterator[Moved] | list[Moved]:
        debit = self._amount_of(row, Column.DEBIT, where)
        credit = self._amount_of(row, Column.CREDIT, where)
        if self.manner.debits_negative and debit:
            debit = -debit
        if (debit and credit) or (debit or 0) < 0 or (credit or 0) < 0:
            self.faults.append(Problem(where, "direction_unclear"))
            return []
        if debit:
            return [Moved(debit, Direction.OUT)]
        if credit:
            return [Moved(credit, Direction.IN)]
        amount = self._amount_of(row, Column.AMOUNT, where)
        return self._one_column(row, where, amount) if amount else []

    def _one_column(self, row: Row, where: str, amount: int) -> list[Moved]:
        """Read the side of an amount whose column holds both."""
        sign = self._sign_told(row)
        if sign is None:
            if self._has_sign_column(row) and not self.manner.signed:
                self.faults.append(Problem(where, "direction_unclear"))
                return []
            sign = amount > 0
        elif amount < 0 and sign:
            self.faults.append(Problem(where, "direction_unclear"))
            return []
        return [Moved(abs(amount), Direction.IN if sign else Direction.OUT)]

    def _sign_told(self, row: Row) -> bool | None:
        if Column.SIGN in row.columns:
            return sign_of(row.cell(Column.SIGN))
        text = row.cell(Column.AMOUNT)
        if side := re.search(r"(?i)[0-9)]\s*(cr|c|dr|d)$", text):
            return side[1].lower().startswith("c")
        if text.startswith("+"):
            return True
        # The old layout prints + and - under a heading of many names, or under none.
        return sign_of(_cell_at(row, self.manner.sign_at))

    def _has_sign_column(self, row: Row) -> bool:
        """Whether a column tells the side of this row, or may be meant to."""
        return (
            Column.SIGN in row.columns
            or self.manner.sign_at is not None
            or any(_cell_at(row, place) for place in self.manner.unclear_at)
        )

    def _charged(self, row: Row, where: str) -> Iterator[Moved]:
        """Yield the bank's charge of a row: fee and VAT together, in their own columns."""
        fee = self._amount_of(row, Column.FEE, where) or 0
        vat = self._amount_of(row, Column.VAT, where) or 0
        if self.manner.charges_negative:
            fee, vat = -fee, -vat
        self.fees += fee
        self.vat += vat
        if fee + vat:
            out = Direction.OUT if fee + vat > 0 else Direction.IN
            yield Moved(abs(fee + vat), out, is_charge=True)

    def _amount_of(self, row: Row, column: Column, where: str) -> int | None:
        text = row.cell(column)
        return self.amount(where, text) if text and text not in {"-", "–"} else None

    def entries(
        self, row: Row, moved: Sequence[Moved], balance: int | None
    ) -> list[StatementEntry]:
        """Build the entries of a row; the balance is the one after the last of them."""
        text, reference = row.cell(Column.TEXT), self._reference(row)
        if self.manner.references_below:
            reference = _line_below(row)
        value = read_date(row.cell(Column.VALUE_DATE)) if Column.VALUE_DATE in row.columns else None
        pending = Column.STATUS in row.columns and is_pending(row.cell(Column.STATUS))
        after = balance
        entries = []
        for one in reversed(moved):
            entries.append(
                StatementEntry(
                    where=f"row {row.number}",
                    booked_on=row.booked_on,
                    amount=one.amount,
                    direction=one.direction,
                    text=clean_text(text + row.more_text).strip(),
                    bank_reference=clean_text(reference).strip(),
                    value_on=value[0] if value else None,
                    booked_at=row.booked_at,
                    balance_after=after,
                    is_pending=pending,
                    is_charge=one.is_charge,
                )
            )
            after = None if after is None else after - one.signed
        return entries[::-1]

    @staticmethod
    def _reference(row: Row) -> str:
        text = row.cell(Column.REFERENCE)
        if row.columns.get(Column.REFERENCE) in {
            row.columns.get(Column.DATE, -1),
            row.columns.get(Column.BOOKING_DATE, -1),
        }:
            return "".join(text.split(None, 1)[1:])
        return text


def _cell_at(row: Row, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _sign(text: str) -> int:
    """Return -1, 0 or 1 for an amount as printed: its sign, 0 when it is zero or no amount."""
    if not text or text == "0":
        return 0
    negative, digits = bare_digits(text)
    if not any(letter in "123456789" for letter in digits):
        return 0
    return -1 if negative else 1


def _has_reference_below(row: Row) -> bool:
    return Column.REFERENCE not in row.columns and bool(_line_below(row))


def _line_below(row: Row) -> str:
    lines = row.cell(Column.TEXT).split("\n")
    below = lines[1].strip() if len(lines) > 1 else ""
    return below if _REFERENCE_LINE.fullmatch(below) else ""
