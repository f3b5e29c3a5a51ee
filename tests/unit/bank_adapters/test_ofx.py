"""OFX: every sample reads as it should, and nothing in a value becomes a transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bank_adapters.statements.ofx import READER
from payments.domain.bank_messages import Direction, Statement
from payments.domain.errors import Invalid, InvalidFile
from tests.statement_samples import EXPECTED, SAMPLES, balance, moved

PUBLIC = sorted(name for name in EXPECTED if name.startswith("ofx/"))
HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"


def transaction(
    amount: str = "50000", *, more: str = "<MEMO>nop phi", day: str = "20260302"
) -> str:
    return f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>F1{more}\n</STMTTRN>"


def document(*parts: str, currency: str = "VND", ledger: str = "50000", head: str = HEAD) -> str:
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}"
        "<BANKACCTFROM><ACCTID>0011</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>20260303{''.join(parts)}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{ledger}<DTASOF>20260303</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def only(text: str | bytes) -> Statement:
    body = text if isinstance(text, bytes) else text.encode()
    (statement,) = READER.read(body).statements
    return statement


def rules(text: str) -> list[str]:
    return [problem.rule for problem in READER.read(text.encode()).problems]


def refusal(text: str) -> str:
    with pytest.raises(InvalidFile) as caught:
        READER.read(text.encode())
    return caught.value.problems[0].code


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_sample_reads_as_expected(name: str) -> None:
    body = (SAMPLES / name).read_bytes()
    wanted = EXPECTED[name]

    assert READER.recognises(name, body)
    if not wanted["entries"]:
        assert refusal(body.decode("latin-1")) == "nothing_read"
        return
    statement = only(body)
    closing = balance(statement, statement.closing)
    assert len(statement.entries) == wanted["entries"]
    assert moved(statement, Direction.IN) == Decimal(wanted["credits"])
    assert moved(statement, Direction.OUT) == Decimal(wanted["debits"])
    assert [one for one in [statement.currency] if one] == wanted["currencies"]
    assert closing == next((Decimal(one) for one in wanted["ledger_balances"] if one), None)


def test_a_statement_in_dong_is_read_whole() -> None:
    statement = only(document(transaction(), transaction("-1100.00", more="<NAME>phi")))

    assert [(one.amount, one.direction) for one in statement.entries] == [
        (50_000, Direction.IN),
        (1_100, Direction.OUT),
    ]
    assert (statement.closing, statement.opening, statement.decimals) == (50_000, None, 0)
    assert statement.entries[0].text == "nop phi"
    assert statement.entries[0].bank_reference == "F1"
    assert statement.period_to == date(2026, 3, 3)


def test_a_pending_transaction_is_pending() -> None:
    pending = "<STMTTRNP><DTTRAN>20260302<TRNAMT>7<NAME>x</STMTTRNP>"
    text = document(transaction()).replace(
        "<LEDGERBAL>", f"<BANKTRANLISTP><DTASOF>20260303{pending}</BANKTRANLISTP><LEDGERBAL>"
    )

    assert [one.is_pending for one in only(text).entries] == [False, True]


def test_decimals_may_stand_behind_a_comma() -> None:
    assert only(document(transaction("8,85"), currency="EUR", ledger="1")).entries[0].amount == 885


@pytest.mark.parametrize("amount", ["", "1,000.00", "1e3", "--1", "50000.5", "٥", "1" * 19])
def test_an_amount_that_cannot_be_read_is_named_and_counts_nothing(amount: str) -> None:
    text = document(transaction(amount))

    assert only(text).entries[0].amount == 0
    assert rules(text) == ["amount_unreadable"]


def test_an_amount_in_a_payers_words_makes_the_amount_unreadable() -> None:
    text = document(transaction(more="<MEMO>x<TRNAMT>99999999"))

    assert rules(text) == ["tag_repeated", "amount_unreadable"]


def test_a_transaction_inside_a_transaction_is_refused() -> None:
    assert refusal(document(transaction(more="<MEMO>x</BANKTRANLIST>"))) == "xml_unreadable"


def test_escaped_tags_and_marks_stay_text() -> None:
    memo = "<MEMO>&lt;STMTTRN&gt;<![CDATA[</STMTTRN>]]>&amp;\u202e\x07:61:"

    assert only(document(transaction(more=memo))).entries[0].text == "<STMTTRN></STMTTRN>& :61:"


@pytest.mark.parametrize("day", ["20260231", "", "2026-03-02", "20261302", "abc"])
def test_a_day_that_is_none_is_named(day: str) -> None:
    assert rules(document(transaction(day=day))) == ["date_unreadable"]


def test_a_time_with_an_offset_is_told_as_vietnams_day() -> None:
    found = only(document(transaction(day="20260302173000.000[0:GMT]"))).entries[0]

    assert found.booked_on == date(2026, 3, 3)
    assert found.booked_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


def test_a_file_cut_anywhere_is_refused() -> None:
    text = document(transaction()).rstrip()

    for end in range(text.index("<OFX>") + 5, len(text)):
        assert refusal(text[:end]) in {"file_cut", "xml_unreadable"}


def test_what_stands_behind_the_end_is_refused() -> None:
    assert refusal(document(transaction()) + "<OFX></OFX>") == "xml_unreadable"


def test_a_document_type_is_refused() -> None:
    assert (
        refusal(document(transaction(), head="<!DOCTYPE OFX [<!ENTITY a 'b'>]>")) == "xml_refused"
    )


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("ENCODING:USASCII\nCHARSET:1252", "cp1252"),
        ("ENCODING:USASCII\nCHARSET:1258", "cp1258"),
        ("ENCODING:UTF-8\nCHARSET:NONE", "utf-8"),
        ("ENCODING:UNICODE\nCHARSET:NONE", "utf-16"),
        ("ENCODING:USASCII\nCHARSET:NONE", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found_or_declared(declared: str, encoding: str) -> None:
    head = f"OFXHEADER:100\nDATA:OFXSGML\n{declared}\n\n"
    body = document(transaction(more="<MEMO>né à"), head=head).encode(encoding)

    assert READER.recognises("a.ofx", body)
    assert only(body).entries[0].text == "né à"


def test_an_encoding_that_is_neither_found_nor_declared_is_refused() -> None:
    head = "OFXHEADER:100\nENCODING:USASCII\nCHARSET:NONE\n\n"
    body = document(transaction(more="<MEMO>caf\xe9 M\xfcller"), head=head).encode("latin-1")

    with pytest.raises(Invalid, match="encoding_unknown"):
        READER.read(body)
