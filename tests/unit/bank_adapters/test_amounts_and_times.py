"""Amounts and moments as providers write them: exactly as meant, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.amounts import FORMS
from bank_adapters.time_patterns import check_pattern, read_time, write_time
from payments.domain.errors import Invalid

PATTERNS = (
    "yyyyMMddHHmmss",
    "MMddyyyyHHmmss",
    "dd/MM/yyyy HH:mm:ss",
    "yyyy-MM-ddTHH:mm:ss",
    "epoch_s",
    "epoch_ms",
    "iso8601",
)
WRITTEN: dict[str, list[object]] = {
    "integer": [150_000],
    "string": ["150000"],
    "decimal": [
        150_000,
        150_000.0,
        Decimal("150000.00"),
        "150000",
        "150000.0",
        "150000.00",
        "150000.0000",
    ],
    "times_100": [15_000_000, "15000000"],
}
WRONG: list[object] = [
    None, True, "", " ", "0", 0, -1, "-1", "+150000", "0150000", "1e5", "1.5", 1.5, "150,000",
    "150 000", "150000 ", "١٥٠٠٠٠", "9" * 19, "10000000000001.00", 10.0**14, float("nan"),
    float("inf"), Decimal("1e999999999"), Decimal("0.5"), [150_000], {},
]  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
def test_each_form_is_read_to_the_same_amount(form: str) -> None:
    assert {FORMS[form](value, "amount") for value in WRITTEN[form]} == {150_000}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_is_no_amount_in_any_form_is_named(form: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        FORMS[form](value, "amount")

    assert caught.value.facts["field"] == "amount"


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("integer", "150000"), ("integer", 150_000.0), ("string", 150_000),
        ("string", "150000.00"), ("decimal", "150000.01"), ("decimal", "150000."),
        ("times_100", 15_000_001), ("times_100", "15000000.00"), ("times_100", 15e6),
    ],
)  # fmt: skip
def test_a_form_takes_no_other(form: str, value: object) -> None:
    with pytest.raises(Invalid):
        FORMS[form](value, "amount")


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)), st.sampled_from(PATTERNS))  # noqa: DTZ001 # hypothesis takes bounds without zone
def test_a_moment_that_is_written_is_read_again(moment: datetime, pattern: str) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    if pattern.startswith("epoch"):
        aware = max(aware, datetime(2001, 9, 10, tzinfo=UTC))

    assert check_pattern(pattern, "pattern") == pattern
    assert read_time(write_time(aware, pattern), pattern, "time") == aware


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("20260302145958", "yyyyMMddHHmmss"),
        ("02/03/2026 14:59:58", "dd/MM/yyyy HH:mm:ss"),
        (1_772_438_398, "epoch_s"),
        ("1772438398000", "epoch_ms"),
        ("2026-03-02T14:59:58", "iso8601"),
        ("2026-03-02T07:59:58Z", "iso8601"),
        ("2026-03-02T16:59:58+09:00", "iso8601"),
    ],
)
def test_without_a_zone_vietnams_time_is_meant(value: object, pattern: str) -> None:
    assert read_time(value, pattern, "time") == datetime(2026, 3, 2, 7, 59, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("20260230145958", "yyyyMMddHHmmss"),
        ("2026030214595", "yyyyMMddHHmmss"),
        ("20260302145958\n", "yyyyMMddHHmmss"),
        ("٢٠٢٦0302145958", "yyyyMMddHHmmss"),
        (20260302145958, "yyyyMMddHHmmss"),
        (None, "iso8601"),
        ("2026-03-02", "iso8601"),
        ("2026-03-02T14:59:58+99:00", "iso8601"),
        (1_772_438_398, "epoch_ms"),
        (1_772_438_398_000, "epoch_s"),
        (True, "epoch_s"),
        (1_772_438_398.5, "epoch_s"),
        ("-772438398", "epoch_s"),
    ],
)
def test_what_is_no_moment_is_named(value: object, pattern: str) -> None:
    with pytest.raises(Invalid, match="time_malformed") as caught:
        read_time(value, pattern, "time")

    assert caught.value.facts["field"] == "time"


@pytest.mark.parametrize(
    "pattern", ["", "yyyy", "yyyyMMdd", "%Y%m%d", "yyyyMMddHHmmddss", "yyMMddHHmmss", "x" * 41]
)
def test_what_is_no_pattern_is_named(pattern: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_pattern(pattern, "pattern")

    assert caught.value.facts["field"] == "pattern"
