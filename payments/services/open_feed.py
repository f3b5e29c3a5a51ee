"""Open a connection that can be asked: its adapter, its account, its secrets and its pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from payments.domain.adapters import Credentials, Polling
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import Conflict, Invalid, NotFound
from payments.ports import BankAdapter, OpenUnitOfWork, SecretBox, World
from payments.ports.bank import PollingAdapter
from payments.ports.network import Network
from payments.services.keep_secrets import credentials_of


@dataclass(frozen=True, slots=True)
class Poller:
    """What polling takes of the world: transactions, time, secrets, the network, how to wait."""

    open_uow: OpenUnitOfWork
    world: World
    box: SecretBox
    network: Network
    wait: Callable[[timedelta], None]


@dataclass(frozen=True, slots=True)
class Feed:
    """A connection that can be asked, opened: its adapter, account, secrets and provider's pace."""

    endpoint: Endpoint
    account: BankAccount
    adapter: PollingAdapter
    polling: Polling
    known_as: str
    credentials: Credentials = field(repr=False)


def open_feed(
    poller: Poller, adapter: BankAdapter | None, *, centre_id: str, endpoint_id: str
) -> Feed:
    """Open the secrets of a connection that can be asked.

    Raises NotFound for an unknown connection, Conflict for a closed one, Invalid when its provider
    cannot be asked or the secret for it is missing.
    """
    with poller.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
        if endpoint.centre_id != centre_id:
            raise NotFound("endpoints_unknown")
        account = uow.centres.account(centre_id, endpoint.account_id)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    credentials = credentials_of(poller.box, endpoint, poller.world.clock.now())
    polling = askable(adapter, credentials)
    if adapter is None or not isinstance(adapter, PollingAdapter):
        raise Invalid("polling_unsupported", field="endpoint", adapter=endpoint.adapter)
    setting = adapter.declaration.account_setting
    known_as = credentials.settings.get(setting, "")
    return Feed(endpoint, account, adapter, polling, known_as, credentials)


def askable(adapter: BankAdapter | None, credentials: Credentials) -> Polling:
    """Return how a connection is polled.

    Raises Invalid when its provider cannot be asked, or naming the secret that is missing.
    """
    polling = adapter.declaration.polling if adapter is not None else None
    if polling is None:
        raise Invalid("polling_unsupported", field="endpoint")
    for name in polling.secrets:
        if not credentials.values(name):
            raise Invalid("secret_missing", field=name)
    return polling
