"""Tables of entries read against what python-calamine and csv.reader alone take for the bytes."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from statistics import median

import xlsxwriter
from python_calamine import CalamineWorkbook

from bank_adapters.statements.apart import read_apart
from bank_adapters.statements.spreadsheet import READER

ROWS = 100_000
ROUNDS = 3
HEADER = ("Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung", "Tên đối tác")


def measure() -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the benchmark: what, ours, the limit in the same run, and the ratio."""
    book, text = _workbook(), _csv()
    for what, ours, limit, name in (
        (
            f"XLSX of {ROWS:,} rows, checked and read into cells in a child process",
            lambda: read_apart("workbook", book),
            lambda: _calamine(book),
            "python-calamine alone",
        ),
        (
            f"CSV statement of {ROWS:,} rows read into entries",
            lambda: READER.read(text),
            lambda: _csv_reader(text),
            "csv.reader alone",
        ),
    ):
        mine, least = _seconds(ours), _seconds(limit)
        yield what, f"{mine:.2f} s", f"{least:.2f} s ({name})", f"{mine / least:.2f}"


def _seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return median(times)


def _calamine(book: bytes) -> int:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def _csv_reader(text: bytes) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def _rows() -> Iterator[list[str]]:
    balance = 0
    for number in range(1, ROWS + 1):
        amount = number % 97 * 1_000 + 1_000
        balance += amount
        remark = f"NGUYEN VAN A nop phi ho so H13.66-{number:08d}"
        reference = f"FT26{number:012d}"
        yield ["02/03/2026", reference, "0", f"{amount:,}", f"{balance:,}", remark, "NGUYEN VAN A"]


def _workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(_rows(), start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return target.getvalue()


def _csv() -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(HEADER)
    writer.writerows(_rows())
    return target.getvalue().encode("utf-8-sig")
