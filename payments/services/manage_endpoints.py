"""Where banks announce transfers, and the keys of the departments that send us dossiers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from payments.domain.centres import ApiKey, Endpoint
from payments.domain.errors import Conflict, Invalid, NotFound
from payments.domain.staff import Actor
from payments.ports import BankAdapter, SecretBox, UnitOfWork, World
from payments.services.authenticate_delivery import sealed_secrets, secrets_of
from payments.services.record_event import record

KEY_PREFIX = "thuphi_"
_FEWEST_SIGNS = 8


@dataclass(frozen=True, slots=True)
class EndpointSecret:
    """An endpoint, with the secret that is shown this once and never again."""

    endpoint_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class KeySecret:
    """A key for the JSON API, with its text, which is shown this once and never again."""

    key_id: str
    secret: str


def add_endpoint(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    account_id: str,
    secret_name: str,
    secret: str = "",
) -> EndpointSecret:
    """Open an address for a provider's notices of one account.

    ``secret_name`` is the way of proof; without a secret one is drawn. Raises Invalid for an
    unknown way or a weak secret, NotFound for an unknown account, Conflict when another provider
    announces the account already: two would tell of one transfer as two.
    """
    uow.centres.lock(actor.centre_id)
    account = uow.centres.account(actor.centre_id, account_id)
    for known in uow.centres.endpoints(actor.centre_id):
        is_other = known.account_id == account_id and known.adapter != adapter.name
        if is_other and known.is_enabled:
            raise Conflict("account_has_provider", field="adapter", provider=known.adapter)
    chosen = _strong(adapter, secret_name, secret or world.ids.token())
    endpoint_id = world.ids.token()
    endpoint = Endpoint(
        endpoint_id=endpoint_id,
        centre_id=actor.centre_id,
        account_id=account.account_id,
        adapter=adapter.name,
        secret_name=secret_name,
        secret_box=sealed_secrets(box, endpoint_id, [chosen]),
        is_enabled=True,
        created_at=world.clock.now(),
    )
    uow.add(endpoint)
    record(
        uow, world, actor, "endpoint.added", endpoint_id,
        adapter=adapter.name, way=secret_name, account=account.account_number,
    )  # fmt: skip
    return EndpointSecret(endpoint_id, chosen)


def renew_secret(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    endpoint_id: str,
    secret: str = "",
) -> EndpointSecret:
    """Give an endpoint a new secret; the one before it is still taken until the next renewal."""
    endpoint = _own_endpoint(uow, actor, endpoint_id)
    chosen = _strong(adapter, endpoint.secret_name, secret or world.ids.token())
    former = secrets_of(box, endpoint)[:1]
    secrets = sealed_secrets(box, endpoint_id, [chosen, *former])
    uow.replace(replace(endpoint, secret_box=secrets))
    record(uow, world, actor, "endpoint.secret_renewed", endpoint_id)
    return EndpointSecret(endpoint_id, chosen)


def disable_endpoint(uow: UnitOfWork, world: World, actor: Actor, *, endpoint_id: str) -> None:
    """Close an address for good: what comes to it is answered as if it had never been."""
    endpoint = _own_endpoint(uow, actor, endpoint_id)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    uow.replace(replace(endpoint, is_enabled=False))
    record(uow, world, actor, "endpoint.disabled", endpoint_id)


def create_api_key(uow: UnitOfWork, world: World, actor: Actor, *, name: str) -> KeySecret:
    """Make a key for the JSON API. Only its SHA-256 is kept. Raises Invalid for a missing name."""
    uow.centres.lock(actor.centre_id)
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 80:
        raise Invalid("text_length_wrong", field="name", limit=80)
    text = KEY_PREFIX + world.ids.token()
    key = ApiKey(
        centre_id=actor.centre_id,
        key_id=world.ids.new(),
        name=tidy,
        key_hash=key_hash(text),
        is_active=True,
        created_at=world.clock.now(),
    )
    uow.add(key)
    record(uow, world, actor, "api_key.created", key.key_id, name=tidy)
    return KeySecret(key.key_id, text)


def revoke_api_key(uow: UnitOfWork, world: World, actor: Actor, key: ApiKey) -> None:
    """Stop taking a key. Raises NotFound for another centre's, Conflict when it is done already."""
    uow.centres.lock(actor.centre_id)
    if key.centre_id != actor.centre_id:
        raise NotFound("api_keys_unknown")
    if not key.is_active:
        raise Conflict("api_key_revoked")
    uow.replace(replace(key, is_active=False))
    record(uow, world, actor, "api_key.revoked", key.key_id, name=key.name)


def key_hash(text: str) -> str:
    """Return what is kept of an API key: the SHA-256 of its text in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _own_endpoint(uow: UnitOfWork, actor: Actor, endpoint_id: str) -> Endpoint:
    """Return an endpoint of the actor's centre, locked. Raises NotFound."""
    uow.centres.lock(actor.centre_id)
    endpoint = uow.centres.endpoint(endpoint_id)
    if endpoint.centre_id != actor.centre_id:
        raise NotFound("endpoints_unknown")
    return endpoint


def _strong(adapter: BankAdapter, secret_name: str, secret: str) -> str:
    """Return the secret. Raises Invalid when the adapter does not know the way, or it is weak."""
    least = adapter.secret_names.get(secret_name)
    if least is None:
        known = ", ".join(sorted(adapter.secret_names))
        raise Invalid("secret_name_unknown", field="mode", known=known)
    has_blanks = any(sign.isspace() for sign in secret)
    if len(secret) < least or len(set(secret)) < _FEWEST_SIGNS or has_blanks:
        raise Invalid("secret_weak", field="secret", least=least)
    return secret
