"""The samples of statements in tests/data, and what a correct reader gets from them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from payments.domain.bank_messages import Direction, Statement

SAMPLES = Path(__file__).parent / "data" / "statements"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text("utf-8"))


def moved(statement: Statement, direction: Direction) -> Decimal:
    """The sum of one direction in the currency's main unit."""
    units = sum(
        entry.amount
        for entry in statement.entries
        if entry.direction is direction and not entry.is_pending
    )
    return Decimal(units).scaleb(-statement.decimals)


def balance(statement: Statement, units: int | None) -> Decimal | None:
    """A balance in the currency's main unit."""
    return None if units is None else Decimal(units).scaleb(-statement.decimals)


def decimal(text: str | int | None) -> Decimal | None:
    """An amount as the expectations write it."""
    return None if text is None else Decimal(str(text))


def assert_as_expected(statement: Statement, wanted: dict[str, Any]) -> None:
    """Compare everything that the expectations say about a statement."""
    opening, closing = (
        balance(statement, units) for units in (statement.opening, statement.closing)
    )
    credited, debited = (moved(statement, side) for side in (Direction.IN, Direction.OUT))
    assert len(statement.entries) == wanted["entries"]
    assert opening == decimal(wanted["opening"])
    assert closing == decimal(wanted["closing"])
    assert credited == decimal(wanted["credits"])
    assert debited == decimal(wanted["debits"])
    assert statement.currency == (wanted["currency"] or "")
    if "balances" in wanted:
        known = opening is not None and closing is not None
        adds_up = opening + credited - debited == closing if known else None  # type: ignore[operator]  # known says that both are there
        assert adds_up == wanted["balances"]
    if "account" in wanted:
        assert statement.account_number == (wanted["account"] or "")
        assert sum(entry.is_reversal for entry in statement.entries) == wanted["reversals"]
    if "number" in wanted:
        assert statement.number == wanted["number"]
