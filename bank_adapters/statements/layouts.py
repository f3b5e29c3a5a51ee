"""What a bank's statement table looks like, declared by its printed words in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_BLANKS = re.compile(r"\s+")
_FOOTNOTE = re.compile(r"(?<=\w)[0-9¹²³]+$")
_VALUE_AT_END = re.compile(r"[-+(]?[0-9][0-9.,/]*\)?(?:\s*(?:VND|VNĐ))?\s*$")


class Column(StrEnum):
    """What a column of the table holds. Debit is money out of the account, credit money in."""

    DATE = "date"
    VALUE_DATE = "value_date"
    REFERENCE = "reference"
    DEBIT = "debit"
    CREDIT = "credit"
    SIGN = "sign"
    AMOUNT = "amount"
    BALANCE = "balance"
    TEXT = "text"


class Label(StrEnum):
    """What stands beside the table, a word and then its value."""

    ACCOUNT = "account"
    CURRENCY = "currency"
    FROM = "from"
    UNTIL = "until"
    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Layout:
    """One or several layouts of a bank that share their words.

    ``required`` holds the sets of columns of which one has to be complete in a header row: no payer
    writes into so many cells of one row. ``proof`` holds words that only this bank prints there,
    since Debit and Credit head many banks' tables. A totals row begins with a word of ``totals``.
    """

    columns: Mapping[Column, Sequence[str]]
    labels: Mapping[Label, Sequence[str]]
    totals: Sequence[str]
    required: Sequence[frozenset[Column]]
    proof: frozenset[str]
    currency: str = "VND"
    by_word: dict[str, Column] = field(init=False)
    by_label: dict[str, Label] = field(init=False)

    def __post_init__(self) -> None:
        """Turn the words round once, for looking them up."""
        columns = {word: column for column, words in self.columns.items() for word in words}
        labels = {word: label for label, words in self.labels.items() for word in words}
        object.__setattr__(self, "by_word", columns)
        object.__setattr__(self, "by_label", labels)

    def header(self, row: Sequence[str]) -> dict[Column, int] | None:
        """Find the columns when this row is the table's header, else None.

        One cell may name two columns, as ``Ngày1/ TNX Date/ Số CT/ Doc No`` does.
        """
        found: dict[Column, int] = {}
        proven = False
        for place, cell in enumerate(row):
            for word in printed_words(cell):
                proven = proven or word in self.proof
                column = self.by_word.get(word)
                if column is not None:
                    found.setdefault(column, place)
        complete = any(columns <= found.keys() for columns in self.required)
        return found if complete and proven else None

    def labels_in(self, row: Sequence[str]) -> dict[Label, str]:
        """Find the labels in a row with their values: in the next filled cell or behind them."""
        found: dict[Label, str] = {}
        for place, cell in enumerate(row):
            label = self._label(cell)
            if label is None:
                continue
            after = next((text for text in row[place + 1 :] if text.strip()), "")
            if after and self._label(after) is None:
                found.setdefault(label, after.strip())
            elif value := _VALUE_AT_END.search(cell):
                found.setdefault(label, value[0].strip())
        return found

    def is_total(self, row: Sequence[str]) -> bool:
        """Whether the first filled cell of a row says that the row is a total."""
        first = next((cell for cell in row if cell.strip()), "")
        return any(word in self.totals for word in printed_words(first))

    def _label(self, cell: str) -> Label | None:
        if not cell.strip():
            return None
        words = printed_words(_VALUE_AT_END.sub("", cell))
        return next((self.by_label[word] for word in words if word in self.by_label), None)


def printed_words(cell: str) -> list[str]:
    """The words of a header cell, for looking up: the whole, then each language by itself.

    NFC, small letters, single blanks, without footnote digits and final marks.
    """
    if not cell or len(cell) > 200:
        return []
    whole = _BLANKS.sub(" ", unicodedata.normalize("NFC", cell).casefold()).strip()
    return [_bare(part) for part in (whole, *whole.split("/"))]


def _bare(part: str) -> str:
    return _FOOTNOTE.sub("", part.strip(" :.*")).strip(" :.*")
