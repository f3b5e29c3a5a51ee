"""Other software that is told of payments, on the administrator's pages: added, watched, ended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

import pytest
from flask.testing import FlaskClient

from payments.domain.adapters import OutgoingRequest
from payments.domain.errors import Unavailable
from payments.domain.outgoing import EVENT_NAMES, RETRY_AFTER, signature
from payments.domain.staff import Role
from payments.ports.network import IncomingAnswer
from payments.services.send_events import send_events
from payments.web.subscriptions import EVENT_WORDS
from payments.wiring import Wiring
from tests import makers, sessions
from tests.makers import FixedClock, MadeCentre
from tests.told import tell

HERE = "/quan-tri/ket-noi/nhan-thong-bao"
URL = "https://motcua.example/thuphi"
ALL = dict.fromkeys(EVENT_NAMES, "yes")
ONE = re.compile(rf'href="{HERE}/([0-9a-f]{{32}})"')
MESSAGE = re.compile(rf'href="{HERE}/tin/([0-9a-f]{{32}})"')
SECRET = re.compile(r'<p class="mono">(whsec_[^<]+)</p>')


@dataclass
class Subscriber:
    """A network on which everybody answers the same, or nothing (status 0)."""

    status: int = 500
    body: bytes = b"database is down"
    received: list[OutgoingRequest] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Keep the request and answer it."""
        self.received.append(request)
        if self.status == 0:
            raise Unavailable("host_not_reached")
        return IncomingAnswer(self.status, self.body[:most_bytes])


@pytest.fixture
def subscriber() -> Subscriber:
    """The other software."""
    return Subscriber()


@pytest.fixture
def site(wiring: Wiring, subscriber: Subscriber) -> Wiring:
    """The parts, with the other software on the network."""
    return replace(wiring, network=subscriber)


@pytest.fixture
def browser(site: Wiring, centre: MadeCentre) -> FlaskClient:
    """The administrator's browser."""
    client = sessions.make_app(site).test_client()
    return sessions.sign_in(client, Role.ADMINISTRATOR)


def added(browser: FlaskClient, **form: str) -> tuple[str, str]:
    """Add the other software; return its identifier and its secret."""
    answer = browser.post(f"{HERE}/", data={"url": URL, **(form or ALL)})
    assert answer.status_code == 200, answer.text
    secret = SECRET.search(answer.text)
    assert secret is not None
    (subscription_id,) = set(ONE.findall(browser.get(f"{HERE}/").text))
    return subscription_id, secret[1]


def paid(site: Wiring, centre: MadeCentre, number: int = 1) -> str:
    """Let a citizen pay a request; return its reference."""
    standing = makers.a_request(site, centre, number=number)
    tell(site, centre, standing, 475_000, str(number))
    return standing.request.reference


def send(site: Wiring) -> int:
    """Send what is due."""
    return send_events(site.open_uow, site.world, site.secret_box, site.network, "HTR")


def messages(browser: FlaskClient, subscription_id: str, query: str = "") -> list[str]:
    """Return the identifiers of a subscriber's messages as its page lists them."""
    return MESSAGE.findall(browser.get(f"{HERE}/{subscription_id}{query}").text)


def test_an_address_is_added_and_its_secret_is_shown_once_and_signs(
    browser: FlaskClient, site: Wiring, centre: MadeCentre, subscriber: Subscriber
) -> None:
    subscription_id, secret = added(browser)
    reference = paid(site, centre)
    send(site)

    (request,) = subscriber.received
    headers = dict(request.headers)
    signed = signature(
        secret, headers["webhook-id"], int(headers["webhook-timestamp"]), request.body
    )
    assert headers["webhook-signature"] == signed
    page = browser.get(f"{HERE}/{subscription_id}").text
    assert secret not in page
    assert reference in page
    assert "Yêu cầu đã được thanh toán" in page


def test_a_given_secret_is_taken_and_a_bad_one_is_refused_at_its_field(
    browser: FlaskClient,
) -> None:
    bad = browser.post(f"{HERE}/", data={"url": URL, "secret": "whsec_short", **ALL})
    given = "whsec_" + "QUJD" * 10
    _, secret = added(browser, secret=given, **ALL)

    assert bad.status_code == 422
    assert "whsec_short" not in bad.text
    assert 'id="secret-error"' in bad.text
    assert secret == given


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"url": "", **ALL}, 422),
        ({"url": "ftp://motcua.example", **ALL}, 422),
        ({"url": URL}, 422),
        ({"url": URL, "payment_request.refunded": "yes"}, 422),
    ],
)
def test_a_form_that_cannot_be_meant_adds_nothing(
    browser: FlaskClient, form: dict[str, str], status: int
) -> None:
    assert browser.post(f"{HERE}/", data=form).status_code == status
    assert ONE.findall(browser.get(f"{HERE}/").text) == []


def test_an_address_is_added_once(browser: FlaskClient) -> None:
    added(browser)

    again = browser.post(f"{HERE}/", data={"url": URL, **ALL})

    assert again.status_code == 409
    assert 'id="url-error"' in again.text


def test_only_chosen_events_are_told(
    browser: FlaskClient, site: Wiring, centre: MadeCentre, subscriber: Subscriber
) -> None:
    added(browser, **{"transfer.taken_back": "yes"})
    paid(site, centre)

    send(site)

    assert subscriber.received == []


