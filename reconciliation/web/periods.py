"""The days a report is asked for: one day, a month, a year, or any range."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask import request

from payments.domain.errors import Invalid
from reconciliation.web import asked


class PeriodKind(StrEnum):
    """How a period is chosen."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates from ``first`` to ``last``, both included."""

    kind: PeriodKind
    first: date
    last: date

    def query(self) -> dict[str, str]:
        """Return what an address says to ask for this period."""
        match self.kind:
            case PeriodKind.DAY:
                return {"period": self.kind, "day": self.first.isoformat()}
            case PeriodKind.MONTH:
                return {
                    "period": self.kind,
                    "month": str(self.first.month),
                    "year": str(self.first.year),
                }
            case PeriodKind.YEAR:
                return {"period": self.kind, "year": str(self.first.year)}
            case PeriodKind.RANGE:
                first, last = self.first.isoformat(), self.last.isoformat()
                return {"period": self.kind, "date_from": first, "date_to": last}

    def moved(self, steps: int) -> Period:
        """Return the period before (-1) or after (1) this one, of the same length."""
        if self.kind is PeriodKind.MONTH:
            months = self.first.year * 12 + self.first.month - 1 + steps
            return month(months // 12, months % 12 + 1)
        if self.kind is PeriodKind.YEAR:
            return year(self.first.year + steps)
        length = (self.last - self.first + timedelta(days=1)) * steps
        return Period(self.kind, self.first + length, self.last + length)

    def as_kind(self, kind: PeriodKind) -> Period:
        """Return the period of another kind around the end of this one."""
        match kind:
            case PeriodKind.DAY:
                return Period(kind, self.last, self.last)
            case PeriodKind.MONTH:
                return month(self.last.year, self.last.month)
            case PeriodKind.YEAR:
                return year(self.last.year)
            case PeriodKind.RANGE:
                return Period(kind, self.first, self.last)


def month(year_: int, month_: int) -> Period:
    """Return a calendar month."""
    last = monthrange(year_, month_)[1]
    return Period(PeriodKind.MONTH, date(year_, month_, 1), date(year_, month_, last))


def year(year_: int) -> Period:
    """Return a calendar year, which is the budget year."""
    return Period(PeriodKind.YEAR, date(year_, 1, 1), date(year_, 12, 31))


def asked_for(today: date) -> Period:
    """Return the period that the address asks for, today by default. Raises Invalid."""
    kind = asked.word("period", PeriodKind) or PeriodKind.DAY
    match kind:
        case PeriodKind.DAY:
            day = asked.day("day") or today
            return Period(kind, day, day)
        case PeriodKind.MONTH:
            return month(_year(today), _month(today))
        case PeriodKind.YEAR:
            return year(_year(today))
        case PeriodKind.RANGE:
            first = asked.day("date_from") or today
            last = asked.day("date_to") or today
            if last < first:
                raise Invalid("range_ends_before_it_begins", field="date_to")
            return Period(kind, first, last)


def _year(today: date) -> int:
    value = asked.whole("year") if "year" in request.args else today.year
    if value is None or not asked.FIRST_YEAR <= value <= asked.LAST_YEAR:
        raise Invalid("year_unreadable", field="year")
    return value


def _month(today: date) -> int:
    value = asked.whole("month") if "month" in request.args else today.month
    if value is None or not 1 <= value <= 12:
        raise Invalid("month_unreadable", field="month")
    return value
