"""Tables of entries: found by their words, wherever they start, and no amount is guessed."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bank_adapters.statements.spreadsheet import READER
from payments.domain.bank_messages import Direction, Statement
from payments.domain.errors import Invalid, InvalidFile

SAMPLES = Path(__file__).parents[2] / "data" / "statements"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text("utf-8"))

HEADER = "STT,Ngày1/ TNX Date/ Số CT/ Doc No,Số tiền ghi nợ/ Debit,Số tiền ghi có/ Credit,Số dư/ Balance,Nội dung chi tiết/ Transactions in detail"
ACCOUNT = "Số tài khoản/ Account number,,0011000000001"


def csv_file(*rows: str, head: tuple[str, ...] = (ACCOUNT, HEADER)) -> bytes:
    """A CSV statement with these rows under the header."""
    return "\n".join([*head, *rows, ""]).encode()


def workbook(rows: list[list[object]]) -> bytes:
    """A workbook with these cells."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Vietcombank_Account_Statement")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def only(body: bytes) -> Statement:
    """The one statement of a file."""
    (statement,) = READER.read(body).statements
    return statement


def summed(statement: Statement, direction: Direction) -> int:
    return sum(entry.amount for entry in statement.entries if entry.direction is direction)


def assert_as_expected(statement: Statement, wanted: dict[str, Any]) -> None:
    assert statement.opening == wanted["opening"]
    assert statement.closing == wanted["closing"]
    assert summed(statement, Direction.IN) == wanted["credits"] == statement.printed_credits
    assert summed(statement, Direction.OUT) == wanted["debits"] == statement.printed_debits
    assert len(statement.entries) == wanted["entries"]


def test_the_web_page_named_xls_reads_as_expected() -> None:
    body = (SAMPLES / "vn/vcb_account_statement_html.xls").read_bytes()
    statement = only(body)

    assert READER.recognises("x.xls", body)
    assert_as_expected(statement, EXPECTED["vn/vcb_account_statement_html.xls"])
    assert statement.account_number == "0011000000003"
    assert (statement.period_from, statement.period_to) == (date(2026, 3, 2), date(2026, 3, 4))


def test_two_accounts_of_one_sheet_read_as_expected() -> None:
    body = (SAMPLES / "vn/vcb_cashup_two_accounts.xlsx").read_bytes()
    statements = READER.read(body).statements
    wanted = EXPECTED["vn/vcb_cashup_two_accounts.xlsx"]["statements"]

    assert [one.account_number for one in statements] == [one["account"] for one in wanted]
    for statement, one in zip(statements, wanted, strict=True):
        assert_as_expected(statement, one)
    assert statements[0].entries[0].bank_reference == "5307.81460"
    assert statements[0].entries[0].balance_after == 12_525_000


def test_the_old_layout_tells_direction_by_a_sign() -> None:
    for heading in ("", "+/-", "Thay đổi"):
        statement = only(
            workbook(
                [
                    ["", "SAO KÊ"],
                    ["", "Số tài khoản", "0011000000004"],
                    ["", "Ngày giao dịch", "Số tham chiếu", heading, "Số tiền", "Mô tả"],
                    ["", "02/03/2026", "5131.8242", "+", "75,000", "nop phi"],
                    ["", "03/03/2026", "5175.2634", "-", "5,500", "phi dich vu"],
                    ["", "Tổng", "", "", "", ""],
                ]
            )
        )

        assert [(e.amount, e.direction) for e in statement.entries] == [
            (75_000, Direction.IN),
            (5_500, Direction.OUT),
        ]
        assert statement.opening is None


def test_a_row_whose_sign_is_missing_is_refused() -> None:
    head = ("Ngày giao dịch;Số tham chiếu;+/-;Số tiền;Mô tả",)

    with pytest.raises(InvalidFile) as refused:
        READER.read(csv_file("02/03/2026;1;;75.000;x", head=head))

    assert refused.value.problems[0].where == "row 2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    text = csv_file("1,02/03/2026 5.1,,25000,25000,Lệ phí").decode().replace(",", delimiter)

    statement = only(text.encode(encoding))

    assert statement.account_number == "0011000000001"
    assert statement.entries[0].text == "Lệ phí"
    assert statement.entries[0].amount == 25_000


def test_an_unknown_encoding_is_not_guessed() -> None:
    body = csv_file()[:-1] + b"\xff\n"

    assert not READER.recognises("x.csv", body)
    with pytest.raises(Invalid, match="encoding_unknown"):
        READER.read(body)


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("25.000", 25_000),
        ("25,000", 25_000),
        ("1.234.567", 1_234_567),
        ("25,000.00", 25_000),
        ("25000", 25_000),
        ("25000.00", 25_000),
        ("25,000 VND", 25_000),
    ],
)
def test_an_amount_is_read_in_the_form_the_table_proves(printed: str, amount: int) -> None:
    statement = only(csv_file(f'1,02/03/2026 5.1,,"{printed}",,x'))

    assert statement.entries[0].amount == amount


