"""What the entries of a statement add up to, batch by batch, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payments.domain.bank_messages import Direction
from payments.domain.statement_parts import EntryBatch


@dataclass(slots=True)
class EntrySums:
    """Sums of the entries so far, in whole units of the statement.

    ``credits`` and ``debits`` are as banks print them: booked, and without charges apart. ``moved``
    is what all booked entries add to the balance. Days are those of every entry, and of the booked
    ones; None before the first.
    """

    count: int = 0
    booked: int = 0
    credits: int = 0
    debits: int = 0
    moved: int = 0
    first: date | None = None
    last: date | None = None
    first_booked: date | None = None
    last_booked: date | None = None

    def add(self, batch: EntryBatch) -> None:
        """Add some entries."""
        if not batch:
            return
        self.count += len(batch)
        self.first, self.last = _span(batch.booked_on, self.first, self.last)
        money = batch.booked()
        if not money:
            return
        self.booked += len(money)
        self.first_booked, self.last_booked = _span(
            money.booked_on, self.first_booked, self.last_booked
        )
        moved = sum(signed_amounts(money))
        total = sum(money.amount)
        self.moved += moved
        self.credits += (total + moved) // 2
        self.debits += (total - moved) // 2
        if any(money.is_charge):
            charges = zip(money.is_charge, money.amount, money.direction, strict=True)
            for _, amount, side in filter(lambda charge: charge[0], charges):
                if side is Direction.IN:
                    self.credits -= amount
                else:
                    self.debits -= amount


def signed_amounts(batch: EntryBatch) -> list[int]:
    """Return what each entry of a batch without pending ones adds to the balance."""
    into = Direction.IN
    return [
        amount if side is into else -amount
        for amount, side in zip(batch.amount, batch.direction, strict=True)
    ]


def _span(days: Sequence[date], first: date | None, last: date | None) -> tuple[date, date]:
    low, high = min(days), max(days)
    return min(low, first or low), max(high, last or high)
