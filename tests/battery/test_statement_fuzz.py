"""A million broken statements for each reader: ``FUZZ_INPUTS`` says how many, ``FUZZ_SEED`` which."""

from __future__ import annotations

import os

import pytest

from tests.statement_fuzz import READERS, broken, read_one

COUNT = int(os.environ.get("FUZZ_INPUTS", "1000000"))
SEED = int(os.environ.get("FUZZ_SEED", "20260302"))


@pytest.mark.battery
@pytest.mark.parametrize("name", READERS)
def test_broken_statements_raise_nothing_but_a_refusal(name: str) -> None:
    reader, _, _ = READERS[name]
    read = 0
    for number, body in enumerate(broken(name, COUNT, SEED)):
        try:
            read += read_one(reader, body)
        except Exception as error:
            error.add_note(f"input {number} of {name}, seed {SEED}: {body!r}")
            raise
    print(f"{name}: {COUNT:,} broken files, {read:,} read with problems or whole")
    assert 0 < read < COUNT
