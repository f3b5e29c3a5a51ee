"""Statements written as banks write them, for the simulated bank and for reading back in tests.

What a payer wrote stays text: line breaks and control characters become blanks, a spreadsheet gets
no formula, and no line of an MT940 text begins like a tag.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

import xlsxwriter

from bank_adapters.statements.printed import clean_text
from payments.domain.bank_messages import Direction, Statement, StatementEntry

HEADER = (
    "STT\nNo.",
    "Ngày1/\nTNX Date/ Số CT/ Doc No",
    "Số tiền ghi nợ/\nDebit",
    "Số tiền ghi có/\nCredit",
    "Số dư/\nBalance",
    "Nội dung chi tiết/\nTransactions in detail",
)
"""The header of Vietcombank's CashUp statement."""

_LINE = 65
_NOT_FIRST = ":-"
_REFERENCE = 16


def vietcombank_csv(statement: Statement) -> bytes:
    """Write the CashUp layout as CSV, in UTF-8 with a byte order mark as Excel wants it."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(_cash_up(statement))
    return target.getvalue().encode("utf-8-sig")


def vietcombank_xlsx(statement: Statement) -> bytes:
    """Write the CashUp layout as a workbook; every cell is text, none is a formula or a link."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        sheet = workbook.add_worksheet("VCBACCOUNTDETAILBASEXLS")
        for number, row in enumerate(_cash_up(statement)):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, cell)
    return target.getvalue()


def mt940(statement: Statement) -> bytes:
    """Write one MT940 message in UTF-8, its amounts ending in the comma the standard wants.

    A text longer than six lines of 65 goes on in further lines, so that nothing of it is lost.
    """
    first, last = _period(statement)
    lines = [
        f":20:{(statement.number or 'SAOKE').replace('/', '')[:_REFERENCE]}",
        f":25:{statement.account_number}",
        f":28C:{statement.number or '1/1'}",
    ]
    if statement.opening is not None:
        lines.append(f":60F:{_balance(statement.opening, first, statement)}")
    for entry in statement.entries:
        lines.append(_field_61(entry, statement.decimals))
        lines += _field_86(entry.text)
    if statement.closing is not None:
        lines.append(f":62F:{_balance(statement.closing, last, statement)}")
    return "\r\n".join([*lines, "-", ""]).encode("utf-8")


def _cash_up(statement: Statement) -> Iterator[Sequence[str]]:
    first, last = _period(statement)
    yield ("SAO KÊ TÀI KHOẢN\nSTATEMENT OF ACCOUNT",)
    yield "Số tài khoản/ Account number", "", statement.account_number
    yield "Loại tiền/ Currency", "", statement.currency
    yield "Từ/ From", "", f"{first:%d/%m/%Y}"
    yield "Đến/ To", "", f"{last:%d/%m/%Y}"
    if statement.opening is not None:
        yield "Số dư đầu kỳ/ Opening balance", "", f"{statement.opening:,} {statement.currency}"
    yield HEADER
    for number, entry in enumerate(statement.entries, start=1):
        yield _cash_up_row(number, entry)
    totals = [
        sum(entry.amount for entry in statement.entries if entry.direction is direction)
        for direction in (Direction.OUT, Direction.IN)
    ]
    yield "Tổng số/ Total", "", f"{totals[0]:,}", f"{totals[1]:,}", "", ""
    if statement.closing is not None:
        yield "Số dư cuối kỳ/ Closing balance", "", f"{statement.closing:,} {statement.currency}"


def _cash_up_row(number: int, entry: StatementEntry) -> Sequence[str]:
    amount = f"{entry.amount:,}"
    return (
        str(number),
        f"{entry.booked_on:%d/%m/%Y}{' ' * 23}{entry.bank_reference}".rstrip(),
        amount if entry.direction is Direction.OUT else "",
        amount if entry.direction is Direction.IN else "",
        "" if entry.balance_after is None else f"{entry.balance_after:,}",
        clean_text(entry.text),
    )


def _period(statement: Statement) -> tuple[date, date]:
    """The printed period, or the days the entries cover; 1970 for an empty list without one."""
    days = [entry.booked_on for entry in statement.entries] or [date(1970, 1, 1)]
    return statement.period_from or min(days), statement.period_to or max(days)


def _field_61(entry: StatementEntry, decimals: int) -> str:
    incoming = entry.direction is Direction.IN
    if entry.is_pending:
        mark = "EC" if incoming else "ED"
    elif entry.is_reversal:
        mark = "RD" if incoming else "RC"
    else:
        mark = "C" if incoming else "D"
    value_on = entry.value_on or entry.booked_on
    reference = clean_text(entry.bank_reference).strip()[:_REFERENCE]
    moved = f"{mark}{_amount(entry.amount, decimals)}NTRFNONREF"
    references = f"//{reference}" if reference else ""
    return f":61:{value_on:%y%m%d}{entry.booked_on:%m%d}{moved}{references}"


def _field_86(text: str) -> list[str]:
    lines = _wrapped(clean_text(text).strip())
    return [f":86:{lines[0]}", *lines[1:]] if lines else []


def _wrapped(text: str) -> list[str]:
    """Cut a text into lines that join to it again: a full line was cut, a shorter one ended."""
    lines = []
    while len(text) > _LINE:
        cut = _LINE if text[_LINE] not in _NOT_FIRST else _earlier_cut(text)
        lines.append(text[:cut])
        text = text[cut:] if cut == _LINE else text[cut:].removeprefix(" ")
    return [*lines, text] if text else lines


def _earlier_cut(text: str) -> int:
    """Find where to cut so that the next line begins neither like a tag nor like an end."""
    words = (n for n in range(_LINE - 1, 0, -1) if text[n] == " " and text[n + 1] not in _NOT_FIRST)
    anywhere = (n for n in range(_LINE - 1, 0, -1) if text[n] not in _NOT_FIRST)
    return next(words, None) or next(anywhere, _LINE)


def _balance(units: int, day: date, statement: Statement) -> str:
    mark = "D" if units < 0 else "C"
    return f"{mark}{day:%y%m%d}{statement.currency}{_amount(abs(units), statement.decimals)}"


def _amount(units: int, decimals: int) -> str:
    if not decimals:
        return f"{units},"
    digits = str(units).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]},{digits[-decimals:]}"
