"""Where banks announce transfers: connections opened, their secrets rotated, and closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.centres import Endpoint
from payments.domain.errors import Conflict, Invalid, NotFound
from payments.domain.staff import Actor
from payments.ports import BankAdapter, CheckingAdapter, SecretBox, UnitOfWork, World
from payments.services.authenticate_delivery import ADDRESSES, allowed_networks
from payments.services.keep_secrets import (
    KeptSecret,
    credentials_of,
    open_secrets,
    seal_secrets,
    settings_of,
)
from payments.services.open_feed import askable
from payments.services.record_event import record

GRACE = timedelta(days=1)
"""How long an old secret is taken after a rotation unless somebody says otherwise."""
LONGEST_GRACE = timedelta(days=30)
_FEWEST_SIGNS = 8
_PEM = "-----BEGIN "
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class EndpointSecrets:
    """A connection with the secrets that are shown this once and never again, by name."""

    endpoint_id: str
    secrets: Mapping[str, str] = field(repr=False)


def add_endpoint(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    account_id: str,
    way: str,
    secrets: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> EndpointSecrets:
    """Open an address for a provider's notices of one account.

    ``way`` is how the provider proves itself. Its secrets that are not given are drawn, if they may
    be. Raises Invalid for an unknown way, a missing or weak secret, a missing or unknown setting
    and, where the way proves nothing by itself, a missing list of addresses; NotFound for an
    unknown account; Conflict when another provider announces the account already: two would tell
    of one transfer as two.
    """
    uow.centres.lock(actor.centre_id)
    account = uow.centres.account(actor.centre_id, account_id)
    for known in uow.centres.endpoints(actor.centre_id):
        is_other = known.account_id == account_id and known.adapter != adapter.name
        if is_other and known.is_enabled:
            raise Conflict("account_has_provider", field="adapter", provider=known.adapter)
    declared = adapter.declaration
    chosen_way = declared.way(way)
    chosen = _chosen(world, declared, chosen_way, secrets or {})
    configured = _settings(declared, chosen_way, settings or {})
    if isinstance(adapter, CheckingAdapter):
        adapter.check(
            Credentials(way, {name: (value,) for name, value in chosen.items()}, configured)
        )
    endpoint_id = world.ids.token()
    kept = {name: (KeptSecret(value),) for name, value in chosen.items()}
    endpoint = Endpoint(
        endpoint_id=endpoint_id,
        centre_id=actor.centre_id,
        account_id=account.account_id,
        adapter=adapter.name,
        way=way,
        settings=json.dumps(configured, ensure_ascii=False),
        secret_box=seal_secrets(box, endpoint_id, kept),
        is_enabled=True,
        created_at=world.clock.now(),
    )
    uow.add(endpoint)
    record(
        uow, world, actor, "endpoint.added", endpoint_id,
        adapter=adapter.name, way=way, account=account.account_number,
    )  # fmt: skip
    return EndpointSecrets(endpoint_id, chosen)


def rotate_secrets(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    endpoint_id: str,
    secrets: Mapping[str, str],
    grace: timedelta = GRACE,
) -> EndpointSecrets:
    """Give an endpoint new secrets by name; an empty one is drawn, if it may be.

    The values before are taken for ``grace`` more and refused after it; one of an earlier rotation
    keeps its own, nearer end. Raises Invalid for an unknown name, a weak secret, a secret that is
    the current one already, or a grace of more than thirty days.
    """
    endpoint = own_endpoint(uow, actor, endpoint_id)
    if not timedelta() <= grace <= LONGEST_GRACE:
        raise Invalid("grace_out_of_range", field="grace", days=LONGEST_GRACE.days)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    now = world.clock.now()
    kept = dict(open_secrets(box, endpoint))
    chosen = {
        name: _proper(world, adapter.declaration.secret(name), value)
        for name, value in secrets.items()
    }
    for name, value in chosen.items():
        former = kept.get(name, ())
        if former and former[0].value == value:
            raise Invalid("secret_not_new", field=name)
        ended = (
            replace(one, good_until=min(one.good_until or now + grace, now + grace))
            for one in former
        )
        kept[name] = (KeptSecret(value), *(one for one in ended if one.is_good(now)))
    uow.replace(replace(endpoint, secret_box=seal_secrets(box, endpoint_id, kept)))
    record(
        uow, world, actor, "endpoint.secret_renewed", endpoint_id,
        names=sorted(chosen), minutes=grace // timedelta(minutes=1),
    )  # fmt: skip
    return EndpointSecrets(endpoint_id, chosen)


def configure_endpoint(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    adapter: BankAdapter,
    *,
    endpoint_id: str,
    settings: Mapping[str, str],
) -> None:
    """Change settings of an endpoint by name; an empty one is taken away.

    Raises Invalid as ``add_endpoint`` does, and nothing is changed then.
    """
    endpoint = own_endpoint(uow, actor, endpoint_id)
    declared = adapter.declaration
    wanted = {**settings_of(endpoint), **settings}
    configured = _settings(declared, declared.way(endpoint.way), wanted)
    uow.replace(replace(endpoint, settings=json.dumps(configured, ensure_ascii=False)))
    record(uow, world, actor, "endpoint.configured", endpoint_id, names=sorted(settings))


def switch_polling(
    uow: UnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    endpoint_id: str,
    is_on: bool,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Ask a connection's provider for transfers from now on, or no longer.

    ``secrets`` are those that it is asked with, where they are not kept yet. Raises Invalid when
    the provider cannot be asked or a secret is missing, Conflict for a connection that is closed.
    """
    endpoint = own_endpoint(uow, actor, endpoint_id)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    if is_on:
        if secrets:
            rotate_secrets(
                uow, world, box, actor, adapter, endpoint_id=endpoint_id, secrets=secrets
            )
            endpoint = own_endpoint(uow, actor, endpoint_id)
        askable(adapter, credentials_of(box, endpoint, world.clock.now()))
    if is_on == (endpoint.polled_since is not None):
        return
    uow.replace(replace(endpoint, polled_since=world.clock.now() if is_on else None))
    record(uow, world, actor, f"endpoint.polling_{'on' if is_on else 'off'}", endpoint_id)


