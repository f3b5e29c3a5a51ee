"""A camt statement of any length is read as it goes by, and says what the whole of it says."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from functools import partial
from itertools import chain
from random import Random
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element

import pytest

from bank_adapters.statements import camt, xml_parts
from bank_adapters.statements.camt import READER
from bank_adapters.statements.parts import BATCH, whole
from payments.domain.bank_messages import Direction, StatementFile
from payments.domain.errors import InvalidFile
from payments.domain.statement_parts import EntryBatch, StatementHead, StatementTail
from tests.statement_fuzz import broken
from tests.unit.bank_adapters.test_camt import balance, document, entry

MARK = "<!-- here -->"
TAKEN_BACK = "<RvslInd>true</RvslInd>"


class Growing(io.RawIOBase):
    """A file that is written while it is read. It cannot be gone back in."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.read_entries = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self.read_entries += piece.count(b"<Ntry>")
            self._rest = piece
        some, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(some)] = some
        return len(some)


def growing(count: int, more: str = "") -> Growing:
    """A statement of so many entries in an element that is never in memory."""
    head, tail = document(balance("OPBD", "0"), balance("CLBD", str(count * 5)), MARK).split(
        MARK.encode()
    )
    entries = (f"\n{entry('5', more=more)}".encode() for _ in range(count))
    return Growing(chain([head], entries, [tail]))


def parts_read(source: Growing) -> Iterator[object]:
    yield from READER.read_parts(cast("BinaryIO", source))


def told(body: bytes, *, by_parts: bool = True) -> object:
    """What a file says, or why it cannot be read."""
    try:
        return whole(READER.read_parts(io.BytesIO(body))) if by_parts else READER.read(body)
    except InvalidFile as refused:
        return [problem.code for problem in refused.problems]


@pytest.fixture
def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third entry is given out, and some bytes are read at a time."""
    monkeypatch.setattr(camt, "BATCH", 3)
    monkeypatch.setattr(xml_parts, "_CHUNK", 200)


@pytest.mark.parametrize("more", ["", "<Btch/>", "<!-- not plain -->"])
def test_the_parts_of_one_statement_come_while_it_is_read(more: str) -> None:
    count = 5 * BATCH + 7
    source = growing(count, more)
    at_once = 2 * BATCH
    given = 0
    parts = parts_read(source)

    assert isinstance(next(parts), StatementHead)
    for part in parts:
        if isinstance(part, EntryBatch):
            assert BATCH <= len(part) < at_once or given + len(part) == count
            assert source.read_entries - given < at_once
            given += len(part)
    assert given == count
    assert isinstance(part, StatementTail)


def test_elements_that_have_been_read_do_not_stay() -> None:
    gc.collect()
    before = elements()
    for _ in parts_read(growing(3 * BATCH, "<!-- not plain -->")):
        assert elements() - before < BATCH


def elements() -> int:
    """The elements of documents that there are."""
    return sum(isinstance(one, Element) for one in gc.get_objects())


@pytest.mark.usefixtures("in_small_pieces")
def test_broken_files_read_by_parts_as_they_do_whole() -> None:
    said = []
    for body in broken("camt", 300, seed=5):
        in_parts = told(body)
        said.append(in_parts)

        assert in_parts in (told(body, by_parts=False), ["told_too_late"])
    assert sum(one == ["told_too_late"] for one in said) < 30
    assert any(isinstance(one, StatementFile) for one in said)


def a_day(random: Random, *, way: int) -> bytes:
    """A day in the standard's order, its reversals meant one way or the other."""
    total, entries = 0, []
    for _ in range(random.randint(1, 20)):
        amount, side = random.randint(1, 99), random.choice(["CRDT", "DBIT"])
        is_reversal, status = random.random() < 0.2, random.choice(["BOOK", "BOOK", "PDNG"])
        if status == "BOOK":
            total += amount * (1 if side == "CRDT" else -1) * (way if is_reversal else 1)
        more = TAKEN_BACK if is_reversal else ""
        entries.append(entry(str(amount), side=side, more=more, status=f"<Sts>{status}</Sts>"))
    closing = balance("CLBD", str(abs(total)), side="CRDT" if total >= 0 else "DBIT")
    return document(balance("OPBD", "0"), closing, *entries)


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize("way", [1, -1])
def test_a_statement_in_the_standards_order_is_never_told_too_late(way: int) -> None:
    random = Random(way)
    for body in (a_day(random, way=way) for _ in range(60)):
        read = told(body)

        assert isinstance(read, StatementFile)
        assert read == READER.read(body)


@pytest.mark.usefixtures("in_small_pieces")
def test_reversals_are_turned_in_the_statement_whose_balances_say_so() -> None:
    back = partial(entry, side="CRDT", more=TAKEN_BACK)
    plain = [entry("5") for _ in range(9)]
    rest = [entry("0")] * 5
    turned = [balance("OPBD", "0"), balance("CLBD", "40"), *plain, back("5"), *rest]
    as_written = [balance("OPBD", "0"), balance("CLBD", "50"), *plain, back("5"), *rest]
    second = f"</Stmt><Stmt>{''.join(as_written)}"
    read = told(document(*turned, second))

    assert isinstance(read, StatementFile)
    sides = [one.direction for day in read.statements for one in day.entries if one.is_reversal]
    assert sides == [Direction.OUT, Direction.IN]


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize(
    "late",
    [
        "<Acct><Id><Othr><Id>9999</Id></Othr></Id></Acct>",
        entry("0.125", currency="EUR"),
        balance("CLBD", "0.125", currency="EUR"),
        balance("CLBD", "5") + balance("OPBD", "0"),
    ],
)
def test_what_says_too_late_how_to_read_is_refused(late: str) -> None:
    entries = [entry("5", currency="EUR", booked="") for _ in range(60)]
    body = document(*entries, late)

    assert told(body) == ["told_too_late"]
    assert isinstance(told(body, by_parts=False), StatementFile)


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize("more", ["", TAKEN_BACK])
def test_a_file_cut_anywhere_is_refused_by_parts_too(more: str) -> None:
    body = document(balance("OPBD", "0"), *(entry("5", more=more) for _ in range(7)))

    for end in range(len(body)):
        assert told(body[:end]) in (["file_cut"], ["xml_unreadable"])


def test_a_document_type_is_refused_before_anything_is_given_out() -> None:
    parts = READER.read_parts(io.BytesIO(b"<!DOCTYPE D>" + document(entry())))

    with pytest.raises(InvalidFile) as caught:
        next(parts)
    assert caught.value.problems[0].code == "xml_refused"
