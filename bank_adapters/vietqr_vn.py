"""VietQR.vn, which fetches a token from us and then announces each transfer with it.

Source: api.vietqr.vn and doc.vietqr.vn. Nothing of the announcement is signed (``sign`` has no
published meaning), so what it tells is provisional: it takes a list of addresses, and a statement
settles the money.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bank_adapters import tokens, transaction_sync
from bank_adapters.contract import check_bearer, needed, only_header, refuse_unfit
from payments.domain.adapters import (
    Answer,
    Credentials,
    Declaration,
    Event,
    Secret,
    Setting,
    TokenRequest,
    Way,
)
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind, TransferNotice
from payments.domain.errors import NotAuthenticated

PASSWORD: Final = "password"  # noqa: S105 # a name, not a secret
TOKEN_KEY: Final = "token_key"  # noqa: S105 # a name, not a secret
USERNAME: Final = "username"
WAY: Final = "basic_token"
TOKEN_PATH: Final = "api/token_generate"  # noqa: S105 # a path, not a secret
SYNC_PATH: Final = "bank/api/transaction-sync"
TOKEN_LASTS_S: Final = 300
SCHEME: Final = "Bearer "

_DECLARATION: Final = Declaration(
    title="VietQR.vn",
    ways=(Way(WAY, (PASSWORD, TOKEN_KEY), is_provisional=True),),
    secrets=(
        Secret(PASSWORD, "the password that VietQR.vn fetches its tokens with"),
        Secret(TOKEN_KEY, "what we sign those tokens with; nobody else needs it", 32),
    ),
    settings=(
        Setting(USERNAME, "the user name that VietQR.vn fetches its tokens with", is_needed=True),
    ),
    fields=transaction_sync.FIELDS,
    source="api.vietqr.vn, doc.vietqr.vn",
    paths=(TOKEN_PATH, SYNC_PATH),
    retries="10: five within a minute, then one a minute; each with a new token",
)

_REFUSALS: Final = {
    ReplyKind.NOT_AUTHENTICATED: (401, "NOT_AUTHENTICATED"),
    ReplyKind.UNREADABLE: (400, "UNREADABLE"),
    ReplyKind.UNAVAILABLE: (503, "TRY_AGAIN"),
}


@dataclass(frozen=True, slots=True)
class VietQRVn:
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "vietqr_vn"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove a call for a token by name and password, an announcement by the token.

        Raises NotAuthenticated: ``unknown_way``, ``secret_missing``, ``header_missing``,
        ``header_repeated``, ``header_malformed``, ``wrong_secret``, ``wrong_token``,
        ``token_expired``, and what ``refuse_unfit`` raises.
        """
        refuse_unfit(request, credentials, self.declaration)
        keys, passwords = needed(credentials, TOKEN_KEY), needed(credentials, PASSWORD)
        if request.path == TOKEN_PATH:
            name = credentials.settings.get(USERNAME, "")
            if not name:
                raise NotAuthenticated("setting_missing", field=USERNAME)
            check_bearer(request, "Basic ", [basic(name, password) for password in passwords])
            return
        header = only_header(request, "Authorization")
        if not header.startswith(SCHEME):
            raise NotAuthenticated("header_malformed", header="Authorization")
        tokens.check(header.removeprefix(SCHEME), self.name, keys, now)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        """Read the one event of an authenticated request. Raises Invalid naming the field."""
        del credentials
        if request.path == TOKEN_PATH:
            return (TokenRequest(),)
        return (transaction_sync.notice(request.body),)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Answer with the token, or with our reference of the transfer, or with a reason."""
        if request.path == TOKEN_PATH:
            return self._token_reply(answer, credentials, now)
        status, reason = _REFUSALS.get(answer.kind, (200, None))
        ids = [event.event_id for event in answer.events if isinstance(event, TransferNotice)]
        told = {
            "error": reason is not None,
            "errorReason": reason,
            "toastMessage": answer.field,
            "object": None if reason else {"reftransactionid": ",".join(ids)},
        }
        return BankReply(status, json.dumps(told).encode())

    def _token_reply(self, answer: Answer, credentials: Credentials, now: datetime) -> BankReply:
        if answer.kind in _REFUSALS:
            status = 503 if answer.kind is ReplyKind.UNAVAILABLE else 400
            message = _REFUSALS[answer.kind][1]
            return BankReply(status, json.dumps({"status": "FAILED", "message": message}).encode())
        token = tokens.issue(needed(credentials, TOKEN_KEY)[0], self.name, now, TOKEN_LASTS_S)
        given = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LASTS_S}
        return BankReply(200, json.dumps(given).encode())


def basic(username: str, password: str) -> str:
    """Return what stands behind ``Basic`` for a name and a password (RFC 7617)."""
    return base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def check_order_sum(account: str, username: str) -> str:
    """Return the check sum that VietQR.vn wants when a transfer is asked for by its reference.

    It is a published MD5 without any secret and proves nothing.
    """
    return hashlib.md5(f"{account}{username}".encode(), usedforsecurity=False).hexdigest()


ADAPTER: Final = VietQRVn()
