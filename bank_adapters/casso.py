"""Casso, which watches bank accounts and posts their transfers, in two versions of its webhook.

Source: developer.casso.vn and CassoHQ/casso-webhook-v2-verify-signature. Version 1 sends a secret
in a header and signs nothing. Version 2 signs the body read and written again with sorted keys; its
own programs write letters outside ASCII in two ways, so both are tried, UTF-8 first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import casso_poll, fields
from bank_adapters.canonical_json import canonical_json, in_ascii
from bank_adapters.contract import TableOfReplies, needed, only_header, refuse_unfit
from bank_adapters.signatures import is_hmac, is_one_of, is_within_window
from bank_adapters.signed_bodies import signed_content
from payments.domain.adapters import (
    Credentials,
    Declaration,
    OutgoingRequest,
    PollPage,
    PollSpan,
    Secret,
    Way,
)
from payments.domain.bank_messages import BankRequest, Direction, TransferNotice
from payments.domain.errors import NotAuthenticated

SECURE_TOKEN: Final = "secure_token"  # noqa: S105 # a name, not a secret
WEBHOOK_KEY: Final = "webhook_key"
TOKEN_HEADER: Final = "secure-token"  # noqa: S105 # a name, not a secret
SIGNATURE_HEADER: Final = "X-Casso-Signature"

TEST_REFERENCE: Final = "MA_GIAO_DICH_THU_NGHIEM"

_HEADER_PART = re.compile(r"([a-z][a-z0-9]{0,15})=([0-9a-f]{1,256})")
_UNIX_MS = re.compile(r"[1-9][0-9]{12}")
_EVENT_ID = re.compile(r"[!-~]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")

_DECLARATION: Final = Declaration(
    title="Casso",
    ways=(Way(WEBHOOK_KEY, (WEBHOOK_KEY,)), Way(SECURE_TOKEN, (SECURE_TOKEN,))),
    secrets=(
        Secret(
            WEBHOOK_KEY,
            "the key of a webhook of version 2, with which Casso signs",
            24,
            is_drawn=False,
        ),
        Secret(SECURE_TOKEN, "the token in the header secure-token of a webhook of version 1"),
        Secret(casso_poll.API_KEY, "the API Key of Casso, to ask for transactions", is_drawn=False),
    ),
    fields=MappingProxyType(
        {
            "event_id": "data.id",
            "amount": "data.amount, negative for money out",
            "direction": "the sign of data.amount",
            "account": "data.accountNumber (version 2), data[].bank_sub_acc_id (version 1)",
            "time": "data.transactionDateTime (version 2), data[].when (version 1)",
            "text": "data.description",
            "bank_reference": "data.reference (version 2), data[].tid (version 1)",
            "balance": "data.runningBalance (version 2), data[].cusum_balance (version 1)",
        }
    ),
    source="developer.casso.vn, CassoHQ/casso-webhook-v2-verify-signature",
    test_call=f"a transaction with id 0 and reference {TEST_REFERENCE}",
    polling=casso_poll.POLLING,
)


@dataclass(frozen=True, slots=True)
class Casso(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "casso"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the request by its secret (version 1) or its signature (version 2).

        Raises NotAuthenticated: ``unknown_way``, ``secret_missing``, ``header_missing``,
        ``header_repeated``, ``header_malformed``, ``outside_time_window``, ``wrong_secret``,
        ``body_unsignable``, ``wrong_signature``, and what ``refuse_unfit`` raises.
        """
        refuse_unfit(request, credentials, self.declaration)
        if credentials.way == SECURE_TOKEN:
            secrets = needed(credentials, SECURE_TOKEN)
            if not is_one_of(only_header(request, TOKEN_HEADER), secrets):
                raise NotAuthenticated("wrong_secret")
        else:
            _check_signature(request, credentials, now)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of a request: one or a list. Raises Invalid naming the field."""
        body = fields.read_object(request.body)
        one = body.get("data")
        rows = [one] if isinstance(one, dict) else fields.items(body, "data")
        read = _of_version_1 if credentials.way == SECURE_TOKEN else _of_version_2
        return tuple(read(row) for row in rows)

    def poll_request(
        self, span: PollSpan, account: str, credentials: Credentials
    ) -> OutgoingRequest:
        """Ask for one page of the transfers of a time: of every account that the key may see."""
        del account
        return casso_poll.request(span, needed(credentials, casso_poll.API_KEY)[0])

    def poll_page(self, body: bytes, span: PollSpan, credentials: Credentials) -> PollPage:
        """Read the answer to it. Raises Invalid naming the field."""
        del span, credentials
        return casso_poll.page(body)


def _check_signature(request: BankRequest, credentials: Credentials, now: datetime) -> None:
    stamp, given = _stamp_and_signature(only_header(request, SIGNATURE_HEADER))
    # Seconds are enough to place a time of milliseconds in a window of minutes.
    if not is_within_window(int(stamp) // 1000, now):
        raise NotAuthenticated("outside_time_window")
    secrets = needed(credentials, WEBHOOK_KEY)
    fits = False
    for text in _signed_texts(request.body):
        message = f"{stamp}.{text}".encode()
        fits = is_hmac(given, message, secrets, "sha512") or fits
    if not fits:
        raise NotAuthenticated("wrong_signature")


def _stamp_and_signature(header: str) -> tuple[str, str]:
    """Read ``t=<milliseconds>,v1=<hexadecimal>``; other parts are left alone."""
    parts: dict[str, str] = {}
    for part in header.split(","):
        written = _HEADER_PART.fullmatch(part)
        if written is None or written[1] in parts:
            raise NotAuthenticated("header_malformed", header=SIGNATURE_HEADER)
        parts[written[1]] = written[2]
    stamp, signature = parts.get("t", ""), parts.get("v1", "")
    if _UNIX_MS.fullmatch(stamp) is None or not signature:
        raise NotAuthenticated("header_malformed", header=SIGNATURE_HEADER)
    return stamp, signature


def _signed_texts(body: bytes) -> set[str]:
    """Return the body as Casso's programs write it to sign it, in one way or two."""
    written = signed_content(body, canonical_json)
    return {written, in_ascii(written)}


