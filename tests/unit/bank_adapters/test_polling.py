"""Asking SePay and Casso for what their webhooks missed: the calls, the pages, the rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from bank_adapters import casso, sepay, sepay_poll
from payments.domain.adapters import Credentials, PollSpan
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports.bank import PollingAdapter

SPAN = PollSpan(datetime(2026, 3, 1, 17, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, 30, 5, tzinfo=UTC))
SEPAY = Credentials("hmac", {"hmac": ["h" * 32], "api_token": ["t" * 40]})
CASSO = Credentials("webhook_key", {"webhook_key": ["w" * 32], "api_key": ["k" * 40]})
SEPAY_ROW = {
    "id": "49682",
    "bank_brand_name": "Vietcombank",
    "account_number": "0071000888888",
    "transaction_date": "2026-03-02 15:00:00",
    "amount_out": "0.00",
    "amount_in": "18067000.00",
    "accumulated": "1200541768.00",
    "transaction_content": "TPH7K2M4 nop le phi",
    "reference_number": "677760.050523.080001",
    "code": None,
    "sub_account": "VCB0011ABC004",
}
CASSO_ROW = {
    "id": 5789,
    "tid": "TF2104152395814062",
    "description": "Khanhnm chuyen tien",
    "amount": -193000,
    "cusum_balance": 1070904,
    "when": "2026-03-02T00:00:00",
    "bankSubAccId": "8007041027107",
    "virtualAccount": "",
}


def sepay_body(*rows: object) -> bytes:
    return json.dumps({"status": 200, "error": None, "transactions": rows}).encode()


def casso_body(*rows: object, page: int = 1, pages: int = 1) -> bytes:
    data = {"page": page, "totalPages": pages, "records": rows}
    return json.dumps({"error": 0, "message": "success", "data": data}).encode()


def test_both_adapters_fit_the_port() -> None:
    adapters: list[PollingAdapter] = [sepay.ADAPTER, casso.ADAPTER]

    for adapter, credentials in zip(adapters, (SEPAY, CASSO), strict=True):
        assert adapter.poll_request(SPAN, "0071", credentials).method == "GET"
    for declaration in (sepay.ADAPTER.declaration, casso.ADAPTER.declaration):
        assert declaration.polling is not None
        assert declaration.polling.least_gap_ms >= 500
        for name in declaration.polling.secrets:
            declaration.secret(name)


def test_sepay_is_asked_for_an_account_and_a_time() -> None:
    request = sepay.ADAPTER.poll_request(SPAN, "0071000888888", SEPAY)

    assert parse_qs(urlsplit(request.url).query) == {
        "account_number": ["0071000888888"],
        "transaction_date_min": ["2026-03-02 00:00:00"],
        "transaction_date_max": ["2026-03-02 15:30:05"],
        "limit": ["5000"],
    }
    assert request.headers == (("Authorization", "Bearer " + "t" * 40),)


def test_a_row_of_sepay_is_told_as_its_webhook_tells_it() -> None:
    page = sepay.ADAPTER.poll_page(sepay_body(SEPAY_ROW), SPAN, SEPAY)

    assert page.cursor == ""
    assert page.notices == (
        TransferNotice(
            event_id="49682",
            account_number="0071000888888",
            direction=Direction.IN,
            amount=18_067_000,
            currency="VND",
            occurred_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
            remittance_information="TPH7K2M4 nop le phi",
            bank_reference="677760.050523.080001",
            virtual_account="VCB0011ABC004",
            balance_after=1_200_541_768,
        ),
    )


def test_a_full_answer_of_sepay_goes_on_at_its_oldest_row() -> None:
    times = [f"2026-03-02 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(5000)]
    rows = [SEPAY_ROW | {"id": str(n), "transaction_date": time} for n, time in enumerate(times, 1)]

    page = sepay.ADAPTER.poll_page(sepay_body(*rows), SPAN, SEPAY)

    assert (len(page.notices), page.cursor) == (5000, "2026-03-02 00:00:00")
    goes_on = sepay.ADAPTER.poll_request(PollSpan(SPAN.since, SPAN.until, page.cursor), "1", SEPAY)
    assert parse_qs(urlsplit(goes_on.url).query)["transaction_date_max"] == [page.cursor]


def test_more_rows_of_one_second_than_an_answer_holds_are_not_lost_in_silence() -> None:
    rows = [SEPAY_ROW | {"id": str(n)} for n in range(1, sepay_poll.MOST_ROWS + 1)]
    span = PollSpan(SPAN.since, SPAN.until, "2026-03-02 15:00:00")

    with pytest.raises(Invalid, match="too_many_at_one_time"):
        sepay.ADAPTER.poll_page(sepay_body(*rows), span, SEPAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_in": "18067000"},
        {"amount_in": "18067000.50"},
        {"amount_in": 18067000},
        {"amount_in": "0.00"},
        {"amount_out": "1.00"},
        {"amount_in": "-5.00"},
        {"accumulated": "many"},
        {"id": "4.9"},
        {"transaction_date": "2026-03-02"},
        {"account_number": ""},
    ],
)
def test_a_row_of_sepay_that_cannot_be_read_stops_the_page(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        sepay.ADAPTER.poll_page(sepay_body(SEPAY_ROW, SEPAY_ROW | wrong), SPAN, SEPAY)


def test_casso_is_asked_for_days_page_by_page() -> None:
    request = casso.ADAPTER.poll_request(SPAN, "8007041027107", CASSO)

    assert parse_qs(urlsplit(request.url).query) == {
        "fromDate": ["2026-03-02"],
        "toDate": ["2026-03-02"],
        "page": ["1"],
        "pageSize": ["100"],
        "sort": ["ASC"],
    }
    assert request.headers == (("Authorization", "Apikey " + "k" * 40),)


def test_the_pages_of_casso_follow_one_another_to_the_last() -> None:
    first = casso.ADAPTER.poll_page(casso_body(CASSO_ROW, page=1, pages=2), SPAN, CASSO)
    last = casso.ADAPTER.poll_page(casso_body(page=2, pages=2), SPAN, CASSO)

    assert (first.cursor, last.cursor, last.notices) == ("2", "", ())
    (notice,) = first.notices
    assert (notice.event_id, notice.direction, notice.amount) == ("5789", Direction.OUT, 193_000)
    assert (notice.account_number, notice.balance_after) == ("8007041027107", 1_070_904)
    assert notice.occurred_at == datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": 401, "message": "no"}',
        b'{"error": 0, "data": []}',
        casso_body(CASSO_ROW | {"amount": 0}),
        casso_body(CASSO_ROW | {"when": "yesterday"}),
        casso_body("row"),
    ],
)
def test_an_answer_of_casso_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        casso.ADAPTER.poll_page(body, SPAN, CASSO)


@pytest.mark.parametrize("adapter", [sepay.ADAPTER, casso.ADAPTER])
def test_without_its_secret_nobody_is_asked(adapter: PollingAdapter) -> None:
    with pytest.raises(NotAuthenticated, match="secret_missing"):
        adapter.poll_request(SPAN, "1", Credentials("hmac", {}))
