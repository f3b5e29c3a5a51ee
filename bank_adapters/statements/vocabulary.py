"""The words banks print over the columns of a statement and beside its balances, by meaning.

One vocabulary for all banks, in Vietnamese and English and the languages of generic exports: a bank
that changes the order of its columns is still understood. Credit ("ghi có") is money into the
customer's account. Accents, capitals and punctuation do not count; ``words`` looks them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Column(StrEnum):
    """What a column of the table holds. Debit is money out of the account, credit money in."""

    ORDINAL = "ordinal"
    BOOKING_DATE = "booking_date"
    DATE = "date"
    VALUE_DATE = "value_date"
    REQUEST_DATE = "request_date"
    TIME = "time"
    REFERENCE = "reference"
    DEBIT = "debit"
    CREDIT = "credit"
    SIGN = "sign"
    AMOUNT = "amount"
    FEE = "fee"
    VAT = "vat"
    BALANCE = "balance"
    TEXT = "text"
    ACCOUNT = "account"
    CURRENCY = "currency"
    COUNTERPARTY = "counterparty"
    STATUS = "status"


class Label(StrEnum):
    """What stands beside the table, a word and then its value."""

    ACCOUNT = "account"
    CURRENCY = "currency"
    FROM = "from"
    UNTIL = "until"
    OPENING = "opening"
    CLOSING = "closing"
    DEBITS = "debits"
    CREDITS = "credits"
    COUNT = "count"
    NUMBER = "number"
    OTHER = "other"


COLUMNS: Mapping[Column, str] = {
    Column.ORDINAL: "stt | số thứ tự | tt | #",
    Column.BOOKING_DATE: (
        "ngày hạch toán | accounting date | posting date | posted date | booking date"
        " | ngày ghi sổ | ngày ht | buchungstag | booked on"
    ),
    Column.DATE: (
        "ngày | ngày gd | ngày giao dịch | tnx date | txn date | trans date | tran date"
        " | date | transaction date | ngày phát sinh | ngày ps | thời gian giao dịch"
        " | ngày giờ giao dịch | ngày giờ | thời gian | transaction time | date time"
        " | datetime | date operation | fecha | ngày tháng | ngày chứng từ | ngày thực hiện"
        " | ngày gd/giờ gd | date of transaction | transaction datetime | datum"
        " | ngày, giờ giao dịch | ngày thanh toán | ngày ct | ngày tháng giao dịch | ngày tháng năm"
    ),
    Column.VALUE_DATE: (
        "ngày hiệu lực | ngày hl | effective date | value date | ngày giá trị | val date"
        " | wertstellung"
    ),
    Column.REQUEST_DATE: "ngày kh thực hiện | requesting date | ngày yêu cầu | request date",
    Column.TIME: "dấu thời gian | time stamp | timestamp | giờ | giờ giao dịch | time | giờ gd",
    Column.REFERENCE: (
        "số ct | doc no | số tham chiếu | số chứng từ | reference number | reference"
        " | reference no | ref no | ref | số bút toán | bút toán | transaction no | số gd"
        " | số giao dịch | mã gd | mã giao dịch | transaction number | transaction id"
        " | document number | document no | số ref | mã tham chiếu | trace | số tc | fitid"
        " | txn id | txn no | referencia | trans no | mã bút toán | số bt"
        " | transaction reference | bank reference | chứng từ | ft no | số ft"
        " | transaction code | seq no | số hiệu chứng từ | teller seq | số bút toán giao dịch"
    ),
    Column.DEBIT: (
        "nợ | ghi nợ | số tiền ghi nợ | phát sinh nợ | ps nợ | tiền rút ra | tiền rút"
        " | tiền ra | debit | debit amount | dr | dr amount | rút ra | số tiền rút"
        " | withdrawal | withdrawals | withdraw | paid out | money out | chi | số tiền chi"
        " | tiền chi | số tiền nợ | amount out | số tiền rút ra | số tiền ra"
        " | số phát sinh nợ | debits | nợ/debit amount | chi ra | phát sinh giảm"
        " | số tiền trừ | out | debit amt | withdrawal amount | amount debit | rút tiền | giảm"
        " | số tiền phát sinh nợ"
    ),
    Column.CREDIT: (
        "có | ghi có | số tiền ghi có | phát sinh có | ps có | tiền gửi vào | tiền gửi"
        " | tiền vào | credit | credit amount | cr | cr amount | gửi vào | số tiền gửi"
        " | deposit | deposits | paid in | money in | thu | số tiền thu | tiền thu"
        " | số tiền có | amount in | số tiền gửi vào | số tiền vào | số phát sinh có"
        " | credits | có/credit amount | thu vào | phát sinh tăng | số tiền cộng | in"
        " | credit amt | deposit amount | amount credit | gửi tiền | nộp tiền | tăng"
        " | số tiền phát sinh có"
    ),
    Column.SIGN: (
        "+/- | thay đổi | dấu | ghi nợ/ghi có | ghi nợ/có | nợ/có | no/co | d/c | dr/cr"
        " | debit/credit | loại giao dịch | loại gd | loại | type | transaction type | c/d"
        " | cr/dr | credit/debit | dấu +/- | chiều giao dịch | chiều | ghi có/ghi nợ | có/nợ"
        " | direction | chiều tiền | sign"
    ),
    Column.AMOUNT: (
        "số tiền | amount | số tiền giao dịch | transaction amount | giá trị | số tiền gd"
        " | betrag | importe | montant | phát sinh | số phát sinh | giá trị giao dịch"
        " | số tiền phát sinh | txn amount | amt"
    ),
    Column.FEE: (
        "phí | phí/lãi | fee | fee/interest | phí giao dịch | phí dịch vụ | charge | charges"
        " | fees | phí gd | transaction fee | lệ phí ngân hàng | service fee"
    ),
    Column.VAT: (
        "thuế | vat | transaction vat | thuế vat | thuế gtgt | thuế gtgt/vat | tax | thuế/vat"
    ),
    Column.BALANCE: (
        "số dư | balance | tồn | running balance | số dư tk | số dư tài khoản | account balance"
        " | dư | số dư sau giao dịch | số dư cuối | số dư sau gd | số dư luỹ kế"
        " | số dư lũy kế | solde | saldo | balance after | ending balance | số dư hiện tại"
        " | available balance | số dư cuối kỳ | số dư khả dụng | closing balance"
        " | ledger balance | balance amount | kontostand"
    ),
    Column.TEXT: (
        "nội dung | nội dung chi tiết | transactions in detail | transaction details | mô tả"
        " | diễn giải | description | mô tả giao dịch | transaction description | ghi chú"
        " | remark | remarks | details | nội dung giao dịch | chi tiết | chi tiết giao dịch"
        " | narrative | memo | transaction detail | nội dung thanh toán"
        " | nội dung chuyển khoản | nội dung ck | particulars | nội dung diễn giải | libelle"
        " | verwendungszweck | concepto | transaction remark | thông tin giao dịch"
        " | diễn giải giao dịch | ghi chú/remark | transaction content | content | lý do"
        " | payment details | transactions detail"
    ),
    Column.ACCOUNT: (
        "số tài khoản | tài khoản | account | account number | account no | số tk | iban"
        " | cuenta | tk | stk | tài khoản số | kontonummer"
    ),
    Column.CURRENCY: (
        "loại tiền | loại tiền tệ | tiền tệ | currency | ccy | devise | moneda | đơn vị tiền"
        " | währung"
    ),
    Column.COUNTERPARTY: (
        "ngân hàng đối tác | remitter's bank | tài khoản đích | remitter's account number"
        " | tên tài khoản đối ứng | remitter's account name | đối tác | remitter | nh đối tác"
        " | đơn vị thụ hưởng | đơn vị chuyển | đơn vị thụ hưởng/đơn vị chuyển | người hưởng"
        " | người chuyển | người hưởng/người chuyển | tài khoản đối ứng | tk đối ứng"
        " | offset account | tên đối ứng | ngân hàng đối ứng | số tài khoản đối ứng"
        " | counterparty | beneficiary | tên tài khoản | account name | tên đối tác"
        " | người thụ hưởng | corresponsive account | corresponsive name | chi nhánh | branch"
        " | kênh giao dịch | channel | teller | counter account | tài khoản thụ hưởng"
        " | tài khoản chuyển | số tk đối ứng | tên tk đối ứng | đơn vị chuyển tiền"
        " | ngân hàng thụ hưởng | ngân hàng chuyển | tài khoản đối tác | giao dịch viên"
        " | mã khách hàng"
    ),
    Column.STATUS: "trạng thái | status | tình trạng | trạng thái giao dịch",
}
"""Words of one column, divided by bars. A slash inside belongs to the word as printed."""

LABELS: Mapping[Label, str] = {
    Label.ACCOUNT: (
        "số tài khoản | tài khoản số | số tk | tài khoản | account number | account no | stk"
        " | account | a/c no | acct no | tk số | số hiệu tài khoản | mã tài khoản"
    ),
    Label.CURRENCY: (
        "loại tiền tệ | loại tiền | đơn vị tiền tệ | tiền tệ | currency | ccy | đvt"
        " | đồng tiền | loại ngoại tệ | đơn vị tiền"
    ),
    Label.FROM: (
        "từ ngày | từ | from date | from | date from | ngày bắt đầu | kỳ sao kê"
        " | statement period | thời gian | period | giai đoạn | kỳ | khoảng thời gian"
    ),
    Label.UNTIL: "đến ngày | đến | to date | to | date to | ngày kết thúc | tới ngày",
    Label.OPENING: (
        "số dư đầu kỳ | số dư đầu ngày | số dư đầu tháng | số dư đầu | dư đầu kỳ"
        " | opening balance | open balance | beginning balance | balance brought forward"
        " | opening | dư đầu | số dư ban đầu | balance b/f | số dư kỳ trước"
        " | previous balance | starting balance | balance at start of period"
        " | tồn đầu kỳ | tồn đầu"
    ),
    Label.CLOSING: (
        "số dư cuối kỳ | số dư cuối kì | số dư cuối ngày | số dư cuối tháng | số dư cuối"
        " | dư cuối kỳ | closing balance | ending balance | closing | dư cuối | end balance"
        " | final balance | balance at end of period | tồn cuối kỳ | tồn cuối | balance c/f"
    ),
    Label.DEBITS: (
        "tổng ghi nợ | tổng phát sinh nợ | tổng nợ | tổng số tiền ghi nợ | tổng ps nợ"
        " | total debits | total debit | tổng tiền ra | tổng tiền rút | tổng rút"
        " | total withdrawals | tổng số tiền nợ | tổng chi | cộng phát sinh nợ"
        " | tổng tiền ghi nợ | total debit amount | doanh số nợ | tổng số ghi nợ"
        " | total withdrawal | tổng số tiền rút | doanh số ghi nợ | cộng ghi nợ"
    ),
    Label.CREDITS: (
        "tổng ghi có | tổng phát sinh có | tổng có | tổng số tiền ghi có | tổng ps có"
        " | total credits | total credit | tổng tiền vào | tổng tiền gửi | tổng gửi"
        " | total deposits | tổng số tiền có | tổng thu | cộng phát sinh có"
        " | tổng tiền ghi có | total credit amount | doanh số có | tổng số ghi có"
        " | total deposit | tổng số tiền gửi | doanh số ghi có | cộng ghi có"
    ),
    Label.COUNT: (
        "tổng số giao dịch | số lượng giao dịch | number of transactions | total transactions"
        " | số giao dịch phát sinh | tổng số bút toán | no of transactions"
        " | transaction count"
    ),
    Label.NUMBER: "số sao kê | statement no | statement number | sao kê số",
    # What reads like a label above and is none.
    Label.OTHER: (
        "số tài khoản cũ | tài khoản cũ | old account number | old account no | tên tài khoản"
        " | account name | loại tài khoản | account type | chủ tài khoản | số dư hiện tại"
        " | actual balance | số dư khả dụng | available balance | statement of account"
        " | sao kê tài khoản | account statement | chi tiết tài khoản | tài khoản thanh toán"
        " | current account | tài khoản đối ứng | phát sinh nợ/có trên tài khoản | mã số thuế"
        " | tax code | số lượng giao dịch ghi nợ | số lượng giao dịch ghi có"
        " | tổng số giao dịch ghi nợ | tổng số giao dịch ghi có | account holder"
        " | account owner | bằng chữ | in words | mã khách hàng | customer code"
        " | số dư tài khoản | số dư bình quân | average balance | tổng số bút toán ghi nợ"
        " | tổng số bút toán ghi có | printed on | ngày giờ in | ngày in"
        " | tổng số theo loại tiền tệ | tổng theo loại tiền | total by currency"
    ),
}
"""Words of one label, divided by bars; the longest that fits is meant."""

TOTALS = (
    "tổng số | tổng | tổng cộng | total | totals | grand total | cộng | cộng phát sinh"
    " | tổng tiền | tổng phát sinh | cộng doanh số | total volume | doanh số phát sinh"
    " | phát sinh trong kỳ | tổng phát sinh trong kỳ | cộng phát sinh trong kỳ"
    " | tổng doanh số | tổng số phát sinh | cộng ps | tổng ps | doanh số | tổng số tiền"
    " | cộng phát sinh nợ có | sum | tổng số theo loại tiền tệ | total amount"
    " | total by currency | cộng ngày | tổng ngày | cộng trong ngày | tổng trong ngày"
)
"""What begins a row of totals."""

CARRIED = (
    "mang sang | mang sang trang sau | chuyển sang trang sau | trang trước chuyển sang"
    " | cộng trang | cộng mang sang | số trang trước chuyển sang | carried forward"
    " | brought forward | page total | tổng trang | luỹ kế | lũy kế"
)
"""What begins a row that a page carries to the next one: no total of the statement."""

PENDING = (
    "pending | chờ xử lý | đang xử lý | chờ duyệt | processing | chưa hạch toán | thất bại | failed"
    " | hủy | cancelled | canceled | rejected | từ chối | không thành công | unposted | đã hủy"
)
"""States of an entry that moved no money, or not yet."""

INCOMING = "+ | c | cr | credit | có | ghi có | in | crdt | vào | tiền vào | thu | deposit | nhận"
OUTGOING = "- | d | dr | debit | nợ | ghi nợ | out | dbit | ra | tiền ra | chi | withdrawal | rút"
"""What a column of signs says of money in and money out."""