def _of_version_2(row: fields.JsonObject) -> TransferNotice:
    return _notice(
        row,
        account=fields.identifier(row, "accountNumber", _ACCOUNT),
        time="transactionDateTime",
        reference="reference",
        balance="runningBalance",
        virtual="virtualAccountNumber",
    )


def _of_version_1(row: fields.JsonObject) -> TransferNotice:
    # Which of the two names the account has changed over the years.
    named = "bank_sub_acc_id" if row.get("bank_sub_acc_id") else "subAccId"
    return _notice(
        row,
        account=fields.identifier(row, named, _ACCOUNT),
        time="when",
        reference="tid",
        balance="cusum_balance",
        virtual="virtualAccount",
    )


def _notice(
    row: fields.JsonObject, *, account: str, time: str, reference: str, balance: str, virtual: str
) -> TransferNotice:
    amount = fields.signed_amount(row, "amount")
    event_id = fields.whole_or_text(row, "id", _EVENT_ID)
    bank_reference = fields.free_text(row, reference).strip()
    return TransferNotice(
        event_id=event_id,
        account_number=account,
        direction=Direction.IN if amount > 0 else Direction.OUT,
        amount=abs(amount),
        currency="VND",
        occurred_at=fields.local_day_or_time(row, time),
        remittance_information=fields.free_text(row, "description"),
        bank_reference=bank_reference,
        virtual_account=fields.optional_identifier(row, virtual, _VIRTUAL_ACCOUNT),
        balance_after=fields.balance(row, balance),
        is_test=event_id == "0" and bank_reference == TEST_REFERENCE,
    )


ADAPTER: Final = Casso()
