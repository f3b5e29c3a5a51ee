"""``thuphi adapters``: the providers that are installed, and the connections through them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import BinaryIO, TypeVar

import click

from payments.cli.ask_provider import link, query, register
from payments.cli.centre import acting_for, centre_option
from payments.cli.check_request import shown
from payments.cli.deliveries import deliveries, replay
from payments.cli.describe_adapters import check, describe
from payments.cli.polling import catch_up, polling, polls
from payments.cli.root import Root
from payments.cli.secrets_file import given, secrets_option
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice
from payments.domain.errors import Invalid
from payments.ports import SendsPayersBack
from payments.services import manage_endpoints
from payments.services.authenticate_delivery import ADDRESSES, authenticate, read_events
from payments.services.keep_secrets import credentials_of
from payments.services.manage_endpoints import EndpointSecrets
from payments.store.queries_settings import endpoint_rows
from payments.store.unit_of_work import SqlUnitOfWork

F = TypeVar("F", bound=Callable[..., None])


@click.group()
def adapters() -> None:
    """Providers of bank messages: what they need, and the addresses they send to."""


for _command in (
    catch_up,
    check,
    deliveries,
    describe,
    link,
    polling,
    polls,
    query,
    register,
    replay,
):
    adapters.add_command(_command)


def _settings_option(command: F) -> F:
    """Add the option of settings, which may be given several times."""
    option = click.option(
        "--setting",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="As described; repeat it.",
    )
    return option(command)


@adapters.command()
@centre_option
@click.argument("name")
@click.option("--way", default="", help="How it proves itself; not needed where there is only one.")
@click.option("--account", "account_id", default="", help="Else the account citizens pay into.")
@_settings_option
@secrets_option
@click.pass_obj
def add(
    root: Root,
    *,
    centre_id: str,
    name: str,
    way: str,
    account_id: str,
    settings: tuple[str, ...],
    secrets_file: BinaryIO | None,
) -> None:
    """Open an address for a provider; prints it and its secrets, which are never shown again."""
    wiring = root.wiring
    actor, adapter = acting_for(wiring, centre_id), root.adapter(name)
    ways = [one.name for one in adapter.declaration.ways]
    if not way and len(ways) > 1:
        raise Invalid("way_unknown", field="--way", known=", ".join(ways))
    with wiring.open_uow() as uow:
        made = manage_endpoints.add_endpoint(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            adapter,
            account_id=account_id or uow.centres.collecting_account(actor.centre_id).account_id,
            way=way or ways[0],
            secrets=given(secrets_file),
            settings=_pairs(settings),
        )
        uow.commit()
    click.echo(f"id\t{made.endpoint_id}")
    for path in adapter.declaration.paths:
        behind = f"/{path}" if path else ""
        click.echo(
            f"address{behind}\t{wiring.settings.base_url}/webhooks/{made.endpoint_id}{behind}"
        )
    if isinstance(adapter, SendsPayersBack):
        click.echo(f"return\t{wiring.settings.base_url}/tra-ve/{made.endpoint_id}")
    _tell(made)


@adapters.command("list")
@centre_option
@click.pass_obj
def show(root: Root, *, centre_id: str) -> None:
    """List the addresses: identifier, provider, way, account, state, last message."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        for row in endpoint_rows(uow.session, actor.centre_id):
            state = "open" if row.is_enabled else "closed"
            last = row.last_delivery_at.isoformat() if row.last_delivery_at else "never"
            told = (row.endpoint_id, row.adapter, row.way, row.account_number, state, last)
            click.echo("\t".join(told))


