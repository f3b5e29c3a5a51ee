"""A SQLite database file is for its owner's eyes only: made so, and refused otherwise."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sqlalchemy.engine import make_url

from payments.domain.errors import Invalid, NotFound


def create_private(url: str) -> None:
    """Make the file of a SQLite address, and its folder, readable by nobody else."""
    path = _path(url)
    if path is None or path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def require_private(url: str) -> None:
    """Raise Invalid when other people of this machine may read the database file.

    Raises NotFound for a file that is not there: opening it would make an empty one for all to
    read, and hide a mistyped path.
    """
    path = _path(url)
    if path is None:
        return
    if not path.exists():
        raise NotFound("database_missing", file=str(path))
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Invalid("file_not_private", file=str(path))


def _path(url: str) -> Path | None:
    """Return the file of a SQLite address, None for other databases and for memory."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or not parts.database or parts.database == ":memory:":
        return None
    return Path(parts.database)
