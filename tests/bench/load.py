"""A load from one process: prepared requests over kept-alive connections, every answer read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What a round gave: how many answers of which status, in how many seconds."""

    statuses: dict[int, int]
    seconds: float

    @property
    def per_second(self) -> float:
        """Return the good answers in a second."""
        return self.statuses.get(200, 0) / self.seconds


def http_post(path: str, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Return a whole request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def fire(port: int, requests: Sequence[bytes], connections: int) -> Figures:
    """Send every request once, over so many connections, and count the answers."""
    statuses: dict[int, int] = {}
    lock = threading.Lock()

    def run(mine: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = connection.makefile("rb")
            for request in mine:
                connection.sendall(request)
                status = _read_answer(stream)
                with lock:
                    statuses[status] = statuses.get(status, 0) + 1

    threads = [
        threading.Thread(target=run, args=(requests[number::connections],))
        for number in range(connections)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures(statuses, time.perf_counter() - started)


def _read_answer(stream: socket.SocketIO | object) -> int:
    """Read one answer whole and return its status."""
    readline = stream.readline  # type: ignore[union-attr]  # the file of a socket
    status = int(readline().split()[1])
    length = 0
    while (line := readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    stream.read(length)  # type: ignore[union-attr]  # the file of a socket
    return status
