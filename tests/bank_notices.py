"""One transfer as a bank would tell of it, for the tests of adapters."""

from __future__ import annotations

from datetime import UTC, datetime

from payments.domain.bank_messages import Direction, TransferNotice


def a_notice(**changes: object) -> TransferNotice:
    values: dict[str, object] = {
        "event_id": "92704",
        "account_number": "0123499999",
        "direction": Direction.IN,
        "amount": 150_000,
        "currency": "VND",
        "occurred_at": datetime(2026, 3, 2, 7, 59, 58, tzinfo=UTC),
        "remittance_information": "TPH7K2M4QX9 nộp lệ phí",
        "bank_reference": "FT26061123456789",
        "virtual_account": "",
        "balance_after": 19_077_000,
    }
    return TransferNotice(**(values | changes))  # type: ignore[arg-type] # rows of a table
