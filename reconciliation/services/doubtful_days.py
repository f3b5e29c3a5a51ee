"""Find the days on which lines of a large file may be known already.

What an entry says includes its day, so it can be known only where its account has entries of that
day, or where two statements of the file tell of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.take_in import Sheet

Period = tuple[date, date]


@dataclass(slots=True)
class DoubtfulDays:
    """Periods by account. Days are asked for as ISO 8601, which sorts by time."""

    periods: Mapping[str, Sequence[Period]]
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self.periods)

    def hold(self, account_id: str, day: str) -> bool:
        """Say whether a line of this day may be known."""
        asked = (account_id, day)
        if asked not in self._known:
            self._known[asked] = any(
                first.isoformat() <= day <= last.isoformat()
                for first, last in self.periods.get(account_id, ())
            )
        return self._known[asked]


def doubtful_days(uow: BooksUnitOfWork, centre_id: str, sheets: Sequence[Sheet]) -> DoubtfulDays:
    """Return the days on which lines of some statements may be known."""
    found: dict[str, list[Period]] = {}
    for account_id, told in _told(sheets).items():
        booked = uow.large_files.days_booked(
            centre_id, account_id, told[0][0], max(last for _, last in told)
        )
        periods = [*_overlaps(told), *([booked] if booked else [])]
        if periods:
            found[account_id] = periods
    return DoubtfulDays(found)


def _told(sheets: Sequence[Sheet]) -> dict[str, list[Period]]:
    """Return the days that statements tell of by account, in order."""
    told: dict[str, list[Period]] = {}
    for sheet in sheets:
        first, last = sheet.sums.first_booked, sheet.sums.last_booked
        if sheet.account is not None and first is not None and last is not None:
            told.setdefault(sheet.account.account_id, []).append((first, last))
    return {account_id: sorted(periods) for account_id, periods in told.items()}


def _overlaps(periods: Sequence[Period]) -> list[Period]:
    """Return the days that two or more of some periods in order share, joined where they touch."""
    shared: list[Period] = []
    end = periods[0][1]
    for first, last in periods[1:]:
        if first <= end:
            both = min(last, end)
            if shared and first <= shared[-1][1]:
                shared[-1] = (shared[-1][0], max(shared[-1][1], both))
            else:
                shared.append((first, both))
        end = max(end, last)
    return shared
