"""A statement of a million lines: kept, taken in, deduplicated, judged and booked as entries.

What is measured begins with the open file and ends when the file is whole in the books, the bytes
of it kept and every rule checked. The reader is a fast one of the tests, so that the figure is that
of the import. Proving, which settles transfers line by line, goes on afterwards and is measured by
itself; so is the greatest memory of the process, with a file of a tenth beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = 1_000_000
PROVEN = 5_000
_DAYS = 30


class _WholeError(Exception):
    """The file is whole, or enough of it is proven."""


def measure(database_url: str, folder: Path, lines: int = LINES) -> dict[str, float]:
    """Import a file in a process of its own, and return seconds, proven a second, and megabytes."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.million_lines",
        database_url,
        str(folder),
        str(lines),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _write(target: Path, account: str, lines: int, last: date) -> None:
    """Write the file; two in a hundred lines say the same as the one before."""
    from tests.plain_statements import Line, written

    def some() -> Iterator[Line]:
        balance = 0
        for number in range(lines):
            amount = 10_000 + number % 1_000 * 500
            balance += amount
            day = last - timedelta(days=_DAYS - number * _DAYS // lines)
            same = number - (number % 50 == 1)
            yield Line(
                day, amount, f"FT{same:012d}", f"HTR{same:09d} nop le phi ho so {same}", balance
            )

    closing = sum(10_000 + number % 1_000 * 500 for number in range(lines))
    days = (last - timedelta(days=_DAYS), last)
    target.write_bytes(written(account, 0, closing, days, some()))


def run(database_url: str, folder: Path, lines: int) -> dict[str, float]:
    """Import the file in this process."""
    from payments.domain.staff import Role
    from reconciliation.domain.large_files import LargeFile, Phase
    from reconciliation.services.import_file import Importer, begin_file, finish_file
    from reconciliation.store.unit_of_work import SqlBooks
    from tests.makers import a_centre, some_settings
    from tests.plain_statements import PlainReader
    from wsgi import build_wiring

    wiring = build_wiring(some_settings(database_url, folder))
    now = datetime.now(UTC)
    made = a_centre(wiring.engine, at=now - timedelta(days=100))
    target = folder / "million.txt"
    if pid := os.fork():
        os.waitpid(pid, 0)
    else:
        _write(target, made.account.account_number, lines, now.date() - timedelta(days=1))
        os._exit(0)
    marks: dict[str, float] = {}

    def tell(file: LargeFile) -> None:
        marks.setdefault(file.phase.value, time.perf_counter())
        marks.setdefault(f"{file.phase.value} on the processor", time.process_time())
        if file.proven >= PROVEN:
            raise _WholeError

    def books(*, write: bool = True) -> SqlBooks:
        return SqlBooks(wiring.engine, write=write)

    rest = (lambda: time.sleep(0.015)) if wiring.engine.dialect.name == "sqlite" else (lambda: None)
    importer = Importer(books, wiring.world, {"plain": PlainReader()}, rest=rest, tell=tell)
    actor = type(made.actor).of(made.staff[Role.FINANCE])
    started, started_cpu = time.perf_counter(), time.process_time()
    try:
        with target.open("rb") as source:
            finish_file(importer, begin_file(importer, actor, file_name="m.txt", source=source))
    except _WholeError:
        pass
    whole = marks[Phase.PROVING.value]
    return {
        "seconds": whole - started,
        "processor": marks[f"{Phase.PROVING.value} on the processor"] - started_cpu,
        **{name: cpu - started_cpu for name, cpu in marks.items() if "processor" in name},
        "taking": marks[Phase.TAKING.value] - started,
        "checking": marks[Phase.CHECKING.value] - started,
        "booking": marks[Phase.BOOKING.value] - started,
        "proven": PROVEN / (time.perf_counter() - whole),
        "megabytes": _most_memory(),
        "size": target.stat().st_size / 1e6,
    }


def _most_memory() -> float:
    """Return the most megabytes this process has had; getrusage would count its parent's, too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
