"""The page for writers of adapters works as it stands: its adapter, its tests, its entry point."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from bank_adapters.registry import ADAPTERS
from tests.sources import ROOT

PAGE = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\w+\.py)\n")


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(PAGE) if name == language]


def test_the_adapter_of_the_page_passes_the_tests_of_the_page(tmp_path: Path) -> None:
    for block in blocks("python"):
        named = NAMED.match(block)
        assert named is not None, "every block of Python is a file"
        (tmp_path / named[1]).write_text(block, encoding="utf-8")

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            tmp_path,
            ".",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    passed = re.search(r"([0-9]+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 100


def test_the_entry_point_of_the_page_is_one_that_is_looked_for() -> None:
    (block,) = blocks("toml")

    assert tomllib.loads(block)["project"]["entry-points"][ADAPTERS] == {
        "minhbank": "minhbank:ADAPTER"
    }


def test_what_the_page_names_is_there() -> None:
    named = {name for name in re.findall(r"`(\w+\.py)`", PAGE) if name != "minhbank.py"}

    assert named
    assert [name for name in named if not (ROOT / "bank_adapters" / name).is_file()] == []
