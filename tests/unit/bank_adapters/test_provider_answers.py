"""Kept answers of a provider's API, read as a statement: whole, in order, and each row once."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bank_adapters.registry import installed_statement_readers
from bank_adapters.statements.provider_answers import READER
from payments.domain.adapters import OutgoingRequest
from payments.domain.bank_messages import Statement
from payments.domain.errors import Invalid
from payments.domain.kept_answers import KeptAnswers
from reconciliation.services.read_statement import choose_reader
from tests.provider_apis import Row, SePayApi

DAY = date(2021, 3, 9)
ACCOUNT = "0123499999"


def answer(*rows: Row) -> str:
    url = "https://x/?transaction_date_min=2021-03-09 00:00:00&transaction_date_max=2021-03-09 23:59:59"
    request = OutgoingRequest("GET", f"{url}&account_number={ACCOUNT}".replace(" ", "%20"))
    return SePayApi(list(rows)).send(request, most_bytes=10**6).body.decode()


def kept(*answers: str, provider: str = "sepay", last: date = DAY) -> bytes:
    return KeptAnswers(provider, ACCOUNT, DAY, last, answers).written()


def read(*answers: str) -> Statement:
    (statement,) = READER.read(kept(*answers)).statements
    return statement


def test_only_this_reader_recognises_the_file() -> None:
    body = kept(answer(Row(1, "2021-03-09 10:00:00", 1, 1)))

    assert choose_reader("a.json", body, installed_statement_readers()).name == READER.name
    assert not READER.recognises("a.json", b'{"kept":"something else"}')


def test_the_file_holds_the_answers_byte_for_byte() -> None:
    odd = '{"a":"ệ\\u1ec7 \\"quoted\\"\\n",  "b":1.00}\r\n'
    body = kept(odd)

    assert KeptAnswers.read(body).answers == (odd,)
    assert KeptAnswers.read(body).written() == body


def test_rows_stand_oldest_first_though_they_came_newest_first() -> None:
    rows = [Row(n, f"2021-03-09 1{n}:00:00", 1_000, 1_000 * n) for n in range(1, 5)]

    assert [entry.where for entry in read(answer(*rows)).entries] == [
        f"id {n}" for n in range(1, 5)
    ]


def test_rows_of_one_second_are_ordered_by_their_balances() -> None:
    rows = [Row(n, "2021-03-09 10:00:00", 1_000, 1_000 * n) for n in range(1, 5)]
    statement = read(answer(*rows))

    assert [entry.balance_after for entry in statement.entries] == [1_000, 2_000, 3_000, 4_000]
    assert (statement.opening, statement.closing) == (0, 4_000)


def test_rows_at_midnight_tell_no_time() -> None:
    (first, second) = read(
        answer(
            Row(1, "2021-03-09 00:00:00", 1_000, 1_000), Row(2, "2021-03-09 00:00:01", 1_000, 2_000)
        )
    ).entries

    assert first.booked_at is None
    assert second.booked_at is not None


def test_one_transaction_told_in_two_ways_is_a_problem() -> None:
    one = json.loads(answer(Row(1, "2021-03-09 10:00:00", 1_000, 1_000)))
    other = json.loads(answer(Row(1, "2021-03-09 10:00:00", 2_000, 2_000)))
    both = json.dumps({"transactions": one["transactions"] + other["transactions"]})

    assert [problem.rule for problem in READER.read(kept(both)).problems] == ["transaction_differs"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (kept(), "answers_incomplete"),
        (kept(answer(), answer()), "answers_incomplete"),
        (kept(answer(), last=date(2021, 3, 10)), "answers_incomplete"),
        (kept(answer(), last=date(2021, 3, 8)), "answers_unreadable"),
        (kept(answer(), last=date(2031, 3, 8)), "answers_unreadable"),
        (kept(answer(), provider="payos"), "provider_not_asked"),
        (kept(answer(), provider="nobody"), "provider_not_asked"),
        (kept("{}"), "field_malformed"),
        (kept("not json"), "body_not_json"),
        (b'{"kept":"provider answers",', "answers_unreadable"),
        (b'{"kept":"provider answers","answers":5}', "answers_unreadable"),
        (kept(answer()).replace(b'"answers":["', b'"answers":[5,"'), "answers_unreadable"),
        (kept(answer()).replace(b"2021-03-09", b"2021-33-09"), "answers_unreadable"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        READER.read(body)

    assert caught.value.code == code
