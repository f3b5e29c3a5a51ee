"""Money that a bank takes back, and which of the transfers before it that was.

A reversal has a line of its own on the statement. It may carry the number of the transfer that it
takes back, or repeat its words, with others around them or cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from payments.domain.transfers import Transfer, normalised_text

TAKEN_BACK_WITHIN = timedelta(days=60)
"""How long after a transfer its reversal is looked for; a later one is left to a person."""

# A remark of fewer letters, like "nop phi", is written by too many people to say whose it is.
_TELLING_TEXT = 12


@dataclass(frozen=True, slots=True)
class Reversal:
    """The bank has taken a transfer back, whole or in part.

    ``reversal_id`` is the transfer that did it, ``transfer_id`` the one it took back. ``amount`` is
    what of the latter waited in suspense until then and is gone, whole đồng; zero when all of it
    had been given to requests.
    """

    centre_id: str
    reversal_id: str
    transfer_id: str
    amount: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Reversible:
    """A transfer that a reversal may take back: ``rest`` of it waits for a request."""

    transfer: Transfer
    rest: int


def find_reversed(
    candidates: Sequence[Reversible], *, amount: int, bank_reference: str, reference: str, text: str
) -> Reversible | None:
    """Return the transfer that a reversal of this amount takes back, or None when nothing says so.

    ``reference`` is the payment reference in the reversal's text. The bank's number decides first,
    then the payment reference; a text alone decides when it is long enough and the amount is that
    of one transfer only. Among equals the whole amount comes before a part, and money that still
    waits before money that was given away: one of them stays for the request either way.
    """
    by_number = [
        one
        for one in candidates
        if bank_reference and one.transfer.bank_reference == bank_reference
    ]
    by_reference = [one for one in candidates if reference and one.transfer.reference == reference]
    if named := by_number or by_reference:
        return min(named, key=lambda one: (one.transfer.amount != amount, -one.rest))
    by_text = [
        one
        for one in candidates
        if one.transfer.amount == amount
        and not (reference and one.transfer.reference)
        and _share_a_text(text, one.transfer.remittance_information)
    ]
    return by_text[0] if len(by_text) == 1 else None


def _share_a_text(one: str, other: str) -> bool:
    """Say whether one text holds the other, as far as banks leave texts alone."""
    shorter, longer = sorted((normalised_text(one), normalised_text(other)), key=len)
    return len(shorter) >= _TELLING_TEXT and shorter in longer
