"""The server answers a guest while others keep their connections open and say nothing."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]  # gunicorn has no types

from payments.domain.errors import Invalid
from payments.web.server import WORKER, gunicorn_options, most_streams
from payments.web.server_worker import MOST_DRAINED_BYTES, Lingering, SafeThreadWorker

ROOT = Path(__file__).parents[2]
GUESTS = 20
# Not a time that is measured: how long the test waits before it says that no answer came at all.
# The worker of gunicorn 27 would need 40 seconds to get past the guests.
PATIENCE_S = 20
TINY_SITE = """
import sys
from payments.web.server import gunicorn_options, serve

def make_app():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "4"), ("Content-Type", "text/plain")])
        return [b"chao"]
    return app

serve(make_app, gunicorn_options(sys.argv[1], workers=1, threads=2))
"""

Address = tuple[str, int]


@pytest.fixture
def site() -> Iterator[Address]:
    """Serve a tiny site, and stop it by the signal a service manager sends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(
            [sys.executable, "-c", TINY_SITE, f"fd://{listener.fileno()}"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            pass_fds=[listener.fileno()],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield listener.getsockname()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


def ask(address: Address) -> socket.socket:
    guest = socket.create_connection(address, timeout=60)
    guest.sendall(b"GET / HTTP/1.1\r\nHost: thuphi\r\nConnection: close\r\n\r\n")
    return guest


def answer(guest: socket.socket) -> bytes:
    text = b""
    while not text.endswith(b"\r\n\r\nchao"):
        more = guest.recv(4096)
        if not more:
            break
        text += more
    return text


def is_answered(address: Address) -> bool:
    with ask(address) as guest:
        guest.settimeout(PATIENCE_S)
        return answer(guest).startswith(b"HTTP/1.1 200 OK")


def test_answered_guests_who_do_not_leave_delay_nobody(site: Address) -> None:
    lingering = [ask(site) for _ in range(GUESTS)]
    try:
        answers = [answer(guest) for guest in lingering]

        assert is_answered(site)
        assert all(text.endswith(b"chao") for text in answers)
    finally:
        for guest in lingering:
            guest.close()


def test_guests_who_say_nothing_occupy_no_thread(site: Address) -> None:
    silent = [socket.create_connection(site, timeout=60) for _ in range(GUESTS)]
    try:
        assert is_answered(site)
    finally:
        for guest in silent:
            guest.close()


def test_a_guest_may_ask_twice_over_one_connection(site: Address) -> None:
    with socket.create_connection(site, timeout=60) as guest:
        for _ in range(2):
            guest.sendall(b"GET / HTTP/1.1\r\nHost: thuphi\r\n\r\n")
            assert answer(guest).endswith(b"chao")


# The goodbye itself, without a server.


class Closed:
    """Counts the connections that were closed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def poller() -> Iterator[selectors.DefaultSelector]:
    with selectors.DefaultSelector() as poller:
        yield poller


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(PATIENCE_S)
        yield ours, theirs


def turn(poller: selectors.BaseSelector) -> None:
    for key, _ in poller.select(timeout=PATIENCE_S):
        key.data(key.fileobj)


def test_a_goodbye_is_said_at_once_and_the_socket_closed_at_theirs(
    pair: tuple[socket.socket, socket.socket], poller: selectors.BaseSelector
) -> None:
    ours, theirs = pair
    closed = Closed()
    lingering = Lingering(closed)

    lingering.add(ours, poller, deadline=float("inf"))
    assert theirs.recv(1) == b""
    theirs.sendall(b"late words")
    turn(poller)
    assert (len(lingering), closed.count) == (1, 0)
    theirs.close()
    turn(poller)

    assert (len(lingering), closed.count) == (0, 1)
    assert not poller.get_map()
    assert ours.fileno() == -1


def test_whose_time_is_over_is_cut_off(
    pair: tuple[socket.socket, socket.socket], poller: selectors.BaseSelector
) -> None:
    lingering = Lingering(Closed())
    lingering.add(pair[0], poller, deadline=100.0)

    lingering.close_until(99.9)
    assert len(lingering) == 1
    lingering.close_until(100.0)

    assert len(lingering) == 0
    assert pair[0].fileno() == -1


def test_one_too_many_cuts_off_the_oldest(poller: selectors.BaseSelector) -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    closed = Closed()
    lingering = Lingering(closed, most=2)

    for ours, _ in pairs:
        lingering.add(ours, poller, deadline=float("inf"))

    assert [ours.fileno() == -1 for ours, _ in pairs] == [True, False, False]
    assert (len(lingering), closed.count) == (2, 1)
    lingering.close_until(float("inf"))
    for _, theirs in pairs:
        theirs.close()


def test_who_never_stops_talking_is_cut_off(
    pair: tuple[socket.socket, socket.socket], poller: selectors.BaseSelector
) -> None:
    ours, theirs = pair
    lingering = Lingering(Closed())
    lingering.add(ours, poller, deadline=float("inf"))

    sent = 0
    while len(lingering):
        sent += theirs.send(b"x" * 4096)
        turn(poller)

    assert MOST_DRAINED_BYTES <= sent <= MOST_DRAINED_BYTES + 4096


def test_who_left_without_a_word_is_forgotten(poller: selectors.BaseSelector) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    closed = Closed()
    lingering = Lingering(closed)

    lingering.add(ours, poller, deadline=float("inf"))

    assert (len(lingering), closed.count) == (0, 1)


class AConnection:
    """What gunicorn keeps of a connection, as far as a goodbye needs it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def close(self, graceful: bool = False) -> None:
        pytest.fail("gunicorn's own close waits for the client")


def test_the_worker_does_not_wait_for_an_answered_client(
    pair: tuple[socket.socket, socket.socket], poller: selectors.BaseSelector
) -> None:
    config = Config()
    worker = SafeThreadWorker(0, os.getppid(), [], None, 30, config, None)
    worker.poller, worker.nr_conns = poller, 1
    done: Future[object] = Future()
    done.set_result(False)

    worker.finish_request(AConnection(pair[0]), done)
    assert (len(worker.lingering), worker.nr_conns) == (1, 1)
    worker.lingering.close_until(time.monotonic() + 3600)
    worker.tmp.close()

    assert (len(worker.lingering), worker.nr_conns) == (0, 0)


# The settings.


def test_every_setting_is_one_that_gunicorn_knows() -> None:
    config = Config()
    for name, value in gunicorn_options("127.0.0.1:8000", workers=2, threads=32).items():
        config.set(name, value)

    assert config.worker_class is SafeThreadWorker
    assert (config.workers, config.threads) == (2, 32)


def test_the_server_keeps_its_limits() -> None:
    options = gunicorn_options("127.0.0.1:8000", workers=2, threads=32)

    assert options["worker_class"] == WORKER
    assert options["control_socket_disable"] is True
    assert options["reuse_port"] is False
    assert options["preload_app"] is False
    assert (options["limit_request_line"], options["limit_request_fields"]) == (4094, 64)


@pytest.mark.parametrize(("workers", "threads"), [(0, 8), (1, 0), (-1, 8)])
def test_a_server_without_hands_is_refused(workers: int, threads: int) -> None:
    with pytest.raises(Invalid):
        gunicorn_options("127.0.0.1:8000", workers, threads)


@pytest.mark.parametrize(("threads", "streams"), [(128, 112), (32, 16), (8, 4), (1, 0)])
def test_open_streams_leave_threads_to_everybody_else(threads: int, streams: int) -> None:
    assert most_streams(threads) == streams
