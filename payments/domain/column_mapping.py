"""What a person says of the columns of a table that no header words explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What a column of a statement may hold. Debit is money out of the account, credit money in."""

    DATE = "date"
    TEXT = "text"
    REFERENCE = "reference"
    DEBIT = "debit"
    CREDIT = "credit"
    AMOUNT = "amount"
    SIGN = "sign"
    BALANCE = "balance"
    FEE = "fee"
    VAT = "vat"
    VALUE_DATE = "value_date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds what, counted from 0, and the row, from 1, at which the entries begin."""

    places: tuple[tuple[Meaning, int], ...]
    first_row: int
    account_number: str

    @property
    def is_complete(self) -> bool:
        """Whether a statement can be read by it: days, and money in or out or both in one."""
        named = {meaning for meaning, _ in self.places}
        return Meaning.DATE in named and bool(
            named & {Meaning.DEBIT, Meaning.CREDIT, Meaning.AMOUNT}
        )


@dataclass(frozen=True, slots=True)
class TableHead:
    """The first rows of a table with their numbers, and what the header words tell of them.

    ``keys`` names each row by its content, so that a mapping made for one file finds its header in
    the next one.
    """

    rows: Sequence[tuple[int, list[str]]]
    keys: Sequence[tuple[int, str]]
    guessed: ColumnMapping
