"""Truths written as tables: CSV, HTML named .xls, workbooks, and tables whose columns one maps."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from random import Random
from xml.sax.saxutils import escape as escape_xml

from payments.domain.column_mapping import ColumnMapping, Meaning
from tests.fuzz.truths import Line, Truth

_HEADINGS = {
    Meaning.DATE: ("Ngày giao dịch", "Ngày", "Transaction date"),
    Meaning.REFERENCE: ("Số tham chiếu", "Ref. no"),
    Meaning.DEBIT: ("Ghi nợ", "Nợ/Debit", "Số tiền ghi nợ"),
    Meaning.CREDIT: ("Ghi có", "Có/Credit", "Số tiền ghi có"),
    Meaning.AMOUNT: ("Số tiền", "Amount"),
    Meaning.SIGN: ("+/-", "D/C"),
    Meaning.FEE: ("Phí",),
    Meaning.VAT: ("Thuế",),
    Meaning.BALANCE: ("Số dư", "Balance"),
    Meaning.TEXT: ("Nội dung", "Diễn giải", "Description"),
}
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")
_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROOT_RELATION = (
    f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>"
)
_SHEET_RELATION = (
    f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a bank prints its table."""

    columns: tuple[Meaning, ...]
    mark: str
    end: str
    empty: str
    is_negative: bool
    is_newest_first: bool
    prints_opening: bool
    prints_closing: bool
    prints_totals: bool
    closes_above: bool
    headings: tuple[str, ...] = field(default=())

    @property
    def proves(self) -> bool:
        """Whether what the table prints shows that no row is missing or changed."""
        return Meaning.BALANCE in self.columns or (self.prints_opening and self.prints_closing)

    @property
    def proves_end(self) -> bool:
        """Whether a table that stops too early contradicts what stands above its rows."""
        return self.prints_closing and self.closes_above and self.proves

    @property
    def is_whole(self) -> bool:
        """Whether a table that prints one balance prints the other too, or those of the rows."""
        return Meaning.BALANCE in self.columns or self.prints_opening == self.prints_closing


def a_layout(random: Random) -> Layout:
    """Choose a layout, the surest and the barest among them."""
    money = random.choice((
        (Meaning.DEBIT, Meaning.CREDIT), (Meaning.DEBIT, Meaning.CREDIT), (Meaning.AMOUNT,),
        (Meaning.SIGN, Meaning.AMOUNT),
    ))  # fmt: skip
    charges = random.choice(((), (), (), (Meaning.FEE,), (Meaning.FEE, Meaning.VAT)))
    balance = (Meaning.BALANCE,) if random.random() < 0.7 else ()
    rest = [(Meaning.REFERENCE,), (*money, *charges), balance, (Meaning.TEXT,)]
    random.shuffle(rest)
    columns = (Meaning.DATE, *(one for group in rest for one in group))
    mark = random.choice((",", ",", ".", "", " "))
    return Layout(
        columns,
        mark,
        random.choice(("", "", ".00" if mark == "," else "", ",00" if mark == "." else "")),
        random.choice(("", "", "0", "-")),
        is_negative=random.random() < 0.2,
        is_newest_first=random.random() < 0.25,
        prints_opening=random.random() < 0.7,
        prints_closing=random.random() < 0.7,
        prints_totals=random.random() < 0.4,
        closes_above=random.random() < 0.5,
        headings=tuple(random.choice(_HEADINGS[column]) for column in columns),
    )


def rows_of(truth: Truth, layout: Layout) -> list[list[str]]:
    """Return the rows of the whole page: what stands above the table, its head, rows and foot."""
    opening = ["Số dư đầu kỳ", _printed(truth.opening, layout)]
    closing = ["Số dư cuối kỳ", _printed(truth.closing, layout)]
    above = [["SAO KÊ"], ["Số tài khoản", truth.account], ["Loại tiền", "VND"]]
    above += [opening] * layout.prints_opening
    above += [closing] * (layout.prints_closing and layout.closes_above)
    rows = [
        [_cell(column, line, balance, layout) for column in layout.columns]
        for line, balance in zip(truth.lines, truth.balances, strict=True)
    ]
    if layout.is_newest_first:
        rows.reverse()
    below = [_totals(truth, layout)] * (layout.prints_totals and Meaning.DEBIT in layout.columns)
    below += [closing] * (layout.prints_closing and not layout.closes_above)
    return [*above, list(layout.headings), *rows, *below]


