"""The fee schedule: dated items of phí and lệ phí, by channel and payer class.

A change is a new version with its own first day; old versions stay, so that any day's fee can be
told again (Law on fees and charges 97/2015/QH13: the two kinds keep separate sums and receipts).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FeeKind(StrEnum):
    """phí pays for a public service; lệ phí is a fixed charge that goes whole to the budget."""

    PHI = "phi"
    LE_PHI = "le_phi"


class Channel(StrEnum):
    """How the dossier came. National portal ``KenhThucHien``: 1 counter, 2 online, 3 post."""

    ANY = "any"
    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class PayerClass(StrEnum):
    """Who pays. ``ANY`` in the schedule is the rate of everyone without a rate of their own."""

    ANY = "any"
    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"
    HOUSEHOLD_BUSINESS = "household_business"
    POOR_HOUSEHOLD = "poor_household"
    MERIT = "merit"
    DISABLED = "disabled"
    ELDERLY = "elderly"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One version of one fee. ``amount`` is whole đồng per unit; zero is a real amount.

    ``is_ended`` marks a version that ends the fee from ``valid_from`` on.
    """

    centre_id: str
    fee_item_id: str
    fee_code: str
    procedure_code: str
    name: str
    kind: FeeKind
    channel: Channel
    payer_class: PayerClass
    amount: int
    unit: str
    legal_basis: str
    valid_from: date
    is_ended: bool
    created_at: datetime

    @property
    def series_key(self) -> tuple[str, Channel, PayerClass]:
        """What makes two versions versions of the same fee."""
        return (self.fee_code, self.channel, self.payer_class)


def in_force(items: Iterable[FeeItem], day: date) -> tuple[FeeItem, ...]:
    """Return the version of each fee that is in force on a day, in the order of their codes."""
    newest: dict[tuple[str, Channel, PayerClass], FeeItem] = {}
    for item in items:
        if item.valid_from > day:
            continue
        known = newest.get(item.series_key)
        if known is None or item.valid_from > known.valid_from:
            newest[item.series_key] = item
    kept = [item for item in newest.values() if not item.is_ended]
    return tuple(sorted(kept, key=lambda item: item.series_key))


def fees_due(
    items: Iterable[FeeItem], *, day: date, channel: Channel, payer_class: PayerClass
) -> tuple[FeeItem, ...]:
    """Return one item a fee code: the most particular rate for this channel and payer on the day.

    A rate for the payer's class beats one for the channel, and both beat the general rate.
    """
    best: dict[str, tuple[int, FeeItem]] = {}
    for item in in_force(items, day):
        if item.channel not in (Channel.ANY, channel):
            continue
        if item.payer_class not in (PayerClass.ANY, payer_class):
            continue
        rank = 2 * (item.payer_class is not PayerClass.ANY) + (item.channel is not Channel.ANY)
        known = best.get(item.fee_code)
        if known is None or rank > known[0]:
            best[item.fee_code] = (rank, item)
    return tuple(best[code][1] for code in sorted(best))
