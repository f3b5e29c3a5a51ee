"""The keys of the departments that send us dossiers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from payments.domain.centres import ApiKey
from payments.domain.errors import Conflict, Invalid, NotFound
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.record_event import record

KEY_PREFIX = "thuphi_"


@dataclass(frozen=True, slots=True)
class KeySecret:
    """A key for the JSON API, with its text, which is shown this once and never again."""

    key_id: str
    secret: str


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
