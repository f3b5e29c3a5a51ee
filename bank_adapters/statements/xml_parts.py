"""XML read part by part: a part becomes a small tree, is looked at, and is dropped.

A document type is refused before anything in it is looked at, so there are no entities to expand
and no files to fetch; the standard library's builder then works at the speed of C. Memory holds one
part at a time, and a part too large for any statement is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol
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

_CHUNK = 8_192
_CUT = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


class Look(Protocol):
    """What a reader does with a document while it grows."""

    def __call__(self, holder: Element, *, ended: bool) -> bool:
        """Take the finished parts out of what there is, and say whether there was one."""
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


def read_parts(body: bytes, look: Look) -> None:
    """Parse a document, and show what there is of it again and again as it grows.

    ``look`` gets an element that holds the root, and whether the document has ended; it takes away
    what it has dealt with, and says whether it did. The last child of an element may be unfinished
    as long as the document has not ended.

    Raises InvalidFile when the document has a document type, is not well formed, or is cut off.
    """
    try:
        _refuse_document_type(body)
        builder = TreeBuilder()
        holder = builder.start("", {})
        parser = XMLParser(target=builder)  # noqa: S314 -- no document type gets here
        waiting = 0
        for chunk in _chunks(body):
            parser.feed(chunk)
            waiting = 0 if look(holder, ended=False) else waiting + len(chunk)
            if waiting > MOST_PART:
                raise refused("too_large", parser.parser.CurrentLineNumber)
        parser.close()
    except ParseError as error:
        raise _unreadable(error.code, error.position[0]) from None
    except expat.ExpatError as error:
        raise _unreadable(error.code, error.lineno) from None
    except (LookupError, ValueError):
        # The declaration names an encoding that nobody knows, or one that expat cannot use.
        raise InvalidFile([Problem("line 1", "encoding_unknown")]) from None
    look(holder, ended=True)


def _chunks(body: bytes) -> Iterator[bytes]:
    for place in range(0, len(body), _CHUNK):
        yield body[place : place + _CHUNK]


class _RootReached(Exception):
    """The first element has begun, so no document type can follow."""


def _refuse_document_type(body: bytes) -> None:
    """Read what stands before the first element and nothing more."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise refused("document_type", parser.CurrentLineNumber)

    def begin(*_: object) -> None:
        raise _RootReached

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    try:
        for chunk in _chunks(body):
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 -- expat has no name for it
    except _RootReached:
        return


def _unreadable(code: int, line: int) -> InvalidFile:
    return InvalidFile([Problem(f"line {line}", "file_cut" if code in _CUT else "xml_unreadable")])
