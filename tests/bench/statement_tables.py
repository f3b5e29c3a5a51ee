"""Tables of entries read against what python-calamine and csv.reader alone take for the bytes.

Runs alone too: ``python tests/bench/statement_tables.py``. The CSV file is read in processes of
their own, so that the memory of each is its own; the best of some rounds counts, by turns.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import xlsxwriter
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bank_adapters.statements.apart import read_apart  # noqa: E402 -- the root has to be there first

XLSX_ROWS, CSV_ROWS = 100_000, 1_000_000
ROUNDS = 3
HEADER = ("Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung", "Tên đối tác")

_OURS = """
from bank_adapters.statements.spreadsheet import READER
from payments.domain.statement_parts import EntryBatch
def read():
    with open(path, "rb") as source:
        return sum(len(part) for part in READER.read_parts(source) if isinstance(part, EntryBatch))
"""
_THEIRS = """
import csv
def read():
    with open(path, encoding="utf-8-sig", newline="") as source:
        return sum(1 for _ in csv.reader(source)) - 1
"""
_CHILD = """
import json, re, sys, time
from pathlib import Path
path, root = sys.argv[1:]
sys.path.insert(0, root)
{reading}
started = time.process_time()
count = read()
seconds = time.process_time() - started
peak = int(re.search("VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps([count, seconds, peak]))
"""


def measure() -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the benchmark: what, ours, the limit in the same run, and the ratio."""
    book = _workbook()
    ours, limit = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: read_apart("workbook", book)))
        limit.append(_seconds(lambda: _calamine(book)))
    yield (
        f"XLSX of {XLSX_ROWS:,} rows, checked and read into cells in a child process",
        f"{median(ours):.2f} s",
        f"{median(limit):.2f} s (python-calamine alone)",
        f"{median(ours) / median(limit):.2f}",
    )
    yield _csv_row()


def _csv_row() -> tuple[str, str, str, str]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(HEADER)
            writer.writerows(_rows(CSV_ROWS))
        told = [(_apart(_OURS, path), _apart(_THEIRS, path)) for _ in range(ROUNDS)]
    mine, theirs = min(one for (one, _), _ in told), min(one for _, (one, _) in told)
    peak = max(peak for (_, peak), _ in told)
    return (
        f"CSV statement of {CSV_ROWS:,} rows read into entries, {peak:.0f} MB at most",
        f"{mine:.2f} s",
        f"{theirs:.2f} s (csv.reader alone)",
        f"{mine / theirs:.2f}",
    )


def _apart(reading: str, path: Path) -> tuple[float, float]:
    """Return the seconds of the processor and the most memory of one reading."""
    program = _CHILD.format(reading=reading)
    done = subprocess.run(
        [sys.executable, "-c", program, path, ROOT], capture_output=True, check=True
    )
    count, seconds, peak = json.loads(done.stdout)
    if count != CSV_ROWS:
        raise SystemExit(f"{count} of {CSV_ROWS} rows were read")
    return seconds, peak


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _calamine(book: bytes) -> int:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def _rows(count: int) -> Iterator[list[str]]:
    """Give entries, each fifth of them money out."""
    balance = 5_000_000
    for number in range(1, count + 1):
        amount = number % 97 * 1_000 + 1_000
        sides = [f"{amount:,}", "0"] if number % 5 == 0 else ["0", f"{amount:,}"]
        balance += -amount if number % 5 == 0 else amount
        remark = f"NGUYEN VAN A nop phi ho so H13.66-{number:08d}"
        yield ["02/03/2026", f"FT26{number:012d}", *sides, f"{balance:,}", remark, "NGUYEN VAN A"]


def _workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(_rows(XLSX_ROWS), start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return target.getvalue()


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
