"""The balances of a camt statement: which of those it prints open it and close it."""

from __future__ import annotations

from datetime import date

from bank_adapters.statements.mt940_fields import Balance

BOOKED = frozenset({"OPBD", "PRCD", "CLBD", "ITBD"})
"""The codes of balances of the books; others tell what is available or expected."""


class Balances:
    """The balances of the books that have been read so far."""

    def __init__(self) -> None:
        """Begin without any."""
        self._by_code: dict[str, list[Balance]] = {}

    def add(self, code: str, balance: Balance) -> None:
        """Take one."""
        self._by_code.setdefault(code, []).append(balance)

    @property
    def _openings(self) -> list[Balance]:
        return self._by_code.get("OPBD") or self._by_code.get("PRCD") or []

    @property
    def _closings(self) -> list[Balance]:
        return self._by_code.get("CLBD", [])

    def first_and_last(self) -> tuple[Balance | None, Balance | None]:
        """Choose opening and closing: OPBD or else PRCD, CLBD, and what is left of the interim.

        A report of the day has interim balances only: the first is the opening.
        """
        interim = self._by_code.get("ITBD", [])
        first = min(self._openings, key=_day, default=None)
        last = max(self._closings, key=_day, default=None)
        if first is None and interim:
            first, interim = interim[0], interim[1:]
        if last is None and interim:
            last = interim[-1]
        return first, last

    def days(self) -> tuple[date | None, date | None]:
        """Return the days of opening and closing; one carried over says nothing of the first."""
        first, last = self.first_and_last()
        if first is None or last is None:
            return None, None
        opens = any(one is first for one in self._by_code.get("OPBD", []))
        return first.day if opens else None, last.day

    def doubles(self) -> list[str]:
        """Name the balances that stand twice for a day with different amounts."""
        return [
            code
            for code, found in (("OPBD", self._openings), ("CLBD", self._closings))
            if len({one.day for one in found}) < len({(one.day, one.units(10)) for one in found})
        ]


def _day(balance: Balance) -> date:
    return balance.day or date.min
