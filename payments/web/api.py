"""The JSON interface for the one-stop software: send dossiers, ask what has been paid."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, g, jsonify, request, url_for

from payments.domain.banks import bank
from payments.domain.business_day import business_date
from payments.domain.centres import BankAccount
from payments.domain.dossiers import DossierSource
from payments.domain.errors import Invalid, NotAuthenticated, NotFound
from payments.domain.fees import FeeItem, in_force
from payments.domain.requests import PaymentRequest, RequestLine, RequestStanding
from payments.domain.staff import Actor
from payments.ports import UnitOfWork
from payments.services.manage_api_keys import KEY_PREFIX, key_hash
from payments.services.read_columns import read_day
from payments.services.register_dossiers import Registered, register_dossiers
from payments.web.access import api_key_required, body_limit, current_wiring
from payments.web.api_reading import read_dossiers
from payments.web.errors import error_json
from payments.web.payment_page import ASKING, qr_payload
from payments.wiring import Wiring

pages = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_BYTES = 4 * 1024 * 1024
_SCHEME = "Bearer "


@pages.before_request
def prove_sender() -> Response | None:
    """Find whose key the request carries; every address below asks for one."""
    wiring = current_wiring()
    given = request.headers.get("Authorization", "")
    key = None
    if given.startswith(_SCHEME + KEY_PREFIX):
        with wiring.open_uow(write=False) as uow:
            key = uow.centres.api_key(key_hash(given.removeprefix(_SCHEME).strip()))
    if key is None:
        response = error_json(NotAuthenticated("api_key_wrong"))
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    g.api_actor = Actor(key.centre_id, f"api_key:{key.key_id}")
    g.actor = g.api_actor.actor_id
    return None


@pages.post("/dossiers")
@api_key_required
@body_limit(MOST_BYTES)
def send_dossiers() -> tuple[Response, int]:
    """Register dossiers and issue their requests, all of them or none; sent again, told again."""
    wiring, actor = current_wiring(), _actor()
    if not request.is_json:
        raise Invalid("json_wanted", field="body")
    items, is_single = read_dossiers(request.get_data(cache=False))
    with wiring.open_uow() as uow:
        registered = register_dossiers(
            uow,
            wiring.world,
            actor,
            DossierSource.API,
            items,
            expires_in=timedelta(days=wiring.settings.request_days),
        )
        describe = Describe(uow, wiring)
        told = [describe.registered(item) for item in registered]
        uow.commit()
    is_new = any(item.is_new for item in registered)
    body = told[0] if is_single else {"dossiers": told}
    return jsonify(body), HTTPStatus.CREATED if is_new else HTTPStatus.OK


@pages.get("/requests/<reference>")
@api_key_required
def show_request(reference: str) -> Response:
    """Tell the state of a request, with its receipts once it is paid."""
    wiring, wanted = current_wiring(), reference.upper()
    with wiring.open_uow(write=False) as uow:
        known = uow.requests.by_references(_actor().centre_id, [wanted])
        if wanted not in known:
            raise NotFound("reference_unknown", reference=wanted)
        standing = known[wanted]
        told = Describe(uow, wiring).request(standing)
    return jsonify({"dossier": standing.dossier.code, **told})


@pages.get("/fees")
@api_key_required
def list_fees() -> Response:
    """Tell the fees in force today, or on the day ``?on=``, of one ``?procedure=`` or of all."""
    wiring, centre_id = current_wiring(), _actor().centre_id
    day = _day_asked_for() or business_date(wiring.world.clock.now())
    with wiring.open_uow(write=False) as uow:
        items = uow.centres.fee_items(centre_id, request.args.get("procedure"))
    return jsonify({"on": day.isoformat(), "fees": [_fee(item) for item in in_force(items, day)]})


def _actor() -> Actor:
    """Return whose key the request carries."""
    actor = g.get("api_actor")
    if not isinstance(actor, Actor):
        raise NotAuthenticated("api_key_wrong")
    return actor


def _day_asked_for() -> date | None:
    """Read ``?on=``. Raises Invalid for anything but 2021-12-31."""
    text = request.args.get("on")
    if text is None:
        return None
    try:
        return read_day(text)
    except Invalid:
        raise Invalid("day_unreadable", field="on", found=text[:60]) from None


class Describe:
    """Describes what is known in JSON: amounts are whole đồng, times UTC, links need no sign-in.

    What two thousand dossiers share is read once.
    """

    def __init__(self, uow: UnitOfWork, wiring: Wiring) -> None:
        self._uow = uow
        self._base_url = wiring.settings.base_url
        self._now = wiring.world.clock.now()
        self._accounts: dict[str, BankAccount] = {}

    def registered(self, item: Registered) -> dict[str, object]:
        """Describe a dossier that is now known, and its request if it has one."""
        asked = self.request(item.standing) if item.standing else None
        return {"dossier": item.dossier.code, "is_new": item.is_new, "request": asked}

    def request(self, standing: RequestStanding) -> dict[str, object]:
        """Describe a request, with its receipts once there are some."""
        asked, state = standing.request, standing.state(self._now)
        account = self._account(asked)
        is_asking = state in ASKING
        return {
            "reference": asked.reference,
            "state": state.value,
            "total": asked.total,
            "due": standing.due if is_asking else 0,
            "issued_at": asked.issued_at.isoformat(),
            "expires_at": asked.expires_at.isoformat(),
            "token": asked.token,
            "link": self._base_url + url_for("public.payment", token=asked.token),
            "qr": qr_payload(standing, account) if is_asking else None,
            "account": {
                "bank_bin": account.bank_bin,
                "bank": bank(account.bank_bin).short_name,
                "number": account.account_number,
                "holder": account.holder,
            },
            "lines": [_line(line) for line in standing.lines],
            "receipts": [] if is_asking else self._receipts(asked),
        }

    def _account(self, asked: PaymentRequest) -> BankAccount:
        """Return the account that a request is paid into."""
        known = self._accounts.get(asked.account_id)
        if known is None:
            known = self._uow.centres.account(asked.centre_id, asked.account_id)
            self._accounts[asked.account_id] = known
        return known

    def _receipts(self, asked: PaymentRequest) -> list[dict[str, object]]:
        """Describe the receipts of a request."""
        return [
            {
                "kind": receipt.kind.value,
                "number": receipt.number,
                "amount": receipt.amount,
                "issued_at": receipt.issued_at.isoformat(),
                "link": self._base_url + url_for("receipts.check", token=receipt.token),
            }
            for receipt in self._uow.receipts.of_request(asked.centre_id, asked.request_id)
        ]


def _line(line: RequestLine) -> dict[str, object]:
    """Describe one fee of a request."""
    return {
        "code": line.fee_code,
        "name": line.name,
        "kind": line.kind.value,
        "quantity": line.quantity,
        "unit_amount": line.unit_amount,
        "amount": line.amount,
    }


def _fee(item: FeeItem) -> dict[str, object]:
    """Describe a fee in force."""
    return {
        "code": item.fee_code,
        "name": item.name,
        "procedure": item.procedure_code,
        "kind": item.kind.value,
        "channel": item.channel.value,
        "payer_class": item.payer_class.value,
        "amount": item.amount,
        "unit": item.unit,
        "legal_basis": item.legal_basis,
        "valid_from": item.valid_from.isoformat(),
    }
