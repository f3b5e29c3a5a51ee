"""A provider is asked about an order; a payment it had not told of is recorded, once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from payments.cli.root import Root
from payments.domain.requests import RequestStanding, RequestState
from payments.domain.staff import Role
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import MadeCentre
from tests.vnpay_gateway import Gateway, call_of, open_vnpay
from wsgi import create_app, main


class Centre:
    """A centre with a request and a connection to a pretended VNPAY."""

    def __init__(self, wiring: Wiring, made: MadeCentre) -> None:
        self.gateway = Gateway()
        self.wiring = replace(wiring, network=self.gateway)
        self.endpoint_id = open_vnpay(wiring, made)
        self.made = made
        self.standing: RequestStanding = makers.a_request(wiring, made)

    @property
    def reference(self) -> str:
        return self.standing.request.reference

    def query(self, *words: str, endpoint_id: str = "", reference: str = "") -> Result:
        """Ask on the command line."""
        root = Root(
            lambda _settings: self.wiring,
            create_app,
            dict,
            lambda: self.wiring.adapters,
        )
        root.__dict__["settings"] = self.wiring.settings
        command = ["adapters", "query", endpoint_id or self.endpoint_id]
        command += ["--reference", reference or self.reference, *words]
        return CliRunner().invoke(main, command, obj=root)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with self.wiring.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def counts(self) -> list[object]:
        tables = ("transfers", "evidence", "receipts", "bank_messages", "audit_events", "breaks")
        return [self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]

    def state(self) -> RequestState:
        with self.wiring.open_uow(write=False) as uow:
            known = uow.requests.standing("HTR", self.standing.request.request_id)
        return known.state(self.wiring.world.clock.now())


@pytest.fixture
def asking(wiring: Wiring, centre: MadeCentre) -> Centre:
    return Centre(wiring, centre)


def test_a_payment_that_was_not_announced_is_recorded_once(asking: Centre) -> None:
    first = asking.query()
    after = asking.counts()
    second = asking.query()

    assert first.exit_code == 0, first.output
    said, recorded = first.stdout.splitlines()
    assert json.loads(said)["event_id"] == f"{asking.reference}:14422574"
    assert recorded.startswith("recorded\t")
    assert recorded.endswith("\texact")
    assert asking.state() is RequestState.PAID
    assert second.stdout.splitlines()[1] == "known already; nothing was changed"
    assert asking.counts() == after
    assert asking.rows("SELECT teller FROM evidence") == [("poll",)]
    assert asking.rows("SELECT actor FROM audit_events WHERE action = 'order.asked'") != []


def test_the_provider_s_own_call_after_it_is_a_repeat(asking: Centre) -> None:
    asking.query()
    client = sessions.make_app(asking.wiring).test_client()

    late = client.get(f"/webhooks/{asking.endpoint_id}?{call_of(asking.wiring, asking.reference)}")

    assert late.json == {"RspCode": "02", "Message": "Order already confirmed"}
    assert asking.rows("SELECT count(*) FROM transfers") == [(1,)]
    assert asking.rows("SELECT count(*) FROM breaks") == [(0,)]


def test_what_the_provider_has_told_already_is_not_recorded_again(asking: Centre) -> None:
    client = sessions.make_app(asking.wiring).test_client()
    client.get(f"/webhooks/{asking.endpoint_id}?{call_of(asking.wiring, asking.reference)}")
    before = asking.counts()

    told = asking.query()

    assert told.stdout.splitlines()[1] == "known already; nothing was changed"
    assert asking.counts() == before


def test_the_question_names_the_order_and_its_time(asking: Centre) -> None:
    asking.query("--order", f"{asking.reference}X1", "--ordered-at", "2021-03-09 08:15:30")
    asking.query()

    first, second = asking.gateway.asked
    assert (first["vnp_TxnRef"], first["vnp_TransactionDate"]) == (
        f"{asking.reference}X1",
        "20210309081530",
    )
    assert (second["vnp_TxnRef"], second["vnp_TransactionDate"]) == (
        asking.reference,
        "20210309090000",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vnp_ResponseCode": "91"}, "knows no payment"),
        ({"vnp_TransactionStatus": "02"}, "no booked payment"),
        ({"vnp_TransactionStatus": "01"}, "no booked payment"),
    ],
)
def test_what_is_not_paid_records_nothing(
    asking: Centre, changes: dict[str, str], said: str
) -> None:
    before = asking.counts()
    asking.gateway.changes = changes

    answer = asking.query()

    assert answer.exit_code == 0
    assert said in answer.stdout
    assert asking.counts() == before


def test_an_answer_that_proves_nothing_records_nothing(asking: Centre) -> None:
    before = asking.counts()
    gateway = asking.gateway

    gateway.secret = "ANOTHERSECRET0123456789ABCDEFGHI"
    forged = asking.query()
    gateway.secret = Gateway().secret
    gateway.changes = {"vnp_TxnRef": "ANOTHER"}
    other = asking.query()
    gateway.changes, gateway.status = {}, 502
    broken = asking.query()
    gateway.status, gateway.changes = 200, {"vnp_Message": "x" * 20_000}
    long = asking.query()

    answers = [(one.exit_code, one.output) for one in (forged, other, broken, long)]
    assert [code for code, _ in answers] == [1] * 4
    for (_, output), code in zip(
        answers,
        ("answer_not_proven", "answer_of_another_order", "provider_refused", "provider_refused"),
        strict=True,
    ):
        assert code in output
    assert asking.counts() == before


def test_who_cannot_be_asked_is_said(asking: Centre) -> None:
    makers.a_centre(asking.wiring.engine, "HUE")

    closed = asking.query(endpoint_id="HTR-endpoint")
    elsewhere = asking.query("--centre", "HTR", endpoint_id="HUE-endpoint")
    nothing = asking.query("--centre", "HTR", reference="HTR000")

    assert "reference_unknown" in nothing.output
    assert closed.exit_code == elsewhere.exit_code == nothing.exit_code == 1
    assert asking.gateway.asked == []


def test_a_kept_answer_is_read_again_and_changes_nothing(asking: Centre) -> None:
    asking.query()
    before = asking.counts()
    ((message_id,),) = asking.rows("SELECT message_id FROM bank_messages")
    browser = sessions.sign_in(sessions.make_app(asking.wiring).test_client(), Role.ADMINISTRATOR)
    here = f"/quan-tri/ket-noi/thong-diep/{message_id}"

    assert "ANSWER" in browser.get(here).text
    again = browser.post(f"{here}/doc-lai", follow_redirects=True)

    assert "Mọi nội dung của thông điệp này đã được ghi nhận." in again.text
    assert asking.counts()[:4] == before[:4]
