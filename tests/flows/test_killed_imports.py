"""Imports whose process is killed at any moment end with the rows and books of undisturbed ones."""

from __future__ import annotations

from pathlib import Path

from tests.flows.stage import Stage
from tests.killed_import import compare


def test_a_process_killed_at_any_moment_leaves_what_an_undisturbed_one_would(
    stage: Stage, tmp_path: Path
) -> None:
    assert len(compare(stage, tmp_path, lines=90, at_once=30, steps=14)) >= 2
