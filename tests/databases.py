"""Fresh, migrated databases for tests: a copied file for SQLite, a template for PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from tests.postgres_server import server_url
from tests.run_directory import one_at_a_time, run_directory

_NUMBERS = itertools.count(1)


def migrate(url: str) -> None:
    """Bring the database at this address to the current schema. The one hook into the product."""
    from payments.store import migrations
    from payments.store.engine import open_engine

    engine = open_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


def new_sqlite(folder: Path) -> str:
    """Return the address of a migrated SQLite database in this folder."""
    target = folder / "thuphi.db"
    with one_at_a_time("sqlite-template"):
        source = run_directory() / "migrated.db"
        if not source.exists():
            draft = source.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            migrate(f"sqlite:///{draft}")
            draft.rename(source)
    shutil.copyfile(source, target)
    # Start-up refuses a database that others may read.
    target.chmod(0o600)
    return f"sqlite:///{target}"


@contextmanager
def new_postgresql() -> Iterator[str]:
    """Lend the address of a migrated PostgreSQL database, dropped when it is given back."""
    template = _postgresql_template()
    name = f"thuphi_{os.getpid()}_{next(_NUMBERS)}"
    _administer(
        SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
    )
    try:
        yield _beside(server_url(), name)
    finally:
        _administer(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def drop_template(run_folder: Path) -> None:
    """Drop the template of this run from a server that outlives the run."""
    made = run_folder / "postgresql-template"
    if made.exists() and os.environ.get("TEST_DATABASE_URL"):
        _administer(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(made.read_text())))


def _postgresql_template() -> str:
    url = server_url()
    with one_at_a_time("postgresql-template"):
        made = run_directory() / "postgresql-template"
        if not made.exists():
            name = f"thuphi_migrated_{os.getpid()}"
            _administer(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
            _administer(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
            migrate(_beside(url, name))
            made.write_text(name)
    return made.read_text()


def _administer(statement: psycopg.sql.Composed) -> None:
    with psycopg.connect(server_url(), autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)


def _beside(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    address, _, options = url.partition("?")
    server = address.rpartition("/")[0]
    return f"{server}/{name}" + (f"?{options}" if options else "")
