"""XML read part by part: a part becomes a small tree, is looked at, and is dropped.

A document type is refused before anything in it is looked at, so there are no entities to expand
and no files to fetch; the standard library's builder then works at the speed of C. Memory holds one
part at a time, and a part too large for any statement is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)
from xml.parsers import expat

from payments.domain.errors import InvalidFile, Problem

MOST_PART = 32 * 1024 * 1024
"""Bytes between the ends of two parts; a batch of ten thousand payments takes about ten million."""

LONGEST_ALIKE = 16_384
"""Bytes of a part that can go past the parser."""

_CHUNK = 65_536
_BUILT_AT_ONCE = 8_192
_LONGEST_TAG = 64
_ODD = re.compile(rb"<[!?]")
_BEGINS_PLAIN = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml\s(?:(?!encoding)[^<>])*"
    rb"(?:encoding\s*=\s*[\"'](?:utf-8|us-ascii)[\"'][^<>]*)?\?>)?\s*<[a-z_]",
    re.IGNORECASE,
)
_CUT = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


class Reader(Protocol):
    """What a format does with a document while it grows."""

    @property
    def end(self) -> re.Pattern[bytes]:
        """The tag that ends one of the parts of which there are many."""
        ...

    def look(self, holder: Element, *, ended: bool) -> bool:
        """Take the finished parts out of what there is, and say whether there was one.

        ``holder`` holds the root. The last child of an element may be unfinished as long as the
        document has not ended.
        """
        ...

    def finish(self, raw: bytes) -> bool:
        """Take the part that has just ended too, and say whether another may follow at once.

        ``raw`` ends with the part and may begin before it or inside it.
        """
        ...

    def match(self, body: bytes, place: int) -> int | None:
        """Take a part that looks like one before it; return where it ends, None if it does not."""
        ...


class Names(dict[str, str]):
    """The names of elements without their namespaces, each worked out once."""

    def __missing__(self, tag: str) -> str:
        """Take the namespace off a name."""
        name = tag.rpartition("}")[2]
        self[tag] = name
        return name


def refused(reason: str, line: int = 1) -> InvalidFile:
    """Return the error of a document that no statement needs to be."""
    return InvalidFile([Problem(f"line {line}", "xml_refused", {"reason": reason})])


def read_parts(source: BinaryIO, reader: Reader) -> Iterator[None]:
    """Parse a document and show the reader what there is of it as it grows, a step at a time.

    Raises InvalidFile when the document has a document type, is not well formed, or is cut off.
    """
    walk = _Walk(reader)
    try:
        while chunk := source.read(_CHUNK):
            walk.take(chunk)
            yield
        walk.end()
    except ParseError as error:
        raise _unreadable(error.code, error.position[0] + walk.lines) from None
    except expat.ExpatError as error:
        raise _unreadable(error.code, error.lineno) from None


class _Walk:
    """A document on its way through the parser.

    Parts that look alike go past the parser, which is possible only where every ``<`` begins a tag:
    a file with a comment, a CDATA section or an instruction goes through it whole, and so does one
    that is not in UTF-8. ``_between`` says that the last part is finished and no other has begun.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._prolog = _Prolog()
        builder = TreeBuilder()
        self._holder = builder.start("", {})
        self._parser = XMLParser(target=builder)  # noqa: S314 -- no document type gets here
        self._waiting = 0
        self._rest = b""
        self._plain: bool | None = None
        self._between = False
        self.lines = 0
        """The lines that went past the parser."""

    def take(self, chunk: bytes) -> None:
        """Read on."""
        self._prolog.check(chunk)
        body = self._rest + chunk
        looked_at = len(self._rest) - 1 if self._rest else 0
        if self._plain is None:
            self._plain = _BEGINS_PLAIN.match(body) is not None
            looked_at = len("<?xml") + len(codecs.BOM_UTF8)
        if not self._plain or _ODD.search(body, max(looked_at, 0)):
            self._plain, self._between, self._rest = False, False, b""
            self._feed(body)
            return
        place = self._parts(body)
        if not self._between or len(body) - place > LONGEST_ALIKE:
            unfed = max(place, len(body) - _LONGEST_TAG)
            if unfed > place:
                self._feed(body[place:unfed])
                self._between = False
            place = unfed
        self._rest = body[place:]

    def end(self) -> None:
        """Read what is left."""
        self._feed(self._rest)
        self._parser.close()
        self._reader.look(self._holder, ended=True)

    def _parts(self, body: bytes) -> int:
        """Read every part that ends in these bytes; return where the last one does."""
        reader, place = self._reader, 0
        while True:
            if self._between:
                begin = place
                while (end := reader.match(body, place)) is not None:
                    place = end
                self.lines += body.count(b"\n", begin, place)
            found = reader.end.search(body, place)
            if found is None:
                return place
            raw = body[place : found.end()]
            self._feed(raw)
            self._between = reader.finish(raw)
            place = found.end()

    def _feed(self, body: bytes) -> None:
        for place in range(0, len(body), _BUILT_AT_ONCE):
            piece = body[place : place + _BUILT_AT_ONCE]
            try:
                self._parser.feed(piece)
            except (LookupError, ValueError):
                raise _encoding_unknown() from None
            took = self._reader.look(self._holder, ended=False)
            self._waiting = 0 if took else self._waiting + len(piece)
            if self._waiting > MOST_PART:
                raise refused("too_large")


class _RootReachedError(Exception):
    """The first element has begun, so no document type can follow."""


class _Prolog:
    """Reads ahead of the builder what stands before the first element, and nothing more."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begin
        self._passed = False

    def check(self, chunk: bytes) -> None:
        """Refuse a document type in the next bytes, as long as one can come."""
        if not self._passed:
            try:
                self._parser.Parse(chunk)
            except _RootReachedError:
                self._passed = True
            except (LookupError, ValueError):
                raise _encoding_unknown() from None

    def _refuse(self, *_: object) -> None:
        raise refused("document_type", self._parser.CurrentLineNumber)

    def _begin(self, *_: object) -> None:
        raise _RootReachedError


def _encoding_unknown() -> InvalidFile:
    """Return the error of a declaration that names an encoding nobody knows or expat cannot use."""
    return InvalidFile([Problem("line 1", "encoding_unknown")])


def _unreadable(code: int, line: int) -> InvalidFile:
    return InvalidFile([Problem(f"line {line}", "file_cut" if code in _CUT else "xml_unreadable")])
