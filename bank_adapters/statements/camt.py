"""Bank statements of ISO 20022: camt.053, and its previews camt.052 and notices camt.054.

One reader for all versions: the entry is the same in the three messages, and what changed between
versions is where a status, a date or a reference stands, so both places are looked at. What moves
the balance is the amount of the entry; its details only tell whose money it was.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO
from xml.etree.ElementTree import Element

from bank_adapters.statements.camt_shapes import Shape, shape_of
from bank_adapters.statements.camt_statement import Account
from bank_adapters.statements.encodings import decode_head
from bank_adapters.statements.parts import BATCH, whole
from bank_adapters.statements.xml_parts import Names, read_parts, refused
from payments.domain.bank_messages import StatementFile, StatementProblem
from payments.domain.errors import InvalidFile, Problem
from payments.domain.statement_parts import StatementPart

_MESSAGES = {
    "BkToCstmrStmt": ("Stmt", "camt.053"),
    "BkToCstmrAcctRpt": ("Rpt", "camt.052"),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", "camt.054"),
}
"""The container, the statement inside it, and the family that the namespace has to be of."""

_RECORD = "camt.053"
"""The message of a day that has ended; the other two tell of a running one."""

_MOST_ENVELOPES = 8
"""Elements that a bank or its portal puts round the message."""

_MOST_SHAPES = 8
"""Shapes of entries that are kept; a bank has one for money in, one for money out, a few more."""

_ENTRY = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?Ntry>")
_CONTAINER = rf"<(?:[A-Za-z_][\w.-]*:)?(?:{'|'.join(_MESSAGES)})(?:V01)?[\s/>]"
_BEGINNING = re.compile(rf"\s*(?:{_CONTAINER}|<.*?(?:{_CONTAINER}|camt\.05[234]\.))", re.DOTALL)
_FAMILY = re.compile(r"\b([a-z]{4}\.[0-9]{3})\.[0-9]{3}")


class CamtReader:
    """Reads camt.052, camt.053 and camt.054 of every version. Fits ``StatementReader``."""

    name = "camt"

    def recognises(self, file_name: str, body: bytes) -> bool:  # noqa: ARG002 - content decides
        """Say whether the file is XML with one of the three messages in it."""
        return _BEGINNING.match(decode_head(body)) is not None

    def read(self, body: bytes) -> StatementFile:
        """Read a file that is in memory, as read_stream does."""
        return self.read_stream(io.BytesIO(body))

    def read_stream(self, source: BinaryIO) -> StatementFile:
        """Read every statement, report or notice of the message; no more of it than a part is kept.

        Raises InvalidFile when the XML is refused, cut off or of another family, and when there is
        no statement in it or one without entries and balances.
        """
        return whole(_Reading(source).parts())

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of each statement as ``read_stream`` reads it; some entries are held.

        Raises as ``read_stream`` does, and InvalidFile with ``told_too_late`` when something says
        behind many entries how they had to be read: the account, the currency, more decimals. Only
        which side reversals are on is found out beforehand, by reading a file with any twice.
        """
        yield from _Reading(source, most_held=BATCH).parts()


READER = CamtReader()


