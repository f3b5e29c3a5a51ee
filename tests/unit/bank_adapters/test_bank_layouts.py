"""Every bank's layout is known by its printed words: the samples, and other forms of them."""

from __future__ import annotations

import io
import json
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bank_adapters.statements.spreadsheet import READER
from payments.domain.bank_messages import Direction, Statement, StatementFile
from payments.domain.errors import InvalidFile
from reconciliation.domain.statement_checks import check_statement, listed

SAMPLES = Path(__file__).parents[2] / "data" / "statements"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text("utf-8"))
TABLES = [
    name for name in EXPECTED if name.startswith("vn/") and name.endswith((".xlsx", ".xls", ".csv"))
]


def csv_of(text: str) -> bytes:
    """A CSV file of these lines; their margin is not part of them."""
    return "\n".join(line.strip() for line in text.strip().splitlines()).encode() + b"\n"


def only(body: bytes) -> Statement:
    (statement,) = READER.read(body).statements
    return statement


def broken(statement: Statement) -> list[str]:
    found = check_statement(statement, account_number="", previous_closing=None)
    return [problem.rule for problem in found]


def moved(statement: Statement) -> list[int]:
    """The movements in the file's order: positive in, negative out."""
    return [
        entry.amount if entry.direction is Direction.IN else -entry.amount
        for entry in statement.entries
    ]


def told(statement: Statement) -> dict[str, Any]:
    return {
        "opening": statement.opening,
        "credits": listed(statement, Direction.IN),
        "debits": listed(statement, Direction.OUT),
        "closing": statement.closing,
        "entries": len(statement.entries),
        "fees": statement.fees,
        "vat": statement.vat,
    }


def read_sample(name: str) -> StatementFile:
    return READER.read((SAMPLES / name).read_bytes())


@pytest.mark.parametrize("name", TABLES)
def test_a_sample_reads_as_expected(name: str) -> None:
    wanted = EXPECTED[name].get("statements", [EXPECTED[name]])
    statements = read_sample(name).statements

    assert len(statements) == len(wanted)
    for statement, one in zip(statements, wanted, strict=True):
        shown = told(statement)
        assert shown == {key: one.get(key, 0) for key in shown}
        assert statement.currency == one.get("currency", "VND")
        assert broken(statement) == []


def test_the_amount_that_a_row_lost_is_told_by_the_balances() -> None:
    (problem,) = read_sample("vn/agribank_missing_amount.csv").problems
    wanted = EXPECTED["vn/agribank_missing_amount.csv"]

    assert (problem.rule, problem.where) == ("amount_missing", "row 11")
    assert f"row {wanted['missing_row']} of the table" in problem.message
    assert dict(problem.facts) == {"missing": str(wanted["missing_amount"])}


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("csv_european_decimals", [-123_456, 350_000, -450]),
        ("csv_french_headers", [-123_456, 350_000, -450]),
        ("csv_spanish_headers", [-123_456, 350_000, -450]),
    ],
)
def test_a_generic_export_is_read_in_its_own_language(name: str, amounts: list[int]) -> None:
    statement = only((SAMPLES / f"csv/bsp__{name}.csv").read_bytes())

    assert moved(statement) == amounts
    assert (statement.currency, statement.decimals) == ("EUR", 2)
    assert len(statement.entries) == EXPECTED[f"csv/bsp__{name}.csv"]["data_rows"]


def test_a_garbled_amount_names_its_line() -> None:
    with pytest.raises(InvalidFile) as refused:
        READER.read((SAMPLES / "csv/bsp__csv_garbled_amount.csv").read_bytes())

    assert [problem.where for problem in refused.value.problems] == ["row 3"]


