"""A connection's secrets: sealed in its row, several by name, an old value good for a while."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from payments.domain.adapters import Credentials
from payments.domain.centres import Endpoint
from payments.domain.errors import Unavailable
from payments.ports import SecretBox


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """One value of a secret. ``good_until`` is aware, and None for the current one."""

    value: str = field(repr=False)
    good_until: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Say whether the value is still taken."""
        return self.good_until is None or now < self.good_until


Secrets = Mapping[str, tuple[KeptSecret, ...]]
"""The values of each secret by its name, the current one first."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection's way, secrets and settings, as its row has them."""

    way: str
    secrets: Secrets = field(repr=False)
    settings: Mapping[str, str]

    def credentials(self, now: datetime) -> Credentials:
        """Return what the connection is configured with, and of its secrets what is good."""
        good = {
            name: tuple(one.value for one in kept if one.is_good(now))
            for name, kept in self.secrets.items()
        }
        return Credentials(self.way, good, self.settings)


def opened(box: SecretBox, endpoint: Endpoint) -> Opened:
    """Open what a connection is configured with. Raises Unavailable as ``open_secrets`` does."""
    return Opened(endpoint.way, open_secrets(box, endpoint), settings_of(endpoint))


def credentials_of(box: SecretBox, endpoint: Endpoint, now: datetime) -> Credentials:
    """Return what a connection is configured with, and of its secrets what is good at ``now``.

    Raises Unavailable as ``open_secrets`` does.
    """
    return opened(box, endpoint).credentials(now)


def settings_of(endpoint: Endpoint) -> dict[str, str]:
    """Return the settings of a connection by their names."""
    settings: dict[str, str] = json.loads(endpoint.settings)
    return settings


def open_secrets(box: SecretBox, endpoint: Endpoint) -> Secrets:
    """Open a connection's secrets.

    Raises Unavailable when they cannot be opened with the keys of this installation.
    """
    plain = box.open(endpoint.secret_box, row=_row(endpoint.endpoint_id))
    try:
        return _read(json.loads(plain), endpoint.way)
    except (ValueError, TypeError, AttributeError) as error:
        raise Unavailable("secret_box_broken") from error


def seal_secrets(box: SecretBox, endpoint_id: str, secrets: Secrets) -> bytes:
    """Encrypt a connection's secrets, bound to its row."""
    written = {
        name: [[one.value, one.good_until.isoformat() if one.good_until else None] for one in kept]
        for name, kept in secrets.items()
    }
    return box.seal(json.dumps(written).encode(), row=_row(endpoint_id))


def _read(written: object, way: str) -> Secrets:
    """Read what was sealed. Raises ValueError, TypeError or AttributeError for anything else."""
    if isinstance(written, list):
        # Rows of before revision 0004 hold the values of their only secret, named as the way is.
        written = {way: [[value, None] for value in written]}
    if not isinstance(written, dict):
        raise TypeError
    return {
        name: tuple(
            KeptSecret(value.strip() and value, datetime.fromisoformat(until) if until else None)
            for value, until in kept
        )
        for name, kept in written.items()
    }


def _row(endpoint_id: str) -> str:
    """Return the name of the row that a connection's secrets are bound to."""
    return f"endpoint:{endpoint_id}"