def test_the_log_is_filtered_by_what_became_of_a_message(
    browser: FlaskClient,
    site: Wiring,
    centre: MadeCentre,
    subscriber: Subscriber,
    clock: FixedClock,
) -> None:
    subscription_id, _ = added(browser)
    subscriber.status = 204
    paid(site, centre, 1)
    send(site)
    subscriber.status = 500
    paid(site, centre, 2)
    for pause in (*RETRY_AFTER, RETRY_AFTER[-1]):
        send(site)
        clock.move(seconds=int(pause.total_seconds()))
    # The days that have passed have ended the session.
    browser = sessions.sign_in(sessions.make_app(site).test_client(), Role.ADMINISTRATOR)
    subscriber.status = 0
    paid(site, centre, 3)
    send(site)

    everything = messages(browser, subscription_id)
    by_state = {
        state: messages(browser, subscription_id, f"?state={state}")
        for state in ("waiting", "given_up", "delivered")
    }

    assert len(everything) == 3
    assert [by_state[state] for state in ("waiting", "given_up", "delivered")] == [
        [one] for one in everything
    ]
    assert messages(browser, subscription_id, "?state=nonsense") == everything
    assert messages(browser, subscription_id, "?before=1") == []
    # One has waited for less than five days and is not taken; so has the one that was given up.
    assert '<span class="badge attention">2</span>' in browser.get(f"{HERE}/").text


def test_a_message_shows_its_attempts_and_answers_and_is_sent_again(
    browser: FlaskClient, site: Wiring, centre: MadeCentre, subscriber: Subscriber
) -> None:
    subscription_id, _ = added(browser)
    paid(site, centre)
    subscriber.body = b"<b>down</b>\x00" + b"x" * 2000
    send(site)
    (message_id,) = messages(browser, subscription_id)
    one = f"{HERE}/tin/{message_id}"

    page = browser.get(one).text
    failed = browser.post(f"{one}/gui-lai", follow_redirects=True).text
    subscriber.status, subscriber.body = 202, b"queued"
    taken = browser.post(f"{one}/gui-lai", follow_redirects=True).text

    assert "&lt;b&gt;down&lt;/b&gt;\ufffdxxx" in page
    assert "x" * 1001 not in page
    assert "payment_request.paid" in page
    assert "Bên nhận chưa nhận thông báo: 500" in failed
    assert "Bên nhận đã nhận thông báo." in taken
    assert "queued" in taken
    assert len(subscriber.received) == 3
    assert len({dict(request.headers)["webhook-id"] for request in subscriber.received}) == 1
    assert json.loads(subscriber.received[0].body)["type"] == "payment_request.paid"


def test_an_ended_subscriber_is_told_nothing_more_not_even_by_hand(
    browser: FlaskClient, site: Wiring, centre: MadeCentre, subscriber: Subscriber
) -> None:
    subscription_id, _ = added(browser)
    paid(site, centre)
    send(site)
    (message_id,) = messages(browser, subscription_id)
    told = len(subscriber.received)

    answers = [browser.post(f"{HERE}/{subscription_id}/dung").status_code for _ in range(2)]
    again = browser.post(f"{HERE}/tin/{message_id}/gui-lai")
    paid(site, centre, 2)
    send(site)

    assert answers == [303, 303]
    assert again.status_code == 409
    assert len(subscriber.received) == told
    assert "/gui-lai" not in browser.get(f"{HERE}/tin/{message_id}").text
    assert messages(browser, subscription_id, "?state=given_up") == [message_id]


def test_an_auditor_looks_and_changes_nothing(
    browser: FlaskClient, site: Wiring, centre: MadeCentre
) -> None:
    subscription_id, _ = added(browser)
    paid(site, centre)
    send(site)
    (message_id,) = messages(browser, subscription_id)
    auditor = sessions.sign_in(sessions.make_app(site).test_client(), Role.AUDITOR)

    for page in ("", subscription_id, f"tin/{message_id}"):
        assert auditor.get(f"{HERE}/{page}").status_code == 200
    for action in ("", f"{subscription_id}/dung", f"tin/{message_id}/gui-lai"):
        assert auditor.post(f"{HERE}/{action}").status_code == 403


def test_another_centre_s_subscribers_are_not_there(
    browser: FlaskClient, site: Wiring, centre: MadeCentre
) -> None:
    subscription_id, _ = added(browser)
    paid(site, centre)
    send(site)
    (message_id,) = messages(browser, subscription_id)
    other = makers.a_centre(site.engine, "HUE")
    client = sessions.sign_in(
        sessions.make_app(site).test_client(),
        username=other.staff[Role.ADMINISTRATOR].username,
    )

    assert ONE.findall(client.get(f"{HERE}/").text) == []
    for page in (subscription_id, f"tin/{message_id}"):
        assert client.get(f"{HERE}/{page}").status_code == 404
    for action in (f"{subscription_id}/dung", f"tin/{message_id}/gui-lai"):
        assert client.post(f"{HERE}/{action}").status_code == 404


def test_every_event_has_a_word_on_the_screen() -> None:
    assert set(EVENT_WORDS) == set(EVENT_NAMES)
