"""A stage whose provider can be asked for transfers, and what the tests of polling do on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from payments import jobs
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.domain.polling import FeedState, PollResult
from payments.ports.network import Network
from payments.services.hear_delivery import Delivery
from payments.services.manage_endpoints import add_endpoint, disable_endpoint, switch_polling
from payments.services.open_feed import Feed, open_feed
from payments.services.receive_deliveries import receive_deliveries
from payments.wiring import poller_of
from tests.flows.stage import Stage
from tests.providers import Ledger, Provider, Sepay, Waits

TOKEN = "api-token-of-the-simulated-bank-01"


class Asking:
    """A stage with a bank's ledger, a provider that can be asked, and a connection to it."""

    def __init__(self, stage: Stage, provider: type[Provider] = Sepay) -> None:
        self.stage = stage
        self.ledger = Ledger(stage.clock)
        self.provider = provider(self.ledger)
        self.waits = Waits(stage.clock)
        self.endpoint_id = stage.made.endpoint.endpoint_id
        stage.wiring = replace(stage.wiring, network=self.network(), wait=self.waits)

    def network(self) -> Network:
        return self.provider

    def by_casso(self) -> None:
        """Take the account's connection away from SePay and give it to Casso."""
        wiring, actor = self.stage.wiring, self.stage.finance
        with wiring.open_uow() as uow:
            disable_endpoint(uow, wiring.world, actor, endpoint_id=self.endpoint_id)
            made = add_endpoint(
                uow,
                wiring.world,
                wiring.secret_box,
                actor,
                wiring.adapters["casso"],
                account_id=self.stage.made.account.account_id,
                way="webhook_key",
                secrets={"webhook_key": "webhook-key-of-the-bank-0001"},
            )
            uow.commit()
        self.endpoint_id = made.endpoint_id

    def switch(self, *, is_on: bool = True, name: str = "api_token") -> None:
        """Switch polling on, with its secret, or off."""
        wiring = self.stage.wiring
        with wiring.open_uow() as uow:
            endpoint = uow.centres.endpoint(self.endpoint_id)
            switch_polling(
                uow,
                wiring.world,
                wiring.secret_box,
                self.stage.finance,
                wiring.adapters[endpoint.adapter],
                endpoint_id=self.endpoint_id,
                is_on=is_on,
                secrets={name: TOKEN} if is_on else None,
            )
            uow.commit()

    def poll(self) -> list[PollResult]:
        """Let the scheduler ask whoever is due."""
        return jobs.poll_feeds(self.stage.wiring)

    def feed(self) -> Feed:
        """Open the connection that is asked."""
        wiring = self.stage.wiring
        with wiring.open_uow(write=False) as uow:
            adapter = wiring.adapters[uow.centres.endpoint(self.endpoint_id).adapter]
        return open_feed(
            poller_of(wiring),
            adapter,
            centre_id=self.stage.centre_id,
            endpoint_id=self.endpoint_id,
        )

    def state(self) -> FeedState:
        with self.stage.wiring.open_uow(write=False) as uow:
            return uow.feeds.state(self.stage.centre_id, self.endpoint_id)

    def announce(self, notices: Sequence[TransferNotice]) -> None:
        """Let the provider post its webhook of some transfers."""
        wiring, made = self.stage.wiring, self.stage.made
        deliveries = [
            Delivery(
                made.endpoint,
                made.account,
                BankRequest("POST", "", (), notice.event_id.encode(), "1.2.3.4"),
                (notice,),
            )
            for notice in notices
        ]
        with wiring.open_uow() as uow:
            receive_deliveries(uow, wiring.world, deliveries)
            uow.commit()
