"""Other software is told of each payment once it is a fact, until it has taken the message."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlalchemy import text

from payments.domain.adapters import OutgoingRequest
from payments.domain.errors import Conflict, Invalid, Unavailable
from payments.domain.outgoing import RETRY_AFTER, MessageState
from payments.network import HttpNetwork
from payments.ports.network import IncomingAnswer
from payments.services.manage_subscriptions import new_secret, subscribe, unsubscribe
from payments.services.send_events import resend, send_events
from payments.store.outgoing import delivery_log
from payments.store.queries_outgoing import MessageFilter, message_list, undelivered
from payments.store.unit_of_work import SqlUnitOfWork
from tests.flows.stage import TOTAL, Stage

URL = "https://motcua.example/thuphi"


class Subscriber:
    """A network on which everybody answers with the next of some statuses, the last for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.received: list[OutgoingRequest] = []

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Keep the request and answer, or do not answer at all (status 0)."""
        assert most_bytes > 0
        self.received.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == 0:
            raise Unavailable("host_not_reached")
        return IncomingAnswer(status, b"")

    def bodies(self) -> list[dict[str, object]]:
        """Return what was received, as JSON."""
        return [json.loads(request.body) for request in self.received]


def told(stage: Stage, subscriber: Subscriber) -> int:
    """Send what is due."""
    wiring = stage.wiring
    return send_events(
        wiring.open_uow, wiring.world, wiring.secret_box, subscriber, stage.centre_id
    )


def subscribed(stage: Stage, url: str = URL) -> tuple[str, str]:
    """Subscribe an address; return its identifier and its secret."""
    wiring = stage.wiring
    secret = new_secret(wiring.world)
    with wiring.open_uow() as uow:
        made = subscribe(
            uow, wiring.world, wiring.secret_box, stage.made.actor, url=url, secret=secret
        )
        uow.commit()
    return made.subscription_id, secret


def paid(stage: Stage) -> str:
    """Let a citizen pay a request; return its reference."""
    standing = stage.request()
    stage.announce(stage.pay(standing.request.reference))
    return standing.request.reference


def log(stage: Stage) -> list[int | None]:
    """Return the statuses of the attempts, the newest first."""
    with SqlUnitOfWork(stage.wiring.engine, write=False) as uow:
        return [row.status for row in delivery_log(uow.session, stage.centre_id)]


def test_a_payment_is_told_once_with_a_signature_that_holds(stage: Stage) -> None:
    _, secret = subscribed(stage)
    reference = paid(stage)
    subscriber = Subscriber(204)

    assert told(stage, subscriber) == 1
    assert told(stage, subscriber) == 0

    (request,) = subscriber.received
    headers = dict(request.headers)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    body = json.loads(request.body)
    assert body["type"] == "payment_request.paid"
    assert (body["data"]["reference"], body["data"]["paid"]) == (reference, TOTAL)
    assert body["data"]["dossier_code"]


def test_what_happened_before_the_subscription_is_not_told(stage: Stage) -> None:
    paid(stage)
    subscribed(stage)
    subscriber = Subscriber(200)

    assert told(stage, subscriber) == 0
    assert subscriber.received == []


def test_a_failed_message_is_tried_again_on_the_published_schedule_and_then_left(
    stage: Stage,
) -> None:
    subscribed(stage)
    paid(stage)
    subscriber = Subscriber(500)

    told(stage, subscriber)
    for pause in RETRY_AFTER:
        told(stage, subscriber)
        seen = len(subscriber.received)
        stage.clock.move(seconds=int(pause.total_seconds()) - 1)
        told(stage, subscriber)
        assert len(subscriber.received) == seen
        stage.clock.move(seconds=1)
        told(stage, subscriber)
        assert len(subscriber.received) == seen + 1
    stage.clock.move(days=1)
    told(stage, subscriber)

    assert len(subscriber.received) == len(RETRY_AFTER) + 1
    # Every attempt carried the same message under the same id.
    assert len({dict(request.headers)["webhook-id"] for request in subscriber.received}) == 1
    assert len({request.body for request in subscriber.received}) == 1


def test_a_subscriber_that_comes_back_is_told_what_it_missed_in_order(stage: Stage) -> None:
    subscribed(stage)
    first, second = paid(stage), paid(stage)
    subscriber = Subscriber(0, 0, 200)

    assert told(stage, subscriber) == 0
    stage.clock.move(seconds=5)
    assert told(stage, subscriber) == 2

    references = [body["data"]["reference"] for body in subscriber.bodies()]  # type: ignore[index]
    assert references == [first, second, first, second]
    assert log(stage) == [200, 200, 0, 0]


def test_what_became_of_each_message_is_said_alike_on_both_databases(stage: Stage) -> None:
    subscription_id, _ = subscribed(stage)
    paid(stage)
    told(stage, Subscriber(204))
    paid(stage)
    told(stage, Subscriber(500))
    now = stage.wiring.world.clock.now()

    def listed(state: MessageState | None = None) -> list[MessageState]:
        with SqlUnitOfWork(stage.wiring.engine, write=False) as uow:
            rows = message_list(
                uow.session,
                stage.centre_id,
                subscription_id,
                MessageFilter(state),
                now=now,
                limit=9,
            )
        return [row.state for row in rows]

    assert listed() == [MessageState.WAITING, MessageState.DELIVERED]
    assert [len(listed(state)) for state in MessageState] == [1, 1, 0]
    with SqlUnitOfWork(stage.wiring.engine, write=False) as uow:
        assert undelivered(uow.session, stage.centre_id, now) == {subscription_id: 1}


def test_gone_ends_the_subscription(stage: Stage) -> None:
    subscribed(stage)
    paid(stage)
    subscriber = Subscriber(410, 200)

    told(stage, subscriber)
    stage.clock.move(hours=1)
    paid(stage)

    assert told(stage, subscriber) == 0
    assert len(subscriber.received) == 1


def test_an_ended_subscription_is_told_nothing_more_and_ends_once(stage: Stage) -> None:
    subscription_id, _ = subscribed(stage)
    paid(stage)
    wiring = stage.wiring
    with wiring.open_uow() as uow:
        unsubscribe(uow, wiring.world, stage.made.actor, subscription_id)
        uow.commit()

    assert told(stage, Subscriber(200)) == 0
    with wiring.open_uow() as uow, pytest.raises(Conflict, match="subscription_ended"):
        unsubscribe(uow, wiring.world, stage.made.actor, subscription_id)


def test_a_person_resends_a_message(stage: Stage) -> None:
    subscribed(stage)
    paid(stage)
    told(stage, Subscriber(500))
    wiring = stage.wiring
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        (row,) = delivery_log(uow.session, stage.centre_id)

    result = resend(
        wiring.open_uow,
        wiring.world,
        wiring.secret_box,
        Subscriber(200),
        centre_id=stage.centre_id,
        message_id=row.message_id,
    )

    assert result is not None
    assert result.is_delivered
    assert log(stage) == [200, 500]


def test_an_attempt_cut_off_by_a_crash_is_made_again_later(stage: Stage) -> None:
    subscribed(stage)
    paid(stage)

    class Crash(Subscriber):
        def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told(stage, Crash(200))
    subscriber = Subscriber(200)
    assert told(stage, subscriber) == 0
    stage.clock.move(minutes=2)

    assert told(stage, subscriber) == 1
    assert log(stage) == [200, None]


def test_the_secret_is_not_in_the_database(stage: Stage) -> None:
    _, secret = subscribed(stage)
    with stage.wiring.engine.connect() as connection:
        box = bytes(connection.execute(text("SELECT secret_box FROM subscriptions")).scalar_one())

    assert secret.encode() not in box
    assert base64.b64decode(secret.removeprefix("whsec_")) not in box


@pytest.mark.parametrize(
    "url",
    ["", "ftp://motcua.example/", "https://", "https://a:b@motcua.example/", "https://x:99999/"],
)
def test_an_address_that_cannot_be_told_is_refused(stage: Stage, url: str) -> None:
    with pytest.raises(Invalid, match="url_malformed"):
        subscribed(stage, url)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "geheim", "whsec_%%%"])
def test_a_secret_that_signs_nothing_is_refused(stage: Stage, secret: str) -> None:
    wiring = stage.wiring
    with wiring.open_uow() as uow, pytest.raises(Invalid, match="webhook_secret_malformed"):
        subscribe(uow, wiring.world, wiring.secret_box, stage.made.actor, url=URL, secret=secret)


def test_an_address_is_subscribed_once(stage: Stage) -> None:
    subscribed(stage)

    with pytest.raises(Conflict, match="address_subscribed"):
        subscribed(stage)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_private_address_is_not_spoken_to_unless_allowed(host: str) -> None:
    with listening() as (port, heard):
        request = OutgoingRequest("POST", f"http://{host}:{port}/", (), b"{}")

        with pytest.raises(Unavailable, match="address_not_allowed"):
            HttpNetwork().send(request, most_bytes=100)

        assert heard == []


def test_an_allowed_address_is_spoken_to_and_its_answer_is_cut() -> None:
    with listening() as (port, heard):
        request = OutgoingRequest("POST", f"http://127.0.0.1:{port}/x", (("X-A", "b"),), b"{}")

        answer = HttpNetwork(allows_private=True).send(request, most_bytes=10)

    assert (answer.status, len(answer.body)) == (202, 10)
    assert heard == [("/x", f"127.0.0.1:{port}", "b", b"{}")]


def test_nobody_listening_is_said_and_not_raised_otherwise() -> None:
    with listening() as (port, _):
        pass
    request = OutgoingRequest("POST", f"http://127.0.0.1:{port}/", (), b"{}")

    with pytest.raises(Unavailable, match="host_not_reached"):
        HttpNetwork(allows_private=True).send(request, most_bytes=10)


@contextmanager
def listening() -> Iterator[tuple[int, list[tuple[str, str, str, bytes]]]]:
    """Listen on this machine: lend the port, and what was heard (path, host, header, body)."""
    heard: list[tuple[str, str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Host"], self.headers.get("X-A", ""), body))
            self.send_response(202)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * 1000)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
