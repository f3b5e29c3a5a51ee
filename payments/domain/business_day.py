"""The business date of an instant: Vietnamese time and the centre's cut-off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from payments.domain.errors import Invalid

# Asia/Ho_Chi_Minh has been UTC+7 without daylight saving since 1975, so no zone database is needed.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

MIDNIGHT_MINUTES = 24 * 60


def local(instant: datetime) -> datetime:
    """Return an aware instant as Vietnamese local time. Raises Invalid for a naive one."""
    if instant.tzinfo is None:
        raise Invalid("naive_time", value=instant.isoformat())
    return instant.astimezone(VIETNAM)


def from_local(moment: datetime) -> datetime:
    """Read a local time without zone, as banks and spreadsheets write it, as an instant in UTC."""
    return moment.replace(tzinfo=VIETNAM).astimezone(UTC)


def business_date(instant: datetime, cutoff_minutes: int = MIDNIGHT_MINUTES) -> date:
    """Return the business date of an instant.

    ``cutoff_minutes`` is the centre's cut-off in minutes after local midnight; from then on
    the next calendar day counts. 1440 means that the calendar day itself counts.
    """
    moment = local(instant)
    past_cutoff = moment.hour * 60 + moment.minute >= cutoff_minutes
    return moment.date() + timedelta(days=1) if past_cutoff else moment.date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a local calendar day and the first instant after it, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)
    return start, start + timedelta(days=1)
