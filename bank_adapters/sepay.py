"""SePay, which watches a bank account and posts each transfer to us as it happens.

Source: developer.sepay.vn, pages "SePay Webhooks", "Xác thực" and "OAuth2 Webhooks Guide". Three of
its ways of proving itself are taken: an API key in the header ``Authorization``, HMAC-SHA256 over
time and raw body, and a bearer token that it fetches from us before each delivery. Its way without
any proof does not exist here. Its transactions API, for what a webhook missed, is ``sepay_poll``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import fields, sepay_poll, tokens
from bank_adapters.contract import (
    TableOfReplies,
    check_bearer,
    needed,
    only_header,
    refuse_unfit,
)
from bank_adapters.signatures import is_hmac, is_one_of, is_within_window
from bank_adapters.signed_bodies import signed_content
from payments.domain.adapters import (
    Answer,
    Credentials,
    Declaration,
    Event,
    OutgoingRequest,
    PollPage,
    PollSpan,
    Secret,
    Setting,
    TokenRequest,
    Way,
)
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
)
from payments.domain.errors import Invalid, NotAuthenticated

API_KEY: Final = "api_key"
HMAC: Final = "hmac"
OAUTH2: Final = "oauth2_token"
CLIENT_SECRET: Final = "oauth2_client_secret"  # noqa: S105 # a name, not a secret
CLIENT_ID: Final = "oauth2_client_id"

KEY_HEADER: Final = "Authorization"
KEY_SCHEME: Final = "Apikey "
TOKEN_SCHEME: Final = "Bearer "  # noqa: S105 # a word, not a secret
TOKEN_PATH: Final = "token"  # noqa: S105 # a path, not a secret
TOKEN_LASTS_S: Final = 3600
MOST_TOKEN_CALL_BYTES: Final = 1024
TIME_HEADER: Final = "X-SePay-Timestamp"
SIGNATURE_HEADER: Final = "X-SePay-Signature"
SIGNATURE_SCHEME: Final = "sha256="

_UNIX_SECONDS = re.compile(r"[1-9][0-9]{9}")
_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")

_DECLARATION: Final = Declaration(
    title="SePay",
    ways=(Way(HMAC, (HMAC,)), Way(API_KEY, (API_KEY,)), Way(OAUTH2, (OAUTH2,))),
    secrets=(
        Secret(HMAC, "the secret of the HMAC-SHA256 signature, shown once by SePay", 24),
        Secret(API_KEY, "the key in the header Authorization: Apikey"),
        Secret(OAUTH2, "what we sign the tokens with that SePay fetches, or one fixed token", 32),
        Secret(CLIENT_SECRET, "the Client Secret that SePay fetches its tokens with"),
        Secret(sepay_poll.API_TOKEN, "the API Token of my.sepay.vn, to ask for transactions",
               is_drawn=False),
    ),
    settings=(Setting(CLIENT_ID, "the Client ID that SePay fetches its tokens with"),),
    fields=MappingProxyType(
        {
            "event_id": "id",
            "amount": "transferAmount",
            "direction": "transferType",
            "account": "accountNumber",
            "time": "transactionDate",
            "text": "content",
            "bank_reference": "referenceCode",
            "balance": "accumulated",
        }
    ),
    source="developer.sepay.vn/en/sepay-webhooks",
    paths=("", TOKEN_PATH),
    retries="7 within 33 minutes (1, 1, 2, 3, 5, 8, 13), nothing older than 5 hours",
    polling=sepay_poll.POLLING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SePay(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "sepay"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove that the raw request comes from SePay, looking at bytes only.

        Raises NotAuthenticated: ``secret_missing``, ``header_missing``, ``header_repeated``,
        ``header_malformed``, ``outside_time_window``, ``wrong_secret``, ``wrong_signature``,
        ``unknown_way``, and what ``refuse_unfit`` raises.
        """
        refuse_unfit(request, credentials, self.declaration)
        way = credentials.way
        if request.path == TOKEN_PATH and way != OAUTH2:
            raise NotAuthenticated("wrong_path")
        if way == API_KEY:
            check_bearer(request, KEY_SCHEME, needed(credentials, way))
        elif way == HMAC:
            _check_signature(request, needed(credentials, way), now)
        elif request.path == TOKEN_PATH:
            _check_client(request, credentials)
        else:
            _check_token(request, needed(credentials, way), now)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        """Read the one transfer of an authenticated request. Raises Invalid naming the field."""
        del credentials
        if request.path == TOKEN_PATH:
            return (TokenRequest(),)
        body = fields.read_object(request.body)
        return (
            TransferNotice(
                event_id=fields.whole_or_text(body, "id", _EVENT_ID),
                account_number=fields.identifier(body, "accountNumber", _ACCOUNT),
                direction=_direction(body),
                amount=fields.amount(body, "transferAmount"),
                currency="VND",
                occurred_at=fields.local_time(body, "transactionDate"),
                remittance_information=_remittance_information(body),
                bank_reference=fields.free_text(body, "referenceCode").strip(),
                virtual_account=fields.optional_identifier(body, "subAccount", _VIRTUAL_ACCOUNT),
                balance_after=fields.balance(body, "accumulated"),
            ),
        )

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer with the one body that SePay takes for success, or with the token it asked for."""
        if request.path != TOKEN_PATH or answer.kind is not ReplyKind.ACCEPTED:
            return TableOfReplies.reply(self, answer, request, credentials, now)
        token = tokens.issue(needed(credentials, OAUTH2)[0], self.name, now, TOKEN_LASTS_S)
        # SePay's page wants all three; the refresh token it never uses is the same token.
        data = {"accessToken": token, "refreshToken": token, "expiredIn": TOKEN_LASTS_S}
        return BankReply(200, json.dumps({"data": data}).encode())

    def poll_request(
        self, span: PollSpan, account: str, credentials: Credentials
    ) -> OutgoingRequest:
        """Ask for the account's transfers of a time."""
        return sepay_poll.request(span, account, needed(credentials, sepay_poll.API_TOKEN)[0])

    def poll_page(self, body: bytes, span: PollSpan, credentials: Credentials) -> PollPage:
        """Read the answer to it. Raises Invalid naming the field."""
        del credentials
        return sepay_poll.page(body, span)


