"""What the cells of one row of a table say: money, a balance, or a total; none of them an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bank_adapters.statements.header import Columns
from bank_adapters.statements.labels import balance_told, labels_in
from bank_adapters.statements.vocabulary import Column, Label
from bank_adapters.statements.words import is_total

MONEY = (Column.DEBIT, Column.CREDIT, Column.AMOUNT, Column.FEE, Column.VAT)

LONGEST_WORDS = 80
"""Characters of a cell that can be the words of a balance; a longer one is a payer's text."""

_DIGIT = re.compile("[0-9]")
_AMOUNT = re.compile(r"[-+(−]?\s*[0-9][0-9.,\s']*\)?[-+]?\s*(?:vnd|vnđ|đ|₫|cr|dr)?", re.IGNORECASE)


def cell_of(row: Sequence[str], columns: Columns, column: Column) -> str:
    """Return the trimmed text of a column; empty when there is none."""
    place = columns.get(column)
    return row[place].strip() if place is not None and place < len(row) else ""


def has_money(row: Sequence[str], columns: Columns) -> bool:
    """Whether an amount stands in a column of money."""
    return any(_AMOUNT.fullmatch(cell_of(row, columns, column)) for column in MONEY)


def told_instead(row: Sequence[str], columns: Columns) -> dict[Label, str]:
    """Return what a row with a day tells when it is no entry: mostly a balance.

    Where balances have no column of their own they stand in one of the sides; there the row is an
    entry if the bank has numbered it.
    """
    if not has_money(row, columns) and (labels := labels_in(row)):
        return labels
    words = cell_of(row, columns, Column.TEXT)
    if not words or len(words) > LONGEST_WORDS or _DIGIT.search(words):
        return {}
    moved = [cell for cell in (cell_of(row, columns, one) for one in MONEY) if cell.strip("0.,- ")]
    if not moved:
        return balance_told(words, cell_of(row, columns, Column.BALANCE))
    numbers = [one for one in (Column.ORDINAL, Column.REFERENCE) if one in columns]
    if Column.BALANCE in columns or not numbers or any(cell_of(row, columns, n) for n in numbers):
        return {}
    return balance_told(words, moved[0]) if len(moved) == 1 else {}


def is_total_row(row: Sequence[str], columns: Columns) -> bool:
    """Whether both sides have an amount, which no entry has, under the words of a total."""
    sides = [cell_of(row, columns, side) for side in (Column.DEBIT, Column.CREDIT)]
    return all(side.strip("0.,- ") for side in sides) and is_total(
        cell_of(row, columns, Column.TEXT)
    )


def is_reference(text: str) -> bool:
    """Whether this is a bank's number of an entry, not the words of a total in its column."""
    return any(letter.isdigit() for letter in text) and not is_total(text)
