"""The parts of a statement say what the whole of it says."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import pytest

from bank_adapters.statements.camt import READER as CAMT
from bank_adapters.statements.mt940 import READER as MT940
from bank_adapters.statements.parts import whole
from bank_adapters.statements.spreadsheet import READER as SPREADSHEET
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid
from payments.domain.statement_parts import EntryBatch, StatementHead, StatementTail, StreamsParts
from payments.ports.bank import StatementReader
from tests.statement_samples import EXPECTED, SAMPLES

READERS: tuple[StatementReader, ...] = (MT940, CAMT, SPREADSHEET)


def test_the_entries_of_a_batch_are_those_it_was_made_of() -> None:
    entries = CAMT.read((SAMPLES / "vn/vn_clean.camt053.xml").read_bytes()).statements[0].entries
    batch = EntryBatch.of(entries)

    assert tuple(batch.entries()) == entries
    assert set(batch.entries()) == set(entries)
    assert [repr(one) for one in batch.entries()] == [repr(one) for one in entries]
    # Its values are made without the constructor, which has to have nothing to do.
    assert not hasattr(entries[0], "__post_init__")


def told(read: Callable[[], StatementFile]) -> object:
    """What is read, or why not."""
    try:
        return read()
    except Invalid as refused:
        return str(refused)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_parts_of_every_sample_make_the_whole(name: str) -> None:
    body = (SAMPLES / name).read_bytes()
    for reader in READERS:
        if not reader.recognises(name, body):
            continue
        assert isinstance(reader, StreamsParts)
        content = told(partial(reader.read, body))

        assert told(lambda: whole(reader.read_parts(io.BytesIO(body)))) == content  # noqa: B023
        if not isinstance(content, StatementFile):
            continue
        parts = list(reader.read_parts(io.BytesIO(body)))
        order = [type(part) for part in parts if not hasattr(part, "rule")]
        assert order.count(StatementHead) == order.count(StatementTail) == len(content.statements)
        assert order[0] is StatementHead
        assert order[-1] is StatementTail
        assert all(len(part) for part in parts if isinstance(part, EntryBatch))
