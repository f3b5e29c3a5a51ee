"""The scaffolding of the tests holds: no network, and each test has a database of its own."""

from __future__ import annotations

import socket

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite

from tests import network


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(network.NetworkForbidden), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(network.NetworkForbidden):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", None, ""])
def test_this_machine_itself_may_be_spoken_to(host: str | None) -> None:
    assert network.is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", b"example.org", "2001:db8::1"])
def test_other_machines_may_not_be_spoken_to(host: str | bytes) -> None:
    assert not network.is_here(host)


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_finds_nothing_that_another_left(time: str, database_url: str) -> None:
    statement = "CREATE TABLE left_by_a_test (number integer)"
    if database_url.startswith("sqlite:///"):
        connection = sqlite.connect(database_url.removeprefix("sqlite:///"))
        connection.execute(statement)
        connection.close()
    else:
        with psycopg.connect(database_url) as server:
            server.execute(statement)
