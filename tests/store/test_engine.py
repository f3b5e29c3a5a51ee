"""What every transaction may rely on: one picture for a reader, and no values in errors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from payments.domain.errors import Unavailable
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


def test_an_error_of_the_database_tells_no_value(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(
            text("INSERT INTO centres (centre_id) VALUES (:secret)"), {"secret": "canary"}
        )

    assert "canary" not in str(refused.value).partition("DETAIL")[0]


def _write_as_a_reader(engine: Engine) -> None:
    with SqlUnitOfWork(engine, write=False) as reader:
        reader.session.connection.execute(text("DELETE FROM throttles"))
