"""Finds the column of + and - that old layouts print under no heading, by all rows of a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_SIGNS = frozenset({"", "+", "-"})


class BareSigns:
    """Columns without a meaning that have held nothing but signs, while rows go by.

    A minus alone is what banks print for nothing, too, and a payer may write one: a column tells
    sides only when it has no meaning of its own and at least one plus stands in it.
    """

    def __init__(self) -> None:
        """Begin without a row."""
        self._seen: dict[int, set[str]] | None = None

    def take(self, cells: Sequence[str], known: Collection[int]) -> None:
        """Take a row, whose columns with a meaning are ``known``."""
        if self._seen == {}:
            return
        bare = {
            place: sign
            for place, cell in enumerate(cells)
            if (sign := cell.strip()) in _SIGNS and place not in known
        }
        if self._seen is None:
            self._seen = {place: {sign} for place, sign in bare.items()}
            return
        self._seen = {
            place: signs | {bare.get(place, "")}
            for place, signs in self._seen.items()
            if place in bare or place >= len(cells)
        }

    def take_columns(self, columns: Sequence[Sequence[str]]) -> None:
        """Take rows by column, in which no sign stands: a column with anything in it is words."""
        self._seen = {
            place: signs
            for place, signs in (self._seen or {}).items()
            if place >= len(columns) or not any(map(str.strip, columns[place]))
        }

    @property
    def tells(self) -> int | None:
        """The column that tells the side of each row; None when there is none."""
        return next((place for place, signs in self._items() if "+" in signs), None)

    @property
    def may_tell(self) -> tuple[int, ...]:
        """Columns of minus signs alone: they could be money out, or nothing."""
        return tuple(place for place, signs in self._items() if signs - {""} == {"-"})

    def _items(self) -> Sequence[tuple[int, set[str]]]:
        return sorted((self._seen or {}).items())
