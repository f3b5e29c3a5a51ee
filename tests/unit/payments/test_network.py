"""Requests to other machines: looking a host up and reading its answer end in bounded time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from payments.domain.adapters import OutgoingRequest
from payments.domain.errors import Unavailable
from payments.host_lookup import HostLookup
from payments.network import HttpNetwork

SOON = 0.05


class Resolver:
    """Name servers of which some never answer, until the test lets them."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked = 0
        self.ended = threading.Semaphore(0)

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        if host == "hangs.example":
            self.let_go.wait()
        self.ended.release()
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return ["127.0.0.1"]


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    """Name servers, which answer at the end of the test at the latest."""
    resolver = Resolver()
    yield resolver
    resolver.let_go.set()


def test_a_look_up_that_hangs_is_given_up(resolver: Resolver) -> None:
    lookup = HostLookup(resolver, limit_s=SOON)

    with pytest.raises(TimeoutError):
        lookup.addresses("hangs.example", 443)

    assert lookup.addresses("answers.example", 443) == ["127.0.0.1"]


def test_however_many_look_ups_hang_the_threads_are_few(resolver: Resolver) -> None:
    lookup = HostLookup(resolver, limit_s=SOON, most=2)

    for _ in range(6):
        with pytest.raises(TimeoutError):
            lookup.addresses("hangs.example", 443)

    # Each look-up that is begun is one thread, and asks the name server.
    assert resolver.asked == 2


def test_when_the_name_server_answers_again_there_are_places_again(resolver: Resolver) -> None:
    lookup = HostLookup(resolver, limit_s=5, most=1)
    hasty = HostLookup(resolver, limit_s=SOON, most=1)
    with pytest.raises(TimeoutError):
        hasty.addresses("hangs.example", 443)
    with pytest.raises(TimeoutError):
        hasty.addresses("answers.example", 443)

    resolver.let_go.set()
    assert resolver.ended.acquire(timeout=5)
    found = [lookup.addresses("answers.example", 443) for _ in range(3)]

    assert found == [["127.0.0.1"]] * 3
    assert hasty.addresses("answers.example", 443) == ["127.0.0.1"]


def test_a_failed_look_up_gives_its_place_back(resolver: Resolver) -> None:
    lookup = HostLookup(resolver, limit_s=5, most=1)

    for _ in range(3):
        with pytest.raises(socket.gaierror):
            lookup.addresses("nowhere.example", 443)


@pytest.mark.parametrize(
    ("host", "reason"), [("hangs.example", "lookup"), ("nowhere.example", "unknown")]
)
def test_a_host_that_is_not_found_in_time_is_not_reached(
    resolver: Resolver, host: str, reason: str
) -> None:
    network = HttpNetwork(lookup=HostLookup(resolver, limit_s=SOON))

    with pytest.raises(Unavailable, match="host_not_reached") as refused:
        network.send(OutgoingRequest("GET", f"https://{host}/"), most_bytes=10)

    assert refused.value.facts["reason"] == reason


def test_the_address_that_was_looked_up_is_judged(resolver: Resolver) -> None:
    network = HttpNetwork(lookup=HostLookup(resolver, limit_s=5))

    with pytest.raises(Unavailable, match="address_not_allowed"):
        network.send(OutgoingRequest("GET", "https://answers.example/"), most_bytes=10)


def test_an_answer_that_drips_is_given_up() -> None:
    with dripping() as port:
        network = HttpNetwork(allows_private=True, whole_s=SOON)

        with pytest.raises(Unavailable, match="host_not_reached") as refused:
            network.send(OutgoingRequest("GET", f"http://127.0.0.1:{port}/"), most_bytes=10**6)

    assert refused.value.facts["reason"] == "ReadTimeout"


@contextmanager
def dripping() -> Iterator[int]:
    """Listen on this machine and answer one byte after the other, for as long as it is taken."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(4096)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not stop.wait(0.005):
                try:
                    peer.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        listener.close()
