"""The lines of a large file between reading and proof, packed many to a row of the database.

A row costs a database as much as the text of many lines does. So lines wait in lots, which hold
what an entry is made of, bucket by bucket, and in stretches, which hold the rest of what a line
said, in the file's order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, compress
from operator import itemgetter
from typing import Any, NamedTuple

from payments.domain.bank_messages import LONGEST_NAME, is_storable, storable
from payments.domain.statement_parts import EntryBatch
from reconciliation.domain.entry_contents import entry_contents
from reconciliation.domain.entry_sums import signed_amounts
from reconciliation.domain.large_files import BUCKETS, LargeFile

LOT_LINES = 1_000
"""Lines of a lot at most: it is booked as a whole."""

STRETCH_LINES = 5_000
"""Lines of a stretch at most: it is read anew for each few lines that prove."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Some lines of one bucket in the file's order; ``body`` is a LotLines as text."""

    centre_id: str
    file_id: str
    bucket: int
    first_line: int
    lines: int
    body: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some lines that follow each other in the file; ``body`` is a StretchLines as text."""

    centre_id: str
    file_id: str
    first_line: int
    lines: int
    body: str


class LotLines(NamedTuple):
    """What entries are made of, by column.

    Days are ISO 8601, ``moved`` is what a line adds to the balance, in đồng, and ``contents`` are
    digests of what it says.
    """

    line_nos: Sequence[int]
    statement_nos: Sequence[int]
    contents: Sequence[str]
    days: Sequence[str]
    moved: Sequence[int]
    references: Sequence[str]
    texts: Sequence[str]
    balances: Sequence[int | None]


class StretchLines(NamedTuple):
    """What else the lines said, by column. Days and instants are ISO 8601, balances đồng."""

    buckets: Sequence[int]
    places: Sequence[str]
    days: Sequence[str]
    instants: Sequence[str | None]
    reversals: Sequence[bool]
    befores: Sequence[int | None]
    afters: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Booked entries of one statement as they were read, and the balance before each."""

    statement_no: int
    money: EntryBatch
    befores: Sequence[int | None]


def packed(
    file: LargeFile, behind: int, pieces: Sequence[Piece]
) -> tuple[list[Lot], list[Stretch]]:
    """Pack entries that stand behind so many lines of the file."""
    moneys = [piece.money for piece in pieces]
    contents = _joined(map(entry_contents, moneys))
    count = len(contents)
    buckets = [int(content[:2], 16) for content in contents]
    days = _iso(_joined(money.booked_on for money in moneys))
    afters = _joined(money.balance_after for money in moneys)
    instants = _joined(money.booked_at for money in moneys)
    lot = LotLines(
        line_nos=range(behind + 1, behind + 1 + count),
        statement_nos=_joined([piece.statement_no] * len(piece.money) for piece in pieces),
        contents=contents,
        days=days,
        moved=_joined(map(signed_amounts, moneys)),
        references=_stored(_joined(money.bank_reference for money in moneys), LONGEST_NAME),
        texts=_stored(_joined(money.text for money in moneys)),
        balances=afters,
    )
    stretch = StretchLines(
        buckets=buckets,
        places=_stored(_joined(money.where for money in moneys)),
        days=days,
        instants=[None if instant is None else instant.isoformat() for instant in instants],
        reversals=_joined(money.is_reversal for money in moneys),
        befores=_joined(piece.befores for piece in pieces),
        afters=afters,
    )
    return list(_lots(file, lot, buckets)), list(_stretches(file, behind, stretch))


def lot_lines(lots: Sequence[Lot]) -> LotLines:
    """Return the lines of some lots behind each other."""
    unpacked = [_unpacked(lot.body, lot.lines) for lot in lots]
    return LotLines(*map(_joined, zip(*unpacked, strict=True)))


def stretch_lines(stretch: Stretch, first: int, last: int) -> StretchLines:
    """Return those lines of a stretch that lie between two lines of the file, these included."""
    own = slice(max(first - stretch.first_line, 0), last - stretch.first_line + 1)
    return StretchLines(*(column[own] for column in _unpacked(stretch.body, stretch.lines)))


def chosen_lines(lines: LotLines, chosen: Sequence[bool]) -> LotLines:
    """Return some of the lines."""
    columns: Iterable[Sequence[Any]] = lines
    return LotLines(*(list(compress(column, chosen)) for column in columns))


def _lots(file: LargeFile, lines: LotLines, buckets: Sequence[int]) -> Iterator[Lot]:
    """Yield the lots of some lines, bucket after bucket."""
    order = sorted(range(len(buckets)), key=buckets.__getitem__)
    # The last place twice: of a single place no sequence would be returned.
    in_order = itemgetter(*order, order[-1])
    columns = [in_order(column) for column in lines]
    counts = [0] * BUCKETS
    for bucket in buckets:
        counts[bucket] += 1
    start = 0
    for bucket, count in enumerate(counts):
        end = start + count
        for first in range(start, end, LOT_LINES):
            some = [column[first : min(first + LOT_LINES, end)] for column in columns]
            yield Lot(file.centre_id, file.file_id, bucket, some[0][0], len(some[0]), _packed(some))
        start = end


def _stretches(file: LargeFile, behind: int, lines: StretchLines) -> Iterator[Stretch]:
    for start in range(0, len(lines.buckets), STRETCH_LINES):
        some = [column[start : start + STRETCH_LINES] for column in lines]
        yield Stretch(file.centre_id, file.file_id, behind + start + 1, len(some[0]), _packed(some))


def _packed(columns: Sequence[Sequence[Any]]) -> str:
    """Return columns as JSON; one that says the same in every line says it once."""
    return _encode(
        [column[:1] if column.count(column[0]) == len(column) else column for column in columns]
    )


def _unpacked(body: str, count: int) -> list[list[Any]]:
    columns: list[list[Any]] = json.loads(body)
    return [column * count if len(column) == 1 else column for column in columns]


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _joined(columns: Any) -> list[Any]:  # noqa: ANN401 -- columns of any one kind.
    return list(chain.from_iterable(columns))


def _iso(days: Sequence[date]) -> list[str]:
    """Return days as text; most lines share theirs with many others."""
    told = {day: day.isoformat() for day in set(days)}
    return [told[day] for day in days]


def _stored(texts: Sequence[str], most: int | None = None) -> Sequence[str]:
    """Return texts as they can be kept; one look at all of them tells that most are so already."""
    if is_storable("".join(texts)) and (most is None or max(map(len, texts)) <= most):
        return texts
    return [storable(one, most) for one in texts]
