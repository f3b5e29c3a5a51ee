"""The process that answers browsers and banks, made so that one slow guest delays nobody.

gunicorn 26 and 27 close a connection by waiting up to two seconds for the client's last bytes (RFC
9112 section 9.6), and the threaded worker waits where it also greets new clients: twenty clients
that keep their sockets open stop the whole site for many seconds. Ours hands such connections to
its event loop, which watches all of them at once and waits for none.
"""

from __future__ import annotations

import contextlib
import gc
import selectors
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped]  # gunicorn has no types

from payments.web.server import STOPPING

LINGER_S = 2.0
"""How long an answered client may take to close its side."""

MOST_LINGERING = 256
"""How many may do so at once in one worker; beyond that the oldest is cut off."""

MOST_DRAINED_BYTES = 1024 * 1024
"""How much an answered client may still send before it is cut off."""

SILENCE_S = 10
"""How long a client may send nothing in the middle of a request, or not take its answer."""

_ONE_READ_BYTES = 64 * 1024


class SafeThreadWorker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, whose event loop never waits for a single client.

    Five things differ: an answered connection lingers in the event loop; a new connection takes a
    thread when its first byte arrives, not before; reads and writes have a time limit; event
    streams are told when the worker stops; and the garbage collector does not look again and again
    at what was there before the first request.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 # gunicorn's own arguments
        super().__init__(*args, **kwargs)
        self.lingering = Lingering(self._is_gone)

    def load_wsgi(self) -> None:
        """Make the application, and spare the garbage collector what stays until the end."""
        super().load_wsgi()
        gc.collect()
        gc.freeze()
        # A delivery makes and drops some thousand objects; few of them are in rings.
        gc.set_threshold(20_000, 20, 50)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop: requests are finished, event streams end."""
        STOPPING.set()
        super().handle_exit(sig, frame)

    def handle(self, conn: gthread.TConn) -> object:
        """Serve one request in a thread, or give the thread back while there is nothing to read."""
        if not conn.initialized:
            if not conn.wait_for_data(0):
                return gthread._DEFER  # noqa: SLF001 # the word by which gunicorn's loop keeps it
            _limit_silence(conn.sock)
        return super().handle(conn)

    def finish_request(self, conn: gthread.TConn, fs: Future[object]) -> None:
        """Keep the connection as gunicorn would, or let it linger where gunicorn would wait."""
        if not fs.cancelled() and (fs.exception() is not None or fs.result()):
            super().finish_request(conn, fs)
        else:
            # It stays counted among the connections, so that a stopping worker waits for it.
            self.lingering.add(conn.sock, self.poller, time.monotonic() + LINGER_S)

    def murder_pending(self) -> None:
        """Close what has waited too long. gunicorn's loop calls this about once a second."""
        super().murder_pending()
        self.lingering.close_until(time.monotonic())

    def murder_keepalived(self, force: bool = False) -> None:
        """Close idle connections; with ``force``, at the worker's end, the lingering ones too."""
        super().murder_keepalived(force)
        if force:
            self.lingering.close_until(float("inf"))

    def _is_gone(self) -> None:
        self.nr_conns -= 1


class Lingering:
    """Answered connections whose clients have not yet closed their side, oldest first.

    Every call comes from the worker's event loop, so nothing here is locked. ``on_close`` is called
    once for each socket that was added.
    """

    def __init__(self, on_close: Callable[[], None], most: int = MOST_LINGERING) -> None:
        self._on_close = on_close
        self._most = most
        self._guests: dict[socket.socket, _Guest] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def add(self, sock: socket.socket, poller: selectors.BaseSelector, deadline: float) -> None:
        """Say goodbye on a socket, and drain it until ``deadline`` (monotonic seconds)."""
        self._guests[sock] = _Guest(poller, deadline)
        try:
            sock.settimeout(0)
            sock.shutdown(socket.SHUT_WR)
            poller.register(sock, selectors.EVENT_READ, self._drain)
        except (OSError, ValueError):
            # The client has gone without a goodbye.
            self._close(sock)
        if len(self._guests) > self._most:
            self._close(next(iter(self._guests)))

    def close_until(self, now: float) -> None:
        """Close those whose deadline is not after ``now`` (monotonic seconds)."""
        for sock in [sock for sock, guest in self._guests.items() if guest.deadline <= now]:
            self._close(sock)

    def _drain(self, sock: socket.socket) -> None:
        guest = self._guests.get(sock)
        if guest is None:
            # Cut off earlier in the same round of the event loop.
            return
        try:
            taken = len(sock.recv(_ONE_READ_BYTES))
        except BlockingIOError:
            return
        except OSError:
            taken = 0
        guest.left_bytes -= taken
        if not taken or guest.left_bytes <= 0:
            self._close(sock)

    def _close(self, sock: socket.socket) -> None:
        guest = self._guests.pop(sock)
        with contextlib.suppress(KeyError, ValueError, OSError):
            guest.poller.unregister(sock)
        with contextlib.suppress(OSError):
            sock.close()
        self._on_close()


class _Guest:
    """What is left to one lingering client."""

    __slots__ = ("deadline", "left_bytes", "poller")

    def __init__(self, poller: selectors.BaseSelector, deadline: float) -> None:
        self.poller = poller
        self.deadline = deadline
        self.left_bytes = MOST_DRAINED_BYTES


def _limit_silence(sock: socket.socket) -> None:
    # The limit is the kernel's, because gunicorn resets Python's own at every request.
    limit = struct.pack("ll", SILENCE_S, 0)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
