"""The report of a day or of a range of days."""

from __future__ import annotations

from datetime import date, timedelta

from payments.domain.errors import Invalid
from reconciliation.domain.day_report import DayReport
from reconciliation.ports import BooksUnitOfWork

LONGEST = timedelta(days=366 * 5)


def day_report(uow: BooksUnitOfWork, centre_id: str, date_from: date, date_to: date) -> DayReport:
    """Return the figures of business dates ``date_from`` to ``date_to``, both included.

    Raises Invalid when the range ends before it begins or is longer than five years.
    """
    if date_to < date_from:
        raise Invalid("range_ends_before_it_begins", field="date_to")
    if date_to - date_from > LONGEST:
        raise Invalid("range_too_long", field="date_to", days=LONGEST.days)
    return uow.reports.report(centre_id, date_from, date_to)
