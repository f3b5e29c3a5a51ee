"""payOS is told our address and makes payment links, on the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest
from click.testing import CliRunner, Result

from bank_adapters import payos_signatures
from payments.cli.root import Root
from payments.domain.adapters import OutgoingRequest
from payments.ports.network import IncomingAnswer
from payments.services import manage_endpoints
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.told import tell
from wsgi import create_app, main

CHECKSUM_KEY = "0123456789abcdef0123456789abcdef"
API_KEY = "api-key-of-the-channel-0001"


@dataclass
class PayOSApi:
    """A network on which only payOS is: it registers addresses and makes links, and signs."""

    changes: dict[str, object] = field(default_factory=dict)
    code: str = "00"
    key: str = CHECKSUM_KEY
    asked: list[OutgoingRequest] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Answer as payOS does."""
        self.asked.append(request)
        sent = json.loads(request.body)
        data: dict[str, object]
        if request.url == "https://api-merchant.payos.vn/confirm-webhook":
            data = {
                "webhookUrl": sent["webhookUrl"], "accountNumber": "0123499999",
                "accountName": "TT HCC", "name": "TT HCC", "shortName": "HCC",
            }  # fmt: skip
        else:
            assert request.url == "https://api-merchant.payos.vn/v2/payment-requests"
            data = {
                "bin": "970436", "accountNumber": "0123499999", "accountName": "TT HCC",
                "amount": sent["amount"], "description": sent["description"],
                "orderCode": sent["orderCode"], "currency": "VND", "paymentLinkId": "link1",
                "status": "PENDING", "checkoutUrl": "https://pay.payos.example/web/link1",
                "qrCode": "0002",
            }  # fmt: skip
        data |= self.changes
        answer = {"code": self.code, "desc": "said so", "data": data}
        answer["signature"] = payos_signatures.signature(payos_signatures.data_text(data), self.key)
        return IncomingAnswer(200, json.dumps(answer).encode()[:most_bytes])


class Site:
    """A centre whose account is announced by payOS."""

    def __init__(self, wiring: Wiring, made: MadeCentre) -> None:
        self.api, self.made = PayOSApi(), made
        self.wiring = replace(wiring, network=self.api)
        self.endpoint_id = self.opened({"api_key": API_KEY})

    def opened(self, more: dict[str, str]) -> str:
        """Open a connection to payOS, with the keys given beside the one that proves it."""
        wiring = self.wiring
        with wiring.open_uow() as uow:
            if uow.centres.endpoint("HTR-endpoint").is_enabled:
                manage_endpoints.disable_endpoint(
                    uow, wiring.world, self.made.actor, endpoint_id="HTR-endpoint"
                )
            made = manage_endpoints.add_endpoint(
                uow,
                wiring.world,
                wiring.secret_box,
                self.made.actor,
                wiring.adapters["payos"],
                account_id=self.made.account.account_id,
                way="checksum_key",
                secrets={"checksum_key": CHECKSUM_KEY, **more},
                settings={"client_id": "client-1"},
            )
            uow.commit()
        return made.endpoint_id

    def run(self, *words: str) -> Result:
        """Run a command of ``thuphi adapters``."""
        root = Root(lambda _settings: self.wiring, create_app, dict, lambda: self.wiring.adapters)
        root.__dict__["settings"] = self.wiring.settings
        return CliRunner().invoke(main, ["adapters", *words], obj=root)


@pytest.fixture
def site(wiring: Wiring, centre: MadeCentre) -> Site:
    return Site(wiring, centre)


def test_payos_is_told_our_address(site: Site) -> None:
    told = site.run("register", site.endpoint_id)

    (request,) = site.api.asked
    url = f"{site.wiring.settings.base_url}/webhooks/{site.endpoint_id}"
    assert json.loads(request.body) == {"webhookUrl": url}
    assert dict(request.headers)["x-api-key"] == API_KEY
    assert told.stdout.splitlines() == [f"address\t{url}", "account\t0123499999\tTT HCC"]


def test_the_account_of_another_channel_is_said(site: Site) -> None:
    site.api.changes = {"accountNumber": "999"}

    assert "of account 0123499999, not of that one" in site.run("register", site.endpoint_id).stdout


def test_a_link_is_made_for_what_is_due_and_leads_back_to_the_payment_page(
    site: Site, centre: MadeCentre
) -> None:
    standing = makers.a_request(site.wiring, centre)
    tell(site.wiring, centre, standing, 200_000)

    made = site.run("link", site.endpoint_id, "--reference", standing.request.reference)

    assert made.stdout == "https://pay.payos.example/web/link1\n"
    sent = json.loads(site.api.asked[0].body)
    assert (sent["amount"], sent["description"]) == (275_000, standing.request.reference)
    page = f"{site.wiring.settings.base_url}/p/{standing.request.token}"
    assert (sent["returnUrl"], sent["cancelUrl"]) == (page, page)
    assert 0 < sent["orderCode"] < 2**53


def test_a_paid_request_gets_no_link(site: Site, centre: MadeCentre) -> None:
    standing = makers.a_request(site.wiring, centre)
    tell(site.wiring, centre, standing, 475_000)

    refused = site.run("link", site.endpoint_id, "--reference", standing.request.reference)

    assert refused.exit_code == 1
    assert "request_not_open" in refused.output
    assert site.api.asked == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "231"}, "provider_refused"),
        ({"key": "f" * 32}, "answer_not_proven"),
        ({"changes": {"amount": 1}}, "field_malformed"),
        ({"changes": {"orderCode": 1}}, "field_malformed"),
        ({"changes": {"checkoutUrl": "javascript:alert(1)"}}, "field_malformed"),
    ],
)
def test_an_answer_that_is_none_gives_no_link(
    site: Site, centre: MadeCentre, change: dict[str, object], said: str
) -> None:
    standing = makers.a_request(site.wiring, centre)
    for name, value in change.items():
        setattr(site.api, name, value)

    refused = site.run("link", site.endpoint_id, "--reference", standing.request.reference)

    assert refused.exit_code == 1
    assert said in refused.output
    assert "https://" not in refused.output


def test_without_the_api_key_nothing_is_called(site: Site) -> None:
    refused = site.run("register", site.opened({}))

    assert refused.exit_code == 1
    assert "secret_missing" in refused.output
    assert "api_key" in refused.output
    assert site.api.asked == []


def test_a_provider_without_such_a_call_and_a_closed_connection_are_said(
    site: Site, centre: MadeCentre
) -> None:
    elsewhere = site.run("register", "HTR-endpoint")
    standing = makers.a_request(site.wiring, centre)
    no_link = site.run("link", "HTR-endpoint", "--reference", standing.request.reference)

    assert "provider_not_called" in elsewhere.output
    assert "provider_not_called" in no_link.output
