"""``make bench``: each figure against its limit in one run, printed and kept in docs/benchmarks.md.

``python tests/bench/measure.py references`` measures one section and keeps the others' rows. No figure is asserted: a slow machine is not a broken program.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests import postgres_server  # noqa: E402 -- the root has to be on the path first.
from tests.bench import (  # noqa: E402
    books_check,
    million_lines,
    qr_pictures,
    references,
    statement_lines,
    statement_reading,
    statement_tables,
    unsigned,
    webhooks,
)
from tests.databases import new_postgresql, new_sqlite  # noqa: E402
from tests.run_directory import close_run_directory, open_run_directory  # noqa: E402

# The figures are of a database that keeps what it has acknowledged.
postgres_server.SETTINGS |= {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
}


Row = tuple[str, str, str, str]
TARGET = ROOT / "docs" / "benchmarks.md"


def main(sections: list[str]) -> None:
    """Measure the named sections, or everything, print it, and write it down."""
    measures: dict[str, Callable[[], Iterable[Row]]] = {
        "webhooks": _webhook_rows,
        "unsigned": _unsigned_rows,
        "statements": _statement_rows,
        "references": references.rows,
        "books": lambda: books_check.rows({"SQLite": _sqlite, "PostgreSQL": new_postgresql}),
        "pictures": qr_pictures.rows,
        "reading": statement_reading.rows,
        "import": _import_rows,
        "tables": statement_tables.measure,
        "year": lambda: [_year_row()],
    }
    if unknown := set(sections) - measures.keys():
        sys.exit(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(measures)}")
    fresh = [row for name in sections or measures for row in measures[name]()]
    lines = _lines(_kept(fresh) if sections else fresh)
    print("\n".join(lines))
    _write(lines)


def _kept(fresh: list[Row]) -> list[Row]:
    """Return the rows of the file with the fresh ones in their places, new ones at the end."""
    told = TARGET.read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.strip("| ").split(" | ")) for line in told if line.startswith("| ")][1:]
    by_what = {what: (what, ours, limit, "".join(ratio)) for what, ours, limit, *ratio in rows}
    return list((by_what | {row[0]: row for row in fresh}).values())


def _lines(rows: list[Row]) -> list[str]:
    """Return the table."""
    head = ["| what | thuphi | limit in the same run | ratio |", "|---|---|---|---|"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows)]


def _webhook_rows() -> Iterator[Row]:
    """Webhooks credited against bare rows committed, on both databases."""
    for name, workers, database in (("SQLite", 1, _sqlite), ("PostgreSQL", 2, new_postgresql)):
        with tempfile.TemporaryDirectory() as folder, database() as url:
            measured = webhooks.measure(url, Path(folder), workers)
        for one in measured:
            yield (
                f"webhooks credited per second over HTTP, {name}, {workers} worker(s), {one.senders} at once",
                f"{one.credited:,.0f}/s",
                f"{one.bare:,.0f}/s (bare route: same signature, one row)",
                f"{one.ratio:.2f}",
            )


def _unsigned_rows() -> Iterator[Row]:
    """What an unsigned delivery costs against a good one, on both databases."""
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", new_postgresql)):
        with tempfile.TemporaryDirectory() as folder, database() as url:
            turned_away, good = unsigned.measure(url, Path(folder))
        yield (
            f"an unsigned delivery turned away, processor time of the application, {name}",
            f"{turned_away:.2f} ms",
            f"{good:.2f} ms (a good one, alone)",
            f"{turned_away / good:.2f}",
        )


def _statement_rows() -> Iterator[Row]:
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


def _import_rows() -> Iterator[Row]:
    """A million lines into the books, and the memory it takes beside a tenth of them."""
    limits = {"SQLite": 60, "PostgreSQL": 120}
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", new_postgresql)):
        with tempfile.TemporaryDirectory() as folder, database() as url:
            whole = million_lines.measure(url, Path(folder))
        with tempfile.TemporaryDirectory() as folder, database() as url:
            tenth = million_lines.measure(url, Path(folder), million_lines.LINES // 10)
        yield (
            f"1,000,000 statement lines kept, read, deduplicated, checked and booked, {name}",
            f"{whole['seconds']:.1f} s ({whole['processor']:.1f} s of it on the processor)",
            f"{limits[name]} s",
            f"{whole['seconds'] / limits[name]:.2f}",
        )
        yield (
            f"greatest memory of that import, {name}",
            f"{whole['megabytes']:.0f} MB",
            f"{tenth['megabytes']:.0f} MB (a tenth of the lines)",
            f"{whole['megabytes'] / tenth['megabytes']:.2f}",
        )
        yield (
            f"lines of it that prove their transfers afterwards, all never announced, {name}",
            f"{whole['proven']:,.0f}/s",
            "–",
            "–",
        )


def _year_row() -> Row:
    """The demo year, from nothing to the closed books; it is put on disk once, at its end."""
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
        "the same machine with the load on the same cores; the ratio is what to compare. Shares and",
        "counts come from a seed and are the same on every machine; their limit is the goal.",
        "",
        machine,
        "",
    ]
    TARGET.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    folder_of_run = open_run_directory()
    try:
        main(sys.argv[1:])
    finally:
        if folder_of_run:
            postgres_server.stop_server(folder_of_run)
            close_run_directory(folder_of_run)
