"""How a declared bank is answered: its own template, filled with what is known of the request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bank_adapters import fields
from bank_adapters.placeholders import Placeholder, filled, placeholders
from bank_adapters.signed_json_declaration import Reply
from bank_adapters.time_patterns import write_time
from payments.domain.adapters import Answer
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind, TransferNotice

_LONGEST_ECHO: Final = 200
# What was not proven, or not read, is not given back.
_NOT_TAKEN: Final = frozenset(
    {ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE, ReplyKind.UNAVAILABLE}
)


def declared_reply(
    replies: Mapping[ReplyKind, Reply], answer: Answer, request: BankRequest, now: datetime
) -> BankReply:
    """Return the declared answer, filled; one that is not declared is *accepted*."""
    reply = replies.get(answer.kind) or replies[ReplyKind.ACCEPTED]
    if reply.body is None:
        return BankReply(reply.status, b"", reply.content_type)
    body = filled(reply.body, dict(_known(reply.body, answer, request, now)))
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return BankReply(reply.status, text.encode("utf-8", "replace"), reply.content_type)


def value_at(body: fields.JsonObject, path: str) -> object:
    """Return what stands at a path of a JSON object, or None."""
    value: object = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _known(
    body: object, answer: Answer, request: BankRequest, now: datetime
) -> Iterator[tuple[Placeholder, str]]:
    is_taken = answer.kind not in _NOT_TAKEN
    echo = fields.read_object(request.body) if is_taken else {}
    notice = next((event for event in answer.events if isinstance(event, TransferNotice)), None)
    for name, behind in placeholders(body):
        if name == "now":
            yield (name, behind), write_time(now, behind)
        elif name == "field":
            value = value_at(echo, behind)
            is_plain = type(value) in {str, int}
            yield (name, behind), str(value)[:_LONGEST_ECHO] if is_plain else ""
        elif is_taken and notice is not None:
            known = {"event_id": notice.event_id, "amount": str(notice.amount)}
            yield (name, behind), known[name]
