"""What comes to a bank's address: proven, kept, credited once, and answered in the bank's own form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from bank_adapters import sepay
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice
from payments.domain.errors import Unavailable
from payments.domain.requests import RequestState
from payments.ports import UnitOfWork
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import FixedClock, MadeCentre


class Bank:
    """The simulated provider posting to the application."""

    def __init__(self, client: FlaskClient, wiring: Wiring, centre: MadeCentre) -> None:
        self.client, self.wiring, self.centre = client, wiring, centre

    def announce(
        self,
        remark: str,
        amount: int = 475_000,
        event_id: str = "1",
        secret: str = makers.WEBHOOK_SECRET,
        **changes: Any,  # noqa: ANN401 -- fields of a notice.
    ) -> TestResponse:
        now = self.wiring.world.clock.now()
        notice = TransferNotice(
            event_id,
            self.centre.account.account_number,
            Direction.IN,
            amount,
            "VND",
            now,
            remark,
            f"FT{event_id}",
        )
        delivery = self.wiring.simulators["sepay"].delivery(
            replace(notice, **changes), Credentials("hmac", {"hmac": (secret,)}), now
        )
        return self.post(delivery.body, delivery.headers)

    def post(
        self, body: bytes, headers: Sequence[tuple[str, str]], endpoint: str = "HTR-endpoint"
    ) -> TestResponse:
        return self.client.post(
            f"/webhooks/{endpoint}", data=body, headers=list(headers), token=None
        )


@pytest.fixture
def bank(client: FlaskClient, wiring: Wiring, centre: MadeCentre) -> Bank:
    return Bank(client, wiring, centre)


def count(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_signed_notice_pays_its_request(bank: Bank, wiring: Wiring, centre: MadeCentre) -> None:
    standing = makers.a_request(wiring, centre)

    response = bank.announce(f"MBVCB.123.{standing.request.reference} nop phi")

    assert (response.status_code, response.data) == (200, b'{"success": true}')
    with wiring.open_uow(write=False) as uow:
        after = uow.requests.standing("HTR", standing.request.request_id)
    assert after.state(wiring.world.clock.now()) is RequestState.PAID


def test_the_same_notice_again_credits_nothing_more(
    bank: Bank, wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)

    answers = [bank.announce(standing.request.reference).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert (count(wiring, "transfers"), count(wiring, "evidence")) == (1, 3)
    assert count(wiring, "bank_messages") == 3


def test_an_unknown_reference_is_taken_and_waits(bank: Bank, wiring: Wiring) -> None:
    assert bank.announce("chuyen tien").status_code == 200
    assert (count(wiring, "transfers"), count(wiring, "breaks")) == (1, 1)


class Careless:
    """An adapter of another package that hands on whatever the bank has written."""

    name = "sepay"
    declaration = sepay.ADAPTER.declaration
    authenticate = sepay.ADAPTER.authenticate
    reply = sepay.ADAPTER.reply

    def __init__(self, **changes: Any) -> None:  # noqa: ANN401 -- fields of a notice.
        self._changes = changes

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the notice, with fields that no table holds."""
        notices = sepay.ADAPTER.parse(request, credentials)
        return tuple(
            replace(notice, **self._changes)
            for notice in notices
            if isinstance(notice, TransferNotice)
        )


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_money_is_not_refused_for_a_sign_in_its_text(
    wiring: Wiring, centre: MadeCentre, sign: str
) -> None:
    standing = makers.a_request(wiring, centre)
    words = f"nop {sign} phi {standing.request.reference}"
    careless = replace(
        wiring,
        adapters={"sepay": Careless(remittance_information=words, bank_reference=sign * 500)},
    )
    bank = Bank(sessions.make_app(careless).test_client(), wiring, centre)

    assert bank.announce("x").status_code == 200

    with wiring.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT remittance_information, bank_reference FROM transfers")
        ).one()
    assert tuple(kept) == (words.replace(sign, "\ufffd"), "\ufffd" * 128)
    assert count(wiring, "receipts") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_id", "1" * 129),
        ("event_id", "\0"),
        ("event_id", "\ud800"),
        ("event_id", ""),
        ("account_number", "\ud800"),
        ("currency", "VND\0"),
        ("amount", 10**13 + 1),
        ("amount", 0),
        ("amount", 10**30),
    ],
)
def test_an_id_that_no_table_holds_is_unreadable_and_its_bytes_are_kept(
    wiring: Wiring, centre: MadeCentre, field: str, value: object
) -> None:
    careless = replace(wiring, adapters={"sepay": Careless(**{field: value})})
    bank = Bank(sessions.make_app(careless).test_client(), wiring, centre)

    response = bank.announce("x")

    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"]["field"] == field
    assert (count(wiring, "bank_messages"), count(wiring, "transfers")) == (1, 0)
    with wiring.engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM breaks")).scalar_one() == "unreadable"