class _Reading:
    """One reading of a file: the statement that is being read, and the parts of those that are.

    A statement gives out what is left of it when it ends, and before that whenever ``most_held`` of
    its entries wait. A reading that is ahead of another one only finds out what that has to know.
    """

    end = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?Ntry>")

    def __init__(
        self, source: BinaryIO, most_held: int | None = None, *, is_ahead: bool = False
    ) -> None:
        self._source = source
        self._most_held = most_held
        self._is_ahead = is_ahead
        self._shapes: list[Shape] = []
        self._parts: list[StatementPart] = []
        self._problems: list[StatementProblem] = []
        self._names = Names()
        self._open: Element | None = None
        self._account: Account | None = None
        self._begun = 0
        self._empty: list[int] = []
        self._turned: list[bool] = []
        self._foreseen: list[bool] | None = None

    def parts(self) -> Iterator[StatementPart]:
        """Yield the parts that are there, step by step. Raises InvalidFile as the reader."""
        for _ in chain(read_parts(self._source, self), (None,)):
            account = self._account
            if account and self._most_held is not None and account.waiting >= self._most_held:
                self._parts += account.give_out(self._foresee)
            parts, self._parts = self._parts, []
            yield from parts
            yield from self._problems
            self._problems.clear()
        if self._empty or not self._begun:
            where = [f"statement {number}" for number in self._empty] or ["line 1"]
            raise InvalidFile([Problem(place, "nothing_read") for place in where])

    def _foresee(self) -> bool | None:
        """Say whether the open statement means its reversals the other way round."""
        if self._is_ahead:
            return None
        if self._foreseen is None:
            place = self._source.tell()
            self._source.seek(0)
            ahead = _Reading(self._source, self._most_held, is_ahead=True)
            deque(ahead.parts(), maxlen=0)
            self._source.seek(place)
            self._foreseen = ahead._turned
        return self._foreseen[self._begun - 1]

    def look(self, holder: Element, *, ended: bool) -> bool:
        """Take every finished part of what there is; say whether there was one."""
        return self._envelope(holder, 0, ended=ended)

    def finish(self, raw: bytes) -> bool:
        """Take the entry that has just ended, and learn the shape of it."""
        statement = self._open
        if self._account is None or statement is None or not len(statement):
            return False
        entry = statement[-1]
        if self._names[entry.tag] != "Ntry" or sum(1 for _ in entry.iter(entry.tag)) != 1:
            return False
        self._account.take(entry)
        del statement[-1]
        begin = max((found.start() for found in _ENTRY.finditer(raw)), default=None)
        if begin is not None and (shape := shape_of(raw[begin:], entry, self._names)):
            self._shapes = [shape, *self._shapes[: _MOST_SHAPES - 1]]
        return True

    def match(self, body: bytes, place: int) -> int | None:
        """Take an entry that has the shape of one before it."""
        for shape in self._shapes:
            if (found := shape.match(body, place)) and self._account is not None:
                end, texts, details = found
                self._account.take_entry(texts, details)
                return end
        return None

    def _envelope(self, element: Element, depth: int, *, ended: bool) -> bool:
        """Look for the message, whatever a bank or its portal has put round it."""
        if depth > _MOST_ENVELOPES:
            raise refused("too_deep")
        last = len(element) - 1
        took = False
        for place, child in enumerate(element):
            finished = ended or place < last
            message = _MESSAGES.get(self._names[child.tag].removesuffix("V01"))
            if message is None:
                took |= self._envelope(child, depth + 1, ended=finished)
            else:
                took |= self._message(child, *message, ended=finished)
        if last > 0:
            del element[:last]
            took = True
        return took

    def _message(self, container: Element, statement: str, family: str, *, ended: bool) -> bool:
        named = _FAMILY.search(container.tag)
        if named and named[1] != family:
            facts: dict[str, object] = {"found": named[1], "expected": family}
            raise InvalidFile([Problem("line 1", "message_family", facts)])
        last = len(container) - 1
        took = False
        for place, child in enumerate(container):
            if self._names[child.tag] == statement:
                took |= self._statement(child, family, ended=ended or place < last)
        if last > 0 or (ended and last == 0):
            del container[: last + ended]
            took = True
        return took

    def _statement(self, statement: Element, family: str, *, ended: bool) -> bool:
        if self._open is not statement or self._account is None:
            self._begun += 1
            number = self._begun
            prefix = f"statement {number} " if number > 1 else ""
            self._open, self._account = statement, Account(prefix, self._names, self._problems)
        finished = len(statement) if ended else len(statement) - 1
        if finished > 0:
            for part in statement[:finished]:
                self._account.take(part)
            del statement[:finished]
        if ended:
            self._end(self._account, "" if family == _RECORD else family)
            self._account = None
        return finished > 0

    def _end(self, account: Account, preview: str) -> None:
        self._parts += account.end(preview)
        self._turned.append(account.is_turned)
        if account.is_empty:
            self._empty.append(self._begun)