VIETINBANK = """
    NGÂN HÀNG TMCP CÔNG THƯƠNG VIỆT NAM;;;;;
    Số tài khoản/ Account No:;110000000001;;;;
    Loại tiền/ Currency: VND;;;;;
    Từ ngày 02/03/2026 đến ngày 03/03/2026;;;;;
    STT;Ngày hạch toán/Accounting date;Mô tả giao dịch/Transaction description;Nợ/ Debit;Có / Credit;Số dư TK/ Account balance;Số giao dịch/Transaction number
    ;;Số dư đầu kỳ;;;1.000.000;
    1;02/03/2026;nop phi A;;50.000;1.050.000;901
    2;;nop phi B;;25.000;1.075.000;902
    3;03/03/2026;rut tien;75.000;;1.000.000;903
    ;;Số dư cuối kỳ;;;1.000.000;
"""


def test_vietinbank_leaves_repeated_days_blank() -> None:
    statement = only(csv_of(VIETINBANK))

    assert [entry.booked_on.day for entry in statement.entries] == [2, 2, 3]
    assert moved(statement) == [50_000, 25_000, -75_000]
    assert statement.account_number == "110000000001"
    assert (statement.period_from, statement.period_to) == (date(2026, 3, 2), date(2026, 3, 3))
    assert broken(statement) == []


@pytest.mark.parametrize("form", ["NFD", "bare", "upper"])
def test_words_are_known_in_every_spelling(form: str) -> None:
    text = VIETINBANK.upper() if form == "upper" else unicodedata.normalize("NFD", VIETINBANK)
    if form == "bare":
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
        text = text.replace("đ", "d").replace("Đ", "D")
    statement = only(csv_of(text))

    assert told(statement) == told(only(csv_of(VIETINBANK)))


def test_acb_prints_its_balances_under_their_words() -> None:
    statement = only(
        csv_of("""
            BẢNG SAO KÊ GIAO DỊCH,,,,,
            Số tài khoản,Loại tiền,Số dư đầu,Số dư cuối,,
            1234567,VND,"1,000,000","975,000",,
            Ngày hiệu lực,Ngày giao dịch,Số GD,Nội dung,Tiền rút ra,Tiền gửi vào,Số dư
            02/03/2026,02/03/2026,77,nop phi,,"50,000","1,050,000"
            03/03/2026,03/03/2026,78,rut,"75,000",,"975,000"
        """)
    )

    assert (statement.account_number, statement.opening, statement.closing) == (
        "1234567",
        1_000_000,
        975_000,
    )
    assert statement.entries[0].bank_reference == "77"
    assert broken(statement) == []


def test_agribank_prints_a_balance_on_every_row_and_a_footer() -> None:
    statement = only(
        csv_of("""
            Tài khoản/Account: 3900201000001,,,,,
            Ngày/Date,Ghi chú/Remark,Nợ/Dr,Có/Cr,Số dư/Balance,Số tham chiếu/Ref. no
            02/03/2026,nop phi,,"50,000","150,000",54833579
            02/03/2026,rut,"20,000",,"130,000",54833580
            ,,,,,
            Chi nhánh: Huế,,,,,Người in: A
            Thời gian in: 05/03/2026 08:00,,,,,
        """)
    )

    assert (statement.opening, statement.closing) == (100_000, 130_000)
    assert moved(statement) == [50_000, -20_000]
    assert broken(statement) == []


def test_msb_prints_opening_total_and_closing_inside_the_table() -> None:
    statement = only(
        csv_of("""
            Tài khoản số: 03001010000001,,,,,
            Ngày giao dịch/Transaction date,Số bút toán/Reference no,Người hưởng/Người chuyển,Diễn giải,Nợ/Debit,Có/Credit
            Số dư đầu kỳ/Opening balance,,,,,"100,000"
            02/03/2026,FT1,A,nop phi,,"50,000"
            03/03/2026,FT2,B,phi,"1,100",
            Tổng cộng/Total,,,,"1,100","50,000"
            Số dư cuối kỳ/Closing balance,,,,,"148,900"
            Ngày in: 04/03/2026,,,,,
        """)
    )

    assert told(statement)["entries"] == 2
    assert (statement.opening, statement.closing) == (100_000, 148_900)
    assert (statement.printed_debits, statement.printed_credits) == (1_100, 50_000)
    assert broken(statement) == []


