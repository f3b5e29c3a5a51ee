"""The report as an XLSX workbook: numbers are numbers, and no word is run as a formula."""

from __future__ import annotations

import io

import xlsxwriter

from reconciliation.domain.day_report import DayReport
from reconciliation.exports.layout import Sheet, Translate, sheets

# No locale's separators here: Excel shows the reader's own.
_NUMBER = "#,##0"
_WIDEST = 48


def report_xlsx(report: DayReport, translate: Translate) -> bytes:
    """Return the workbook of a report, one sheet a table."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        number = book.add_format({"num_format": _NUMBER})
        for sheet in sheets(report, translate):
            page = book.add_worksheet(sheet.title[:31])
            page.freeze_panes(1, 0)
            for column, width in enumerate(_widths(sheet)):
                page.set_column(column, column, width)
            for column, word in enumerate(sheet.header):
                page.write_string(0, column, word, head)
            for line, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        page.write_number(line, column, cell, number)
                    else:
                        page.write_string(line, column, cell)
    return target.getvalue()


def _widths(sheet: Sheet) -> list[int]:
    """Return a width for each column that its longest cell fits into, within reason."""
    table = (sheet.header, *sheet.rows)
    return [
        min(max(len(f"{row[column]}") for row in table) + 3, _WIDEST)
        for column in range(len(sheet.header))
    ]
