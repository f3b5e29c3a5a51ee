"""Runs of entries in an MT940 file, found many at once, and the lines between them.

Nearly all of a file is a field 61, its text, and the next field 61. One expression finds them, and
takes exactly what reading line by line would take as an entry; every other line stands between its
finds and is looked at by itself. A test reads broken files both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import compress, count
from typing import NamedTuple

_MARK = r"(?:R[CD]|E[CD]|[CD])[A-Z]?"
_KIND = r"(?:[A-Z][A-Z0-9]{0,3})?"
_FIELD = rf"([0-9]{{6}}(?:[0-9]{{4}}|[ ]{{4}})?{_MARK})([0-9][0-9.,]*)([ ]?{_KIND})(.*)"
FIELD = re.compile(_FIELD)
"""Field 61: ``6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]``; some banks leave blanks for the second date.
The groups are what stands before the amount, the amount, the type of the entry, its references."""

FIELD_LONG_YEAR = re.compile(
    rf"((?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{{2}}{_MARK})"
    rf"([0-9]+,?[0-9]*)({_KIND})(.*)"
)
"""Field 61 as one converter writes it: the day first, four digits of the year. Eight digits before
the mark are impossible in the standard, so the two never mix."""

TEXT = "\n:86:"
"""What stands before the text of an entry, when it has one."""

# Lines that go on with the one before them; a hundredth is looked at by itself.
_GOES_ON = r"(?:\n[^:{\n-].*){0,99}"
_ENTRY = re.compile(rf"^:61:{_FIELD}({_GOES_ON})((?:{TEXT}.*{_GOES_ON})?)\n?", re.MULTILINE)
_STRIDE = _ENTRY.groups + 1
_AT_ONCE = 256 * 1024
_FRAME = "\x01\x02\x03\x1a"
_WITHOUT_FRAME = dict.fromkeys(map(ord, _FRAME))


class Run(NamedTuple):
    """Entries that follow each other, a list of equal length a field, as they stand in the file.

    ``heads`` are what stands before the amounts: dates, mark, funds code. ``supplements`` are the
    lines behind field 61, each after a line's end; ``texts`` the field 86 in the same way, which
    begins with ``TEXT``. Either is empty where an entry has none.
    """

    heads: list[str]
    amounts: list[str]
    kinds: list[str]
    references: list[str]
    supplements: list[str]
    texts: list[str]

    def lines(self) -> Iterator[str]:
        """Yield the lines, for reading them one by one."""
        for parts in zip(*self, strict=True):
            yield from f":61:{''.join(parts)}".split("\n")

    def heights(self) -> list[int]:
        """Return the number of lines of each entry."""
        if not any(self.supplements):
            return [text.count("\n") + 1 for text in self.texts]
        further = zip(self.supplements, self.texts, strict=True)
        return [supplement.count("\n") + text.count("\n") + 1 for supplement, text in further]


def runs_and_lines(text: str) -> Iterator[Run | list[str]]:
    """Yield a file's runs and the lines between them, no line with blanks or a frame at its end.

    A large file is taken in pieces, each of which ends where a line begins like a field 61.
    """
    place = 0
    while place < len(text):
        end = len(text)
        if end - place > _AT_ONCE:
            before = text.rfind("\n:61:", place, place + _AT_ONCE)
            end = (before if before >= 0 else text.find("\n:61:", place + 1)) + 1 or end
        yield from _split(_bare(text[place:end]))
        place = end


def _bare(text: str) -> str:
    """Take the blanks off the ends of lines, and a bank's frame off all of them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    bare = "\n".join(map(str.rstrip, lines))
    return bare.translate(_WITHOUT_FRAME) if any(mark in text for mark in _FRAME) else bare


def _split(text: str) -> Iterator[Run | list[str]]:
    found: list[str] = _ENTRY.split(text)
    between = found[::_STRIDE]
    begin, last = 0, len(between) - 1
    for place in sorted({*compress(count(), between), last}):
        if begin < place:
            columns = (
                found[begin * _STRIDE + column : place * _STRIDE : _STRIDE]
                for column in range(1, _STRIDE)
            )
            yield Run(*columns)
        if between[place]:
            yield between[place].removesuffix("\n").split("\n")
        begin = place
