"""``make bench``: each figure against its limit in one run, printed and kept in docs/benchmarks.md.

No figure is asserted: a slow machine is not a broken program.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests import postgres_server  # noqa: E402 -- the root has to be on the path first.
from tests.bench import statement_lines, statement_tables, webhooks  # noqa: E402
from tests.databases import new_postgresql, new_sqlite  # noqa: E402
from tests.run_directory import close_run_directory, open_run_directory  # noqa: E402

# The figures are of a database that keeps what it has acknowledged.
postgres_server.SETTINGS |= {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
}


def main() -> None:
    """Measure everything, print it, and write it down."""
    rows = [*_webhook_rows(), *_statement_rows(), *statement_tables.measure(), _year_row()]
    lines = ["| what | thuphi | limit in the same run | ratio |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    print("\n".join(lines))
    _write(lines)


def _webhook_rows() -> Iterator[tuple[str, str, str, str]]:
    """Webhooks credited against bare rows committed, on both databases."""
    for name, workers, database in (("SQLite", 1, _sqlite), ("PostgreSQL", 2, new_postgresql)):
        with tempfile.TemporaryDirectory() as folder, database() as url:
            ours, limit = webhooks.measure(url, Path(folder), workers)
        yield (
            f"webhooks credited per second over HTTP, {name}, {workers} worker(s)",
            f"{ours:,.0f}/s",
            f"{limit:,.0f}/s (bare route: same signature, one row)",
            f"{ours / limit:.2f}",
        )


def _statement_rows() -> Iterator[tuple[str, str, str, str]]:
    """Statement lines imported and matched against a bare insert of the same lines."""
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", new_postgresql)):
        with tempfile.TemporaryDirectory() as folder, database() as url:
            ours, limit = statement_lines.measure(url, Path(folder))
        yield (
            f"statement lines read, checked, matched and settled per second, {name}",
            f"{ours:,.0f}/s",
            f"{limit:,.0f}/s (bare insert of the same lines)",
            f"{ours / limit:.2f}",
        )


def _year_row() -> tuple[str, str, str, str]:
    """The demo year, from nothing to the closed books."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run(
            [Path(sys.executable).with_name("thuphi"), "demo", "--once", "--data-dir", folder],
            capture_output=True,
            check=True,
            cwd=ROOT,
        )
        seconds = time.perf_counter() - started
    total = json.loads(done.stdout)["total"]
    return (f"demo year 2021 ({total:,} ₫)", f"{seconds:.1f} s", "60 s", f"{seconds / 60:.2f}")


@contextmanager
def _sqlite() -> Iterator[str]:
    """Lend a fresh SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        yield new_sqlite(Path(folder))


def _write(lines: list[str]) -> None:
    """Keep the figures with the date and the size of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}."
    )
    head = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Each figure stands beside its limit, measured in the same run on",
        "the same machine with the load on the same cores; the ratio is what to compare.",
        "",
        machine,
        "",
    ]
    target = ROOT / "docs" / "benchmarks.md"
    target.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    folder_of_run = open_run_directory()
    try:
        main()
    finally:
        if folder_of_run:
            postgres_server.stop_server(folder_of_run)
            close_run_directory(folder_of_run)