@adapters.command()
@centre_option
@click.argument("endpoint_id")
@click.option(
    "--secret", "names", multiple=True, help="Which one; not needed if there is only one."
)
@click.option("--grace-minutes", type=int, default=manage_endpoints.GRACE // timedelta(minutes=1))
@secrets_option
@click.pass_obj
def rotate(
    root: Root,
    *,
    centre_id: str,
    endpoint_id: str,
    names: tuple[str, ...],
    grace_minutes: int,
    secrets_file: BinaryIO | None,
) -> None:
    """Give an address new secrets; the former ones are taken for the grace, a day, and no longer.

    After a leak, --grace-minutes 0 ends the former ones within a second.
    """
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        endpoint = manage_endpoints.own_endpoint(uow, actor, endpoint_id)
        adapter = root.adapter(endpoint.adapter)
        typed = given(secrets_file)
        of_way = adapter.declaration.way(endpoint.way).secrets
        wanted = dict.fromkeys(names or (() if typed else of_way), "") | typed
        if not (names or typed) and len(of_way) > 1:
            raise Invalid("secret_name_unknown", field="--secret", known=", ".join(of_way))
        made = manage_endpoints.rotate_secrets(
            uow,
            wiring.world,
            wiring.secret_box,
            actor,
            adapter,
            endpoint_id=endpoint_id,
            secrets=wanted,
            grace=timedelta(minutes=grace_minutes),
        )
        uow.commit()
    _tell(made)


@adapters.command()
@centre_option
@click.argument("endpoint_id")
@_settings_option
@click.pass_obj
def configure(root: Root, *, centre_id: str, endpoint_id: str, settings: tuple[str, ...]) -> None:
    """Change settings of an address, such as the addresses its provider may call from."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        endpoint = manage_endpoints.own_endpoint(uow, actor, endpoint_id)
        manage_endpoints.configure_endpoint(
            uow,
            wiring.world,
            actor,
            root.adapter(endpoint.adapter),
            endpoint_id=endpoint_id,
            settings=_pairs(settings),
        )
        uow.commit()
    click.echo(f"{endpoint_id}: configured")


@adapters.command()
@centre_option
@click.argument("endpoint_id")
@click.pass_obj
def disable(root: Root, *, centre_id: str, endpoint_id: str) -> None:
    """Close an address: what comes to it is answered as if it had never been."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        manage_endpoints.disable_endpoint(uow, wiring.world, actor, endpoint_id=endpoint_id)
        uow.commit()
    click.echo(f"{endpoint_id}: closed")


@adapters.command()
@centre_option
@click.argument("endpoint_id")
@click.pass_obj
def test(root: Root, *, centre_id: str, endpoint_id: str) -> None:
    """Let the simulated provider sign a message with the secrets of an address, and judge it.

    Nothing is recorded. It shows that the secrets can be opened here and prove a message.
    """
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    now = wiring.world.clock.now()
    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
        account = uow.centres.account(actor.centre_id, endpoint.account_id)
    adapter = root.adapter(endpoint.adapter)
    credentials = credentials_of(wiring.secret_box, endpoint, now)
    # The simulated provider calls from this machine, which no list of addresses has.
    elsewhere = {k: v for k, v in credentials.settings.items() if k != ADDRESSES}
    credentials = replace(credentials, settings=elsewhere)
    simulator = wiring.simulators.get(endpoint.adapter)
    if simulator is None:
        click.echo(f"the provider's own test\t{adapter.declaration.test_call}")
        return
    known_as = credentials.settings.get(adapter.declaration.account_setting, "")
    words = simulator.mangle("thu ket noi", Random(endpoint_id), at=now)  # noqa: S311 -- no secret.
    notice = TransferNotice(
        "1", known_as or account.account_number, Direction.IN, 1000, "VND", now, words
    )
    sent = simulator.delivery(notice, credentials, now)
    request = BankRequest(sent.method, sent.query, sent.headers, sent.body, "", sent.path)
    authenticate(adapter, request, credentials, now)
    for event in read_events(adapter, request, credentials):
        click.echo(json.dumps(shown(event), ensure_ascii=False))
    click.echo("proven; nothing was recorded")


def _tell(made: EndpointSecrets) -> None:
    """Print secrets by name, this once."""
    for name, value in made.secrets.items():
        click.echo(f"{name}\t{value}")


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    """Return settings by name. Raises Invalid for one without an equals sign."""
    pairs = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise Invalid("setting_without_value", field=name)
        pairs[name] = value
    return pairs
