"""Large files whose import is killed many times, at random moments of every phase."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.stage import Stage
from tests.killed_import import compare


@pytest.mark.battery
def test_many_kills_leave_what_an_undisturbed_import_would(
    database_url: str, tmp_path: Path
) -> None:
    stage = Stage.on(database_url, tmp_path)

    died = compare(stage, tmp_path, lines=3_000, at_once=300, steps=12)

    assert len(died) >= 8
    assert {"taking", "booking", "proving"} <= set(died)
    assert stage.findings() == []
    stage.wiring.engine.dispose()
