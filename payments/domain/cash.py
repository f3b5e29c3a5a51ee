"""Cash taken at the counter, and the till it goes into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from payments.domain.errors import Invalid

# Notes in circulation, in đồng. Smaller notes are legal tender but hardly seen.
DENOMINATIONS = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200)


@dataclass(frozen=True, slots=True)
class TillSession:
    """A cashier's session with a drawer. ``session_no`` counts one cashier's sessions from 1."""

    centre_id: str
    session_id: str
    staff_id: str
    counter_id: str
    session_no: int
    float_amount: int
    opened_at: datetime
    business_date: date


@dataclass(frozen=True, slots=True)
class TillClosing:
    """The end of a session. ``counts`` is JSON of note to quantity, as counted blind.

    ``difference`` is counted less expected: positive is over, negative is short.
    """

    centre_id: str
    session_id: str
    counts: str
    counted: int
    expected: int
    difference: int
    reason: str
    closed_at: datetime
    closed_by: str
    business_date: date


@dataclass(frozen=True, slots=True)
class CashPayment:
    """Cash for a request. ``tendered`` is what the citizen gave, ``change`` what came back."""

    centre_id: str
    cash_payment_id: str
    session_id: str
    request_id: str
    staff_id: str
    amount: int
    tendered: int
    change: int
    form_key: str
    taken_at: datetime
    business_date: date


def change_for(due: int, tendered: int) -> int:
    """Return the change for cash tendered. Raises Invalid when it does not cover the sum due."""
    if tendered < due:
        raise Invalid("tendered_too_little", field="tendered", due=due, tendered=tendered)
    return tendered - due


def counted_total(counts: Mapping[int, int]) -> int:
    """Return the value of counted notes. Raises Invalid for an unknown note or a negative count."""
    for note, quantity in counts.items():
        if note not in DENOMINATIONS:
            raise Invalid("unknown_denomination", field="counts", note=note)
        if quantity < 0:
            raise Invalid("negative_count", field=f"note_{note}", note=note)
    return sum(note * quantity for note, quantity in counts.items())
