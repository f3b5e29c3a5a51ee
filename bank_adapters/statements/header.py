"""Finds the header of a table in rows of cells: which column holds what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.words import BY_WORD, PHRASE, PHRASES, fold, key_of, parts_of

Columns = Mapping[Column, int]

LONGEST_HEADING = 120
"""Characters of a heading; a longer cell is somebody's text."""

_DATES = (Column.BOOKING_DATE, Column.DATE, Column.VALUE_DATE)
_MONEY = (Column.DEBIT, Column.CREDIT, Column.AMOUNT)
_BESIDE = (Column.REFERENCE, Column.BALANCE, Column.TEXT, Column.CURRENCY, Column.ACCOUNT)
_CURRENCY = re.compile(r"\b(vnd|usd|eur|jpy|gbp|aud|sgd|cny)\b")


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands, and the currency when a heading names one.

    ``is_sure`` says that every column was known by its whole word, none by a part of it.
    ``first_row`` is where the rows begin when a person has mapped the columns.
    """

    columns: dict[Column, int]
    currency: str = ""
    is_sure: bool = True
    first_row: int = 1

    @property
    def is_complete(self) -> bool:
        """Whether a table can stand under these headings: days, money, and one thing more.

        No payer writes into so many cells of one row.
        """
        names = self.columns.keys()
        return (
            any(column in names for column in _DATES)
            and any(column in names for column in _MONEY)
            and (any(column in names for column in _BESIDE) or {*_MONEY[:2]} <= names)
        )

    def beneath(self, upper: Header) -> Header:
        """Return this second line of a header joined to the first one."""
        return Header({**self.columns, **upper.columns}, upper.currency or self.currency)


def find_header(row: Sequence[str]) -> Header:
    """Read a row as headings; the header is complete when it can be the head of a table.

    A whole word is surer than a part of a longer heading; among equals the first column counts.
    One cell may name two columns, as ``Ngày1/ TNX Date/ Số CT/ Doc No`` does.
    """
    sure: dict[Column, int] = {}
    likely: dict[Column, int] = {}
    currencies = set()
    for place, cell in enumerate(row):
        if not cell or len(cell) > LONGEST_HEADING or not _has_word(cell):
            continue
        known = _columns_named(cell)
        if known == (Column.DEBIT,) and _is_number(cell, row):
            continue
        for column in known:
            sure.setdefault(column, place)
        within = None if known else _column_within(cell)
        if within is not None:
            likely.setdefault(within, place)
        if any(column in _MONEY or column is Column.BALANCE for column in (*known, within)):
            currencies |= set(_CURRENCY.findall(fold(cell)))
    columns = {**likely, **sure}
    currency = currencies.pop().upper() if len(currencies) == 1 else ""
    return Header(columns, currency, is_sure=not likely.keys() - sure.keys())


def joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Join two rows of one header: ``Phát sinh`` above ``Nợ`` and ``Có``."""
    width = max(len(upper), len(lower))
    cells = [
        (upper[place] if place < len(upper) else "", lower[place] if place < len(lower) else "")
        for place in range(width)
    ]
    return [below.strip() or above.strip() for above, below in cells]


def numbers_columns(row: Sequence[str]) -> bool:
    """Say whether a row under a header only numbers its columns: ``A``, ``B``, ``(1)``, ``(2)``.

    A column may say how it follows from others, as ``(6)=(4)-(5)`` does.
    """
    told = [cell.partition("=")[0].strip(" ()[]").upper() for cell in row if cell.strip()]
    letters = sum(name.isalpha() for name in told)
    numbers = [str(number) for number in range(1, len(told) - letters + 1)]
    return len(told) > 2 and told == [*"ABCDEFGH"[:letters], *numbers]


@lru_cache(maxsize=2048)
def _has_word(cell: str) -> bool:
    return any(letter.isalpha() or letter in "+#" for letter in cell)


@lru_cache(maxsize=2048)
def _columns_named(cell: str) -> tuple[Column, ...]:
    """Return the columns that a heading names by whole words."""
    whole, *parts = parts_of(cell) or [""]
    if column := BY_WORD.get(whole):
        return (column,)
    if any(BY_WORD.get(part) is Column.ORDINAL for part in parts):
        # "STT / No." numbers the rows, though "no" is debit without its accents.
        return (Column.ORDINAL,)
    found = [BY_WORD[part] for part in parts if part in BY_WORD]
    if len(set(found)) > 1 and Column.COUNTERPARTY in found:
        return (Column.COUNTERPARTY,)
    return tuple(dict.fromkeys(found))


def _is_number(cell: str, row: Sequence[str]) -> bool:
    """Whether ``No`` is English for number: no column beside it says ``Co``, money in."""
    if "ợ" in cell.casefold() or key_of(cell) != "no":
        return False
    return not any(key_of(other) == "co" for other in row)


@lru_cache(maxsize=2048)
def _column_within(cell: str) -> Column | None:
    """Return the column whose longest word stands inside a longer heading."""
    found = PHRASE.findall(" ".join(fold(cell).split()))
    return PHRASES[max(found, key=len)] if found else None
