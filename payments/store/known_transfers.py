"""A transfer as it is known by now: which request it is for, and what of it still waits.

The row of a transfer says what its first telling said. Later facts stand in tables of their own.
"""

from __future__ import annotations

from sqlalchemy import and_, func, select

from payments.store import tables_money as money

_transfers, _identified = money.transfers, money.identifications

IDENTIFIED = and_(
    _identified.c.centre_id == _transfers.c.centre_id,
    _identified.c.transfer_id == _transfers.c.transfer_id,
)
"""Joins a transfer, by an outer join, to the later telling that said what it is for."""

REFERENCE = func.coalesce(_identified.c.reference, _transfers.c.reference)
REQUEST_ID = func.coalesce(_identified.c.request_id, _transfers.c.request_id)
OUTCOME = func.coalesce(_identified.c.outcome, _transfers.c.outcome)

_NOW = {"reference": REFERENCE, "request_id": REQUEST_ID, "outcome": OUTCOME}
TRANSFERS = select(*(_NOW.get(column.name, column) for column in _transfers.c)).outerjoin_from(
    _transfers, _identified, IDENTIFIED
)
"""Selects the columns of transfers, in their order, as they are known by now."""

_given = (
    select(func.coalesce(func.sum(money.allocations.c.amount), 0))
    .where(
        money.allocations.c.centre_id == _transfers.c.centre_id,
        money.allocations.c.transfer_id == _transfers.c.transfer_id,
    )
    .correlate(_transfers)
    .scalar_subquery()
)
_gone = (
    select(func.coalesce(func.sum(money.reversals.c.amount), 0))
    .where(
        money.reversals.c.centre_id == _transfers.c.centre_id,
        money.reversals.c.transfer_id == _transfers.c.transfer_id,
    )
    .correlate(_transfers)
    .scalar_subquery()
)
REST = _transfers.c.amount - _given - _gone
"""What of a transfer that came in still waits: not given to a request and not taken back."""

_reversing = _transfers.alias("reversing")
TAKEN_BACK = (
    select(func.coalesce(func.sum(_reversing.c.amount), 0))
    .join(
        money.reversals,
        (money.reversals.c.centre_id == _reversing.c.centre_id)
        & (money.reversals.c.reversal_id == _reversing.c.transfer_id),
    )
    .where(
        money.reversals.c.centre_id == _transfers.c.centre_id,
        money.reversals.c.transfer_id == _transfers.c.transfer_id,
    )
    .correlate(_transfers)
    .scalar_subquery()
)
"""What of a transfer the bank has taken back, whether it waited or had been given away."""
