"""Finds the columns of an office's table by their header words, Vietnamese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from payments.domain.errors import Invalid, InvalidFile, Problem

MOST_HEADER_ROWS = 15
"""Rows in front of the header, for a title and the name of an office."""

V = TypeVar("V")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ROW_NUMBER_WORDS = frozenset({"stt", "tt", "no", "số thứ tự"})
_YES = frozenset({"x", "1", "có", "yes", "true", "co"})
_NO = frozenset({"", "0", "không", "no", "false", "khong"})


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table as an office writes it: for each column its header words, and which must be there."""

    words: Mapping[str, Sequence[str]]
    required: frozenset[str]
    most_rows: int


@dataclass(slots=True)
class RowReader:
    """One row of a table; what cannot be read becomes a problem that names row and column."""

    where: str
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str, *, most: int, least: int = 1) -> str:
        """Read a text on one line of so many characters."""
        value = " ".join(self.cells.get(column, "").split())
        if not least <= len(value) <= most:
            code = "cell_empty" if not value else "cell_too_long"
            self.problem(code, column=column, limit=most)
        return value

    def word(self, column: str, words: Mapping[str, V], default: V) -> V:
        """Read one word of a closed list; an empty cell means the default."""
        value = simple(self.cells.get(column, ""))
        if not value:
            return default
        if value not in words:
            self.problem("word_unknown", column=column, found=self.cells[column][:60])
            return default
        return words[value]

    def day(self, column: str) -> date:
        """Read a day written 2021-12-31 or 31/12/2021."""
        return self.value(column, read_day, date.min)

    def yes(self, column: str) -> bool:
        """Read a yes or no; an empty cell means no."""
        value = simple(self.cells.get(column, ""))
        if value not in _YES | _NO:
            self.problem("word_unknown", column=column, found=self.cells[column][:60])
        return value in _YES

    def value(self, column: str, read: Callable[[str], V], instead: V) -> V:
        """Read a cell with a function that raises Invalid; ``instead`` replaces a wrong one."""
        try:
            return read(self.cells.get(column, ""))
        except Invalid as error:
            facts = {name: fact for name, fact in error.facts.items() if name != "field"}
            self.problem(error.code, column=column, **facts)
            return instead

    def problem(self, code: str, **facts: object) -> None:
        """Say what is wrong with this row."""
        self.problems.append(Problem(self.where, code, facts))


def rows_of(rows: Sequence[Sequence[str]], form: TableForm) -> Iterator[RowReader]:
    """Give each row below the header that is not blank.

    Raises InvalidFile naming columns that are missing, unknown or there twice, and Invalid when
    there is no header at all or too many rows.
    """
    start, columns = _header(rows, form)
    filled = 0
    for number, row in enumerate(rows[start:], start=start + 1):
        if not any(row):
            continue
        filled += 1
        if filled > form.most_rows:
            raise Invalid("table_too_long", field="file", limit=form.most_rows)
        cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        yield RowReader(str(number), cells)
    if not filled:
        raise Invalid("table_empty", field="file")


def _header(rows: Sequence[Sequence[str]], form: TableForm) -> tuple[int, dict[str, int]]:
    """Return how many rows stand before the data, and the place of each column."""
    by_word = {word: name for name, words in form.words.items() for word in (simple(name), *words)}
    for number, row in enumerate(rows[:MOST_HEADER_ROWS], start=1):
        known = [by_word.get(simple(cell)) for cell in row]
        # A title is no header: at least two of the columns that must be there are named in it.
        if len(form.required.intersection(filter(None, known))) >= min(2, len(form.required)):
            return number, _columns(str(number), row, known, form)
    raise Invalid("header_not_found", field="file", wanted=", ".join(sorted(form.required)))


def _columns(
    where: str, row: Sequence[str], known: Sequence[str | None], form: TableForm
) -> dict[str, int]:
    """Return the place of each column. Raises InvalidFile for a header that may mean two things."""
    problems: list[Problem] = []
    columns: dict[str, int] = {}
    for at, (cell, name) in enumerate(zip(row, known, strict=True)):
        if name is None:
            if simple(cell) and simple(cell) not in _ROW_NUMBER_WORDS:
                problems.append(Problem(where, "column_unknown", {"column": cell[:60]}))
        elif name in columns:
            problems.append(Problem(where, "column_twice", {"column": cell[:60]}))
        else:
            columns[name] = at
    problems += [
        Problem(where, "column_missing", {"column": name})
        for name in sorted(form.required - columns.keys())
    ]
    if problems:
        raise InvalidFile(problems)
    return columns


def simple(cell: str) -> str:
    """Return a header or list word in one spelling: NFC, small, single blanks, no underlines."""
    folded = unicodedata.normalize("NFC", cell).casefold().replace("_", " ")
    return " ".join(folded.split()).strip(" :*.")


def read_day(text: str) -> date:
    """Read a day written 2021-12-31 or 31/12/2021. Raises Invalid for anything else."""
    tidy = text.strip().removesuffix(" 00:00:00")
    try:
        if match := _DAY_FIRST.fullmatch(tidy):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if _YEAR_FIRST.fullmatch(tidy):
            return date.fromisoformat(tidy)
    except ValueError:
        pass
    raise Invalid("day_unreadable", found=text[:60])
