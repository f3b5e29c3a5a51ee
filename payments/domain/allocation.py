"""Which request a transfer pays, and with what outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payments.domain.bank_messages import Direction
from payments.domain.requests import RequestStanding
from payments.domain.transfers import Outcome


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome of a transfer and whether the request it names can now be settled.

    ``settles`` says that the money held for the request, this transfer included, covers its total.
    """

    outcome: Outcome
    settles: bool


def assess(
    *,
    amount: int,
    direction: Direction,
    standing: RequestStanding | None,
    occurred_at: datetime,
    is_reversal: bool = False,
) -> Assessment:
    """Judge a transfer against the request its text names.

    The bank's time decides whether it was late; a late transfer still pays. Too much settles the
    request and leaves the rest in suspense; too little is held. Money is never refused. A reversal
    repeats the words of the transfer that it takes back, so it pays nothing, whatever it names.
    """
    if is_reversal:
        return Assessment(Outcome.REVERSED, settles=False)
    if direction is Direction.OUT:
        return Assessment(Outcome.OUTGOING, settles=False)
    if standing is None:
        return Assessment(Outcome.UNKNOWN, settles=False)
    if standing.is_paid or standing.request.total == 0:
        return Assessment(Outcome.TWICE, settles=False)
    if standing.is_cancelled:
        return Assessment(Outcome.CANCELLED, settles=False)
    missing = standing.due
    if amount < missing:
        return Assessment(Outcome.SHORT, settles=False)
    if amount > missing:
        return Assessment(Outcome.OVER, settles=True)
    if occurred_at >= standing.request.expires_at:
        return Assessment(Outcome.LATE, settles=True)
    return Assessment(Outcome.EXACT, settles=True)
