"""payOS, a gateway over VietQR whose webhook announces each transfer to one of its links.

Source: payos.vn/docs (webhook, confirm-webhook, payment-requests). The signature stands inside the
body, so the body is read strictly before it; nothing of it is used until the signature fits.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import fields, payos_signatures
from bank_adapters.contract import TableOfReplies, needed, refuse_unfit
from bank_adapters.signatures import is_hmac
from bank_adapters.signed_bodies import signed_content
from payments.domain.adapters import (
    Credentials,
    Declaration,
    LinkOrder,
    OutgoingRequest,
    Registered,
    Secret,
    Setting,
    Way,
)
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice, TransferStatus
from payments.domain.errors import Invalid, NotAuthenticated
from payments.domain.money import MAX_AMOUNT

CHECKSUM_KEY: Final = "checksum_key"
API_KEY: Final = "api_key"
CLIENT_ID: Final = "client_id"
API: Final = "https://api-merchant.payos.vn"

TEST_ORDER: Final = 123
TEST_ACCOUNT: Final = "12345678"
"""The order and the account of the call by which payOS tries a new address."""

MOST_ORDER_CODE: Final = 2**53 - 1
"""payOS's programs read the code as a JavaScript number."""

_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_REFERENCE = re.compile(r"[!-~]{1,64}")
_URL = re.compile(r"https://[!-~]{1,500}")
_LINK = re.compile(r"[!-~]{1,63}")

# What payOS documents of the data of a webhook.
_NAMES: Final = frozenset(
    {"orderCode", "amount", "description", "accountNumber", "reference", "transactionDateTime",
     "currency", "paymentLinkId", "code", "desc", "counterAccountBankId", "counterAccountBankName",
     "counterAccountName", "counterAccountNumber", "virtualAccountName", "virtualAccountNumber"}
)  # fmt: skip

