"""Ask a provider what became of an order, and record a payment that it has not told of by itself.

The provider's answer is kept and recorded by the path of a delivery, under the same id as its own
call would have had: whichever comes second is a repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from payments.domain.adapters import Credentials, OrderAnswer, OrderQuestion
from payments.domain.bank_messages import BankRequest, TransferStatus
from payments.domain.centres import Endpoint
from payments.domain.errors import Conflict, Invalid, NotAuthenticated
from payments.domain.staff import Actor
from payments.domain.transfers import Teller
from payments.ports import AnswersOrders, BankAdapter, OpenUnitOfWork, SecretBox, World
from payments.ports.network import Network
from payments.services.call_provider import answer_of
from payments.services.hear_delivery import Delivery
from payments.services.keep_secrets import credentials_of
from payments.services.receive_deliveries import receive_deliveries
from payments.services.record_event import record
from payments.services.record_tellings import Recorded

ANSWER = "ANSWER"
"""The method under which an answer to a question of ours is kept among the deliveries."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the provider says, None when it knows no payment, and what was recorded of it now.

    ``is_known`` says that the payment had been told of before, so that nothing was changed.
    """

    answer: OrderAnswer | None
    recorded: tuple[Recorded, ...] = ()
    is_known: bool = False


def ask_about_order(
    open_uow: OpenUnitOfWork,
    world: World,
    box: SecretBox,
    network: Network,
    actor: Actor,
    adapter: BankAdapter,
    endpoint: Endpoint,
    *,
    order: str,
    ordered_at: datetime,
) -> Asked:
    """Ask about an order of a connection; record its payment if it is booked and not yet known.

    ``ordered_at`` is when the order was placed at the provider, aware. Raises Conflict for a closed
    connection, Invalid for a provider that cannot be asked, a setting that is missing, and an
    answer that is not proven, not readable or about another order, Unavailable without an answer.
    Nothing is recorded then.
    """
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    if not isinstance(adapter, AnswersOrders):
        raise Invalid("provider_not_called", field="endpoint")
    now = world.clock.now()
    credentials = credentials_of(box, endpoint, now)
    request = adapter.order_request(
        OrderQuestion(order, ordered_at, world.ids.new(), now), credentials
    )
    body = answer_of(network, adapter, request)
    answer = _proven(adapter, body, credentials, order)
    if answer is None or answer.notice.status is not TransferStatus.BOOKED:
        return Asked(answer)
    host = urlsplit(request.url).hostname or ""
    kept = BankRequest(ANSWER, "", (), body, host)
    return _record(open_uow, world, actor, adapter, endpoint, credentials, answer, kept)


def _proven(
    adapter: AnswersOrders, body: bytes, credentials: Credentials, order: str
) -> OrderAnswer | None:
    """Return an answer that the provider has signed, about this order. Raises Invalid."""
    try:
        answer = adapter.order_answer(body, credentials)
    except NotAuthenticated as error:
        raise Invalid("answer_not_proven", field="body") from error
    # A signed answer about another order would prove nothing about this one.
    if answer is not None and answer.order != order:
        raise Invalid("answer_of_another_order", field="order", order=answer.order)
    return answer


def _record(
    open_uow: OpenUnitOfWork,
    world: World,
    actor: Actor,
    adapter: BankAdapter,
    endpoint: Endpoint,
    credentials: Credentials,
    answer: OrderAnswer,
    kept: BankRequest,
) -> Asked:
    """Record a booked payment by the path of a delivery, unless it is known by now."""
    declared, notice = adapter.declaration, answer.notice
    with open_uow() as uow:
        uow.centres.lock(endpoint.centre_id)
        if uow.transfers.tellings(
            endpoint.centre_id, endpoint.account_id, endpoint.adapter, [notice.event_id]
        ):
            return Asked(answer, is_known=True)
        delivery = Delivery(
            endpoint,
            uow.centres.account(endpoint.centre_id, endpoint.account_id),
            kept,
            (notice,),
            known_as=credentials.settings.get(declared.account_setting, ""),
            is_provisional=declared.way(endpoint.way).is_provisional,
            teller=Teller.POLL,
        )
        (received,) = receive_deliveries(uow, world, [delivery])
        record(
            uow, world, actor, "order.asked", endpoint.endpoint_id,
            order=answer.order, event=notice.event_id,
            transfers=[one.transfer.transfer_id for one in received.recorded],
        )  # fmt: skip
        uow.commit()
    return Asked(answer, received.recorded)
