"""What the settings pages and commands show: endpoints with their last delivery, and API keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from payments.domain.centres import ApiKey
from payments.domain.errors import NotFound
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint as people see it: never with its secret."""

    endpoint_id: str
    adapter: str
    way: str
    is_enabled: bool
    bank_bin: str
    account_number: str
    created_at: datetime
    last_delivery_at: datetime | None


def endpoint_rows(session: Session, centre_id: str) -> list[EndpointRow]:
    """Return a centre's endpoints, oldest first, with when a bank last spoke to each."""
    endpoints, accounts, messages = kept.endpoints, kept.bank_accounts, money.bank_messages
    last_delivery = (
        select(messages.c.received_at)
        .where(messages.c.centre_id == centre_id, messages.c.endpoint_id == endpoints.c.endpoint_id)
        .order_by(messages.c.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            endpoints.c.endpoint_id,
            endpoints.c.adapter,
            endpoints.c.way,
            endpoints.c.is_enabled,
            accounts.c.bank_bin,
            accounts.c.account_number,
            endpoints.c.created_at,
            last_delivery,
        )
        .join(
            accounts,
            (accounts.c.centre_id == endpoints.c.centre_id)
            & (accounts.c.account_id == endpoints.c.account_id),
        )
        .where(endpoints.c.centre_id == centre_id)
        .order_by(endpoints.c.created_at, endpoints.c.endpoint_id)
    )
    return session.all(EndpointRow, statement)


def api_keys(session: Session, centre_id: str) -> list[ApiKey]:
    """Return a centre's API keys, oldest first, the revoked ones included."""
    table = kept.api_keys
    statement = select(table).where(table.c.centre_id == centre_id)
    return session.all(ApiKey, statement.order_by(table.c.created_at, table.c.key_id))


def api_key_by_id(session: Session, centre_id: str, key_id: str) -> ApiKey:
    """Return one of a centre's keys. Raises NotFound."""
    table = kept.api_keys
    statement = select(table).where(table.c.centre_id == centre_id, table.c.key_id == key_id)
    key = session.first(ApiKey, statement)
    if key is None:
        raise NotFound("api_keys_unknown")
    return key