def disable_endpoint(uow: UnitOfWork, world: World, actor: Actor, *, endpoint_id: str) -> None:
    """Close an address for good: what comes to it is answered as if it had never been."""
    endpoint = own_endpoint(uow, actor, endpoint_id)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    uow.replace(replace(endpoint, is_enabled=False, polled_since=None))
    record(uow, world, actor, "endpoint.disabled", endpoint_id)


def own_endpoint(uow: UnitOfWork, actor: Actor, endpoint_id: str) -> Endpoint:
    """Return an endpoint of the actor's centre, locked. Raises NotFound."""
    uow.centres.lock(actor.centre_id)
    endpoint = uow.centres.endpoint(endpoint_id)
    if endpoint.centre_id != actor.centre_id:
        raise NotFound("endpoints_unknown")
    return endpoint


def _chosen(
    world: World, declared: Declaration, way: Way, given: Mapping[str, str]
) -> dict[str, str]:
    """Return the secrets of a way, the missing ones drawn, and whatever else was given."""
    names = dict.fromkeys((*way.secrets, *given))
    return {name: _proper(world, declared.secret(name), given.get(name, "")) for name in names}


def _proper(world: World, secret: Secret, value: str) -> str:
    """Return a secret, drawn when it may be and is not given.

    Raises Invalid when it is missing or weak. A public key is no secret: only its length counts. A
    private key in PEM has lines and blanks.
    """
    if not value.strip():
        if not secret.is_drawn or secret.is_public:
            raise Invalid("secret_missing", field=secret.name)
        return _drawn(world, secret)
    is_key = secret.is_public or value.lstrip().startswith(_PEM)
    is_odd = not is_key and (
        len(set(value)) < _FEWEST_SIGNS or any(sign.isspace() for sign in value)
    )
    if not secret.least <= len(value) <= _LONGEST or is_odd:
        raise Invalid("secret_weak", field=secret.name, least=secret.least)
    return value


def _drawn(world: World, secret: Secret) -> str:
    """Draw a secret of 192 random bits, or of more where more characters are asked for."""
    value = world.ids.token()
    while len(value) < secret.least:
        value += world.ids.token()
    return value


def _settings(declared: Declaration, way: Way, given: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that are not empty. Raises Invalid naming one that is wrong."""
    known = {setting.name for setting in declared.settings} | {ADDRESSES}
    configured = {name: value.strip() for name, value in given.items() if value.strip()}
    for name in given:
        if name not in known:
            raise Invalid("setting_unknown", field=name, known=", ".join(sorted(known)))
    for setting in declared.settings:
        if setting.is_needed and setting.name not in configured:
            raise Invalid("setting_missing", field=setting.name)
    allowed_networks(configured.get(ADDRESSES, ""))
    if way.is_provisional and ADDRESSES not in configured:
        raise Invalid("addresses_missing", field=ADDRESSES)
    return configured
