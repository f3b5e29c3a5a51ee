"""The report as CSV for spreadsheets and as JSON for programs."""

from __future__ import annotations

import csv
import io
import json

from reconciliation.domain.day_report import DayReport
from reconciliation.exports.layout import Cell, Translate, sheets

# A cell that begins like this would be run as a formula when a spreadsheet opens the file.
# Some programs take full-width signs for the plain ones, and look past blanks in front of them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def report_csv(report: DayReport, translate: Translate) -> bytes:
    """Return the tables one below the other, in UTF-8 with a byte order mark, parted by semicolons.

    That is what Excel with Vietnamese settings opens by a double click.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    for sheet in sheets(report, translate):
        writer.writerow([guarded(sheet.title)])
        writer.writerow([guarded(word) for word in sheet.header])
        writer.writerows([[guarded(cell) for cell in row] for row in sheet.rows])
        writer.writerow([])
    return target.getvalue().encode("utf-8-sig")


def report_json(report: DayReport) -> bytes:
    """Return the report as JSON in UTF-8: amounts are whole đồng, dates ISO 8601."""
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2).encode()


def guarded(cell: Cell) -> Cell:
    """Put an apostrophe before words that a spreadsheet would take for a formula.

    Source: OWASP, "CSV Injection". Numbers are ours and stay numbers.
    """
    if isinstance(cell, str) and (cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)):
        return f"'{cell}"
    return cell
