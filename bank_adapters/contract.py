"""What most adapters share: a table of answers, and secrets that are looked at all alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bank_adapters.signatures import is_one_of
from payments.domain.adapters import Answer, Credentials, Declaration
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind
from payments.domain.errors import NotAuthenticated

REFUSALS: Mapping[ReplyKind, BankReply] = {
    kind: BankReply(status, json.dumps({"success": False, "message": message}).encode())
    for kind, status, message in (
        (ReplyKind.NOT_AUTHENTICATED, 401, "not authenticated"),
        (ReplyKind.UNREADABLE, 400, "unreadable"),
        (ReplyKind.UNAVAILABLE, 503, "try again"),
    )
}
"""The refusals of providers that look at the status alone."""

SUCCESS = BankReply(200, b'{"success": true}')

# To a provider of an account's transfers these are one: the transfer has been taken in.
_TAKEN_IN = frozenset({ReplyKind.REPEATED, ReplyKind.UNKNOWN_REFERENCE, ReplyKind.WRONG_AMOUNT})


@dataclass(frozen=True, slots=True)
class TableOfReplies:
    """Answers by a table: ``replies`` has one for ACCEPTED and for each refusal."""

    replies: ClassVar[Mapping[ReplyKind, BankReply]] = {ReplyKind.ACCEPTED: SUCCESS, **REFUSALS}

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Return the provider's own form of an answer; what has none of its own is *accepted*."""
        del request, credentials, now
        kind = answer.kind
        if kind in _TAKEN_IN and kind not in self.replies:
            kind = ReplyKind.ACCEPTED
        return self.replies[kind]


def only_header(request: BankRequest, name: str) -> str:
    """Return the value of a header that has to stand there once. Raises NotAuthenticated."""
    value = request.header(name)
    if value is not None:
        return value
    # Two values would let a proxy check the one and us the other.
    is_there = any(key.lower() == name.lower() for key, _ in request.headers)
    raise NotAuthenticated("header_repeated" if is_there else "header_missing", header=name)


def refuse_unfit(request: BankRequest, credentials: Credentials, declaration: Declaration) -> None:
    """Refuse what is of no use whoever sent it. Every adapter asks this first.

    Raises NotAuthenticated: ``wrong_method``, ``wrong_path`` or ``unknown_way`` for one that is not
    declared, ``body_too_large`` for a body or a query that is larger than the limit.
    """
    if request.method not in declaration.methods:
        raise NotAuthenticated("wrong_method")
    if request.path not in declaration.paths:
        raise NotAuthenticated("wrong_path")
    if max(len(request.body), len(request.query)) > declaration.max_body_bytes:
        raise NotAuthenticated("body_too_large")
    if credentials.way not in {way.name for way in declaration.ways}:
        raise NotAuthenticated("unknown_way", way=credentials.way)


def needed(credentials: Credentials, name: str) -> Sequence[str]:
    """Return the values of a secret that are good now. Raises NotAuthenticated without any."""
    values = credentials.values(name)
    if not values:
        raise NotAuthenticated("secret_missing", secret=name)
    return values


def check_bearer(request: BankRequest, scheme: str, secrets: Sequence[str]) -> None:
    """Prove a request by a secret behind a word (with its blank) in the header Authorization."""
    header = only_header(request, "Authorization")
    if not header.startswith(scheme):
        raise NotAuthenticated("header_malformed", header="Authorization")
    if not is_one_of(header.removeprefix(scheme), secrets):
        raise NotAuthenticated("wrong_secret")
