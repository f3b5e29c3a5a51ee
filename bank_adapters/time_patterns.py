"""How providers write a moment: a pattern of letters, epoch seconds or milliseconds, ISO 8601.

Without a zone every provider means Vietnam's time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from payments.domain.business_day import from_local, local
from payments.domain.errors import Invalid

EPOCH_S: Final = "epoch_s"
EPOCH_MS: Final = "epoch_ms"
ISO_8601: Final = "iso8601"

_PARTS: Final = {
    "yyyy": "(?P<year>20[0-9]{2})",
    "MM": "(?P<month>[0-9]{2})",
    "dd": "(?P<day>[0-9]{2})",
    "HH": "(?P<hour>[0-9]{2})",
    "mm": "(?P<minute>[0-9]{2})",
    "ss": "(?P<second>[0-9]{2})",
}
_NEEDED: Final = ("yyyy", "MM", "dd", "HH", "mm")
_LETTERS = re.compile("yyyy|MM|dd|HH|mm|ss")
_STRFTIME: Final = {
    "yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S",
}  # fmt: skip
_ISO = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DIGITS: Final = {EPOCH_S: 10, EPOCH_MS: 13}


def check_pattern(pattern: str, field: str) -> str:
    """Return a pattern that can be read. Raises Invalid naming the field that holds it."""
    if pattern not in {EPOCH_S, EPOCH_MS, ISO_8601}:
        found = _LETTERS.findall(pattern)
        rest = _LETTERS.sub("", pattern)
        is_whole = set(_NEEDED) <= set(found) and len(found) == len(set(found))
        if not is_whole or len(pattern) > 40 or any(sign.isalnum() for sign in rest if sign != "T"):
            raise Invalid("field_malformed", field=field)
    return pattern


def read_time(value: object, pattern: str, field: str) -> datetime:
    """Read a moment, aware in UTC. Raises Invalid naming the field."""
    try:
        if pattern in _EPOCH_DIGITS:
            return _from_epoch(value, pattern)
        text = value if isinstance(value, str) else ""
        if pattern == ISO_8601:
            return _from_iso(text)
        matched = _shape(pattern).fullmatch(text)
        if matched is None:
            raise ValueError(pattern)
        parts = {name: int(digits) for name, digits in matched.groupdict().items()}
        return from_local(datetime(**parts))  # type: ignore[arg-type] # noqa: DTZ001 # from_local adds the zone
    except (ValueError, OverflowError):
        raise Invalid("time_malformed", field=field) from None


def write_time(moment: datetime, pattern: str) -> str:
    """Write an aware moment as the pattern has it, whole seconds. Epochs are written in digits."""
    if pattern == EPOCH_S:
        return str(int(moment.timestamp()))
    if pattern == EPOCH_MS:
        return str((moment - _EPOCH) // timedelta(milliseconds=1))
    if pattern == ISO_8601:
        return local(moment).isoformat(timespec="seconds")
    return local(moment).strftime(_LETTERS.sub(lambda found: _STRFTIME[found[0]], pattern))


def _from_epoch(value: object, pattern: str) -> datetime:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or re.fullmatch("[1-9][0-9]*", text, re.ASCII) is None:
        raise ValueError(pattern)
    if len(text) != _EPOCH_DIGITS[pattern]:
        # Seconds read as milliseconds would be a day of January 1970.
        raise ValueError(pattern)
    unit = timedelta(seconds=1) if pattern == EPOCH_S else timedelta(milliseconds=1)
    return _EPOCH + int(text) * unit


def _from_iso(value: str) -> datetime:
    if _ISO.fullmatch(value) is None:
        raise ValueError(value)
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else from_local(moment)


@lru_cache(maxsize=64)
def _shape(pattern: str) -> re.Pattern[str]:
    pieces = re.split(f"({_LETTERS.pattern})", pattern)
    return re.compile("".join(_PARTS.get(piece) or re.escape(piece) for piece in pieces))
