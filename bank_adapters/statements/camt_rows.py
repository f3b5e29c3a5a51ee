"""The entries of a camt statement that have been read and not yet given out, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from payments.domain.bank_messages import Direction
from payments.domain.statement_parts import EntryBatch

_OTHER = {Direction.IN: Direction.OUT, Direction.OUT: Direction.IN}


@dataclass(slots=True)
class Sums:
    """What entries add up to, their reversals in the direction in which they are written.

    ``every`` and ``booked`` are sums of amounts whatever their direction, ``moved`` is what the
    booked ones change, ``taken_back`` the part of it that reversals are.
    """

    every: int = 0
    booked: int = 0
    moved: int = 0
    taken_back: int = 0

    def turns(self, opening: int | None, closing: int | None) -> bool:
        """Say whether the balances prove that the bank means its reversals the other way round.

        Most banks give a reversal its real direction; some give that of the entry taken back. When
        the entries as written miss the closing balance, and reach it with the reversals turned,
        they are.
        """
        if opening is None or closing is None:
            return False
        miss = opening + self.moved - closing
        return miss != 0 and miss == 2 * self.taken_back


class Rows:
    """Entries that wait, a list a field. ``sums`` are of these and of all that were given out."""

    def __init__(self) -> None:
        """Begin without any."""
        self.sums = Sums()
        self.given = 0
        self._begin()

    def _begin(self) -> None:
        self._where: list[str] = []
        self._booked_on: list[date] = []
        self._amount: list[int] = []
        self._direction: list[Direction] = []
        self._text: list[str] = []
        self._bank_reference: list[str] = []
        self._value_on: list[date | None] = []
        self._booked_at: list[datetime | None] = []
        self._is_reversal: list[bool] = []
        self._is_pending: list[bool] = []
        self._undated: list[int] = []

    def __len__(self) -> int:
        return len(self._amount)

    @property
    def count(self) -> int:
        """The entries that wait and those that have been given out."""
        return self.given + len(self._amount)

    @property
    def are_undated(self) -> bool:
        """Whether an entry waits that names no day."""
        return bool(self._undated)

    @property
    def take_back(self) -> bool:
        """Whether a booked reversal waits."""
        return True in self._is_reversal and any(
            is_reversal and not is_pending
            for is_reversal, is_pending in zip(self._is_reversal, self._is_pending, strict=True)
        )

    def add(
        self, where: str, booked: tuple[date | None, datetime | None], amount: int,
        direction: Direction, text: str, bank_reference: str, value_on: date | None,
        *, is_reversal: bool, is_pending: bool,
    ) -> None:  # fmt: skip
        """Let an entry wait."""
        day = booked[0] or value_on
        if day is None:
            self._undated.append(len(self._amount))
        self._where.append(where)
        self._booked_on.append(day or date.min)
        self._amount.append(amount)
        self._direction.append(direction)
        self._text.append(text)
        self._bank_reference.append(bank_reference)
        self._value_on.append(value_on)
        self._booked_at.append(booked[1])
        self._is_reversal.append(is_reversal)
        self._is_pending.append(is_pending)

    def widen(self, factor: int) -> None:
        """Count in units that are so many times smaller."""
        self._amount = [amount * factor for amount in self._amount]

    def add_up(self) -> None:
        """Add what waits to the sums. Done once, before it is given out."""
        sums = self.sums
        for amount, direction, is_reversal, is_pending in zip(
            self._amount, self._direction, self._is_reversal, self._is_pending, strict=True
        ):
            sums.every += amount
            if not is_pending:
                signed = amount if direction is Direction.IN else -amount
                sums.booked += amount
                sums.moved += signed
                sums.taken_back += signed if is_reversal else 0

    def give_out(self, undated: date, *, turned: bool) -> EntryBatch:
        """Return what waits, with the day of the undated, and reversals turned round or not."""
        for place in self._undated:
            self._booked_on[place] = undated
        count = len(self._amount)
        batch = EntryBatch(
            where=self._where,
            booked_on=self._booked_on,
            amount=self._amount,
            direction=self._turned() if turned else self._direction,
            text=self._text,
            bank_reference=self._bank_reference,
            value_on=self._value_on,
            booked_at=self._booked_at,
            balance_after=[None] * count,
            is_reversal=self._is_reversal,
            is_pending=self._is_pending,
            is_charge=[False] * count,
        )
        self.given += count
        self._begin()
        return batch

    def _turned(self) -> Sequence[Direction]:
        return [
            _OTHER[direction] if is_reversal and not is_pending else direction
            for direction, is_reversal, is_pending in zip(
                self._direction, self._is_reversal, self._is_pending, strict=True
            )
        ]
