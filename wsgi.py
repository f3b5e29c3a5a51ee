"""Where everything is put together: the parts, the web application, the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import payments.cli
import payments.web
import reconciliation.cli
import reconciliation.demo
import reconciliation.web
from bank_adapters.registry import (
    installed_adapters,
    installed_simulators,
    installed_statement_readers,
)
from bank_adapters.table_reader import read_table
from payments.cli.root import Commands, Root
from payments.config import Settings
from payments.domain.errors import Invalid
from payments.network import HttpNetwork
from payments.ports import World
from payments.signing import AesSecretBox, Argon2Passwords
from payments.store import migrations
from payments.store.engine import open_engine
from payments.store.private_file import require_private
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.access import check_routes
from payments.wiring import RandomIds, SystemClock, Wiring

_TEMPLATES = Path(__file__).parent / "templates"


def build_wiring(settings: Settings, world: World | None = None) -> Wiring:
    """Build the parts. Raises for a database file that is missing or that others may read."""
    require_private(settings.database_url)
    engine = open_engine(settings.database_url, pool_size=max(settings.threads, 8))
    clock = SystemClock()
    return Wiring(
        settings=settings,
        engine=engine,
        open_uow=lambda *, write=True: SqlUnitOfWork(engine, write=write),
        world=world or World(clock, RandomIds(clock)),
        secret_box=AesSecretBox(settings.secret_keys),
        passwords=Argon2Passwords(),
        adapters=installed_adapters(),
        statement_readers=installed_statement_readers(),
        simulators=installed_simulators(),
        read_table=read_table,
        network=HttpNetwork(allows_private=settings.allows_private_network),
    )


def create_app(wiring: Wiring | None = None) -> Flask:
    """Make the web application.

    Raises what stops the start: a schema that is not current, a route without a policy, debugging.
    """
    wiring = wiring or build_wiring(Settings.from_environment())
    migrations.require_current(wiring.engine)
    app = Flask("payments.web", template_folder=_TEMPLATES)
    if app.debug:
        raise Invalid("debug_is_on", field="FLASK_DEBUG")
    payments.web.register(app, wiring)
    reconciliation.web.register(app)
    check_routes(app)
    if hops := wiring.settings.trusted_proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask's documented way.
    return app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Cashless fee payment and reconciliation for one-stop administration centres."""
    context.obj = context.obj or Root(
        build_wiring, create_app, installed_statement_readers, installed_adapters
    )


for command in (
    *payments.cli.COMMANDS,
    *reconciliation.cli.COMMANDS,
    *reconciliation.demo.COMMANDS,
):
    main.add_command(command)