def _totals(truth: Truth, layout: Layout) -> list[str]:
    sums = {
        Meaning.DEBIT: sum(-one.amount for one in truth.lines if one.amount < 0),
        Meaning.CREDIT: sum(one.amount for one in truth.lines if one.amount > 0),
    }
    row = [_printed(sums[column], layout) if column in sums else "" for column in layout.columns]
    return ["Tổng cộng", *row[1:]]


def _printed(units: int, layout: Layout) -> str:
    return f"{units:,}".replace(",", layout.mark) + layout.end


def _cell(column: Meaning, line: Line, balance: int, layout: Layout) -> str:
    match column:
        case Meaning.DATE:
            return f"{line.day:%d/%m/%Y}"
        case Meaning.REFERENCE:
            return line.reference
        case Meaning.TEXT:
            return line.text
        case Meaning.BALANCE:
            return _printed(balance, layout)
        case Meaning.DEBIT if line.amount < 0:
            return _printed(line.amount if layout.is_negative else -line.amount, layout)
        case Meaning.CREDIT if line.amount > 0:
            return _printed(line.amount, layout)
        case Meaning.AMOUNT:
            signed = Meaning.SIGN not in layout.columns
            return _printed(line.amount if signed else abs(line.amount), layout)
        case Meaning.SIGN:
            return "+" if line.amount > 0 else "-"
        case Meaning.FEE if line.fee:
            return _printed(-line.fee if layout.is_negative else line.fee, layout)
        case Meaning.VAT if line.vat:
            return _printed(-line.vat if layout.is_negative else line.vat, layout)
    return layout.empty


def csv_pieces(rows: Sequence[Sequence[str]], random: Random) -> list[bytes]:
    """Write rows as the lines of a CSV file in UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.writer(
        target,
        delimiter=random.choice(",,;\t|"),
        lineterminator=random.choice(("\n", "\r\n")),
        quoting=random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    )
    pieces = []
    for row in rows:
        writer.writerow(row)
        pieces.append(target.getvalue().encode())
        target.seek(0)
        target.truncate()
    return pieces


def html_pieces(rows: Sequence[Sequence[str]], random: Random) -> list[bytes]:
    """Write rows as an HTML page, one row a piece."""
    head = random.choice(("<html><body>", "<!DOCTYPE html>\n<html><head></head><body>", ""))
    cell = random.choice(("td", "td", "TD class=x"))
    lines = [
        "<tr>" + "".join(f"<{cell}>{escape(one)}</{cell[:2]}>" for one in row) + "</tr>\n"
        for row in rows
    ]
    foot = "</table>" + ("</body></html>" if head else "")
    return [piece.encode() for piece in (head, "<table border=1>", *lines, foot)]


def sheet_pieces(rows: Sequence[Sequence[str]], random: Random) -> list[bytes]:
    """Write rows as the XML of a worksheet, one row a piece."""
    lines = [
        f'<row r="{number}">{"".join(_sheet_cells(row, number))}</row>'
        for number, row in enumerate(rows, start=1)
    ]
    head = f'<worksheet xmlns="{_MAIN}">' + random.choice(("", '<dimension ref="A1:Z99"/>'))
    return [piece.encode() for piece in (head, "<sheetData>", *lines, "</sheetData></worksheet>")]


def _sheet_cells(row: Sequence[str], number: int) -> list[str]:
    cells = []
    for place, text in enumerate(row):
        name = f"{chr(65 + place)}{number}"
        if (
            text.removeprefix("-").isdigit()
            and text.isascii()
            and len(text) < 13
            and text[0] != "0"
        ):
            cells.append(f'<c r="{name}"><v>{text}</v></c>')
        elif text:
            words = escape_xml(text.translate(_NOT_XML))
            cells.append(
                f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
            )
    return cells


def workbook(sheet: bytes, random: Random) -> bytes:
    """Pack a worksheet into a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", random.choice(_PACKING)) as packed:
        packed.writestr("[Content_Types].xml", _CONTENT_TYPES)
        packed.writestr("_rels/.rels", _ROOT_RELATION)
        packed.writestr("xl/workbook.xml", _WORKBOOK)
        packed.writestr("xl/_rels/workbook.xml.rels", _SHEET_RELATION)
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
    return target.getvalue()


def mapping_of(layout: Layout, rows: Sequence[Sequence[str]]) -> ColumnMapping:
    """Return what a person says of the columns of a table, which its words do not tell."""
    first = 2 + next(at for at, row in enumerate(rows) if list(row) == list(layout.headings))
    return ColumnMapping(tuple((one, at) for at, one in enumerate(layout.columns)), first, "")


Pieces = Callable[[Sequence[Sequence[str]], Random], list[bytes]]
