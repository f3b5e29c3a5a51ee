"""A folder on a bank's server over SFTP: listed and read, and changed only where that is allowed.

The server has to prove itself with the one key that was named for it; an unknown key is never
accepted, and nothing of this machine's own SSH configuration is read. Every wait is bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import asyncssh

from payments.domain.errors import Invalid, Unavailable
from payments.host_lookup import HostLookup
from payments.network import address_of
from reconciliation.domain.sources import LONGEST_FILE_NAME, Offered, TakeOutcome, is_finished
from reconciliation.ports import ServerAccess, Target

MOST_FILES = 10_000
CONNECT_S, LOGIN_S, LIST_S, READ_S = 3, 15, 60, 300
SLOWEST = 256 * 1024
"""Bytes a second that a large file has to bring, beyond the first five minutes."""

_BLOCK = 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")


class SftpServer:
    """One visit to a server: ``with SftpServer(access) as place``."""

    def __init__(self, access: ServerAccess, *, allows_private: bool = False) -> None:
        """Prepare a visit; ``allows_private`` lets it go to this machine and its network."""
        self._access = access
        self._allows_private = allows_private
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def __enter__(self) -> Self:
        """Connect and sign in.

        Raises Unavailable: ``host_key_unknown`` when the server is another than was named,
        ``sign_in_refused``, ``host_not_reached`` or ``address_not_allowed``.
        """
        try:
            self._run(self._connect(), CONNECT_S + LOGIN_S)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection, whatever happened."""
        if self._connection is not None:
            self._connection.abort()
        self._runner.close()

    def offered(self) -> list[Offered]:
        """Return the plain files in the folder whose names fit the pattern.

        Raises Unavailable, also when there are too many to be looked at.
        """
        return sorted(self._run(self._list(), LIST_S), key=lambda one: one.name)

    def set_apart(self) -> list[Offered]:
        """Return nothing: on a server of others nothing is put apart."""
        return []

    def copy(self, offered: Offered, target: Target) -> None:
        """Write a file to a target. Raises Unavailable unless it is still as it was offered."""
        self._run(self._copy(offered, target), READ_S + offered.size // SLOWEST)

    def put_away(self, offered: Offered, outcome: TakeOutcome, body_sha256: str) -> None:
        """Delete an imported file where that is allowed; else leave everything as it is."""
        del body_sha256
        if self._access.removes and outcome is TakeOutcome.IMPORTED:
            self._run(self._remove(offered), LIST_S)

    def _run(self, work: Coroutine[Any, Any, T], seconds: int) -> T:
        """Do some work on the connection in bounded time, and name what goes wrong."""
        host = self._access.host
        try:
            return self._runner.run(asyncio.wait_for(work, seconds))
        except asyncssh.HostKeyNotVerifiable as error:
            raise Unavailable("host_key_unknown", host=host) from error
        except asyncssh.PermissionDenied as error:
            raise Unavailable("sign_in_refused", host=host) from error
        except (asyncssh.Error, OSError) as error:
            reason = type(error).__name__
            raise Unavailable("host_not_reached", host=host, reason=reason) from error

    async def _connect(self) -> None:
        access = self._access
        trusted = _public_key(access.host_key)
        keys = [_private_key(access.private_key)] if access.private_key else None
        self._connection = await asyncssh.connect(
            address_of(access.host, access.port, HostLookup(), allows_private=self._allows_private),
            access.port,
            username=access.user,
            password=access.password or None,
            client_keys=keys,
            known_hosts=([trusted], [], []),
            preferred_auth="publickey" if access.private_key else "password",
            config=None,
            agent_path=None,
            gss_host=None,
            connect_timeout=CONNECT_S,
            login_timeout=LOGIN_S,
        )
        # Names that are not UTF-8 are kept as this machine keeps its own.
        self._sftp = await self._connection.start_sftp_client(path_errors="surrogateescape")

    async def _list(self) -> list[Offered]:
        found: list[Offered] = []
        seen = 0
        async for entry in self._client.scandir(self._access.folder):
            seen += 1
            if seen > MOST_FILES:
                raise Unavailable("too_many_files", host=self._access.host, most=MOST_FILES)
            name = str(entry.filename)
            if self._is_wanted(name) and entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR:
                found.append(_offered(name, entry.attrs))
        return found

    def _is_wanted(self, name: str) -> bool:
        is_name = "/" not in name and len(name) <= LONGEST_FILE_NAME
        return is_name and is_finished(name) and fnmatchcase(name, self._access.pattern)

    async def _copy(self, offered: Offered, target: Target) -> None:
        await self._require_same(offered)
        came = 0
        async with self._client.open(self._path(offered), "rb") as file:
            while came < offered.size:
                size = min(_BLOCK, offered.size - came)
                block = cast("bytes", await file.read(size, came))
                if not block:
                    raise Unavailable("file_still_changing", file=offered.name)
                target.write(block)
                came += len(block)
            # What has more bytes than its server tells of is still being written.
            if came > offered.size or await file.read(1, came):
                raise Unavailable("file_still_changing", file=offered.name)
        await self._require_same(offered)

    async def _remove(self, offered: Offered) -> None:
        await self._require_same(offered)
        await self._client.remove(self._path(offered))

    async def _require_same(self, offered: Offered) -> None:
        """Raise Unavailable unless a file is the plain one that was offered, unchanged."""
        known = await self._client.lstat(self._path(offered))
        is_plain = known.type == asyncssh.FILEXFER_TYPE_REGULAR
        if not is_plain or _offered(offered.name, known) != offered:
            raise Unavailable("file_still_changing", file=offered.name)

    def _path(self, offered: Offered) -> str:
        return f"{self._access.folder.rstrip('/')}/{offered.name}"

    @property
    def _client(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            raise Unavailable("host_not_reached", host=self._access.host, reason="closed")
        return self._sftp


def require_keys(access: ServerAccess) -> None:
    """Raise Invalid naming the key that cannot be read; an encrypted private key is one."""
    _public_key(access.host_key)
    if access.private_key:
        _private_key(access.private_key)


def _public_key(text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(text)
    except (asyncssh.Error, ValueError) as error:
        raise Invalid("host_key_malformed", field="host_key") from error


def _private_key(text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(text)
    except (asyncssh.Error, ValueError) as error:
        raise Invalid("private_key_malformed", field="private_key") from error


def _offered(name: str, known: asyncssh.SFTPAttrs) -> Offered:
    """Return a file as its server tells of it: bytes, and whole seconds."""
    size, seconds = known.size or 0, int(known.mtime or 0)
    return Offered(name, size, _EPOCH + timedelta(seconds=seconds), f"{size}:{seconds}")
