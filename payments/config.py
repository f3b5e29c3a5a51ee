"""Settings, read from the environment in one place; a wrong one stops the start and is named."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from payments.domain.errors import Invalid, InvalidFile, Problem

PREFIX = "THUPHI_"
_KEY_BYTES = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment may set. Each field's variable is ``THUPHI_`` and its name in capitals.

    ``secret_keys`` decrypt bank secrets, the current one first. ``trusted_proxies`` is how many
    proxies in front add to X-Forwarded-For. ``close_at`` is the local time of the evening job as
    minutes after midnight. ``statement_dir`` is where the evening job finds statement files.
    ``allows_plain_http`` lets other machines reach the pages without encryption,
    ``allows_private_network`` lets us tell events to machines of private networks.
    """

    database_url: str
    secret_keys: tuple[bytes, ...]
    base_url: str
    data_dir: Path
    statement_dir: Path
    bind: str = "127.0.0.1:8000"
    workers: int = 2
    threads: int = 48
    trusted_proxies: int = 0
    request_days: int = 7
    close_at: int = 18 * 60
    is_demo: bool = False
    allows_plain_http: bool = False
    allows_private_network: bool = False

    @property
    def cookies_are_secure(self) -> bool:
        """Whether browsers reach us over HTTPS, so that cookies may demand it."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings. Raises InvalidFile naming every variable that is wrong."""
        return _Reader(os.environ if environ is None else environ).read()


class _Reader:
    """Reads variables one by one and remembers everything that is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read from a mapping of variables."""
        self._environ = environ
        self._problems: list[Problem] = []

    def read(self) -> Settings:
        """Build the settings, or refuse with all problems at once."""
        self._refuse_unknown()
        data_dir = self._get("DATA_DIR", Path, Path("data"))
        settings = Settings(
            data_dir=data_dir,
            database_url=self._get("DATABASE_URL", database_url, f"sqlite:///{data_dir}/thuphi.db"),
            secret_keys=self._secret_keys(),
            base_url=self._get("BASE_URL", base_url, "http://127.0.0.1:8000"),
            statement_dir=self._get("STATEMENT_DIR", Path, data_dir / "statements"),
            bind=self._get("BIND", bind_address, "127.0.0.1:8000"),
            workers=self._get("WORKERS", between(1, 64), 2),
            threads=self._get("THREADS", between(4, 512), 48),
            trusted_proxies=self._get("TRUSTED_PROXIES", between(0, 5), 0),
            request_days=self._get("REQUEST_DAYS", between(1, 365), 7),
            close_at=self._get("CLOSE_AT", minutes, 18 * 60),
            is_demo=self._get("IS_DEMO", yes_or_no, default=False),
            allows_plain_http=self._get("ALLOWS_PLAIN_HTTP", yes_or_no, default=False),
            allows_private_network=self._get("ALLOWS_PRIVATE_NETWORK", yes_or_no, default=False),
        )
        self._refuse_plain_http(settings)
        if self._problems:
            raise InvalidFile(self._problems)
        return settings

    def _get(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Read one variable, or take its default."""
        text = self._environ.get(PREFIX + name)
        if text is None or not text.strip():
            return default
        try:
            return parse(text.strip())
        except Invalid as error:
            self._problems.append(Problem(PREFIX + name, error.code, dict(error.facts)))
            return default

    def _secret_keys(self) -> tuple[bytes, ...]:
        """Read the keys from THUPHI_SECRET_KEYS or from the file THUPHI_SECRET_KEYS_FILE."""
        text = self._environ.get(PREFIX + "SECRET_KEYS", "")
        file = self._environ.get(PREFIX + "SECRET_KEYS_FILE", "")
        try:
            if file and not text:
                text = private_text(Path(file))
            return secret_keys(text)
        except Invalid as error:
            self._problems.append(Problem(PREFIX + "SECRET_KEYS", error.code, dict(error.facts)))
            return ()

    def _refuse_plain_http(self, settings: Settings) -> None:
        """Refuse to send sign-ins and cookies over a network unencrypted, unless it was allowed."""
        is_safe = settings.cookies_are_secure or is_loopback(settings.base_url)
        if not is_safe and not settings.allows_plain_http:
            wanted: dict[str, object] = {"wanted": "https", "or": f"{PREFIX}ALLOWS_PLAIN_HTTP=yes"}
            self._problems.append(Problem(PREFIX + "BASE_URL", "address_not_encrypted", wanted))

    def _refuse_unknown(self) -> None:
        """Name variables that look like ours and are not, because a typing error is one of them."""
        known = {PREFIX + field.name.upper() for field in fields(Settings)}
        known.add(PREFIX + "SECRET_KEYS_FILE")
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and name not in known:
                self._problems.append(Problem(name, "setting_unknown"))


def secret_keys(text: str) -> tuple[bytes, ...]:
    """Read keys of 32 bytes in base64, separated by commas or lines, the current one first."""
    parts = [part for part in text.replace(",", "\n").split() if part]
    if not parts:
        raise Invalid("secret_keys_missing")
    keys = []
    for part in parts:
        try:
            key = base64.b64decode(part, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Invalid("secret_key_not_base64") from error
        if len(key) != _KEY_BYTES or len(set(key)) < _KEY_BYTES // 4:
            raise Invalid("secret_key_weak", bytes=_KEY_BYTES)
        keys.append(key)
    return tuple(keys)


def private_text(path: Path) -> str:
    """Read a file that only its owner may read. Raises Invalid otherwise."""
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Invalid("file_not_private", file=str(path))
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("file_not_readable", file=str(path)) from error


def database_url(text: str) -> str:
    """Accept SQLite and PostgreSQL addresses; a plain postgresql:// gets the driver we ship."""
    if text.startswith("sqlite:///"):
        # A database in memory is another one for each process, and gone with the last of them.
        if text.removeprefix("sqlite:///").partition("?")[0] in ("", ":memory:"):
            raise Invalid("database_not_supported")
        return text
    for scheme in ("postgresql://", "postgres://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    if text.startswith("postgresql+psycopg://"):
        return text
    raise Invalid("database_not_supported")


def base_url(text: str) -> str:
    """Accept the address that browsers use: http or https, a host, and no path."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid("address_wrong") from error
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not host or port == 0 or more:
        raise Invalid("address_wrong")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(address: str) -> bool:
    """Say whether an address leads to this very machine, by number or as RFC 6761 names it."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def bind_address(text: str) -> str:
    """Accept ``host:port`` or ``unix:path``."""
    if text.startswith("unix:") and text != "unix:":
        return text
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise Invalid("address_wrong")
    return text


def between(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within limits."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise Invalid("number_out_of_range", least=least, most=most)
        return int(text)

    return parse


def minutes(text: str) -> int:
    """Read a local time ``HH:MM`` as minutes after midnight."""
    hours, _, rest = text.partition(":")
    are_digits = text.isascii() and hours.isdigit() and rest.isdigit()
    if not (are_digits and int(hours) < 24 and int(rest) < 60):
        raise Invalid("time_wrong")
    return int(hours) * 60 + int(rest)


def yes_or_no(text: str) -> bool:
    """Read yes/no, true/false, 1/0."""
    if text.lower() in ("yes", "true", "1"):
        return True
    if text.lower() in ("no", "false", "0"):
        return False
    raise Invalid("yes_or_no_wanted")
