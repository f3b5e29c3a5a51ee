"""MT940 and MT942: every sample reads as it should, and a payer's words never become money."""

from __future__ import annotations

from datetime import date

import pytest

from bank_adapters.statements.mt940 import READER
from payments.domain.bank_messages import Direction, Statement
from payments.domain.errors import Invalid, InvalidFile
from reconciliation.domain.statement_checks import check_statement
from tests.statement_samples import EXPECTED, SAMPLES, assert_as_expected

PUBLIC = sorted(name for name in EXPECTED if name.startswith("mt940/"))
OURS = sorted(name for name in EXPECTED if name.endswith(".mt940") and name.startswith("vn/"))

HEAD = ":20:VCB260302\n:25:BFTVVNVX/0011000000009\n:28C:00061/001\n"


def message(*lines: str, opening: str = "C260301VND0,", closing: str = "C260304VND80000,") -> bytes:
    """A statement with the lines given between its balances."""
    body = "\n".join(lines)
    return f"{HEAD}:60F:{opening}\n{body}\n:62F:{closing}\n-\n".encode()


def only(body: bytes) -> Statement:
    """The one statement of a file."""
    (statement,) = READER.read(body).statements
    return statement


def rules(body: bytes) -> list[str]:
    """The rules that reading found broken."""
    return [problem.rule for problem in READER.read(body).problems]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_sample_reads_as_expected(name: str) -> None:
    body = (SAMPLES / name).read_bytes()
    wanted = EXPECTED[name]["statements"]
    if not wanted:
        assert not READER.recognises(name, body)
        return

    assert READER.recognises(name, body)
    statements = READER.read(body).statements

    assert len(statements) == len(wanted)
    for statement, one in zip(statements, wanted, strict=True):
        assert_as_expected(statement, one)


@pytest.mark.parametrize("name", OURS)
def test_a_vietnamese_sample_reads_as_expected(name: str) -> None:
    body = (SAMPLES / name).read_bytes()

    assert READER.recognises(name, body)
    assert_as_expected(only(body), EXPECTED[name])


@pytest.mark.parametrize("name", ["vn/vn_clean.mt940", "vn/vn_bom.mt940", "vn/vn_utf16.mt940"])
def test_a_clean_sample_has_no_problem(name: str) -> None:
    assert rules((SAMPLES / name).read_bytes()) == []


def test_days_written_first_are_read_and_reported() -> None:
    content = READER.read((SAMPLES / "vn/vn_ddmmyyyy.mt940").read_bytes())

    assert {problem.rule for problem in content.problems} == {"date_format"}
    assert content.statements[0].entries[0].booked_on == date(2026, 3, 2)


def test_a_reversal_of_a_credit_takes_money_out() -> None:
    statement = only((SAMPLES / "vn/vn_reversal_rc.mt940").read_bytes())
    reversal = next(entry for entry in statement.entries if entry.is_reversal)

    assert reversal.direction is Direction.OUT
    assert reversal.amount == 30_000


def test_a_reversal_of_a_debit_brings_money_in() -> None:
    statement = only(message(":61:2603020302RD80000,NTRFNONREF//A1", ":86:hoan phi"))

    assert statement.entries[0].direction is Direction.IN
    assert statement.entries[0].is_reversal


def test_an_expected_entry_of_mt942_is_pending() -> None:
    body = (
        f"{HEAD}:34F:VND0,\n:61:260302EC50000,NTRFNONREF\n:86:cho\n:90C:1VND50000,\n:90D:0VND0,\n"
    )

    statement = only(body.encode())

    assert statement.entries[0].is_pending
    assert statement.currency == "VND"
    assert (statement.printed_count, statement.printed_credits) == (1, 50_000)


def test_the_entry_date_is_the_booking_date_across_the_turn_of_the_year() -> None:
    statement = only(message(":61:2512310102C80000,NTRFNONREF", ":86:x"))

    assert statement.entries[0].booked_on == date(2026, 1, 2)
    assert statement.entries[0].value_on == date(2025, 12, 31)


def test_a_line_that_looks_like_a_payment_inside_a_text_is_text() -> None:
    body = message(
        ":61:2603020302C50000,NTRFNONREF//A1",
        ":86:LE MINH GIA nop phi",
        ":61:2603030303C9999999,NTRFNONREF//GIA",
        ":61:2603030303C30000,NTRFNONREF//A2",
        ":86:TRAN THI MAU nop phi",
    )
    statement = only(body)

    assert [entry.amount for entry in statement.entries] == [50_000, 30_000]
    assert ":61:2603030303C9999999" in statement.entries[0].text
    assert rules(body) == ["entry_in_text"]


def test_an_invented_payment_with_its_own_text_but_another_form_is_text() -> None:
    real = [
        line
        for number in range(1, 5)
        for line in (f":61:2603020302C20000,NTRFNONREF//A{number}", ":86:nop phi")
    ]
    body = message(*real, ":61:260303C9999999,NMSCGIA", ":86:gia")

    assert len(only(body).entries) == 4
    assert rules(body) == ["entry_in_text"]


def test_a_true_entry_that_the_balances_do_not_hold_is_kept_and_named() -> None:
    body = message(
        ":61:2603020302C80000,NTRFNONREF//A1",
        ":86:mot",
        ":61:2603020302C70000,NTRFNONREF//A2",
        ":86:hai",
    )

    assert len(only(body).entries) == 2
    assert rules(body) == ["entry_may_be_text"]


