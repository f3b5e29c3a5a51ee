"""The digest of an entry's content: the same, however the entry is read, for as long as books last."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from payments.domain.bank_messages import Direction, StatementEntry
from payments.domain.statement_parts import EntryBatch
from reconciliation.domain.entry_contents import entry_contents


def as_written(entry: StatementEntry) -> str:
    """The digest as it was first written down, entry by entry."""
    parts = (
        entry.booked_on.isoformat(),
        entry.booked_at.isoformat() if entry.booked_at else "",
        entry.direction.value,
        str(entry.amount),
        entry.bank_reference,
        entry.text,
        "pending" if entry.is_pending else "reversal" if entry.is_reversal else "",
    )
    encoded = [part.encode("utf-8") for part in parts]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in encoded)).hexdigest()


@pytest.mark.parametrize("text", ["HTR123 nop phi", "nộp lệ phí", ""])
@pytest.mark.parametrize("reference", ["FT001", "số 1", ""])
def test_a_batch_has_the_digests_of_its_entries(text: str, reference: str) -> None:
    plain = StatementEntry("1", date(2021, 3, 9), 5_000, Direction.IN, text, reference)
    moment = datetime(2021, 3, 9, 2, tzinfo=UTC)
    entries = [
        plain,
        StatementEntry("2", date(2021, 3, 10), 7, Direction.OUT, "x", "y", booked_at=moment),
        StatementEntry("3", date(2021, 3, 10), 7, Direction.OUT, text, is_reversal=True),
        StatementEntry("4", date(2021, 3, 9), 7, Direction.OUT, text, is_pending=True),
    ]

    for some in ([plain], entries):
        assert entry_contents(EntryBatch.of(some)) == [as_written(entry) for entry in some]
