"""The kept deliveries of banks as pages and commands list them: newest first, never the bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from payments.domain.bank_messages import Direction
from payments.domain.business_day import day_bounds
from payments.domain.errors import NotFound
from payments.domain.transfers import BankMessage, Outcome
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What the list is narrowed to. ``before`` is a delivery that the page stays under."""

    endpoint_id: str = ""
    verdict: str = ""
    day: date | None = None
    event_id: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as a list shows it. ``verdict`` is empty for one of before revision 0004."""

    message_id: str
    received_at: datetime
    endpoint_id: str
    adapter: str
    account_number: str
    method: str
    remote_address: str
    verdict: str
    problem: str
    reply_status: int
    handled_ms: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class ToldTransfer:
    """A transfer that a delivery speaks of, as it stands now."""

    transfer_id: str
    event_id: str
    direction: Direction
    amount: int
    reference: str
    outcome: Outcome
    telling: int
    agrees: bool


def delivery_list(
    session: Session, centre_id: str, wanted: DeliveryFilter, *, limit: int
) -> list[DeliveryRow]:
    """Return a centre's deliveries, the newest first."""
    messages, endpoints, accounts = money.bank_messages, kept.endpoints, kept.bank_accounts
    statement = (
        select(
            messages.c.message_id,
            messages.c.received_at,
            messages.c.endpoint_id,
            endpoints.c.adapter,
            accounts.c.account_number,
            messages.c.method,
            messages.c.remote_address,
            messages.c.verdict,
            messages.c.problem,
            messages.c.reply_status,
            messages.c.handled_ms,
            func.length(messages.c.body),
        )
        .join(endpoints, endpoints.c.endpoint_id == messages.c.endpoint_id)
        .join(
            accounts,
            and_(
                accounts.c.centre_id == endpoints.c.centre_id,
                accounts.c.account_id == endpoints.c.account_id,
            ),
        )
        .where(messages.c.centre_id == centre_id, *_conditions(session, centre_id, wanted))
        .order_by(messages.c.received_at.desc(), messages.c.message_id.desc())
        .limit(limit)
    )
    return session.all(DeliveryRow, statement)


def delivery(session: Session, centre_id: str, message_id: str) -> BankMessage:
    """Return one of a centre's deliveries. Raises NotFound."""
    table = money.bank_messages
    statement = select(table).where(
        table.c.message_id == message_id, table.c.centre_id == centre_id
    )
    found = session.first(BankMessage, statement)
    if found is None:
        raise NotFound("delivery_unknown")
    return found


def told_transfers(session: Session, centre_id: str, message_id: str) -> list[ToldTransfer]:
    """Return the transfers that a delivery is evidence of."""
    evidence, transfers = money.evidence, money.transfers
    statement = (
        select(
            transfers.c.transfer_id,
            evidence.c.event_id,
            transfers.c.direction,
            transfers.c.amount,
            transfers.c.reference,
            transfers.c.outcome,
            evidence.c.telling,
            evidence.c.agrees,
        )
        .join(
            transfers,
            and_(
                transfers.c.transfer_id == evidence.c.transfer_id,
                transfers.c.centre_id == evidence.c.centre_id,
            ),
        )
        .where(evidence.c.message_id == message_id, evidence.c.centre_id == centre_id)
        .order_by(evidence.c.recorded_at, evidence.c.evidence_id)
    )
    return session.all(ToldTransfer, statement)


def _conditions(
    session: Session, centre_id: str, wanted: DeliveryFilter
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a filter."""
    table = money.bank_messages
    if wanted.endpoint_id:
        yield table.c.endpoint_id == wanted.endpoint_id
    if wanted.verdict:
        yield table.c.verdict == wanted.verdict
    if wanted.day is not None:
        first, after = day_bounds(wanted.day)
        yield table.c.received_at >= first
        yield table.c.received_at < after
    if wanted.event_id:
        yield table.c.message_id.in_(
            select(money.evidence.c.message_id).where(
                money.evidence.c.event_id == wanted.event_id,
                money.evidence.c.centre_id == centre_id,
            )
        )
    if wanted.before:
        edge = delivery(session, centre_id, wanted.before)
        yield or_(
            table.c.received_at < edge.received_at,
            and_(table.c.received_at == edge.received_at, table.c.message_id < edge.message_id),
        )
