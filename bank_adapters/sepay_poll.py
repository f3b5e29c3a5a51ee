"""SePay's transactions API, by which a centre fetches what a webhook has missed.

Source: developer.sepay.vn, "Transaction API" of version 1. Version 2 names transactions by other
ids than the webhook does, so that one transfer would look like two; version 1 names them alike.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from bank_adapters import fields
from payments.domain.adapters import OutgoingRequest, Polling, PollPage, PollSpan
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Invalid

API_TOKEN: Final = "api_token"  # noqa: S105 # a name, not a secret
URL: Final = "https://my.sepay.vn/userapi/transactions/list"
MOST_ROWS: Final = 5000

POLLING: Final = Polling(
    every_s=300,
    least_gap_ms=500,
    days_back=30,
    secrets=(API_TOKEN,),
    retry_header="x-sepay-userapi-retry-after",
)
"""Two calls a second are allowed; beyond that SePay answers 429 and says when to ask again."""

_EVENT_ID = re.compile(r"[0-9]{1,18}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")
_MONEY = re.compile(r"(-?[0-9]{1,15})\.00")


def request(span: PollSpan, account: str, token: str) -> OutgoingRequest:
    """Return the call for an account's transfers between two times, the newest 5,000 of them."""
    query = urlencode(
        {
            "account_number": account,
            "transaction_date_min": _written(span.since),
            "transaction_date_max": span.cursor or _written(span.until),
            "limit": MOST_ROWS,
        }
    )
    return OutgoingRequest("GET", f"{URL}?{query}", (("Authorization", f"Bearer {token}"),))


def page(body: bytes, span: PollSpan) -> PollPage:
    """Read an answer. A full one goes on at the time of its oldest row.

    Raises Invalid naming the field, also when more rows bear one time than an answer can hold.
    """
    rows = fields.items(fields.read_object(body), "transactions")
    notices = tuple(_notice(row) for row in rows)
    if len(rows) < MOST_ROWS:
        return PollPage(notices)
    oldest = _written(min(notice.occurred_at for notice in notices))
    if oldest == (span.cursor or _written(span.until)):
        raise Invalid("too_many_at_one_time", field="transaction_date")
    return PollPage(notices, oldest)


def _notice(row: fields.JsonObject) -> TransferNotice:
    came, left = _money(row, "amount_in"), _money(row, "amount_out")
    if (came > 0) == (left > 0):
        raise Invalid("amount_out_of_range", field="amount_in")
    return TransferNotice(
        event_id=fields.whole_or_text(row, "id", _EVENT_ID),
        account_number=fields.identifier(row, "account_number", _ACCOUNT),
        direction=Direction.IN if came else Direction.OUT,
        amount=fields.amount({"amount": came or left}, "amount"),
        currency="VND",
        occurred_at=fields.local_time(row, "transaction_date"),
        remittance_information=fields.free_text(row, "transaction_content"),
        bank_reference=fields.free_text(row, "reference_number").strip(),
        virtual_account=fields.optional_identifier(row, "sub_account", _VIRTUAL_ACCOUNT),
        balance_after=_money(row, "accumulated") or None,
    )


def _money(row: fields.JsonObject, name: str) -> int:
    """Read đồng as SePay's API writes them: with two noughts behind the point."""
    value = row.get(name)
    if isinstance(value, str) and (written := _MONEY.fullmatch(value)):
        return int(written[1])
    raise Invalid("field_malformed", field=name)


def _written(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}"
