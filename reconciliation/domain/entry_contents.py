"""What an entry says, as one digest: the part of its key that two files of one day agree on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import repeat

from payments.domain.bank_messages import Direction
from payments.domain.statement_parts import EntryBatch


def entry_contents(batch: EntryBatch) -> list[str]:
    """Return the SHA-256 of each entry's content, each part with its length in bytes before it.

    The parts are day, instant, direction, amount in đồng, bank's number, text, and what marks an
    entry that is no movement or takes one back. Row number and running balance are left out: they
    differ between two files of one day.
    """
    rows = zip(
        _days(batch.booked_on),
        _instants(batch.booked_at),
        map(_SIDES.__getitem__, batch.direction),
        map(str, batch.amount),
        batch.bank_reference,
        batch.text,
        _marks(batch.is_pending, batch.is_reversal),
        strict=True,
    )
    if "".join(batch.bank_reference).isascii() and "".join(batch.text).isascii():
        # Where a character is a byte, which is so in most files, nothing is encoded by itself.
        contents = [
            (
                f"{day}{instant}{side}{len(amount)}:{amount}"
                f"{len(reference)}:{reference}{len(text)}:{text}{mark}"
            ).encode("ascii")
            for day, instant, side, amount, reference, text, mark in rows
        ]
    else:
        contents = [_content(*row) for row in rows]
    sha256 = hashlib.sha256
    return [sha256(content).hexdigest() for content in contents]


_SIDES = {side: _part for side in Direction if (_part := f"{len(side.value)}:{side.value}")}


def _content(
    day: str, instant: str, side: str, amount: str, reference: str, text: str, mark: str
) -> bytes:
    encoded = (amount.encode("ascii"), reference.encode("utf-8"), text.encode("utf-8"))
    told = b"".join(b"%d:%s" % (len(part), part) for part in encoded)
    return f"{day}{instant}{side}".encode("ascii") + told + mark.encode("ascii")


def _days(days: Iterable[date]) -> Iterator[str]:
    """Yield each day with its length; most entries share it with the one before."""
    last, part = None, ""
    for day in days:
        if day is not last:
            last, part = day, f"10:{day.isoformat()}"
        yield part


def _instants(instants: Sequence[datetime | None]) -> Iterable[str]:
    return _said(instants) if any(instants) else repeat("0:", len(instants))


def _said(instants: Iterable[datetime | None]) -> Iterator[str]:
    for instant in instants:
        if instant is None:
            yield "0:"
        else:
            said = instant.isoformat()
            yield f"{len(said)}:{said}"


def _marks(pending: Sequence[bool], reversal: Sequence[bool]) -> Iterable[str]:
    if not any(pending) and not any(reversal):
        return repeat("0:", len(pending))
    # A pending entry and the booked one it becomes are two tellings, and only one is money.
    return [
        "7:pending" if is_pending else "8:reversal" if is_reversal else "0:"
        for is_pending, is_reversal in zip(pending, reversal, strict=True)
    ]
