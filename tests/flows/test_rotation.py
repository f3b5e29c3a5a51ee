"""Secrets are replaced while a bank posts: no delivery is lost, and none is taken too late."""

from __future__ import annotations

from pathlib import Path

from tests.rotating import Rotating, expected, outcome


def test_a_secret_replaced_under_load_loses_no_delivery(database_url: str, tmp_path: Path) -> None:
    rotating = Rotating.on(database_url, tmp_path)
    try:
        rotating.play(rounds=3, threads=4, turns=2)

        assert outcome(rotating) == expected(rotating)
        assert (rotating.rotations, len(rotating.dead)) == (3, 2)
    finally:
        rotating.close()