def _check_token(request: BankRequest, secrets: Sequence[str], now: datetime) -> None:
    header = only_header(request, KEY_HEADER)
    if not header.startswith(TOKEN_SCHEME):
        raise NotAuthenticated("header_malformed", header=KEY_HEADER)
    given = header.removeprefix(TOKEN_SCHEME)
    # A token server of the centre's own may hand out one fixed token instead of ours.
    if not is_one_of(given, secrets):
        tokens.check(given, "sepay", secrets, now)


def _check_client(request: BankRequest, credentials: Credentials) -> None:
    """Prove the call for a token: its client id and secret stand in the body, as JSON."""
    client, secret = signed_content(
        request.body,
        lambda body: (body.get("clientId"), body.get("clientSecret")),
        most_bytes=MOST_TOKEN_CALL_BYTES,
    )
    known = credentials.settings.get(CLIENT_ID, "")
    if not isinstance(client, str) or not isinstance(secret, str):
        raise NotAuthenticated("wrong_secret")
    # Both are compared whatever the first says.
    fits = (is_one_of(client, [known]), is_one_of(secret, needed(credentials, CLIENT_SECRET)))
    if not all(fits):
        raise NotAuthenticated("wrong_secret")


def _check_signature(request: BankRequest, secrets: Sequence[str], now: datetime) -> None:
    stamp = only_header(request, TIME_HEADER)
    signature = only_header(request, SIGNATURE_HEADER)
    if _UNIX_SECONDS.fullmatch(stamp) is None:
        raise NotAuthenticated("header_malformed", header=TIME_HEADER)
    if not signature.startswith(SIGNATURE_SCHEME):
        raise NotAuthenticated("header_malformed", header=SIGNATURE_HEADER)
    if not is_within_window(int(stamp), now):
        raise NotAuthenticated("outside_time_window")
    signed = stamp.encode("ascii") + b"." + request.body
    if not is_hmac(signature.removeprefix(SIGNATURE_SCHEME), signed, secrets):
        raise NotAuthenticated("wrong_signature")


def _direction(body: fields.JsonObject) -> Direction:
    value = body.get("transferType")
    if value == "in":
        return Direction.IN
    if value == "out":
        return Direction.OUT
    raise Invalid("field_malformed", field="transferType")


def _remittance_information(body: fields.JsonObject) -> str:
    # ``content`` is the payer's text; ``description`` repeats it inside the whole notification.
    # Both are read, so that a broken one is named whichever is used.
    content = fields.free_text(body, "content")
    description = fields.free_text(body, "description")
    return content if content.strip() else description


ADAPTER: Final = SePay()