_DECLARATION: Final = Declaration(
    title="payOS",
    ways=(Way(CHECKSUM_KEY, (CHECKSUM_KEY,)),),
    secrets=(
        Secret(CHECKSUM_KEY, "the Checksum Key of the payment channel", 32, is_drawn=False),
        Secret(API_KEY, "the API Key of the channel, to register the webhook and to make links",
               is_drawn=False),
    ),
    settings=(Setting(CLIENT_ID, "the Client ID of the channel, beside the API Key"),),
    fields=MappingProxyType(
        {
            "event_id": "data.paymentLinkId and data.reference",
            "amount": "data.amount",
            "direction": "always money in",
            "status": "data.code",
            "account": "data.accountNumber",
            "currency": "data.currency",
            "time": "data.transactionDateTime",
            "text": "data.description",
            "bank_reference": "data.reference",
            "virtual_account": "data.virtualAccountNumber",
        }
    ),
    source="payos.vn/docs/tich-hop-webhook",
    max_body_bytes=8 * 1024,
    test_call="confirm-webhook sends order code 123 of account 12345678",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayOS(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "payos"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the data by the signature beside it. The time is not signed.

        Raises NotAuthenticated: ``unknown_way``, ``body_unsignable``, ``signature_ambiguous`` or
        ``wrong_signature``, and what ``refuse_unfit`` raises.
        """
        del now
        refuse_unfit(request, credentials, self.declaration)
        secrets = needed(credentials, CHECKSUM_KEY)
        given, text = _signed(request.body)
        if not is_hmac(given, text, secrets):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the one transfer of an authenticated request. Raises Invalid naming the field."""
        del credentials
        data = fields.inner(fields.read_object(request.body), "data")
        account = fields.identifier(data, "accountNumber", _ACCOUNT)
        reference = fields.identifier(data, "reference", _REFERENCE)
        link = fields.identifier(data, "paymentLinkId", _LINK)
        return (
            TransferNotice(
                event_id=f"{link}.{reference}",
                account_number=account,
                direction=Direction.IN,
                amount=fields.amount(data, "amount"),
                currency=fields.identifier(data, "currency", _ACCOUNT),
                occurred_at=fields.local_time(data, "transactionDateTime"),
                remittance_information=fields.free_text(data, "description"),
                bank_reference=reference,
                virtual_account=fields.optional_identifier(
                    data, "virtualAccountNumber", _REFERENCE
                ),
                status=_status(data),
                is_test=data.get("orderCode") == TEST_ORDER and account == TEST_ACCOUNT,
            ),
        )

    def address_request(self, url: str, credentials: Credentials) -> OutgoingRequest:
        """Register an address (confirm-webhook); payOS tries it before it answers."""
        return confirm_webhook(url, credentials)

    def address_answer(self, body: bytes) -> Registered:
        """Read whose transfers will be announced. Raises Invalid with what payOS says else."""
        data = _granted(fields.read_object(body))
        return Registered(
            fields.identifier(data, "accountNumber", _ACCOUNT),
            fields.free_text(data, "accountName"),
        )

    def link_request(self, order: LinkOrder, credentials: Credentials) -> OutgoingRequest:
        """Ask for a payment link. Raises Invalid as ``create_link`` does."""
        urls = (order.done_url, order.cancel_url)
        return create_link(order.number, order.amount, order.text, urls, credentials)

    def link_answer(self, body: bytes, order: LinkOrder, credentials: Credentials) -> str:
        """Return the address of the page. Raises NotAuthenticated, or Invalid naming a field."""
        data = _granted(fields.read_object(body))
        given, text = _signed(body)
        if not is_hmac(given, text, needed(credentials, CHECKSUM_KEY)):
            raise NotAuthenticated("wrong_signature")
        # A signed answer about another order or another sum is no page for this one.
        for name, wanted in (("orderCode", order.number), ("amount", order.amount)):
            if data.get(name) != wanted:
                raise Invalid("field_malformed", field=name)
        return fields.identifier(data, "checkoutUrl", _URL)


def confirm_webhook(url: str, credentials: Credentials) -> OutgoingRequest:
    """Return the call that registers an address with payOS, which tries it before it answers."""
    return _call("/confirm-webhook", {"webhookUrl": url}, credentials)


def create_link(
    order_code: int,
    amount: int,
    description: str,
    urls: tuple[str, str],
    credentials: Credentials,
) -> OutgoingRequest:
    """Return the signed call that makes a payment link for whole đồng.

    ``urls`` are where a person goes after paying and after giving up. Raises Invalid for an order
    code that payOS cannot read or uses for its own test, and for an amount out of range.
    """
    if not 0 < order_code <= MOST_ORDER_CODE or order_code == TEST_ORDER:
        raise Invalid("field_malformed", field="order_code")
    if not 0 < amount <= MAX_AMOUNT:
        raise Invalid("amount_out_of_range", field="amount")
    link: dict[str, object] = {
        "orderCode": order_code,
        "amount": amount,
        "description": description,
        "returnUrl": urls[0],
        "cancelUrl": urls[1],
    }
    text = payos_signatures.link_text(link)
    signature = payos_signatures.signature(text, needed(credentials, CHECKSUM_KEY)[0])
    return _call("/v2/payment-requests", {**link, "signature": signature}, credentials)


def _call(path: str, fields_: dict[str, object], credentials: Credentials) -> OutgoingRequest:
    headers = (
        ("Content-Type", "application/json"),
        ("x-client-id", credentials.setting(CLIENT_ID)),
        ("x-api-key", needed(credentials, API_KEY)[0]),
    )
    return OutgoingRequest("POST", API + path, headers, json.dumps(fields_).encode())


def _granted(answer: fields.JsonObject) -> fields.JsonObject:
    """Return the data of an answer. Raises Invalid with payOS's code and words of a refusal."""
    code = fields.free_text(answer, "code")
    if code != "00":
        said = fields.free_text(answer, "desc")
        raise Invalid("provider_refused", field="code", answered=code, said=said)
    return fields.inner(answer, "data")


def _signed(body: bytes) -> tuple[str, bytes]:
    """Return the signature that stands in a body, and the text it should be of."""

    def written(whole: fields.JsonObject) -> tuple[object, fields.JsonObject, bytes]:
        data = fields.inner(whole, "data")
        return whole.get("signature"), data, payos_signatures.data_text(data).encode("utf-8")

    given, data, text = signed_content(body, written)
    if not isinstance(given, str):
        raise NotAuthenticated("wrong_signature")
    # Nothing in the text keeps a value from looking like the next field. Whoever may write one
    # value, as a payer the description, must not be able to write two.
    names = [f"&{name}=" for name in _NAMES | data.keys()]
    if any(
        isinstance(value, str) and "&" in value and any(name in value for name in names)
        for value in data.values()
    ):
        raise NotAuthenticated("signature_ambiguous")
    return given, text


def _status(data: fields.JsonObject) -> TransferStatus:
    code = data.get("code")
    if not isinstance(code, str):
        raise Invalid("field_not_text", field="code")
    return TransferStatus.BOOKED if code == "00" else TransferStatus.FAILED


ADAPTER: Final = PayOS()
