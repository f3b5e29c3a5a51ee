"""Vietcombank's statements: CashUp and older workbooks, the web's HTML ``.xls``, and CSV of them.

The words are those printed in the bank's files, with and without the English half. Credit is money
into the centre's account.
"""

from __future__ import annotations

from collections.abc import Iterator

from bank_adapters.statements.layouts import Column, Label, Layout
from bank_adapters.statements.sheets import (
    Sheet,
    decode_text,
    delimited_sheets,
    html_sheet,
    is_html,
)
from bank_adapters.statements.table import has_table, read_tables
from bank_adapters.statements.workbook import read_workbook
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid

LAYOUT = Layout(
    columns={
        Column.DATE: ("ngày", "ngày gd", "ngày giao dịch", "tnx date", "transaction date"),
        Column.VALUE_DATE: ("ngày hiệu lực", "effective date"),
        Column.REFERENCE: ("số ct", "doc no", "số tham chiếu", "số chứng từ", "reference number"),
        Column.DEBIT: ("số tiền ghi nợ", "debit"),
        Column.CREDIT: ("số tiền ghi có", "credit"),
        Column.SIGN: ("+/-", "thay đổi", "dấu", "ghi nợ/ghi có", "ghi nợ/có"),
        Column.AMOUNT: ("số tiền", "amount"),
        Column.BALANCE: ("số dư", "balance"),
        Column.TEXT: (
            "nội dung chi tiết",
            "transactions in detail",
            "mô tả",
            "nội dung",
            "diễn giải",
            "description",
        ),
    },
    labels={
        Label.ACCOUNT: ("số tài khoản", "tài khoản số", "account number", "account no"),
        Label.CURRENCY: ("loại tiền", "loại tiền tệ", "currency"),
        Label.FROM: ("từ", "từ ngày", "from", "from date"),
        Label.UNTIL: ("đến", "đến ngày", "to", "to date"),
        Label.OPENING: ("số dư đầu kỳ", "opening balance"),
        Label.CLOSING: ("số dư cuối kỳ", "closing balance"),
    },
    totals=("tổng số", "tổng", "tổng cộng", "total"),
    required=(
        frozenset({Column.DATE, Column.REFERENCE, Column.DEBIT, Column.CREDIT, Column.TEXT}),
        frozenset({Column.DATE, Column.REFERENCE, Column.AMOUNT, Column.TEXT}),
    ),
    proof=frozenset({"tnx date", "doc no", "số tiền ghi nợ", "số tiền"}),
)


class VietcombankReader:
    """Reads the layouts of Vietcombank. Fits the port ``StatementReader``."""

    name = "vietcombank"

    def recognises(self, file_name: str, body: bytes) -> bool:  # noqa: ARG002 - content decides
        """Say whether a row of the file has the header words, whatever the file is called.

        A workbook that breaks a limit raises Invalid here: no other reader should open it either.
        """
        return any(has_table(sheets, LAYOUT) for sheets in _ways_to_read(body))

    def read(self, body: bytes) -> StatementFile:
        """Read every account of the file. Raises Invalid or InvalidFile when it cannot be read."""
        for sheets in _ways_to_read(body):
            read = read_tables(sheets, LAYOUT)
            if read is not None:
                return read
        raise Invalid("statement_format_unknown", field="file")


READER = VietcombankReader()


def _ways_to_read(body: bytes) -> Iterator[list[Sheet]]:
    if body.startswith(b"PK"):
        yield read_workbook(body)
        return
    try:
        text = decode_text(body)
    except Invalid:
        # Bytes of no known encoding are not of this bank; another reader may know them.
        return
    if is_html(text):
        yield [html_sheet(text)]
        return
    for sheet in delimited_sheets(text):
        yield [sheet]