@pytest.mark.parametrize(
    "printed",
    ["25.00,00", "2,5000", "1,2", "25 000", "٢٥", "25k", "1e5", "-25,000", "25,000.50", "9" * 19],
)
def test_an_amount_that_cannot_be_read_names_its_row(printed: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        READER.read(csv_file("1,02/03/2026 5.1,,100000,,x", f'2,02/03/2026 5.2,,"{printed}",,x'))

    assert refused.value.problems[0].where == "row 4"


def test_two_forms_of_amounts_in_one_table_are_refused() -> None:
    with pytest.raises(InvalidFile) as refused:
        READER.read(csv_file('1,02/03/2026 5.1,,"1,000",,x', "2,02/03/2026 5.2,,1.000,,x"))

    assert [(p.code, p.where) for p in refused.value.problems] == [("amounts_contradict", "row 4")]


def test_a_broken_number_of_a_cell_never_reads_as_thousands() -> None:
    rows: list[list[object]] = [[*HEADER.split(",")], ["1", "02/03/2026 5.1", "", 25.125, "", "x"]]

    with pytest.raises(InvalidFile):
        READER.read(workbook(rows))


def test_zero_beside_an_amount_means_nothing() -> None:
    assert only(csv_file("1,02/03/2026 5.1,0,75000,,x")).entries[0].direction is Direction.IN


def test_a_row_with_both_sides_is_refused() -> None:
    with pytest.raises(InvalidFile):
        READER.read(csv_file("1,02/03/2026 5.1,100,75000,,x"))


def test_a_row_without_an_amount_is_a_problem_with_its_row() -> None:
    content = READER.read(csv_file("1,02/03/2026 5.1,,,25000,x", "2,02/03/2026 5.2,,5,25005,y"))

    assert [(p.rule, p.where) for p in content.problems] == [("amount_missing", "row 3")]
    assert len(content.statements[0].entries) == 1


def test_a_row_with_money_and_no_date_is_refused() -> None:
    with pytest.raises(InvalidFile) as refused:
        READER.read(csv_file("1,32/03/2026 5.1,,25000,,x"))

    assert refused.value.problems[0].where == "row 3"


def test_day_and_month_are_never_swapped() -> None:
    assert only(csv_file("1,03/02/2026 5.1,,25000,,x")).entries[0].booked_on == date(2026, 2, 3)
    with pytest.raises(InvalidFile):
        READER.read(csv_file("1,03/13/2026 5.1,,25000,,x"))


def test_a_time_is_vietnams() -> None:
    head = ("Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Mô tả",)
    statement = only(csv_file("02/03/2026 06:30:00,5.1,,25000,x", head=head))

    assert statement.entries[0].booked_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert statement.entries[0].booked_on == date(2026, 3, 2)


def test_words_of_a_label_in_a_payers_text_change_nothing() -> None:
    statement = only(
        csv_file(
            "Số dư đầu kỳ,,1000",
            '1,02/03/2026 5.1,,25000,,"Số dư đầu kỳ 999999"',
            '2,02/03/2026 5.2,,25000,,"Tổng số\nSố tài khoản 999"',
            '3,02/03/2026 5.3,,25000,,"=HYPERLINK(""x"")"',
        )
    )

    assert statement.opening == 1_000
    assert statement.account_number == "0011000000001"
    assert len(statement.entries) == 3
    assert statement.entries[2].text == '=HYPERLINK("x")'


def test_a_label_and_its_value_may_share_a_cell() -> None:
    statement = only(csv_file('"Số dư cuối kỳ/ Closing balance: 8,795,000 VND"'))

    assert statement.closing == 8_795_000
    assert statement.entries == ()


def test_a_header_printed_again_on_the_next_page_goes_on() -> None:
    statement = only(csv_file("1,02/03/2026 5.1,,1000,,x", HEADER, "2,02/03/2026 5.2,,2000,,y"))

    assert [entry.amount for entry in statement.entries] == [1_000, 2_000]


def test_a_table_without_rows_and_balances_is_refused() -> None:
    with pytest.raises(InvalidFile) as refused:
        READER.read(csv_file())

    assert refused.value.problems[0].code == "nothing_read"


def test_a_page_that_was_cut_off_is_refused() -> None:
    body = (SAMPLES / "vn/vcb_account_statement_html.xls").read_bytes()

    with pytest.raises(Invalid) as refused:
        READER.read(body[: len(body) * 3 // 4])

    assert refused.value.code == "file_cut"


def test_a_workbook_that_was_cut_off_is_refused() -> None:
    body = (SAMPLES / "vn/vcb_cashup_two_accounts.xlsx").read_bytes()

    with pytest.raises(Invalid) as refused:
        READER.read(body[: len(body) * 3 // 4])

    assert refused.value.code == "workbook_unreadable"