def test_vib_prints_money_out_in_brackets() -> None:
    statement = only(
        csv_of("""
            Số tài khoản;;601704060000001
            Số dư đầu kỳ;;100,000
            Ngày giao dịch;Số chứng từ;Mô tả;Ghi nợ;Ghi có;Loại tiền;Số dư
            02/03/2026;1;nop phi;;50,000;VND;150,000
            03/03/2026;2;phi;(200,000);;VND;(50,000)
        """)
    )

    assert moved(statement) == [50_000, -200_000]
    assert (statement.opening, statement.closing) == (100_000, -50_000)
    assert broken(statement) == []


def uob() -> bytes:
    """UOB Vietnam: the reference is the second line of the remark, and no column has it."""
    rows: list[list[str]] = [
        ["Số tài khoản", "1003000001"],
        ["Ngày hiệu lực", "Ngày Giao dịch", "Dấu thời gian", "Mô tả", "Tiền gửi", "Tiền rút", "Số dư"],
        ["02/03/2026", "02/03/2026", "09:30:00", "nop phi\nFT26061000001", "50,000.00", "", "150,000.00"],
        ["03/03/2026", "03/03/2026", "10:00:00", "phi\nFT26062000002", "", "5,000.00", "145,000.00"],
        ["Tổng số theo Loại tiền tệ", "", "", "", "50,000.00", "5,000.00", ""],
        ["Lưu ý:", "", "", "", "", "", ""],
    ]  # fmt: skip
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def test_uob_prints_the_reference_below_the_remark() -> None:
    statement = only(uob())

    assert [entry.bank_reference for entry in statement.entries] == [
        "FT26061000001",
        "FT26062000002",
    ]
    assert statement.entries[0].booked_at == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert (statement.printed_credits, statement.printed_debits) == (50_000, 5_000)
    assert broken(statement) == []


def test_rows_stand_in_either_order() -> None:
    head = "Ngày;Nội dung;Ghi nợ;Ghi có;Số dư\n"
    rows = ["01/03/2026;a;;10;110\n", "02/03/2026;b;20;;90\n", "03/03/2026;c;;5;95\n"]
    down = only((head + "".join(rows)).encode())
    up = only((head + "".join(reversed(rows))).encode())

    assert told(down) == told(up)
    assert (down.opening, down.closing) == (100, 95)


@pytest.mark.parametrize(
    ("amounts", "read"),
    [
        (("1 500 000", "500"), [1_500_000, 500]),
        (("1\u00a0500\u00a0000 ₫", "500 ₫"), [1_500_000, 500]),
        (("+1.500.000", "-500"), [1_500_000, -500]),
        (("1,500,000 CR", "500 DR"), [1_500_000, -500]),
        (("1,500,000", "500-"), [1_500_000, -500]),
        (("1.500.000đ", "(500)"), [1_500_000, -500]),
        (("1'500'000", "−500"), [1_500_000, -500]),
        (("1500000.00", "-500.00"), [1_500_000, -500]),
    ],
)
def test_one_signed_column_holds_both_sides(amounts: tuple[str, str], read: list[int]) -> None:
    rows = [f"0{day}/03/2026;x;{amount}" for day, amount in enumerate(amounts, start=1)]

    assert moved(only("\n".join(["Ngày;Nội dung;Số tiền", *rows, ""]).encode())) == read


@pytest.mark.parametrize(
    ("incoming", "outgoing"),
    [("C", "D"), ("CR", "DR"), ("Có", "Nợ"), ("Ghi có", "Ghi nợ"), ("+", "-"), ("Credit", "Debit")],
)
def test_a_column_of_sides_gives_the_direction(incoming: str, outgoing: str) -> None:
    body = f"""
        Ngày giao dịch,Loại giao dịch,Số tiền (VND),Diễn giải
        01/03/2026,{incoming},"10,000",a
        02/03/2026,{outgoing},"3,000",b
    """

    assert moved(only(csv_of(body))) == [10_000, -3_000]


