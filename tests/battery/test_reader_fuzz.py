"""A million files for each reader of statements, in shards: whole, broken off, broken.

FUZZ_INPUTS says how many for each reader, FUZZ_SEED which; FUZZ_ONLY is one number, to see it fail.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from bank_adapters.statements.spreadsheet import READER
from payments.domain.errors import Invalid
from tests.fuzz.cases import FORMATS, a_case, read_table
from tests.fuzz.running import run

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))
ONLY = os.environ.get("FUZZ_ONLY", "")
SHARDS = 10
CHILDREN = max(1, INPUTS // 50_000)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", FORMATS)
def test_no_broken_file_becomes_other_money(name: str, shard: int) -> None:
    numbers = [int(ONLY)] if ONLY else range(shard, INPUTS, SHARDS)

    ends = run(name, numbers, SEED)

    print(name, shard, dict(ends))
    assert ends.total() == len(numbers)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", ["html", "xlsx"])
def test_the_child_process_says_what_is_read_without_one(name: str, shard: int) -> None:
    chance = Random(f"{SEED}/{shard}")
    for _ in range(CHILDREN):
        case = a_case(name, chance.randrange(10**9), SEED)
        said = []
        for read in (READER.read, read_table):
            try:
                said.append(str(read(case.body)))
            except Invalid as refused:
                said.append(str(refused))
        assert said[0] == said[1], case.body
