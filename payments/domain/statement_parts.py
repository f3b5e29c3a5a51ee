"""A statement in parts, for files that are too large to be held: a beginning, entries, an end.

A reader that streams yields a ``StatementHead`` for each statement, its entries in batches, and a
``StatementTail``. Entries come by column, because a million of them are read, keyed and written
column by column in a fraction of the time that a million objects take.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import compress, repeat
from typing import BinaryIO, Protocol, TypeAlias, runtime_checkable

from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem


@dataclass(frozen=True, slots=True)
class StatementHead:
    """What stands before the entries. What a format prints only behind them is in the tail."""

    account_number: str
    currency: str
    number: str = ""
    opening: int | None = None
    decimals: int = 0
    prints_opening: bool = True


@dataclass(frozen=True, slots=True)
class EntryBatch:
    """Some entries of one statement in the file's order, a sequence of equal length a field.

    The fields are those of ``StatementEntry``, with its meanings and units.
    """

    where: Sequence[str]
    booked_on: Sequence[date]
    amount: Sequence[int]
    direction: Sequence[Direction]
    text: Sequence[str]
    bank_reference: Sequence[str]
    value_on: Sequence[date | None]
    booked_at: Sequence[datetime | None]
    balance_after: Sequence[int | None]
    is_reversal: Sequence[bool]
    is_pending: Sequence[bool]
    is_charge: Sequence[bool]

    def __len__(self) -> int:
        return len(self.amount)

    def entries(self) -> Sequence[StatementEntry]:
        """Return the entries as values.

        Their slots are filled column by column: the constructor of a frozen value sets each field
        by a call of its own, which took longer than all other reading of a statement.
        """
        entries = list(map(object.__new__, repeat(StatementEntry, len(self))))
        for field in fields(StatementEntry):
            fill = getattr(StatementEntry, field.name).__set__
            deque(map(fill, entries, getattr(self, field.name)), maxlen=0)
        return entries

    def booked(self) -> EntryBatch:
        """Return the entries that are money: a pending one is not."""
        if not any(self.is_pending):
            return self
        keeps = [not is_pending for is_pending in self.is_pending]
        columns = (getattr(self, field.name) for field in fields(self))
        return EntryBatch(*(list(compress(column, keeps)) for column in columns))

    @classmethod
    def of(cls, entries: Sequence[StatementEntry]) -> EntryBatch:
        """Return the batch of some entries."""
        names = [field.name for field in fields(cls)]
        return cls(*([getattr(entry, name) for entry in entries] for name in names))


@dataclass(frozen=True, slots=True)
class StatementTail:
    """The statement as a whole, its entries left out: they have been yielded."""

    statement: Statement


StatementPart: TypeAlias = StatementHead | EntryBatch | StatementTail | StatementProblem


@runtime_checkable
class StreamsParts(Protocol):
    """A statement reader that reads a file of any size in bounded memory."""

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of a file. Raises InvalidFile or Invalid when it cannot be read at all.

        A file may turn out to be unreadable at its end, so nothing yielded is believed before.
        """
        ...


@runtime_checkable
class HoldsSome(Protocol):
    """A reader that streams, but holds some kinds of files as a whole: those have to be small."""

    def holds(self, head: bytes) -> bool:
        """Say whether a file that begins so is held as a whole."""
        ...
