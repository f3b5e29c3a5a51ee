"""Tables as banks and offices print them awkwardly: still read right, or refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from bank_adapters.statements.spreadsheet import READER
from payments.domain.bank_messages import Direction, Statement
from reconciliation.domain.statement_checks import check_statement

HEAD = "Ngày giao dịch;Số CT;Ghi nợ;Ghi có;Số dư;Nội dung"
ROWS = (
    "02/03/2026;901;;50.000;1.050.000;nop phi A",
    "03/03/2026;902;25.000;;1.025.000;rut tien",
)
ABOVE = ("Số tài khoản;0011000000001", "Số dư đầu kỳ;1.000.000")
BELOW = ("Số dư cuối kỳ;1.025.000",)


def table(*lines: str) -> bytes:
    """A CSV file of these lines."""
    return ("\n".join(lines) + "\n").encode()


def only(body: bytes) -> Statement:
    (statement,) = READER.read(body).statements
    return statement


def told(statement: Statement) -> tuple[int | None, int | None, list[int]]:
    """Opening, closing and the movements: positive in, negative out."""
    moved = [
        entry.amount if entry.direction is Direction.IN else -entry.amount
        for entry in statement.entries
    ]
    return statement.opening, statement.closing, moved


def assert_plain(statement: Statement) -> None:
    """Assert that a statement says what the two rows say, and that it adds up."""
    assert told(statement) == (1_000_000, 1_025_000, [50_000, -25_000])
    assert check_statement(statement, account_number="", previous_closing=None) == ()


@pytest.mark.parametrize("sign", ["đ", " đ", "Đ", " đồng", " VNĐ", " ₫"])
def test_the_sign_of_dong_behind_a_balance_does_not_make_it_negative(sign: str) -> None:
    above = [f"{line}{sign}" for line in ABOVE[1:]]

    assert_plain(only(table(ABOVE[0], *above, HEAD, *ROWS, *BELOW)))


@pytest.mark.parametrize("mark", ["'", "\u202f", "\u00a0"])
def test_a_balance_beside_the_table_is_grouped_as_its_rows_are(mark: str) -> None:
    assert_plain(only(table(*(line.replace(".", mark) for line in (*ABOVE, HEAD, *ROWS, *BELOW)))))


@pytest.mark.parametrize("words", ["ngày 03/03/2026", "tại ngày 03/03/2026", "kỳ 03-03-2026"])
def test_the_day_of_a_balance_is_not_its_amount(words: str) -> None:
    assert_plain(only(table(*ABOVE, HEAD, *ROWS, f"Số dư cuối {words};;;;1.025.000")))


@pytest.mark.parametrize("words", ["Tổng cộng", "Cộng phát sinh", "Tổng cộng 2 giao dịch"])
def test_a_total_in_the_column_of_references_is_no_entry(words: str) -> None:
    statement = only(table(*ABOVE, HEAD, *ROWS, f";{words};25.000;50.000;", *BELOW))

    assert_plain(statement)
    assert (statement.printed_debits, statement.printed_credits) == (25_000, 50_000)


@pytest.mark.parametrize("row", ["(1);(2);(3);(4);(5);(6)", "A;B;1;2;3;4", "1;2;3;4;5=5+4-3;6"])
def test_numbers_of_columns_under_a_header_are_no_row(row: str) -> None:
    assert_plain(only(table(*ABOVE, HEAD, row, *ROWS, *BELOW)))


@pytest.mark.parametrize(
    "opening",
    ["Số dư đầu kỳ là 1.000.000", "Opening balance: VND 1.000.000", "Tồn đầu kỳ;VND1.000.000"],
)
def test_a_balance_is_found_behind_its_currency_and_in_a_sentence(opening: str) -> None:
    assert_plain(only(table(ABOVE[0], opening, HEAD, *ROWS, *BELOW)))


@pytest.mark.parametrize(
    "head",
    [
        "Ngày CT;Số CT;PS Nợ;PS Có;Tồn;Diễn giải",
        "Ngày GD;Mã GD;Rút tiền;Gửi tiền;Số dư cuối;Mô tả",
        "Thời gian;Số GD;Giảm;Tăng;Số dư;Lý do",
        "Ngày, tháng giao dịch;Số CT;Số tiền phát sinh nợ;Số tiền phát sinh có;Số dư;Nội dung",
    ],
)
def test_offices_have_other_words_for_the_same_columns(head: str) -> None:
    assert_plain(only(table(*ABOVE, head, *ROWS, *BELOW)))


@pytest.mark.parametrize("mark", ["'", "\u200b"])
def test_what_a_program_puts_before_a_cell_to_keep_it_text_is_not_read(mark: str) -> None:
    rows = [mark + row for row in ROWS]
    if mark == "'":
        rows = [";".join(cell and f"'{cell}" for cell in row.split(";")) for row in ROWS]

    assert_plain(only(table(*ABOVE, HEAD, *rows, *BELOW)))


@pytest.mark.parametrize("between", [" - ", ", ", "\t"])
def test_a_time_stands_behind_its_day_in_many_ways(between: str) -> None:
    rows = [row.replace("2026;", f"2026{between}08:15:00;") for row in ROWS]
    statement = only(table(*ABOVE, HEAD, *rows, *BELOW))

    assert [entry.booked_on for entry in statement.entries] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert_plain(statement)


def test_totals_by_currency_say_nothing_of_the_accounts_own() -> None:
    statement, other = READER.read(
        table(
            f"Số tài khoản;Loại tiền;{HEAD}",
            f"1013000000001;VND;{ROWS[0].replace('.', ',')}",
            "1013000000002;USD;02/03/2026;903;;1,500.50;11,500.50;chuyen tien",
            "Tổng số theo Loại tiền tệ;",
            "VND;;;;;50,000",
            "USD;;;;;1,500.50",
        )
    ).statements

    assert (statement.currency, told(statement)) == ("VND", (1_000_000, 1_050_000, [50_000]))
    assert (other.currency, told(other)) == ("USD", (1_000_000, 1_150_050, [150_050]))


def test_totals_of_a_day_between_the_rows_hide_none_of_them() -> None:
    rows = (ROWS[0], "Cộng ngày 02/03/2026;;0;50.000;;", ROWS[1], ";;7.000;;1.018.000;phi")
    closing = BELOW[0].replace("1.025", "1.018")
    statement = only(table(*ABOVE, HEAD, *rows, closing))

    assert told(statement) == (1_000_000, 1_018_000, [50_000, -25_000, -7_000])
    assert [entry.booked_on.day for entry in statement.entries] == [2, 3, 3]


def test_an_account_number_with_the_quote_that_keeps_it_text_is_one() -> None:
    statement = only(table("Số tài khoản;'0011000000001", ABOVE[1], HEAD, *ROWS, *BELOW))

    assert statement.account_number == "0011000000001"
    assert_plain(statement)


def test_a_german_export_names_its_account_currency_and_balance() -> None:
    statement = only(
        table(
            "Kontonummer;Buchungstag;Wertstellung;Buchungstext;Betrag;Kontostand;Währung",
            "123456789;09.04.2015;10.04.2015;Rechnung;-42,00;1.337,00;EUR",
            "123456789;08.04.2015;08.04.2015;Ticket;12,00;1.379,00;EUR",
        )
    )

    assert (statement.account_number, statement.currency) == ("123456789", "EUR")
    assert told(statement) == (136_700, 133_700, [-4_200, 1_200])
    assert statement.entries[0].value_on == date(2015, 4, 10)


@pytest.mark.parametrize("sides", [";", "0;0", "-;-"])
@pytest.mark.parametrize("words", ["Số dư đầu kỳ", "Số dư đầu kỳ/ Opening balance"])
def test_a_balance_with_a_day_is_no_entry(sides: str, words: str) -> None:
    opening = f"02/03/2026;;{sides};1.000.000;{words}"
    closing = f"03/03/2026;;{sides};1.025.000;Số dư cuối kỳ"

    assert_plain(only(table(ABOVE[0], HEAD, opening, *ROWS, closing)))


def test_balances_stand_in_a_side_where_they_have_no_column() -> None:
    rows = (
        "02/03/2026;;Số dư đầu kỳ;;1.000.000",
        "02/03/2026;901;nop phi A;;50.000",
        "03/03/2026;902;rut tien;25.000;",
        "03/03/2026;;Số dư cuối kỳ;;1.025.000",
    )
    head = "Ngày giao dịch;Số CT;Nội dung;Ghi nợ;Ghi có"

    assert_plain(only(table(ABOVE[0], head, *rows)))


def test_a_payment_that_says_it_were_a_balance_stays_a_payment() -> None:
    rows = (
        "02/03/2026;901;Số dư đầu kỳ;;50.000",
        "03/03/2026;902;Tổng cộng;25.000;",
    )
    head = "Ngày giao dịch;Số CT;Nội dung;Ghi nợ;Ghi có"

    assert_plain(only(table(*ABOVE, head, *rows, *BELOW)))


@pytest.mark.parametrize("day", ["", "03/03/2026"])
def test_a_total_is_known_by_its_words_and_both_its_sides(day: str) -> None:
    total = f"{day};;25.000;50.000;;Tổng cộng"
    statement = only(table(*ABOVE, HEAD, *ROWS, total, *BELOW))

    assert_plain(statement)
    assert (statement.printed_debits, statement.printed_credits) == (25_000, 50_000)


@pytest.mark.parametrize("heading", ["Betrag in EUR", "Số tiền giao dịch bằng EUR", "Amount (EUR)"])
def test_a_heading_of_several_words_names_the_currency(heading: str) -> None:
    statement = only(table(f"Ngày;Nội dung;{heading};Số CT", "09/04/2015;nop phi;42,50;1"))

    assert (statement.currency, told(statement)) == ("EUR", (None, None, [4_250]))


@pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013"])
def test_a_minus_of_any_kind_is_a_sign(minus: str) -> None:
    rows = ("02/03/2026;901;+;50.000;nop phi", f"03/03/2026;902;{minus};25.000;rut tien")
    head = "Ngày giao dịch;Số CT;Thay đổi;Số tiền;Nội dung"

    assert_plain(only(table(*ABOVE, head, *rows, *BELOW)))
