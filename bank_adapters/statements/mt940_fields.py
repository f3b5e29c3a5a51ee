"""Amounts, balances and dates inside the fields of an MT940 message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bank_adapters.statements.printed import MOST_DIGITS, day_of_bank_month

UNITS_WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"}
    | {"VUV", "XAF", "XOF", "XPF"}
)
"""Currencies of ISO 4217 without a minor unit: an amount with decimals in them is an error."""

_AMOUNT = re.compile(r"([0-9]+)(?:,([0-9]*)|\.([0-9]{2}|))?")


@dataclass(frozen=True, slots=True)
class PrintedDecimal:
    """An amount as its two runs of ASCII digits, before the number of decimals is known."""

    whole: str
    fraction: str

    def units(self, decimals: int) -> int:
        """Count it in units of ``10 ** -decimals``."""
        return int(self.whole + self.fraction.ljust(decimals, "0")) if decimals else int(self.whole)


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of field 60 or 62. ``day`` is None when the printed one is no date."""

    amount: PrintedDecimal
    negative: bool
    day: date | None
    currency: str

    def units(self, decimals: int) -> int:
        """Count it in units of ``10 ** -decimals``, negative when the account is overdrawn."""
        return -self.amount.units(decimals) if self.negative else self.amount.units(decimals)


@lru_cache(maxsize=1024)  # fees are a few round amounts
def read_decimal(text: str) -> PrintedDecimal | None:
    """Read ``50000,`` and ``12,35``; also ``12.35`` of old Rabobank files and ``50000`` of others.

    Anything else is no amount: ``1.000.000,`` could be one million or one.
    """
    form = _AMOUNT.fullmatch(text)
    if form is None or len(form[1]) > MOST_DIGITS:
        return None
    return PrintedDecimal(form[1], (form[2] or form[3] or "").rstrip("0"))


def usual_decimals(currency: str) -> int:
    """Say how many decimals amounts of a currency have: none for đồng, two for most."""
    return 0 if currency in UNITS_WITHOUT_DECIMALS else 2


def decimals_of(currency: str, amounts: Iterable[PrintedDecimal]) -> int:
    """Say how many decimals hold every amount: none for đồng, otherwise two unless more stand."""
    return max([usual_decimals(currency), *(len(amount.fraction) for amount in amounts)])


@lru_cache(maxsize=1024)  # a statement names few days, each on many lines
def bank_day(digits: str) -> date | None:
    """Read YYMMDD; years from 80 are of the last century. None when it is no date."""
    year = int(digits[:2])
    century = 1900 if year >= 80 else 2000
    return day_of_bank_month(century + year, int(digits[2:4]), int(digits[4:6]))


@lru_cache(maxsize=1024)
def booking_day(digits: str | None, value_on: date | None) -> date | None:
    """Give field 61's entry date (MMDD) the year that brings it nearest to the value date.

    Without an entry date, the value date is the booking date.
    """
    if value_on is None or not digits or not digits.strip():
        return value_on
    years = (value_on.year - 1, value_on.year, value_on.year + 1)
    days = [day_of_bank_month(year, int(digits[:2]), int(digits[2:])) for year in years]
    return min((day for day in days if day), key=lambda day: abs(day - value_on), default=None)
