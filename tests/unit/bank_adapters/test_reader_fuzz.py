"""The short run of the fuzzing in the battery: no broken file becomes other money than was written."""

from __future__ import annotations

import pytest

from tests.fuzz.cases import FORMATS, a_case
from tests.fuzz.running import run


@pytest.mark.parametrize("name", FORMATS)
def test_a_few_broken_files_become_no_other_money(name: str) -> None:
    ends = run(name, range(250), seed=1)

    assert min(ends["whole clean"], ends["broken refused"], ends["cut refused"]) > 0
    assert ends["broken clean"] + ends["broken problem"] > 0


def test_a_number_makes_the_same_file_again() -> None:
    for name in FORMATS:
        assert a_case(name, 7, seed=1).body == a_case(name, 7, seed=1).body
