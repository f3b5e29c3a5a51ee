"""The pretended bank: what it sends is what the adapter reads, spoiled only as banks spoil."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.sepay import ADAPTER
from bank_adapters.simulated.sepay import SIMULATOR
from bank_adapters.simulator import banks
from bank_adapters.statements.spreadsheet import READER
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import (
    BankRequest,
    Direction,
    Statement,
    StatementEntry,
    TransferNotice,
)
from payments.domain.errors import Invalid
from payments.ports import BankSimulator

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
REFERENCE = "TPH7K2M4QX9"
SECRETS = {
    "api_key": "khoa-api-thu-nghiem-01",
    "hmac": "whsec_0123456789abcdef01234567",
    "oauth2_token": "token-0123456789abcdef0123456789",
}


def a_notice(**changes: object) -> TransferNotice:
    values: dict[str, object] = {
        "event_id": "92704",
        "account_number": "0123499999",
        "direction": Direction.IN,
        "amount": 150_000,
        "currency": "VND",
        "occurred_at": datetime(2026, 3, 2, 7, 59, 58, tzinfo=UTC),
        "remittance_information": f"{REFERENCE} nộp lệ phí",
        "bank_reference": "FT26061123456789",
        "virtual_account": "",
        "balance_after": 19_077_000,
    }
    return TransferNotice(**(values | changes))  # type: ignore[arg-type] # rows of a table


def bare(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def test_the_simulator_fits_the_port() -> None:
    simulator: BankSimulator = SIMULATOR

    assert simulator.name == ADAPTER.name


@pytest.mark.parametrize("secret_name", SECRETS)
@pytest.mark.parametrize(
    "notice",
    [
        a_notice(),
        a_notice(direction=Direction.OUT, balance_after=None, bank_reference=""),
        a_notice(event_id="5f0c-11", virtual_account="VA0001"),
        a_notice(event_id="007", amount=10**13),
    ],
    ids=["money in", "money out", "named event", "largest"],
)
def test_what_the_simulator_sends_the_adapter_proves_and_reads(
    secret_name: str, notice: TransferNotice
) -> None:
    secret = SECRETS[secret_name]

    credentials = Credentials(secret_name, {secret_name: [secret]})
    sent = SIMULATOR.delivery(notice, credentials, NOW)
    request = BankRequest(sent.method, sent.query, sent.headers, sent.body, "127.0.0.1")
    ADAPTER.authenticate(request, credentials, NOW)

    assert ADAPTER.parse(request, credentials) == (notice,)


def test_what_sepay_could_not_send_is_refused() -> None:
    with pytest.raises(Invalid):
        SIMULATOR.delivery(
            a_notice(currency="USD"), Credentials("hmac", {"hmac": [SECRETS["hmac"]]}), NOW
        )
    with pytest.raises(Invalid):
        SIMULATOR.delivery(a_notice(), Credentials("none", {}), NOW)
    with pytest.raises(Invalid):
        SIMULATOR.delivery(a_notice(), Credentials("hmac", {"hmac": [" "]}), NOW)
    with pytest.raises(Invalid):
        SIMULATOR.mangle(REFERENCE, Random(1), bank="NO SUCH BANK")


@given(
    seed=st.integers(0, 2**32),
    words=st.lists(st.text("abcXYZ0189 ăệđ-_#/!?.", max_size=30), max_size=3),
    bank=st.sampled_from(["", *banks()]),
)
def test_every_letter_of_the_reference_survives_in_order(
    seed: int, words: list[str], bank: str
) -> None:
    text = " ".join([*words, REFERENCE, *words])

    line = SIMULATOR.mangle(text, Random(seed), bank=bank, at=NOW)

    assert REFERENCE in bare(line)
    assert line.isascii()
    assert line.isprintable()


def test_one_seed_gives_one_line() -> None:
    lines = [SIMULATOR.mangle(REFERENCE, Random(7)) for _ in range(2)]

    assert lines[0] == lines[1]


def many_lines(bank: str = "", text: str = f"{REFERENCE} nop le phi cap giay phep") -> list[str]:
    random = Random(20260302)
    return [SIMULATOR.mangle(text, random, bank=bank, at=NOW) for _ in range(2_000)]


def test_most_references_stay_whole_and_some_are_split_by_a_blank() -> None:
    split = sum(REFERENCE not in line.upper() for line in many_lines("Vietcombank"))

    assert 0 < split < 1_000


def test_case_is_sometimes_lost_and_mostly_kept() -> None:
    lines = many_lines("Agribank", "Ab1 cD2 nop le phi")

    assert 1_700 < sum("Ab1 cD2" in line for line in lines) < 2_000
    assert any("AB1 CD2" in line for line in lines)
    assert any("ab1 cd2" in line for line in lines)


def test_marks_and_punctuation_are_lost_as_banks_lose_them() -> None:
    assert all(
        "Le phi BV337 so 1" in line or "LE PHI" in line.upper()
        for line in many_lines("VPBank", "Lệ phí BV-337 số #1")
    )
    assert any("asc(33)" in line.lower() for line in many_lines("VietinBank", "cam on!"))


def test_a_long_line_is_cut_behind_the_payers_text() -> None:
    text = REFERENCE + " le phi" * 20
    lines = many_lines("Agribank", text)

    cut = [line for line in lines if line.startswith("MBVCB") and len(line) == 204]
    assert cut
    assert all(bare(text) in bare(line) for line in lines)


def test_every_measured_bank_wraps_in_its_own_way() -> None:
    assert set(banks()) == {
        "ACB",
        "Agribank",
        "BIDV",
        "KienlongBank",
        "MB",
        "VPBank",
        "VietinBank",
        "Vietcombank",
    }
    for bank in banks():
        assert any(line != REFERENCE for line in many_lines(bank, REFERENCE))
        assert not any("{" in line or "}" in line for line in many_lines(bank, REFERENCE))


def test_the_wrapper_carries_vietnams_time() -> None:
    assert all("150000" in line for line in many_lines() if ".020326." in line)
    assert any(".020326.150000." in line for line in many_lines("Vietcombank"))


def test_a_trace_that_stands_twice_is_one_trace() -> None:
    traces = [re.findall("Trace ?([0-9]{6})", line) for line in many_lines("MB", "no le phi tre")]

    assert any(len(found) == 2 for found in traces)
    assert all(len(set(found)) <= 1 for found in traces)


def test_the_statement_file_is_read_back_by_the_banks_reader() -> None:
    entry = StatementEntry(
        "1",
        date(2026, 3, 2),
        150_000,
        Direction.IN,
        "HTR1 nop phi",
        "FT26061",
        balance_after=650_000,
    )
    statement = Statement(
        "0123499999", "VND", (entry,), opening=500_000, closing=650_000,
        period_from=date(2026, 3, 2), period_to=date(2026, 3, 2),
    )  # fmt: skip

    name, body = SIMULATOR.statement_file(statement)

    assert name == "sao-ke-0123499999-20260302.csv"
    read = READER.read(body).statements[0]
    assert (read.opening, read.closing, read.account_number) == (500_000, 650_000, "0123499999")
    assert [(line.amount, line.text, line.bank_reference) for line in read.entries] == [
        (150_000, "HTR1 nop phi", "FT26061")
    ]