def test_a_forged_notice_leaves_no_trace(bank: Bank, wiring: Wiring) -> None:
    response = bank.announce("x", secret="another-secret-than-the-bank-has-01")

    assert response.status_code == 401
    assert response.json == {"success": False, "message": "not authenticated"}
    assert count(wiring, "bank_messages") == 0


def test_a_notice_signed_too_long_ago_is_not_proven(
    bank: Bank, wiring: Wiring, clock: FixedClock
) -> None:
    now = clock.now()
    notice = TransferNotice("1", "0123499999", Direction.IN, 1, "VND", now, "x", "FT1")
    delivery = wiring.simulators["sepay"].delivery(notice, makers.WEBHOOK_CREDENTIALS, now)
    clock.at += timedelta(minutes=6)

    assert bank.post(delivery.body, delivery.headers).status_code == 401
    assert count(wiring, "bank_messages") == 0


def test_an_unknown_address_and_a_closed_one_look_the_same(
    bank: Bank, wiring: Wiring, centre: MadeCentre
) -> None:
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.endpoint, is_enabled=False))
        uow.commit()

    closed = bank.announce("x")
    unknown = bank.post(b"{}", [("Content-Type", "application/json")], endpoint="nobody")

    assert (closed.status_code, unknown.status_code) == (404, 404)
    assert closed.data == unknown.data


def test_a_body_that_cannot_be_read_is_kept_once_and_its_field_is_named(
    bank: Bank, wiring: Wiring
) -> None:
    signed = wiring.simulators["sepay"].delivery(
        TransferNotice("1", "0123499999", Direction.IN, 5, "VND", wiring.world.clock.now(), "x", "F"),
        makers.WEBHOOK_CREDENTIALS, wiring.world.clock.now(),
    )  # fmt: skip
    body = json.dumps(json.loads(signed.body) | {"transferAmount": "năm đồng"}).encode()
    resigned = resign(body, wiring)

    answers = [bank.post(body, resigned) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json is not None
    assert answers[0].json["success"] is False
    assert answers[0].json["error"]["field"] == "transferAmount"
    assert (count(wiring, "bank_messages"), count(wiring, "breaks")) == (1, 1)
    assert count(wiring, "transfers") == 0


def resign(body: bytes, wiring: Wiring) -> list[tuple[str, str]]:
    from bank_adapters.signatures import hmac_text

    stamp = str(int(wiring.world.clock.now().timestamp()))
    signature = hmac_text(makers.WEBHOOK_SECRET, stamp.encode() + b"." + body)
    return [
        ("Content-Type", "application/json"),
        ("X-SePay-Timestamp", stamp),
        ("X-SePay-Signature", f"sha256={signature}"),
    ]


def test_only_json_is_read(bank: Bank) -> None:
    response = bank.post(b"a=b", [("Content-Type", "application/x-www-form-urlencoded")])

    assert response.status_code == 415


def test_a_body_longer_than_the_provider_sends_is_refused_unread(bank: Bank) -> None:
    response = bank.post(b" " * (64 * 1024 + 1), [("Content-Type", "application/json")])

    assert response.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_address_takes_nothing_but_post(
    client: FlaskClient, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    response = client.open("/webhooks/HTR-endpoint", method=method)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    *_, line = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert (line["path"], line["status"]) == ("/webhooks/<endpoint_id>", 405)


def test_no_secret_is_kept_with_the_message(bank: Bank, wiring: Wiring) -> None:
    bank.announce("x")

    with wiring.engine.connect() as connection:
        headers = connection.execute(text("SELECT headers FROM bank_messages")).scalar_one()
    assert "sha256=" not in headers


class DownUnitOfWork:
    """A database that cannot be had for writing."""

    def __enter__(self) -> Self:
        raise Unavailable("database_unavailable")

    def __exit__(self, *facts: object) -> None:
        """Nothing was begun."""


def test_a_database_that_is_down_asks_the_bank_to_try_again(
    wiring: Wiring, centre: MadeCentre
) -> None:
    def open_uow(*, write: bool = True) -> UnitOfWork:
        return DownUnitOfWork() if write else wiring.open_uow(write=False)  # type: ignore[return-value]  # a fake that never begins

    app: Flask = sessions.make_app(replace(wiring, open_uow=open_uow))

    response = Bank(app.test_client(), wiring, centre).announce("x")

    assert response.status_code == 503
    assert response.json == {"success": False, "message": "try again"}
    assert count(wiring, "bank_messages") == 0


def test_a_secret_that_this_installation_cannot_open_asks_the_bank_to_try_again(
    bank: Bank, wiring: Wiring, centre: MadeCentre
) -> None:
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.endpoint, secret_box=b"sealed with another key"))
        uow.commit()

    assert bank.announce("x").status_code == 503


def test_money_for_another_account_is_not_credited(bank: Bank, wiring: Wiring) -> None:
    assert bank.announce("x", account_number="999").status_code == 200
    assert (count(wiring, "transfers"), count(wiring, "breaks")) == (0, 1)
