"""Many threads, many secrets: a long load under which the secret is replaced again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rotating import Rotating, expected, outcome


@pytest.mark.battery
def test_secrets_replaced_for_long_lose_no_delivery(database_url: str, tmp_path: Path) -> None:
    rotating = Rotating.on(database_url, tmp_path)
    try:
        rotating.play(rounds=6, threads=8, turns=3)

        assert outcome(rotating) == expected(rotating)
        assert (rotating.rotations, len(rotating.dead)) == (12, 4)
    finally:
        rotating.close()
