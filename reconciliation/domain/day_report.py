"""The report of a day or of several: what was collected, how, for what, and that it ties out.

Every figure is a whole number of đồng or of things; shares are decimal text made by whole-number
arithmetic, so that two machines print the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from payments.domain.audit import canonical_json


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """A field of procedures: its dossiers, its paid requests (``count``) and their money."""

    code: str
    name: str
    dossiers: int
    count: int
    total: int
    cash: int
    cashless: int
    phi: int
    le_phi: int


@dataclass(frozen=True, slots=True)
class KindFigures:
    """phí or lệ phí, which keep separate sums."""

    kind: str
    total: int
    cash: int
    cashless: int


@dataclass(frozen=True, slots=True)
class CashierFigures:
    """What one cashier took in cash: ``count`` payments."""

    staff_id: str
    name: str
    count: int
    cash: int


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """The receipts of one series, from the first number to the last."""

    kind: str
    pattern: str
    serial: str
    first: int
    last: int
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class TillFigures:
    """A closed till session: what it should have taken, what was counted over or short."""

    session_id: str
    name: str
    takings: int
    difference: int


@dataclass(frozen=True, slots=True)
class BreakFigures:
    """The differences of one kind: opened and resolved in the range, and open at its end."""

    kind: str
    opened: int
    opened_amount: int
    resolved: int
    open: int
    open_amount: int


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sums that must be equal, reached by different ways. ``name`` is a code."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both ways reach the same sum."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests were settled, by the way the money came."""

    total: int = 0
    cash: int = 0
    cashless: int = 0
    mixed: int = 0


@dataclass(frozen=True, slots=True)
class Balances:
    """What stood on the accounts at the end of the last day of the range, in đồng.

    ``suspense`` is money not yet given to a request; ``bank_clearing`` is announced and not yet on
    a statement; ``over_short`` is what tills were over (negative: short) since the beginning.
    """

    cash_drawer: int = 0
    cash_in_transit: int = 0
    bank_clearing: int = 0
    bank: int = 0
    suspense: int = 0
    over_short: int = 0


@dataclass(frozen=True, slots=True)
class DayReport:
    """All of a day or of several. Frozen into the day close, and shown again from there."""

    centre_id: str
    centre_name: str
    date_from: date
    date_to: date
    total: int
    cash: int
    cashless: int
    counts: Counts
    zero_documents: int
    dossiers: int
    by_field: tuple[FieldFigures, ...]
    by_kind: tuple[KindFigures, ...]
    by_cashier: tuple[CashierFigures, ...]
    series: tuple[SeriesFigures, ...]
    tills: tuple[TillFigures, ...]
    breaks: tuple[BreakFigures, ...]
    transfers_in: int
    transfers_in_count: int
    transfers_out: int
    balances: Balances
    equations: tuple[Equation, ...]

    @property
    def fields_with_fees(self) -> int:
        """How many fields collected money."""
        return sum(1 for figures in self.by_field if figures.total)

    @property
    def share_by_value(self) -> str:
        """Per cent of the money that came without cash, with two decimals."""
        return percent(self.cashless, self.total)

    @property
    def share_by_count(self) -> str:
        """Per cent of the settled requests paid without cash, with two decimals."""
        return percent(self.counts.cashless, self.counts.total)

    @property
    def ties_out(self) -> bool:
        """Whether every equation holds."""
        return all(equation.holds for equation in self.equations)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON. Dates are ISO 8601, shares decimal text."""
        plain = dataclasses.asdict(self)
        plain.update(
            date_from=self.date_from.isoformat(),
            date_to=self.date_to.isoformat(),
            fields=len(self.by_field),
            fields_with_fees=self.fields_with_fees,
            share_by_value=self.share_by_value,
            share_by_count=self.share_by_count,
            equations=[
                {**dataclasses.asdict(equation), "holds": equation.holds}
                for equation in self.equations
            ],
        )
        return plain

    def sealed(self) -> tuple[str, str]:
        """Return the canonical JSON of the report and its SHA-256, as a day close keeps them."""
        text = canonical_json(self.as_dict())
        return text, seal(text)


def seal(report: str) -> str:
    """Return the SHA-256 of a report's JSON, in hexadecimal."""
    return hashlib.sha256(report.encode()).hexdigest()


def balances_of(report: Mapping[str, Any]) -> Balances:
    """Read the balances out of a frozen report."""
    return Balances(**report["balances"])


def percent(part: int, whole: int) -> str:
    """Return a share in per cent with two decimals, halves rounded up; ``0.00`` of nothing."""
    if whole == 0:
        return "0.00"
    hundredths = (2 * 10_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
