"""Schema changes: one numbered line for all packages, the same on SQLite and PostgreSQL.

There is no ``alembic.ini``: the configuration is built here, and the connection handed in.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from payments.domain.errors import Unavailable

_HERE = Path(__file__).parent
# Any number will do, as long as no other program on the database takes the same one.
_ADVISORY_LOCK = 7_484_510_821


def head() -> str:
    """Return the newest revision that this program knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    return revision or ""


def current(engine: Engine) -> str:
    """Return the revision that a database stands at, empty when it has no schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest revision. Several callers at once do it once."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        command.upgrade(_config(connection), "head")
        connection.commit()


def require_current(engine: Engine) -> None:
    """Raise Unavailable unless the database stands at the newest revision."""
    found = current(engine)
    if found != head():
        raise Unavailable("schema_not_current", found=found or "none", wanted=head())


def _config(connection: Connection | None = None) -> Config:
    """Build Alembic's configuration."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
