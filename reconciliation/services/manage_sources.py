"""Where statements come from by themselves: sources opened, closed, and their visits noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from payments.ports import BankAdapter, SecretBox, World
from payments.services.keep_secrets import credentials_of
from payments.services.manage_endpoints import own_endpoint
from payments.services.record_event import record
from reconciliation.domain.sources import SourceKind, StatementSource
from reconciliation.ports import BooksUnitOfWork, ServerAccess

_LONGEST = {"host": 253, "user": 100, "folder": 1000, "pattern": 200}


def add_server(
    uow: BooksUnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    access: ServerAccess,
    require_keys: Callable[[ServerAccess], None],
) -> StatementSource:
    """Fetch statements from a folder on a server from now on; the caller commits.

    The secret is kept encrypted. Raises Invalid naming the setting that is missing or wrong: there
    is no default for the server's key. Raises Conflict when the folder is a source already.
    """
    uow.centres.lock(actor.centre_id)
    _require(access)
    require_keys(access)
    source_id = world.ids.new()
    secrets = {"password": access.password, "private_key": access.private_key}
    settings = {
        "host": access.host,
        "port": str(access.port),
        "user": access.user,
        "host_key": access.host_key,
        "folder": access.folder,
        "pattern": access.pattern,
        "removes": "yes" if access.removes else "no",
    }
    source = StatementSource(
        centre_id=actor.centre_id,
        source_id=source_id,
        kind=SourceKind.SFTP,
        name=f"{access.user}@{access.host}:{access.folder}"[:100],
        account_id=None,
        settings=json.dumps(settings, ensure_ascii=False),
        secret_box=box.seal(json.dumps(secrets).encode(), row=_row(source_id)),
        is_enabled=True,
        created_at=world.clock.now(),
        visited_at=None,
        problem="",
    )
    add_source(uow, world, actor, source, ("host", "port", "user", "folder"))
    return source


def add_feed(
    uow: BooksUnitOfWork,
    world: World,
    box: SecretBox,
    actor: Actor,
    adapter: BankAdapter,
    *,
    endpoint_id: str,
    since: date,
) -> StatementSource:
    """Ask a connection's provider for statements of its account from now on; the caller commits.

    ``since`` is the first day asked for when the account has no statement yet. Raises NotFound,
    Conflict for a closed connection or an account that has such a source, and Invalid when the
    provider cannot be asked or the connection lacks the secret to ask with.
    """
    endpoint = own_endpoint(uow, actor, endpoint_id)
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled")
    polling = adapter.declaration.polling
    if polling is None:
        raise Invalid("provider_not_asked", field="provider")
    credentials = credentials_of(box, endpoint, world.clock.now())
    for name in polling.secrets:
        if not credentials.values(name):
            raise Invalid("secret_missing", field=name)
    account = uow.centres.account(actor.centre_id, endpoint.account_id)
    settings = {
        "account": account.account_id,
        "endpoint": endpoint_id,
        "since": since.isoformat(),
    }
    source = StatementSource(
        centre_id=actor.centre_id,
        source_id=world.ids.new(),
        kind=SourceKind.FEED,
        name=f"{endpoint.adapter} {account.account_number}",
        account_id=account.account_id,
        settings=json.dumps(settings),
        secret_box=b"",
        is_enabled=True,
        created_at=world.clock.now(),
        visited_at=None,
        problem="",
    )
    add_source(uow, world, actor, source, ("account",))
    return source


def add_source(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    source: StatementSource,
    place: tuple[str, ...],
) -> None:
    """Write a source down. Raises Conflict when an open one has the same settings of its place."""
    settings = settings_of(source)
    for known in uow.sources.all(actor.centre_id):
        theirs = settings_of(known)
        same = all(theirs.get(name) == settings[name] for name in place)
        if known.is_enabled and known.kind is source.kind and same:
            raise Conflict("statement_source_twice", source=known.source_id)
    uow.add(source)
    record(
        uow, world, actor, "statement_source.added", source.source_id,
        kind=source.kind.value, name=source.name,
    )  # fmt: skip


def end_source(uow: BooksUnitOfWork, world: World, actor: Actor, source_id: str) -> None:
    """Visit a source no more. Raises NotFound, Conflict when that is so already."""
    uow.centres.lock(actor.centre_id)
    source = uow.sources.get(actor.centre_id, source_id)
    if not source.is_enabled:
        raise Conflict("statement_source_ended")
    uow.replace(replace(source, is_enabled=False))
    record(uow, world, actor, "statement_source.ended", source_id, name=source.name)


def note_visit(
    uow: BooksUnitOfWork, world: World, centre_id: str, source_id: str, problem: str
) -> None:
    """Keep when a source was last visited and what went wrong, for the people who look after it."""
    uow.centres.lock(centre_id)
    source = uow.sources.get(centre_id, source_id)
    uow.replace(replace(source, visited_at=world.clock.now(), problem=problem))


def access_of(box: SecretBox, source: StatementSource) -> ServerAccess:
    """Return how to reach a source's server. Raises Unavailable when its secret does not open."""
    settings = settings_of(source)
    secrets = json.loads(box.open(source.secret_box, row=_row(source.source_id)))
    return ServerAccess(
        host=settings["host"],
        port=int(settings["port"]),
        user=settings["user"],
        host_key=settings["host_key"],
        folder=settings["folder"],
        pattern=settings["pattern"],
        password=secrets["password"],
        private_key=secrets["private_key"],
        removes=settings["removes"] == "yes",
    )


def settings_of(source: StatementSource) -> dict[str, str]:
    """Return the settings of a source by their names."""
    settings: dict[str, str] = json.loads(source.settings)
    return settings


def _require(access: ServerAccess) -> None:
    """Raise Invalid naming a setting that is missing or wrong."""
    for name, most in _LONGEST.items():
        value: str = getattr(access, name)
        is_odd = any(not sign.isprintable() for sign in value)
        if not value.strip() or len(value) > most or is_odd:
            raise Invalid("setting_wrong", field=name)
    if any(sign.isspace() or sign == "@" for sign in access.host + access.user):
        raise Invalid("setting_wrong", field="host")
    if not 0 < access.port < 65_536:
        raise Invalid("setting_wrong", field="port")
    if not access.host_key.strip():
        raise Invalid("setting_missing", field="host_key")
    if bool(access.password) == bool(access.private_key):
        raise Invalid("one_secret_wanted", field="password")


def _row(source_id: str) -> str:
    """Return the name of the row that a source's secret is bound to."""
    return f"statement_source:{source_id}"
