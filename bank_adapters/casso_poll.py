"""Casso's transactions API, by which a centre fetches what a webhook has missed.

Source: developer.casso.vn, "API lấy giao dịch" of version 2. Its defaults (10 rows, 7 days) would
hide rows, so every page is asked for by name. It tells the day of a transfer, often no time.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from bank_adapters import fields
from payments.domain.adapters import OutgoingRequest, Polling, PollPage, PollSpan
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Invalid

API_KEY: Final = "api_key"
URL: Final = "https://oauth.casso.vn/v2/transactions"
ROWS: Final = 100

POLLING: Final = Polling(every_s=600, least_gap_ms=1000, days_back=30, secrets=(API_KEY,))
"""Casso publishes no limit; one call a second is what any service bears."""

_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")


def request(span: PollSpan, api_key: str) -> OutgoingRequest:
    """Return the call for one page, the oldest first, of the days that a time touches."""
    query = urlencode(
        {
            "fromDate": f"{local(span.since):%Y-%m-%d}",
            "toDate": f"{local(span.until):%Y-%m-%d}",
            "page": span.cursor or "1",
            "pageSize": ROWS,
            "sort": "ASC",
        }
    )
    return OutgoingRequest("GET", f"{URL}?{query}", (("Authorization", f"Apikey {api_key}"),))


def page(body: bytes) -> PollPage:
    """Read one page of the answer. Raises Invalid naming the field."""
    whole = fields.read_object(body)
    if whole.get("error") != 0:
        raise Invalid("provider_refused", field="error")
    data = fields.inner(whole, "data")
    number, last = data.get("page"), data.get("totalPages")
    if type(number) is not int or type(last) is not int:
        raise Invalid("field_not_whole_number", field="page")
    notices = tuple(_notice(row) for row in fields.items(data, "records"))
    return PollPage(notices, str(number + 1) if number < last else "")


def _notice(row: fields.JsonObject) -> TransferNotice:
    amount = fields.signed_amount(row, "amount")
    return TransferNotice(
        event_id=fields.whole_or_text(row, "id", _EVENT_ID),
        account_number=fields.identifier(row, "bankSubAccId", _ACCOUNT),
        direction=Direction.IN if amount > 0 else Direction.OUT,
        amount=abs(amount),
        currency="VND",
        occurred_at=fields.local_day_or_time(row, "when"),
        remittance_information=fields.free_text(row, "description"),
        bank_reference=fields.free_text(row, "tid").strip(),
        virtual_account=fields.optional_identifier(row, "virtualAccount", _VIRTUAL_ACCOUNT),
        balance_after=fields.balance(row, "cusum_balance"),
    )
