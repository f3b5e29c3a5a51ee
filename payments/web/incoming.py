"""Deliveries on their way in: where they were sent to, and the batches they travel in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from payments.domain.adapters import Credentials
from payments.domain.centres import BankAccount, Endpoint
from payments.domain.errors import NotFound
from payments.services.hear_delivery import Delivery
from payments.services.keep_secrets import Opened, opened
from payments.services.receive_deliveries import Received, receive_deliveries
from payments.web.batching import Batcher
from payments.wiring import Wiring

_BELIEVED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Address:
    """An endpoint and its account, as they were when they were read."""

    endpoint: Endpoint
    account: BankAccount


class Incoming:
    """One batcher a centre, because a transaction never holds the rows of two."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._lock = threading.Lock()
        self._batchers: dict[str, Batcher[Delivery, Received]] = {}
        self._addresses: dict[str, tuple[Address, datetime]] = {}
        self._opened: dict[str, tuple[Address, Opened]] = {}

    def address(self, endpoint_id: str, *, newer_than: Address | None = None) -> Address:
        """Return an open endpoint with its account. Raises NotFound for a closed or unknown one.

        What was read is believed for a second, so that a burst of deliveries asks once: closing an
        endpoint or ending a secret takes effect within that second in every process. A sender that
        is refused by what was read is judged again by what is ``newer_than`` that, so that a secret
        is good as soon as it has been given out.
        """
        now = self._wiring.world.clock.now()
        known, read_at = self._addresses.get(endpoint_id, (None, now))
        if known is None or known is newer_than or not timedelta() <= now - read_at < _BELIEVED:
            read = self._read(endpoint_id)
            # What has not changed stays the same object: its secrets need not be opened again.
            known = known if read == known else read
            self._addresses[endpoint_id] = (known, now)
        if not known.endpoint.is_enabled:
            raise NotFound("endpoints_unknown")
        return known

    def _read(self, endpoint_id: str) -> Address:
        """Read an endpoint and its account. Raises NotFound."""
        with self._wiring.open_uow(write=False) as uow:
            endpoint = uow.centres.endpoint(endpoint_id)
            return Address(endpoint, uow.centres.account(endpoint.centre_id, endpoint.account_id))

    def credentials(self, address: Address, now: datetime) -> Credentials:
        """Return what a connection is configured with, and of its secrets what is good at ``now``.

        They are opened again only when the endpoint has changed. Raises Unavailable when they
        cannot be opened with the keys of this installation.
        """
        endpoint = address.endpoint
        known = self._opened.get(endpoint.endpoint_id)
        if known is None or known[0] is not address:
            known = (address, opened(self._wiring.secret_box, endpoint))
            self._opened[endpoint.endpoint_id] = known
        return known[1].credentials(now)

    def receive(self, delivery: Delivery) -> Received:
        """Take in one delivery, together with those that wait for the same centre.

        Returns after the commit. Raises Conflict or Unavailable when nothing certain was done.
        """
        centre_id = delivery.endpoint.centre_id
        batcher = self._batchers.get(centre_id)
        if batcher is None:
            with self._lock:
                fresh = Batcher(partial(self._carry, centre_id))
                batcher = self._batchers.setdefault(centre_id, fresh)
        return batcher.ask(delivery)

    def _carry(self, centre_id: str, take: Callable[[], Sequence[Delivery]]) -> list[Received]:
        """Take in the deliveries that have come by the time the centre's lock is had."""
        with self._wiring.open_uow() as uow:
            uow.centres.lock(centre_id)
            answers = receive_deliveries(uow, self._wiring.world, take())
            uow.commit()
        return answers
