"""A broken statement is refused or reported, and nothing else happens. The long run: a battery."""

from __future__ import annotations

import pytest

from tests.statement_fuzz import READERS, broken, read_one


@pytest.mark.parametrize("name", READERS)
def test_a_broken_statement_raises_nothing_but_a_refusal(name: str) -> None:
    reader, _, _ = READERS[name]

    read = [read_one(reader, body) for body in broken(name, 400, seed=1)]

    assert any(read)
    assert not all(read)