@pytest.mark.parametrize(
    "words",
    [
        ":20:GIA",
        ":25:9999999999999",
        ":28C:1/1",
        ":60F:C260301VND999999999,",
        ":62F:khong phai so du",
        ":61:khong phai giao dich",
    ],
)
def test_a_tag_in_a_payers_text_stays_text(words: str) -> None:
    body = message(":61:2603020302C80000,NTRFNONREF//A1", ":86:nop phi", words, "het")
    statement = only(body)

    assert statement.entries[0].text == f"nop phi {words} het"
    assert statement.account_number == "BFTVVNVX/0011000000009"
    assert statement.opening == 0
    assert rules(body) == []


def test_other_line_separators_do_not_begin_a_line() -> None:
    for mark in "\x0b\x0c\x1c\x85\u2028\u2029":
        text = f"nop phi{mark}:61:2603030303C9999999,NTRFNONREF"
        statement = only(message(":61:2603020302C80000,NTRFNONREF//A1", f":86:{text}"))

        assert [entry.amount for entry in statement.entries] == [80_000]
        assert mark not in statement.entries[0].text


def test_marks_that_turn_the_reading_direction_leave_the_text() -> None:
    statement = only(message(":61:2603020302C80000,NTRFNONREF", ":86:nop\u202e phi\u2066"))

    assert statement.entries[0].text == "nop phi"


@pytest.mark.parametrize("amount", ["1.000.000,", "80.000,", "80000,50", "80,000.", "٨٠,"])
def test_an_amount_in_another_form_is_named_and_never_read_in_part(amount: str) -> None:
    body = message(f":61:2603020302C{amount}NTRFNONREF", ":86:x")

    content = READER.read(body)

    assert content.statements[0].entries == ()
    assert {problem.rule for problem in content.problems} <= {
        "amount_unreadable",
        "entry_unreadable",
    }
    assert content.problems[0].where == "line 5"


def test_pages_stay_apart_and_their_balances_join() -> None:
    body = (
        f"{HEAD}:60F:C260301VND0,\n:61:260302C5,NTRFA\n:62M:C260302VND5,\n-\n"
        f"{HEAD}:60M:C260302VND5,\n:61:260302C7,NTRFB\n:62F:C260302VND12,\n-\n"
    )
    first, second = READER.read(body.encode()).statements

    assert first.closing == second.opening == 5
    assert second.closing == 12


def test_entries_of_a_page_may_be_older_than_the_day_of_its_balance() -> None:
    body = (
        f"{HEAD}:60F:C260301VND0,\n:61:260302C5,NTRFA\n:62M:C260304VND5,\n-\n"
        f"{HEAD}:60M:C260304VND5,\n:61:260303C7,NTRFB\n:62F:C260304VND12,\n-\n"
    )

    for statement in READER.read(body.encode()).statements:
        assert check_statement(statement, account_number="", previous_closing=None) == ()


def test_a_file_without_entries_and_balances_is_refused() -> None:
    with pytest.raises(InvalidFile):
        READER.read(HEAD.encode())


def test_an_empty_statement_with_balances_is_a_statement() -> None:
    assert only(message(closing="C260304VND0,")).entries == ()


def test_a_table_that_quotes_a_message_is_not_one() -> None:
    assert not READER.recognises("a.csv", b"Ngay,Noi dung\n1,x\n:20:A\n:25:B\n")


def test_a_preview_that_does_not_end_is_named() -> None:
    body = f"{HEAD}:34F:VND0,\n:61:2603020302C50000,NTRFNONREF\n:86:cho"

    assert rules(body.encode()) == ["message_cut"]
    assert rules(f"{body}\n-\n".encode()) == []


def test_a_statement_cut_anywhere_is_never_clean() -> None:
    whole = message(":61:2603020302C80000,NTRFNONREF//A1", ":86:nop phi").rstrip(b"-\n")
    for end in range(len(HEAD), len(whole) - len(",")):
        try:
            content = READER.read(whole[:end])
        except Invalid:
            continue
        (statement,) = content.statements
        checked = check_statement(statement, account_number="", previous_closing=None)
        assert content.problems or checked, whole[:end]


def test_the_floor_limit_of_a_preview_names_no_currency_but_dong() -> None:
    entry = ":61:2603020302C5,NTRFNONREF\n:90C:1{0}5,\n-\n"

    assert only(f"{HEAD}:34F:EUR0,\n{entry.format('EUR')}".encode()).currency == ""
    assert only(f"{HEAD}:34F:VND0,\n{entry.format('VND')}".encode()).currency == "VND"


def test_vietnamese_words_in_windows_1258_are_found() -> None:
    words = "Nguyê\u0303n Thi\u0323 nô\u0323p phi\u0301"
    body = message(":61:2603020302C80000,NTRFNONREF", f":86:{words}").decode().encode("cp1258")

    assert only(body).entries[0].text == "Nguyễn Thị nộp phí"


def test_latin_letters_of_other_countries_stay_as_they_are() -> None:
    body = message(":61:2603020302C80000,NTRFNONREF", ":86:Müller für Ärzte").decode()

    assert only(body.encode("latin-1")).entries[0].text == "Müller für Ärzte"


def test_utf_16_that_breaks_off_is_refused() -> None:
    body = message(":61:2603020302C80000,NTRFNONREF", ":86:x").decode().encode("utf-16")

    with pytest.raises(Invalid, match="encoding_unknown"):
        READER.read(body[:-1])
