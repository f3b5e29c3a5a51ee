"""The entries of an MT940 message by column: field 61, the bank's supplement to it, field 86."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

from bank_adapters.statements.mt940_fields import bank_day, booking_day
from bank_adapters.statements.mt940_runs import FIELD, FIELD_LONG_YEAR, TEXT, Run
from bank_adapters.statements.printed import are_clean, clean_text
from payments.domain.bank_messages import Direction

_HEAD = re.compile(r"([0-9]{6}|[0-9]{8})([0-9]{4}|[ ]{4})?(R[CD]|E[CD]|[CD])([A-Z])?")

# No line holds it: it is one of the characters of the frame that is taken off.
_BETWEEN = "\x01"

_FULL_LINE_ENDS = re.compile(r"\n(?<=[^\n\x01]{65}\n)")
"""Field 86 is ``6*65x``: a line that fills it was cut there, a shorter one ended there."""


class Head(NamedTuple):
    """What stands before the amount of a field 61. Dates that are none are None."""

    value_on: date | None
    booked_on: date | None
    mark: str
    funds: str
    has_entry_date: bool
    is_day_first: bool

    @property
    def is_odd(self) -> bool:
        """Whether a person should look at its dates."""
        return self.is_day_first or self.booked_on is None

    @property
    def direction(self) -> Direction:
        """The side of the account that the money is on."""
        return Direction.IN if self.mark in {"C", "RD", "EC"} else Direction.OUT

    @property
    def is_reversal(self) -> bool:
        """Whether another entry is taken back."""
        return self.mark in {"RC", "RD"}

    @property
    def is_pending(self) -> bool:
        """Whether the entry is only expected, as some of MT942 are."""
        return self.mark in {"EC", "ED"}

    @property
    def sign(self) -> int:
        """The side as a factor of the amount; nought for what has not moved."""
        if self.is_pending:
            return 0
        return 1 if self.direction is Direction.IN else -1


@dataclass(slots=True)
class Entries:
    """The entries of a message, each list of one length.

    ``in_text`` says that one stands after a payer's words.
    """

    lines: list[int] = field(default_factory=list)
    printed: Run = field(default_factory=lambda: Run([], [], [], [], [], []))
    in_text: list[bool] = field(default_factory=list)
    after_closing: list[bool] = field(default_factory=list)
    _more_supplement: list[str] = field(default_factory=list)
    _more_text: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def begin(self, line: int, content: str, *, in_text: bool, after_closing: bool) -> bool:
        """Take a field 61; say whether it has the form of one."""
        form = FIELD.fullmatch(content) or FIELD_LONG_YEAR.fullmatch(content)
        if form is None:
            return False
        self._add([line], Run(*([group] for group in (*form.groups(), "", ""))))
        self.in_text.append(in_text)
        self.after_closing.append(after_closing)
        return True

    def add_run(self, line: int, run: Run, *, in_text: bool) -> int:
        """Take a run that begins at a line and stands before the closing balance.

        Returns the line behind it. ``in_text`` says whether it stands after a payer's words.
        """
        *lines, behind = accumulate(run.heights(), initial=line)
        self._add(lines, run)
        self.in_text += [in_text, *map(bool, run.texts[:-1])]
        self.after_closing += [False] * len(lines)
        return behind

    def add_supplement(self, line: str) -> None:
        """Take a line behind the last field 61."""
        self._more_supplement.append(line)

    def add_text(self, line: str) -> None:
        """Take a line of the last entry's field 86."""
        self._more_text.append(line)

    def close(self) -> None:
        """Put together what the last entry goes on with."""
        _, _, _, _, supplements, texts = self.printed
        if self._more_supplement:
            supplements[-1] = "\n".join([supplements[-1], *self._more_supplement])
            self._more_supplement = []
        if self._more_text:
            texts[-1] = _go_on(texts[-1], "\n".join(self._more_text))
            self._more_text = []

    def only(self, keeps: Sequence[bool]) -> Entries:
        """Return some of the entries."""
        return Entries(
            list(compress(self.lines, keeps)),
            Run(*(list(compress(column, keeps)) for column in self.printed)),
            list(compress(self.in_text, keeps)),
            list(compress(self.after_closing, keeps)),
        )

    def as_words(self, place: int) -> Entries:
        """Return the entries with one taken back into the text of the one before it."""
        *field_61, text = (column[place] for column in self.printed)
        rest = self.only([other != place for other in range(len(self))])
        texts = rest.printed.texts
        texts[place - 1] = _go_on(texts[place - 1], f":61:{''.join(field_61)}")
        if text:
            texts[place - 1] = _go_on(texts[place - 1], text.removeprefix(TEXT))
        return rest

    def _add(self, lines: list[int], run: Run) -> None:
        self.close()
        self.lines += lines
        for column, more in zip(self.printed, run, strict=True):
            column.extend(more)


def _go_on(text: str, lines: str) -> str:
    """Add lines to a field 86, or begin it with them."""
    return f"{text}\n{lines}" if text else f"{TEXT}{lines}"


@lru_cache(maxsize=1024)  # a statement names few days, each on many lines
def read_head(head: str) -> Head:
    """Read what stands before an amount."""
    form = _HEAD.fullmatch(head)
    if form is None:
        raise ValueError(head)
    value, booked, mark, funds = form.groups()
    is_day_first = len(value) == 8
    value_on = bank_day(value[6:] + value[2:4] + value[:2] if is_day_first else value)
    booked_on = booking_day(booked, value_on)
    return Head(value_on, booked_on, mark, funds or "", bool(booked), is_day_first)


def references_of(fields: Sequence[str]) -> list[str]:
    """Return the bank's own reference of each field 61, else the account owner's."""
    words = [_reference(*field.split("//", 1)) for field in fields]
    return words if are_clean(words) else list(map(clean_text, words))


def _reference(own: str, banks: str = "") -> str:
    words = banks.strip()
    if not words or words == "NONREF":
        words = own.strip()
    return "" if words == "NONREF" else words


def texts_of(run: Run) -> list[str]:
    """Join the lines of each field 86, and before them field 61's own supplement, into one text."""
    if not run.texts:
        return []
    whole = _BETWEEN.join([text[len(TEXT) :] for text in run.texts])
    texts = _FULL_LINE_ENDS.sub("", whole).replace("\n", " ").split(_BETWEEN)
    if any(run.supplements):
        supplements = [one[1:].replace("\n", " ") for one in run.supplements]
        texts = [
            f"{one} {text}" if one else text for one, text in zip(supplements, texts, strict=True)
        ]
    texts = list(map(str.strip, texts))
    return texts if are_clean(texts) else list(map(clean_text, texts))
