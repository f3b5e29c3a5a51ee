"""Connections on the administrator's pages: opened, rotated with a grace, configured and closed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from bank_adapters import sepay
from payments.domain.adapters import Credentials, Way
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.requests import RequestState
from payments.domain.staff import Role
from payments.services.keep_secrets import credentials_of
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import FixedClock, MadeCentre

HERE = "/quan-tri/ket-noi"
ONE = f"{HERE}/dia-chi/HTR-endpoint"
SHOWN = re.compile(r'hmac: <span class="mono">([^<]+)</span>')


def announce(
    client: FlaskClient,
    wiring: Wiring,
    centre: MadeCentre,
    secret: str = makers.WEBHOOK_SECRET,
    words: str = "x",
    **environ: str,
) -> TestResponse:
    """Post a signed notice to the connection of the maker's centre."""
    now = wiring.world.clock.now()
    notice = TransferNotice(
        "1", centre.account.account_number, Direction.IN, 475_000, "VND", now, words, "FT1"
    )
    sent = wiring.simulators["sepay"].delivery(
        notice, Credentials("hmac", {"hmac": (secret,)}), now
    )
    return client.post(
        "/webhooks/HTR-endpoint",
        data=sent.body,
        headers=list(sent.headers),
        token=None,
        environ_overrides=environ,
    )


def shown_secret(response: TestResponse) -> str:
    found = SHOWN.search(response.text)
    assert found is not None, response.text
    return found[1]


