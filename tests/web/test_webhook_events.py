"""What the core makes of each event that an adapter has read, and where a provider may send it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bank_adapters import sepay
from payments.domain.adapters import (
    Answer,
    BillInquiry,
    Credentials,
    Declaration,
    Event,
    TokenRequest,
)
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.errors import NotAuthenticated
from payments.services.hear_delivery import Delivery
from payments.services.issue_request import cancel_request
from payments.services.keep_secrets import KeptSecret, seal_secrets
from payments.services.receive_deliveries import receive_deliveries
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import MadeCentre

JSON = "application/json"
DECLARATION = replace(
    sepay.ADAPTER.declaration,
    methods=("GET", "POST"),
    content_types=(JSON, "text/xml"),
    paths=("", "bill/ask"),
    max_body_bytes=1000,
)


@dataclass
class Teller:
    """An adapter that says what the test gives it, and answers with all that it was told."""

    events: Sequence[Event] = ()
    declaration: Declaration = DECLARATION
    name: str = "sepay"
    asked: BankRequest | None = None

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        self.asked = request
        if request.query == "forged" or not credentials.values("hmac"):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        return tuple(self.events)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        said = {
            "kind": answer.kind,
            "due": answer.bill.amount if answer.bill else None,
            "events": len(answer.events),
        }
        return BankReply(200, json.dumps(said).encode())


@dataclass
class Site:
    """A site whose only connection speaks through the teller."""

    client: FlaskClient
    teller: Teller
    wiring: Wiring
    centre: MadeCentre

    def hear(self, *events: Event) -> dict[str, object]:
        """Let the provider tell of events, and return what it is answered."""
        self.teller.events = events
        response = self.send()
        assert response == 200
        return self.said

    def send(
        self, method: str = "POST", behind: str = "", content_type: str = JSON, data: bytes = b"{}"
    ) -> int:
        """Send a request to the endpoint and return the status of the answer."""
        headers = [("Content-Type", content_type)] if content_type else []
        response = self.client.open(
            f"/webhooks/HTR-endpoint{behind}", method=method, data=data, headers=headers, token=None
        )
        self.said = response.get_json(silent=True) or {}
        return response.status_code

    def count(self, table: str) -> int:
        with self.wiring.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def notice(
        self, words: str = "x", amount: int = 475_000, event_id: str = "1"
    ) -> TransferNotice:
        return TransferNotice(
            event_id, self.centre.account.account_number, Direction.IN, amount, "VND",
            self.wiring.world.clock.now(), words, f"FT{event_id}",
        )  # fmt: skip


@pytest.fixture
def site(wiring: Wiring, centre: MadeCentre) -> Site:
    teller = Teller()
    app = sessions.make_app(replace(wiring, adapters={"sepay": teller}))
    return Site(app.test_client(), teller, wiring, centre)


def test_the_answer_says_what_became_of_the_money(site: Site) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference
    short = site.notice(reference, 474_999, "1")
    rest = site.notice(reference, 1, "2")

    assert site.hear(short)["kind"] == ReplyKind.WRONG_AMOUNT
    assert site.hear(short)["kind"] == ReplyKind.REPEATED
    assert site.hear(replace(short, amount=475_000))["kind"] == ReplyKind.WRONG_AMOUNT
    assert site.hear(rest)["kind"] == ReplyKind.ACCEPTED
    assert site.hear(site.notice("nobody", event_id="3"))["kind"] == ReplyKind.UNKNOWN_REFERENCE
    assert site.count("transfers") == 3


def test_several_events_of_different_kinds_are_answered_as_taken_in(site: Site) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference

    said = site.hear(site.notice(reference, event_id="1"), site.notice("nobody", event_id="2"))

    assert said == {"kind": "accepted", "due": None, "events": 2}
    assert site.count("transfers") == 2


@pytest.mark.parametrize("status", [TransferStatus.PENDING, TransferStatus.FAILED])
def test_money_that_is_not_booked_pays_nothing_and_is_not_forgotten(
    site: Site, status: TransferStatus
) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference
    notice = site.notice(reference)

    assert site.hear(replace(notice, status=status))["kind"] == ReplyKind.ACCEPTED
    assert (site.count("transfers"), site.count("bank_messages")) == (0, 1)
    with site.wiring.engine.connect() as connection:
        done = "SELECT detail FROM audit_events WHERE action = 'notice.not_booked'"
        assert json.loads(connection.execute(text(done)).scalar_one())["status"] == status

    assert site.hear(notice)["kind"] == ReplyKind.ACCEPTED
    assert site.count("receipts") == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda notice: replace(notice, account_number="999"),
        lambda notice: replace(notice, currency="USD"),
    ],
    ids=["other account", "other currency"],
)
def test_foreign_money_pays_nothing_and_is_in_the_work_list(
    site: Site, change: Callable[[TransferNotice], TransferNotice]
) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference

    assert site.hear(change(site.notice(reference)))["kind"] == ReplyKind.UNKNOWN_REFERENCE
    assert (site.count("transfers"), site.count("breaks"), site.count("bank_messages")) == (0, 1, 1)


def test_money_out_pays_nothing(site: Site) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference

    site.hear(replace(site.notice(reference), direction=Direction.OUT))

    assert (site.count("transfers"), site.count("receipts"), site.count("breaks")) == (1, 0, 1)


def test_the_call_of_a_console_is_answered_and_not_booked(site: Site) -> None:
    reference = makers.a_request(site.wiring, site.centre).request.reference

    said = site.hear(replace(site.notice(reference), is_test=True, account_number="000"))

    assert said["kind"] == ReplyKind.ACCEPTED
    assert (site.count("transfers"), site.count("breaks"), site.count("bank_messages")) == (0, 0, 1)


def test_a_token_request_is_answered_and_books_nothing(site: Site) -> None:
    assert site.hear(TokenRequest())["kind"] == ReplyKind.ACCEPTED
    assert site.count("transfers") == 0


def test_a_bill_is_told_only_for_an_open_request_of_this_centre(site: Site, wiring: Wiring) -> None:
    other = makers.a_centre(wiring.engine, "HUE")
    mine, cancelled = (makers.a_request(wiring, site.centre, number=number) for number in (1, 2))
    theirs = makers.a_request(wiring, other, number=3)
    with wiring.open_uow() as uow:
        cancel_request(
            uow, wiring.world, site.centre.actor, cancelled.request.request_id, reason="thôi"
        )
        uow.commit()

    def ask(reference: str) -> tuple[object, object]:
        said = site.hear(BillInquiry(reference))
        return said["kind"], said["due"]

    assert ask(mine.request.reference) == ("accepted", 475_000)
    assert ask(mine.request.reference.lower()) == ("accepted", 475_000)
    site.hear(site.notice(mine.request.reference, 75_000))
    assert ask(mine.request.reference) == ("accepted", 400_000)
    site.hear(site.notice(mine.request.reference, 400_000, "2"))
    assert ask(mine.request.reference) == ("repeated", None)
    for reference in (
        cancelled.request.reference,
        theirs.request.reference,
        mine.request.reference[:-1],
        f"{mine.request.reference} {cancelled.request.reference}",
        "",
        "nobody",
    ):
        assert ask(reference) == ("unknown_reference", None), reference


def test_a_merchant_code_stands_for_the_account_where_the_provider_says_so(
    wiring: Wiring, centre: MadeCentre
) -> None:
    request = BankRequest("POST", "", (), b"1", "127.0.0.1")
    notice = TransferNotice("1", "TMN01", Direction.IN, 5, "VND", wiring.world.clock.now(), "x")
    known = Delivery(centre.endpoint, centre.account, request, (notice,), known_as="TMN01")
    with wiring.open_uow() as uow:
        took, refused = receive_deliveries(
            uow, wiring.world, [known, replace(known, known_as="TMN02")]
        )
        uow.commit()

    assert len(took.recorded) == 1
    assert refused.recorded == ()


def test_a_delivery_comes_by_the_declared_methods_only(site: Site) -> None:
    assert site.send("POST") == 200
    assert site.send("GET", content_type="", data=b"") == 200
    for method in ("PUT", "PATCH", "DELETE", "HEAD"):
        assert site.send(method) == 405


def test_a_delivery_comes_to_the_declared_paths_only(site: Site) -> None:
    assert site.send(behind="/bill/ask?x=%20") == 200
    assert site.teller.asked is not None
    assert (site.teller.asked.path, site.teller.asked.query) == ("bill/ask", "x=%20")
    for behind in ("/bill", "/bill/ask/", "/bill/ask/more", "/", "/../HTR-endpoint"):
        assert site.send(behind=behind) in {404, 308}, behind


def test_a_body_is_of_the_declared_types_and_length_only(site: Site) -> None:
    assert site.send(content_type="text/xml; charset=utf-8") == 200
    assert site.send(content_type="application/x-www-form-urlencoded") == 415
    assert site.send(content_type="") == 415
    assert site.send("GET", content_type="") == 415
    assert site.send(data=b" " * 1000) == 200
    assert site.send(data=b" " * 1001) == 413


def test_a_connection_without_its_secret_proves_nobody(
    site: Site, wiring: Wiring, centre: MadeCentre
) -> None:
    box = seal_secrets(wiring.secret_box, "HTR-endpoint", {"hmac": (KeptSecret(" "),)})
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.endpoint, secret_box=box))
        uow.commit()

    assert site.send() == 200
    assert site.said["kind"] == ReplyKind.NOT_AUTHENTICATED
    assert site.count("bank_messages") == 0