def test_a_header_of_two_lines_is_one_header() -> None:
    statement = only(
        csv_of("""
            STT;Ngày;Số CT;Phát sinh;;Số dư;Nội dung
            ;;;Nợ;Có;;
            1;02/03/2026;9;;10.000;20.000;a
            2;02/03/2026;8;5.000;;15.000;b
        """)
    )

    assert moved(statement) == [10_000, -5_000]
    assert (statement.opening, statement.closing) == (10_000, 15_000)


def test_the_currency_may_stand_in_the_heading() -> None:
    statement = only(csv_of("Date,Description,Debit (USD),Credit (USD)\n02/03/2026,x,,10.50"))

    assert (statement.currency, statement.decimals, moved(statement)) == ("USD", 2, [1_050])


def test_the_columns_of_the_published_csv_are_known() -> None:
    statement = only(
        csv_of("""
            PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails
            1,01/09/2024,5215.97152,,3.000,,ung ho
            1,01/09/2024,5215.97153,,2.000,15.000,ung ho
            2,02/09/2024,5219.1,,50.000,65.000,ung ho
        """)
    )

    assert (statement.opening, statement.closing) == (10_000, 65_000)
    assert broken(statement) == []


def test_a_remark_may_go_on_in_the_next_row_and_a_footer_is_no_remark() -> None:
    statement = only(
        csv_of("""
            Ngày;Nội dung;Ghi nợ;Ghi có
            01/03/2026;nop phi ho so;;10
            ;H13.66-1;;
            02/03/2026;b;;20
            ;Trân trọng cảm ơn Quý khách;;
        """)
    )

    assert [entry.text for entry in statement.entries] == ["nop phi ho so H13.66-1", "b"]


def test_a_page_total_is_not_the_total() -> None:
    statement = only(
        csv_of("""
            Ngày;Nội dung;Ghi nợ;Ghi có
            01/03/2026;a;;10
            Cộng trang;;;10
            Mang sang;;;10
            02/03/2026;b;;20
            Tổng cộng;;0;30
        """)
    )

    assert statement.printed_credits == 30
    assert moved(statement) == [10, 20]


def test_a_payers_words_in_a_row_without_a_day_are_no_total() -> None:
    statement = only(
        csv_of("""
            Ngày;Số GD;Nội dung;Ghi nợ;Ghi có
            01/03/2026;1;a;;10
            ;2;Tổng cộng;;20
            ;3;Số dư cuối kỳ 5;;30
        """)
    )

    assert moved(statement) == [10, 20, 30]
    assert (statement.printed_credits, statement.closing) == (None, None)


def test_accounts_named_in_the_rows_are_statements_of_their_own() -> None:
    read = READER.read(
        csv_of("""
            Date,Account,Description,Amount,Currency
            2026-03-02,001,a,10,VND
            2026-03-02,002,b,20,VND
            2026-03-03,001,c,-5,VND
        """)
    )

    assert [(one.account_number, moved(one)) for one in read.statements] == [
        ("001", [10, -5]),
        ("002", [20]),
    ]


def test_an_account_that_follows_without_a_header_has_its_own_rows() -> None:
    read = READER.read(
        csv_of("""
            Số tài khoản;001111
            Ngày;Nội dung;Ghi nợ;Ghi có;Số dư
            01/03/2026;a;;10;110
            Số tài khoản;002222
            01/03/2026;b;;20;220
        """)
    )

    assert [(one.account_number, one.opening) for one in read.statements] == [
        ("001111", 100),
        ("002222", 200),
    ]


def test_a_pending_row_is_marked() -> None:
    statement = only(
        csv_of("""
            Ngày;Nội dung;Ghi nợ;Ghi có;Trạng thái
            01/03/2026;a;;10;Thành công
            01/03/2026;b;;20;Chờ xử lý
        """)
    )

    assert [entry.is_pending for entry in statement.entries] == [False, True]


