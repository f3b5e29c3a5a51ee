"""Entries that look like one before them, read from the bytes without building their elements.

A bank writes its entries by a program, so nearly all of a file have one shape: the same tags in the
same order with other texts between. The first of a shape is read from its elements and becomes an
expression; what matches it whole has the same elements, and its texts are taken from where that
one's stood. An expression matches no tag that it was not made of and no ``&``, ``<!`` or ``<?``, so
whatever is unusual is read from its elements, as is everything when this is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bank_adapters.statements.camt_fields import Texts, entry_texts
from bank_adapters.statements.xml_parts import LONGEST_ALIKE, Names

_ATTRIBUTE = rb"\s+[\w.:-]+=(?:\"[^\"<>&]*\"|'[^'<>&]*')"
_TAG = re.compile(rb"<(/?)[A-Za-z_][\w.:-]*(?:" + _ATTRIBUTE + rb")*\s*(/?)>")
_TEXT = rb"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]"
_MARK, _DETAIL = "\x01", "what the payer wrote"
_BLANK = rb"[ \t\r\n]*"


@dataclass(frozen=True, slots=True)
class Shape:
    """An expression for the bytes of an entry, and what its groups are the texts of.

    ``constants`` are what stands in the tags themselves.
    """

    expression: re.Pattern[bytes]
    names: Sequence[str]
    constants: Texts

    def match(self, body: bytes, place: int) -> tuple[int, Texts, list[str]] | None:
        """Match an entry at a place: where it ends, its texts, and what its details tell."""
        found = self.expression.match(body, place)
        if found is None:
            return None
        if not found[0].isascii() and not _is_text(found[0]):
            return None
        told = [text.decode().strip() for text in found.groups()]
        if not all(told):
            return None
        texts = self.constants | dict(zip(self.names, told, strict=True))
        return found.end(), texts, [texts.pop(_DETAIL)] if _DETAIL in texts else []


def shape_of(raw: bytes, entry: Element, names: Names) -> Shape | None:
    """Make a shape of an entry from its bytes and its elements; None when it is not a plain one.

    The texts of the elements are exchanged for marks, and where the marks come out is what the
    texts are. The elements are of no use after that.
    """
    if len(raw) > LONGEST_ALIKE or not raw.isascii():
        return None
    leaves = _marked(entry)
    texts, details = entry_texts(entry, names)
    if len(details) > 1:
        return None
    if details:
        texts[_DETAIL] = details[0]
    marks = {f"{_MARK}{number}": number for number in range(leaves)}
    wanted = {marks[text]: name for name, text in texts.items() if text in marks}
    if sum(_MARK in text for text in texts.values()) != len(wanted) or (
        details and _DETAIL not in wanted.values()
    ):
        return None
    source = _expression(raw, leaves, wanted.keys())
    expression = re.compile(source) if source else None
    if expression is None or expression.fullmatch(raw) is None:
        return None
    constants = {name: text for name, text in texts.items() if _MARK not in text}
    return Shape(expression, [wanted[place] for place in sorted(wanted)], constants)


def _is_text(raw: bytes) -> bool:
    """Say whether bytes are UTF-8 with no characters that XML excludes above the control ones."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


def _marked(entry: Element) -> int:
    """Exchange the text of every element without others inside; say how many there are."""
    number = 0
    for element in entry.iter():
        if not len(element):
            element.text = f"{_MARK}{number}"
            number += 1
    return number


def _expression(raw: bytes, leaves: int, wanted: AbstractSet[int]) -> bytes | None:
    """Write the expression: tags as they are, texts where they may stand, blanks between."""
    parts: list[bytes] = []
    place, number, opened = 0, 0, False
    while place < len(raw):
        tag = _TAG.match(raw, place)
        if tag is None:
            return None
        closing, empty = tag[1] == b"/", tag[2] == b"/"
        if closing and opened:
            parts.append(b"(" + _TEXT + b"+)" if number in wanted else _TEXT + b"*")
        else:
            parts.append(_BLANK)
        if empty and number in wanted:
            return None
        number += empty or (closing and opened)
        parts.append(re.escape(tag[0]))
        opened = not closing and not empty
        following = raw.find(b"<", tag.end())
        place = len(raw) if following < 0 else following
    return b"".join(parts) if number == leaves else None
