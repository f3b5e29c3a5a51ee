"""Revisions on a database with rows: nothing is lost, and facts can still not be changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from payments.domain.outgoing import EVENT_NAMES
from payments.services.keep_secrets import credentials_of
from payments.services.manage_subscriptions import new_secret, subscribe
from payments.store import migrations
from payments.wiring import Wiring
from tests import makers
from tests.told import tell


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


def rows(wiring: Wiring, statement: str) -> list[tuple[object, ...]]:
    with wiring.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def go_back(wiring: Wiring, revision: str) -> None:
    with wiring.engine.begin() as connection:
        command.downgrade(migrations._config(connection), revision)


def test_evidence_and_deliveries_outlive_the_upgrade(wiring: Wiring) -> None:
    made = makers.a_centre(wiring.engine)
    tell(wiring, made, makers.a_request(wiring, made), 475_000)
    evidence = rows(wiring, "SELECT * FROM evidence")
    messages = rows(wiring, "SELECT message_id, headers, body FROM bank_messages")

    go_back(wiring, "0003")
    migrations.upgrade(wiring.engine)

    assert rows(wiring, "SELECT * FROM evidence") == evidence
    assert rows(wiring, "SELECT message_id, headers, body FROM bank_messages") == messages
    assert rows(wiring, "SELECT verdict, reply_status FROM bank_messages") == [("", 0)]
    for statement in ("UPDATE evidence SET amount = 1", "DELETE FROM evidence",
                      "UPDATE bank_messages SET verdict = 'x'"):  # fmt: skip
        with pytest.raises(Exception, match="append-only"), wiring.engine.begin() as connection:
            connection.execute(text(statement))
    # The database goes on as before.
    tell(wiring, made, makers.a_request(wiring, made, number=2), 475_000, "2")
    assert rows(wiring, "SELECT count(*) FROM receipts") == [(4,)]


def test_evidence_of_a_delivery_that_is_not_kept_cannot_be_committed(wiring: Wiring) -> None:
    made = makers.a_centre(wiring.engine)
    tell(wiring, made, makers.a_request(wiring, made), 475_000)
    copied = (
        "INSERT INTO evidence SELECT centre_id, 'other', transfer_id, account_id, teller, source,"
        " 'other', telling, 'nowhere', direction, amount, occurred_at, content_sha256, agrees,"
        " recorded_at, balance_after FROM evidence"
    )

    with pytest.raises(Exception, match=r"(?i)foreign key"), wiring.engine.begin() as connection:
        connection.execute(text(copied))


def test_the_secret_of_an_earlier_version_is_still_read(wiring: Wiring) -> None:
    made = makers.a_centre(wiring.engine)
    box = wiring.secret_box.seal(json.dumps(["new", "old"]).encode(), row="endpoint:HTR-endpoint")
    with wiring.engine.begin() as connection:
        connection.execute(text("UPDATE endpoints SET secret_box = :box"), {"box": box})

    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(made.endpoint.endpoint_id)

    credentials = credentials_of(wiring.secret_box, endpoint, makers.START)
    assert dict(credentials.secrets) == {"hmac": ("new", "old")}


def test_who_was_told_before_the_choice_came_is_told_of_everything(wiring: Wiring) -> None:
    made = makers.a_centre(wiring.engine)
    with wiring.open_uow() as uow:
        subscribe(
            uow,
            wiring.world,
            wiring.secret_box,
            made.actor,
            url="https://motcua.example/",
            secret=new_secret(wiring.world),
            event_types=EVENT_NAMES[:1],
        )
        uow.commit()
    chosen = rows(wiring, "SELECT event_types FROM subscriptions")

    go_back(wiring, "0007")
    migrations.upgrade(wiring.engine)

    assert chosen == [(EVENT_NAMES[0],)]
    assert rows(wiring, "SELECT event_types FROM subscriptions") == [(" ".join(EVENT_NAMES),)]
