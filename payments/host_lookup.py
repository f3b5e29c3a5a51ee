"""Names of hosts looked up in bounded time, by threads that never become many.

The operating system's look-up has no time limit of its own and cannot be broken off. So it runs in
a thread that the caller waits for only so long; what it is given up on, it goes on with alone. As
many as ``MOST_LOOKUPS`` may hang at once; whoever comes then waits for a place, as briefly, and is
refused: a name server that does not answer costs that many threads and not one more.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow

LOOKUP_S = 3.0
MOST_LOOKUPS = 8

Resolve = Callable[[str, int], list[str]]
"""Returns the addresses of a host for a port. Raises OSError, UnicodeError or ValueError."""


class HostLookup:
    """Looks up hosts; one serves every thread of a process."""

    def __init__(
        self,
        resolve: Resolve | None = None,
        *,
        limit_s: float = LOOKUP_S,
        most: int = MOST_LOOKUPS,
    ) -> None:
        """Look up by ``resolve``, the system's by default, ``most`` at a time."""
        self._resolve = resolve or system_addresses
        self._limit_s = limit_s
        self._places = threading.BoundedSemaphore(most)

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host. Raises OSError, UnicodeError or ValueError.

        The OSError is a TimeoutError when the look-up takes too long or too many hang already.
        """
        began = time.monotonic()
        if not self._places.acquire(timeout=self._limit_s):
            raise TimeoutError("too many look-ups hang")
        found: Future[list[str]] = Future()
        # A daemon: a look-up that hangs must not keep the process from ending.
        thread = threading.Thread(
            target=self._look_up, args=(found, host, port), name="host-lookup", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:
            self._places.release()
            raise OSError("no thread is left") from error
        left = max(0.0, self._limit_s - (time.monotonic() - began))
        try:
            return found.result(timeout=left)
        except TooSlow as error:
            raise TimeoutError("the look-up takes too long") from error

    def _look_up(self, found: Future[list[str]], host: str, port: int) -> None:
        """Look up in a thread, and give the place back however it ends."""
        try:
            found.set_result(self._resolve(host, port))
        except BaseException as error:  # noqa: BLE001 -- whoever waits is told, whatever it was.
            found.set_exception(error)
        finally:
            self._places.release()


def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the operating system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
