"""A real SFTP server on loopback that shows a folder, and can be made to fail as banks' do."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Self

import asyncssh


class _Login(asyncssh.SSHServer):
    """Lets one user in, by password or by key."""

    def __init__(self, bank: BankServer) -> None:
        self._bank = bank
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._bank.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._bank.tried.append(password)
        return (username, password) == (self._bank.user, self._bank.password)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        own = self._bank.client_key.export_public_key()
        return username == self._bank.user and key.export_public_key() == own


class _Files(asyncssh.SFTPServer):
    """The server's files; ``on_read`` happens before each block that is read.

    ``told_size`` is what the server says of sizes, when it says something else than is so.
    """

    bank: BankServer

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(chan, chroot=os.fsencode(self.bank.root))

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        local = super().lstat(path)
        assert isinstance(local, os.stat_result)
        found = asyncssh.SFTPAttrs.from_local(local)
        found.size = self.bank.told_size or found.size
        return found

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        async for entry in super().scandir(path):
            entry.attrs.size = self.bank.told_size or entry.attrs.size
            yield entry

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        self.bank.reads += 1
        self.bank.on_read(self.bank, offset)
        data = super().read(file_obj, offset, size)
        assert isinstance(data, bytes)
        return data


def _nothing(bank: BankServer, offset: int) -> None:
    """Let a block be read in peace."""


class BankServer:
    """The bank's server: ``with BankServer(folder) as bank``."""

    user = "htr"
    password = "a password of the bank"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.tried: list[str] = []
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.reads = 0
        self.told_size = 0
        self.port = 0
        self.on_read: Callable[[BankServer, int], None] = _nothing
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def public_key(self) -> str:
        return self.host_key.export_public_key().decode()

    @property
    def private_key(self) -> str:
        return self.client_key.export_private_key().decode()

    def cut(self) -> None:
        """Break every connection off, as a line does. Called on the server's own thread."""
        for connection in self.connections:
            connection.abort()

    async def _listen(self) -> None:
        files = type("Files", (_Files,), {"bank": self})
        self._server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Login(self),
            server_host_keys=[self.host_key],
            sftp_factory=files,
            config=None,
        )
        self.port = self._server.get_port()

    async def _stop(self) -> None:
        self._server.close()
        self.cut()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
