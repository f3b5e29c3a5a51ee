"""Which other software is told of a centre's payments."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from payments.domain.errors import Conflict, Invalid
from payments.domain.outgoing import EVENT_NAMES, SECRET_PREFIX, Subscription, secret_bytes
from payments.domain.staff import Actor
from payments.ports import SecretBox, UnitOfWork, World
from payments.services.record_event import record

_LONGEST_URL = 500
_SECRET_BYTES = 48


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription with its secret, which is shown this once and never again."""

    subscription_id: str
    secret: str


def subscribe(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    *,
    url: str,
    secret: str,
    event_types: Sequence[str] = EVENT_NAMES,
) -> NewSubscription:
    """Tell an address of the centre's payments from now on.

    ``secret`` signs the messages (``new_secret`` draws one), ``event_types`` are those that it is
    told of. Raises Invalid for an address that is not ``https://`` (plain ``http://`` reaches
    private networks only, which the deployment has to allow), for a secret of another form and for
    no or unknown events, Conflict when the address is told already.
    """
    uow.centres.lock(actor.centre_id)
    _require_address(url)
    secret_bytes(secret)
    if not event_types or set(event_types) - set(EVENT_NAMES):
        raise Invalid("event_types_unknown", field="events", known=EVENT_NAMES)
    known = uow.outgoing.subscriptions(actor.centre_id)
    if any(one.url == url and one.is_enabled for one in known):
        raise Conflict("address_subscribed", field="url")
    head = uow.last_audit_event(actor.centre_id)
    subscription_id = world.ids.new()
    uow.add(
        Subscription(
            centre_id=actor.centre_id,
            subscription_id=subscription_id,
            url=url,
            secret_box=box.seal(secret.encode(), row=secret_row(subscription_id)),
            is_enabled=True,
            read_through=head.seq if head else 0,
            created_at=world.clock.now(),
            event_types=" ".join(dict.fromkeys(event_types)),
        )
    )
    record(
        uow, world, actor, "subscription.added", subscription_id,
        host=urlsplit(url).hostname or "", events=sorted(set(event_types)),
    )  # fmt: skip
    return NewSubscription(subscription_id, secret)


def unsubscribe(uow: UnitOfWork, world: World, actor: Actor, subscription_id: str) -> None:
    """Tell an address nothing more. Raises NotFound, Conflict when that is so already."""
    uow.centres.lock(actor.centre_id)
    subscription = uow.outgoing.subscription(actor.centre_id, subscription_id)
    if not subscription.is_enabled:
        raise Conflict("subscription_ended")
    uow.replace(replace(subscription, is_enabled=False))
    record(uow, world, actor, "subscription.ended", subscription_id)


def new_secret(world: World) -> str:
    """Draw a signing secret in the form of Standard Webhooks: two tokens' characters, 48 bytes."""
    drawn = (world.ids.token() + world.ids.token()).encode()[:_SECRET_BYTES]
    return SECRET_PREFIX + base64.b64encode(drawn).decode()


def secret_row(subscription_id: str) -> str:
    """Return the name of the row that a subscription's secret is bound to."""
    return f"subscription:{subscription_id}"


def _require_address(url: str) -> None:
    """Raise Invalid unless messages may be sent to an address."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good or len(url) > _LONGEST_URL or not url.isascii():
        raise Invalid("url_malformed", field="url")