@pytest.mark.parametrize(
    "printed",
    [
        "02/03/2026", "2/3/2026", "02-03-2026", "02.03.2026", "2026-03-02", "2026/03/02", "02/03/26",
        "20260302", "02-Mar-2026", "02/03/2026 00:30", "2026-03-02T00:30:00", "00:30:00 02/03/2026",
        "02/03/2026 12:30:00 AM", "46083", "2026-03-01T18:00:00Z", "02/03/2026 12:30 SA",
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_forms_banks_print(printed: str) -> None:
    statement = only(f"Ngày;Nội dung;Số tiền\n{printed};x;10\n".encode())

    assert statement.entries[0].booked_on == date(2026, 3, 2)


def test_requested_booked_and_effective_days_are_kept_apart() -> None:
    statement = only(
        csv_of("""
            Ngày KH thực hiện,Ngày giao dịch,Ngày hiệu lực,Diễn giải,Có
            2026-03-01 20:00:00,2026-03-02,2026-03-03,x,10
        """)
    )

    (entry,) = statement.entries
    assert (entry.booked_on, entry.value_on) == (date(2026, 3, 2), date(2026, 3, 3))
    assert entry.booked_at == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)


def test_a_file_cut_off_inside_its_last_row_is_refused() -> None:
    body = csv_of(VIETINBANK)
    cut = body[: body.index(b"rut tien") + 3]

    with pytest.raises(InvalidFile) as refused:
        READER.read(cut)

    assert [problem.code for problem in refused.value.problems] == ["file_cut"]


def test_techcombanks_printed_list_has_charges_in_columns_of_their_own() -> None:
    statement = only(
        csv_of("""
            Số dư đầu kỳ/ Open balance;;;;;;;;;1,000,000.00
            Ngày giao dịch/Transaction date;Đối tác/Remitter;NH đối tác;Diễn giải/Details;Số bút toán/Transaction no;Nợ;Có;Phí;Thuế;Số dư
            02/03/2026;A;VCB;nop phi;FT1;;50,000.00;;;1,050,000.00
            02/03/2026;;;phi;FT2;;;1,000.00;100.00;1,048,900.00
            Cộng doanh số/ Total volume;;;;;0.00;50,000.00;1,000.00;100.00;
            Số dư cuối kì / Ending balance;;;;;;;;;1,048,900.00
        """)
    )

    assert moved(statement) == [50_000, -1_100]
    assert [entry.is_charge for entry in statement.entries] == [False, True]
    assert (statement.fees, statement.vat, statement.printed_debits) == (1_000, 100, 0)
    assert broken(statement) == []


def test_a_charge_beside_a_payment_is_an_entry_of_its_own() -> None:
    statement = only(csv_of("Ngày;Nội dung;Nợ;Có;Phí;Số dư\n02/03/2026;x;;100;10;190"))

    assert moved(statement) == [100, -10]
    assert [entry.balance_after for entry in statement.entries] == [200, 190]
    assert broken(statement) == []


def test_words_below_the_table_are_no_rows() -> None:
    statement = only(
        csv_of("""
            Ngày;Nội dung;Ghi nợ;Ghi có;Số dư
            01/03/2026;a;;10.000;110.000
            Ngày 05 tháng 03 năm 2026;;;;
            Người lập biểu;;Kiểm soát;Giám đốc;
            Trang 1/1;;;;
        """)
    )

    assert moved(statement) == [10_000]


def test_a_row_that_is_missing_is_named_with_its_amount() -> None:
    statement = only(
        csv_of("""
            Ngày;Nội dung;Ghi nợ;Ghi có;Số dư
            01/03/2026;a;;10.000;110.000
            02/03/2026;c;;20.000;150.000
            03/03/2026;d;5.000;;145.000
        """)
    )
    gaps = [
        problem
        for problem in check_statement(statement, account_number="", previous_closing=None)
        if problem.rule == "row_chain"
    ]

    assert [(gap.where, dict(gap.facts)) for gap in gaps] == [("row 3", {"missing": "20000"})]