def count(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_an_old_secret_is_good_until_its_grace_ends_and_never_after(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre, clock: FixedClock
) -> None:
    first = makers.WEBHOOK_SECRET
    assert announce(administrator, wiring, centre, first).status_code == 200

    second = shown_secret(
        administrator.post(f"{ONE}/khoa", data={"name": "hmac", "value": "", "hours": "2"})
    )

    assert second not in administrator.get(ONE).text
    assert announce(administrator, wiring, centre, second).status_code == 200
    clock.move(minutes=119)
    assert announce(administrator, wiring, centre, first).status_code == 200
    clock.move(minutes=1)
    assert announce(administrator, wiring, centre, first).status_code == 401
    assert announce(administrator, wiring, centre, second).status_code == 200
    assert count(wiring, "transfers") == 1


def test_two_rotations_keep_each_secret_s_own_end(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre, clock: FixedClock
) -> None:
    second, third = (
        shown_secret(
            administrator.post(f"{ONE}/khoa", data={"name": "hmac", "value": "", "hours": hours})
        )
        for hours in ("1", "5")
    )
    good = [makers.WEBHOOK_SECRET, second, third]
    assert [announce(administrator, wiring, centre, one).status_code for one in good] == [200] * 3

    clock.move(hours=1)
    answers = [announce(administrator, wiring, centre, one).status_code for one in good]

    assert answers == [401, 200, 200]


def test_a_secret_that_is_not_new_or_weak_is_refused_at_its_form(
    administrator: FlaskClient,
) -> None:
    for value in (makers.WEBHOOK_SECRET, "short"):
        form = {"name": "hmac", "value": value, "hours": "24"}
        refused = administrator.post(f"{ONE}/khoa", data=form)
        assert refused.status_code == 422
        assert value not in refused.text


def test_a_connection_is_opened_with_a_drawn_or_a_typed_secret(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    assert "SePay" in administrator.get(f"{HERE}/them").text
    assert "secret_hmac" in administrator.get(f"{HERE}/them?adapter=sepay&way=hmac").text
    form = {"adapter": "sepay", "way": "hmac", "account_id": centre.account.account_id}

    drawn = administrator.post(f"{HERE}/them", data=form)
    typed = administrator.post(
        f"{HERE}/them", data=form | {"secret_hmac": "0123456789abcdef01234567"}
    )
    weak = administrator.post(f"{HERE}/them", data=form | {"secret_hmac": "weak-secret"})
    nowhere = administrator.post(f"{HERE}/them", data=form | {"account_id": "nobody"})

    assert (drawn.status_code, len(shown_secret(drawn))) == (200, 32)
    assert shown_secret(typed) == "0123456789abcdef01234567"
    assert weak.status_code == 422
    assert "weak-secret" not in weak.text
    assert nowhere.status_code == 404
    assert count(wiring, "endpoints") == 3


def test_what_a_connection_needs_is_said_in_the_reader_s_language(
    administrator: FlaskClient,
) -> None:
    form = f"{HERE}/them?adapter=payos&way=checksum_key"
    vietnamese, english = administrator.get(form).text, administrator.get(f"{form}&lang=en").text

    for name, said, meant in (
        ("secret_checksum_key", "Checksum Key của kênh thanh toán", "the Checksum Key of the"),
        ("secret_api_key", "API Key của kênh, để đăng ký webhook", "the API Key of the channel"),
        (
            "setting_client_id",
            "Client ID của kênh, đi cùng API Key",
            "the Client ID of the channel",
        ),
    ):
        assert f'name="{name}"' in vietnamese
        assert said in vietnamese
        assert meant in english
    assert (
        "Khóa công khai RSA của ngân hàng (PEM)" in administrator.get(f"{HERE}/them?lang=vi").text
    )


def test_a_key_to_ask_the_provider_with_is_optional_and_can_be_added_later(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    page = administrator.get(ONE).text
    assert '<option value="api_token"' in page
    assert "Khóa bí mật của chữ ký HMAC-SHA256" in page

    token = "token-of-the-api-0123456789"
    form = {"name": "api_token", "value": token, "hours": "0"}
    added = administrator.post(f"{ONE}/khoa", data=form)

    assert added.status_code == 200
    with wiring.open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint("HTR-endpoint")
    kept = credentials_of(wiring.secret_box, endpoint, wiring.world.clock.now())
    assert kept.values("api_token") == (token,)


def test_only_listed_addresses_are_heard(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre, clock: FixedClock
) -> None:
    form = {"setting_addresses": "103.255.238.0/24, 2001:db8::1"}
    assert administrator.post(f"{ONE}/thiet-lap", data=form).status_code == 303
    clock.move(seconds=2)

    def status(address: str) -> int:
        return announce(administrator, wiring, centre, REMOTE_ADDR=address).status_code

    assert [status(one) for one in ("103.255.238.7", "2001:db8::1")] == [200, 200]
    assert [status(one) for one in ("103.255.239.7", "2001:db8::2", "127.0.0.1")] == [401] * 3
    assert count(wiring, "bank_messages") == 2

    wrong = administrator.post(f"{ONE}/thiet-lap", data={"setting_addresses": "everywhere"})
    assert wrong.status_code == 422


def test_a_closed_connection_hears_nothing(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    assert [administrator.post(f"{ONE}/dong").status_code for _ in range(2)] == [303, 303]

    assert announce(administrator, wiring, centre).status_code == 404


def test_an_auditor_looks_and_changes_nothing(auditor: FlaskClient) -> None:
    assert auditor.get(ONE).status_code == 200
    assert makers.WEBHOOK_SECRET not in auditor.get(ONE).text
    assert auditor.get(f"{HERE}/them").status_code == 403
    for action in ("khoa", "thiet-lap", "dong"):
        assert auditor.post(f"{ONE}/{action}").status_code == 403


def test_another_centre_s_connection_is_not_there(wiring: Wiring, centre: MadeCentre) -> None:
    other = makers.a_centre(wiring.engine, "HUE")
    client = sessions.sign_in(
        sessions.make_app(wiring).test_client(),
        username=other.staff[Role.ADMINISTRATOR].username,
    )

    assert client.get(f"{HERE}/dia-chi/HUE-endpoint").status_code == 200
    assert client.get(ONE).status_code == 404
    for action in ("khoa", "thiet-lap", "dong"):
        form = {"name": "hmac", "value": "", "hours": "1"}
        assert client.post(f"{ONE}/{action}", data=form).status_code == 404


@pytest.fixture
def provisional(wiring: Wiring) -> Wiring:
    """The parts with a provider whose way proves nothing by itself."""
    declared = sepay.ADAPTER.declaration
    ways = (Way("hmac", ("hmac",), is_provisional=True),)
    adapter = replace(sepay.ADAPTER, declaration=replace(declared, ways=ways))
    return replace(wiring, adapters={"sepay": adapter})


def test_a_way_that_proves_nothing_is_not_opened_without_addresses(
    provisional: Wiring, centre: MadeCentre
) -> None:
    client = sessions.sign_in(sessions.make_app(provisional).test_client(), Role.ADMINISTRATOR)
    form = {"adapter": "sepay", "way": "hmac", "account_id": centre.account.account_id}

    assert client.post(f"{HERE}/them", data=form).status_code == 422
    listed = form | {"setting_addresses": "103.255.238.0/24"}
    assert client.post(f"{HERE}/them", data=listed).status_code == 200


def test_unproven_money_pays_nothing_by_itself(provisional: Wiring, centre: MadeCentre) -> None:
    standing = makers.a_request(provisional, centre)
    client = sessions.make_app(provisional).test_client()

    response = announce(client, provisional, centre, words=standing.request.reference)

    assert response.status_code == 200
    assert (count(provisional, "transfers"), count(provisional, "receipts")) == (1, 0)
    with provisional.open_uow(write=False) as uow:
        after = uow.requests.standing("HTR", standing.request.request_id)
    assert after.state(provisional.world.clock.now()) is RequestState.OPEN
