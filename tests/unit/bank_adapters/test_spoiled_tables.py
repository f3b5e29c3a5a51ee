"""The short run of the fuzzing in the battery: spoiled tables are read or refused by name."""

from __future__ import annotations

import pytest

from tests.battery.test_fuzz_tables import READERS, run


@pytest.mark.parametrize("pattern", READERS)
def test_a_few_spoiled_files(pattern: str) -> None:
    run(pattern, 40 if pattern.endswith("xlsx") else 150)
