"""What every transaction may rely on: one picture for a reader, and no values in errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from payments.domain.bank_messages import ReplyKind
from payments.domain.errors import Conflict, Unavailable
from payments.domain.transfers import BankMessage
from payments.store.engine import open_engine
from payments.store.unit_of_work import SqlUnitOfWork
from tests import makers


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.mark.postgres
def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with SqlUnitOfWork(engine, write=False) as reader:
        assert reader.centres.all() == []
        makers.a_centre(engine)

        assert reader.centres.all() == []

    with SqlUnitOfWork(engine, write=False) as later:
        assert len(later.centres.all()) == 1
    engine.dispose()


@pytest.mark.postgres
def test_a_reader_on_postgresql_cannot_write(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)

    with pytest.raises(Unavailable):
        _write_as_a_reader(engine)

    engine.dispose()


def test_a_connection_is_good_again_after_a_refused_commit(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=1)
    made = makers.a_centre(engine)
    double = replace(made.account, account_id="another")
    for _ in range(3):
        with pytest.raises(Conflict):
            _write(engine, double)

        with SqlUnitOfWork(engine) as uow:
            uow.centres.lock(made.centre.centre_id)
    engine.dispose()


def test_rows_larger_than_a_socket_takes_at_once_are_committed(engine: Engine) -> None:
    made = makers.a_centre(engine)
    messages = [
        BankMessage(
            centre_id=made.centre.centre_id,
            message_id=f"{number:032x}",
            endpoint_id=made.endpoint.endpoint_id,
            received_at=makers.START,
            method="POST",
            path="",
            query="",
            remote_address="",
            headers="[]",
            body=bytes(1_500_000),
            body_sha256="0" * 64,
            verdict=ReplyKind.ACCEPTED,
            problem="",
            reply_status=200,
            reply_type="",
            reply_body=b"",
            handled_ms=0,
        )
        for number in range(1, 9)
    ]

    with SqlUnitOfWork(engine) as uow:
        uow.add(*messages)
        uow.commit()

    with engine.connect() as connection:
        kept = connection.execute(text("SELECT sum(length(body)) FROM bank_messages")).scalar_one()
    assert kept == 12_000_000


def test_an_error_of_the_database_tells_no_value(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(
            text("INSERT INTO centres (centre_id) VALUES (:secret)"), {"secret": "canary"}
        )

    assert "canary" not in str(refused.value).partition("DETAIL")[0]


def _write(engine: Engine, value: object) -> None:
    with SqlUnitOfWork(engine) as uow:
        uow.add(value)
        uow.commit()


def _write_as_a_reader(engine: Engine) -> None:
    with SqlUnitOfWork(engine, write=False) as reader:
        reader.session.connection.execute(text("DELETE FROM throttles"))
