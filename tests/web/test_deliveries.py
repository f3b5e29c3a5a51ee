"""The kept deliveries: listed, filtered and shown, and read again without changing anything twice."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bank_adapters import sepay
from bank_adapters.signatures import hmac_text
from payments.domain.adapters import Credentials, Event
from payments.domain.bank_messages import BankRequest
from payments.domain.errors import Invalid
from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import MadeCentre

HERE = "/quan-tri/ket-noi/thong-diep"
LINK = re.compile(rf'href="{HERE}/([0-9a-f]{{32}})"')


def announce(client: FlaskClient, wiring: Wiring, words: str, event_id: int = 1) -> int:
    """Post a signed notice, with headers that have to be removed."""
    body = json.dumps(
        {
            "id": event_id, "transactionDate": "2021-03-09 09:00:00", "accountNumber": "0123499999",
            "content": words, "transferType": "in", "transferAmount": 475_000,
        }
    ).encode()  # fmt: skip
    stamp = str(int(wiring.world.clock.now().timestamp()))
    signature = hmac_text(makers.WEBHOOK_SECRET, stamp.encode() + b"." + body)
    headers = [
        ("Content-Type", "application/json"),
        ("X-SePay-Timestamp", stamp),
        ("X-SePay-Signature", f"sha256={signature}"),
        ("X-Shop", f"shop {makers.WEBHOOK_SECRET}"),
        ("User-Agent", "SePay/1.0"),
    ]
    path = f"/webhooks/HTR-endpoint?shop=1&key={makers.WEBHOOK_SECRET}"
    return client.post(path, data=body, headers=headers, token=None).status_code


def rows(wiring: Wiring, statement: str) -> list[tuple[object, ...]]:
    with wiring.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def counts(wiring: Wiring) -> list[object]:
    tables = ("transfers", "evidence", "allocations", "receipts", "postings", "breaks",
              "bank_messages", "audit_events")  # fmt: skip
    return [rows(wiring, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_a_delivery_is_kept_with_its_answer_and_without_secrets(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    assert announce(client, wiring, "x") == 200

    (kept,) = rows(
        wiring,
        "SELECT method, query, remote_address, headers, verdict, reply_status, reply_type, "
        "reply_body, handled_ms FROM bank_messages",
    )
    assert kept[:3] == ("POST", "shop=1&key=***", "127.0.0.1")
    assert kept[4:] == (
        "unknown_reference", 200, "application/json", b'{"success": true}', 0
    )  # fmt: skip
    assert makers.WEBHOOK_SECRET not in str(kept)
    assert "sha256=" not in str(kept)
    assert '["X-Shop", "shop ***"]' in str(kept[3])
    assert "SePay/1.0" in str(kept[3])


def test_deliveries_are_listed_filtered_and_shown(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    for words, event_id in ((reference, 1), ("nobody", 2), (reference, 1)):
        announce(administrator, wiring, words, event_id)

    def found(query: str = "") -> int:
        return len(LINK.findall(administrator.get(f"{HERE}/?lang=en{query}").text))

    assert found() == 3
    assert found("&verdict=repeated") == 1
    assert found("&verdict=unknown_reference") == 1
    assert found("&event=1") == 2
    assert found("&address=HTR-endpoint&day=2021-03-09") == 3
    assert found("&day=2021-03-10") == 0
    assert found("&address=nobody") == 0
    newest = LINK.findall(administrator.get(f"{HERE}/").text)[0]
    assert found(f"&before={newest}") == 2
    paying = LINK.findall(administrator.get(f"{HERE}/?event=1").text)[0]
    page = administrator.get(f"{HERE}/{paying}").text
    assert reference in page
    assert "475.000" in page
    assert administrator.get(f"{HERE}/{'0' * 32}").status_code == 404


def test_reading_a_known_delivery_again_changes_nothing(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    announce(administrator, wiring, reference)
    announce(administrator, wiring, "nobody", 2)
    before = counts(wiring)

    for message_id in LINK.findall(administrator.get(f"{HERE}/").text):
        for _ in range(2):
            assert administrator.post(f"{HERE}/{message_id}/doc-lai").status_code == 303

    assert counts(wiring) == before


class Mended:
    """An adapter that could not read a message, until somebody has mended it."""

    name = "sepay"
    declaration = sepay.ADAPTER.declaration
    authenticate = sepay.ADAPTER.authenticate
    reply = sepay.ADAPTER.reply
    error: Exception | None = Invalid("field_malformed", field="content")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        if self.error is not None:
            raise self.error
        return sepay.ADAPTER.parse(request, credentials)


@pytest.mark.parametrize(
    "error", [Invalid("field_malformed", field="content"), ZeroDivisionError("a bug")]
)
def test_what_an_adapter_could_not_read_pays_once_it_is_mended(
    wiring: Wiring, centre: MadeCentre, error: Exception
) -> None:
    adapter = Mended()
    adapter.error = error
    site = replace(wiring, adapters={"sepay": adapter})
    browser = sessions.sign_in(sessions.make_app(site).test_client(), Role.ADMINISTRATOR)
    reference = makers.a_request(wiring, centre).request.reference

    assert announce(browser, wiring, reference) == 400
    (message_id,) = LINK.findall(browser.get(f"{HERE}/?verdict=unreadable").text)
    before = counts(wiring)
    assert browser.post(f"{HERE}/{message_id}/doc-lai").status_code == 303
    assert counts(wiring) == before

    adapter.error = None
    browser.post(f"{HERE}/{message_id}/doc-lai")
    after = counts(wiring)
    browser.post(f"{HERE}/{message_id}/doc-lai")

    assert rows(wiring, "SELECT outcome, reference FROM transfers") == [("exact", reference)]
    assert counts(wiring) == after
    done = rows(wiring, "SELECT actor FROM audit_events WHERE action = 'message.replayed'")
    assert done == [("staff:HTR-quantri",)]


def test_an_adapter_that_fails_over_its_proof_proves_nobody(
    wiring: Wiring, centre: MadeCentre
) -> None:
    class Broken(Mended):
        def authenticate(self, *_: object) -> None:
            raise ZeroDivisionError

        def reply(self, *_: object) -> None:  # type: ignore[override]  # the point
            raise KeyError("reply")

    client = sessions.make_app(replace(wiring, adapters={"sepay": Broken()})).test_client()  # type: ignore[dict-item]  # the point

    assert announce(client, wiring, "x") == 401
    assert rows(wiring, "SELECT message_id FROM bank_messages") == []


def test_an_auditor_looks_and_reads_nothing_again(
    auditor: FlaskClient, client: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    announce(client, wiring, "x")
    (message_id,) = LINK.findall(auditor.get(f"{HERE}/").text)

    assert auditor.get(f"{HERE}/{message_id}").status_code == 200
    assert auditor.post(f"{HERE}/{message_id}/doc-lai").status_code == 403


def test_another_centre_s_deliveries_are_not_there(wiring: Wiring, centre: MadeCentre) -> None:
    other = makers.a_centre(wiring.engine, "HUE")
    app = sessions.make_app(wiring)
    announce(app.test_client(), wiring, "x")
    ((message_id,),) = rows(wiring, "SELECT message_id FROM bank_messages")
    client = sessions.sign_in(app.test_client(), username=other.staff[Role.ADMINISTRATOR].username)

    assert LINK.findall(client.get(f"{HERE}/").text) == []
    assert client.get(f"{HERE}/{message_id}").status_code == 404
    assert client.post(f"{HERE}/{message_id}/doc-lai").status_code == 404
