"""OFX as text: its encoding, its elements, and which of them hold others.

Version 1 is SGML, whose values are not closed; version 2 is XML; and some banks head one as the
other. One strict reading serves both: an element that may hold others has to be closed, a value
ends at the next tag, and no value holds another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from bank_adapters.statements.encodings import decode_declared
from payments.domain.errors import InvalidFile, Problem

BEGINNING = re.compile(r"<OFX>", re.IGNORECASE)

_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<raw>.*?)\]\]>|<!--.*?-->|<\?.*?\?>"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9._-]*)\s*(?P<empty>/?)>|(?P<text>[^<]+)|(?P<odd><)",
    re.DOTALL,
)
_DECLARED = re.compile(
    r"^\s*(ENCODING|CHARSET)\s*:\s*([\w.-]+)|<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']",
    re.MULTILINE | re.IGNORECASE,
)
_DOCUMENT_TYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_GROUPS = frozenset(
    {"OFX", "STATUS", "SONRS", "FI", "STMTTRNRS", "STMTRS", "CCSTMTTRNRS", "CCSTMTRS"}
    | {"INVSTMTTRNRS", "INVSTMTRS", "BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "BANKACCTTO"}
    | {"CCACCTTO", "BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "INVBANKTRAN", "STMTTRN"}
    | {"STMTTRNP", "LEDGERBAL", "AVAILBAL", "CURRENCY", "ORIGCURRENCY", "PAYEE", "EXTDPAYEE"}
    | {"IMAGEDATA", "BALLIST", "BAL", "INVBAL", "INVPOSLIST"}
)
"""Elements that hold others, as far as a statement is concerned; ``…MSGSRSV1`` do too."""


@dataclass(slots=True)
class Group:
    """An element that holds others: its values by name, and the groups inside it.

    ``twice`` are the names of values that stand twice. ``line`` is where it begins.
    """

    name: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def value(self, name: str) -> str:
        """Return a value, empty when it is not there."""
        return self.values.get(name, "")

    def inside(self, *names: str) -> Iterator[Group]:
        """Give the groups of some names at any depth, in order, none of those inside another."""
        for group in self.groups:
            if group.name in names:
                yield group
            else:
                yield from group.inside(*names)


def decode_ofx(body: bytes) -> str:
    """Decode a file as it declares itself, or as UTF-8 when it proves to be that.

    Raises Invalid with the code ``encoding_unknown``.
    """
    head = body[:2048].replace(b"\0", b"").decode("latin-1")
    declared = {
        (found[1] or "encoding").lower(): (found[2] or found[3]).lower()
        for found in _DECLARED.finditer(head)
    }
    encoding, charset = declared.get("encoding", ""), declared.get("charset", "")
    if encoding in {"usascii", ""} and charset not in {"", "none"}:
        encoding = f"cp{charset}" if charset.isdigit() else charset
    return decode_declared(body, {"usascii": "ascii", "unicode": "utf-8"}.get(encoding, encoding))


def read_groups(text: str) -> Group:
    """Read the element ``OFX`` and everything in it.

    Raises InvalidFile when there is a document type, when a group is not closed or closed twice,
    and when the file is cut off.
    """
    begin = BEGINNING.search(text)
    if begin is None:
        raise InvalidFile([Problem("line 1", "nothing_read")])
    if kind := _DOCUMENT_TYPE.search(text):
        raise _error(text, kind.start(), "xml_refused", reason="document_type")
    return _Walk(text, begin.start()).root()


def _error(text: str, place: int, code: str, **facts: object) -> InvalidFile:
    return InvalidFile([Problem(f"line {text.count(chr(10), 0, place) + 1}", code, facts)])


class _Walk:
    """One pass over the tags. ``_open`` are the groups not closed yet."""

    def __init__(self, text: str, place: int) -> None:
        self._text = text
        self._place = place
        self._line = text.count("\n", 0, place) + 1
        self._open: list[Group] = []
        self._unknown: list[str] = []
        self._value: str | None = None
        self._words: list[str] = []

    def root(self) -> Group:
        for token in _TOKEN.finditer(self._text, self._place):
            self._place = token.start()
            if token["name"]:
                if closed := self._tag(token["name"].upper(), token["end"], token["empty"]):
                    self._check_rest(token.end())
                    return closed
            elif token["odd"]:
                code = "file_cut" if ">" not in self._text[self._place :] else "xml_unreadable"
                raise _error(self._text, self._place, code)
            elif self._value is not None:
                raw = token["raw"]
                self._words.append(raw if raw is not None else unescape(token["text"] or ""))
            self._line += token[0].count("\n")
        raise _error(self._text, len(self._text), "file_cut")

    def _tag(self, name: str, end: str, empty: str) -> Group | None:
        if name not in _GROUPS and not name.endswith("MSGSRSV1"):
            self._finish_value()
            if not end and not empty:
                self._value = name
            return None
        self._finish_value()
        if not end:
            group = Group(name, self._line)
            if self._open:
                self._open[-1].groups.append(group)
            if not empty:
                self._open.append(group)
            return None
        if not self._open or self._open[-1].name != name:
            raise _error(self._text, self._place, "xml_unreadable")
        closed = self._open.pop()
        return None if self._open else closed

    def _finish_value(self) -> None:
        """Keep a value in its group; one without text could be an unknown group, and is none."""
        if self._value is not None and self._open:
            words = "".join(self._words).strip()
            group = self._open[-1]
            if words and self._value in group.values:
                group.twice.add(self._value)
            elif words:
                group.values[self._value] = words
        self._value = None
        self._words.clear()

    def _check_rest(self, place: int) -> None:
        if self._text[place:].strip("\0\x1a \t\r\n"):
            raise _error(self._text, place, "xml_unreadable")
