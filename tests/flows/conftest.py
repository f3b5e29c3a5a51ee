"""The stage of the flow tests, on both databases; the books are checked after every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.stage import Stage


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A centre on a fresh database. When the test is done, the books must agree."""
    stage = Stage.on(database_url, tmp_path)
    try:
        yield stage

        assert stage.findings() == []
    finally:
        stage.wiring.engine.dispose()
