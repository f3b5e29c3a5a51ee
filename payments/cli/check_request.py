"""``thuphi adapters check``: what an adapter makes of one request, and why it refuses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from payments.domain.adapters import Answer, BillInquiry, Credentials, Declaration, Event
from payments.domain.bank_messages import BankRequest, ReplyKind, TransferNotice, checked
from payments.domain.errors import Invalid, NotAuthenticated, PaymentsError
from payments.ports import BankAdapter
from payments.services.authenticate_delivery import (
    ADDRESSES,
    authenticate,
    read_events,
    word_reply,
)

_WAY = "way"


def read_credentials(text: bytes, declared: Declaration) -> list[Credentials]:
    """Return the credentials of every way whose secrets are all in a JSON object of names.

    A value is a text, or a list of texts with the current one first. Raises Invalid naming what is
    wrong with the file.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("secrets_not_json", field="--secrets") from None
    if not isinstance(given, dict):
        raise Invalid("secrets_not_object", field="--secrets")
    names = {secret.name for secret in declared.secrets}
    others = {setting.name for setting in declared.settings} | {ADDRESSES, _WAY}
    for name in given:
        if name not in names | others:
            known = ", ".join(sorted(names | others))
            raise Invalid("secret_name_unknown", field=str(name), known=known)
    secrets = {name: _values(name, given[name]) for name in given if name in names}
    settings = {name: _setting(name, given[name]) for name in given if name in others - {_WAY}}
    ways = [declared.way(str(given[_WAY]))] if _WAY in given else list(declared.ways)
    able = [way for way in ways if all(secrets.get(name) for name in way.secrets)]
    if not able:
        wanted = "; ".join(f"{way.name}: {', '.join(way.secrets)}" for way in ways)
        raise Invalid("secrets_incomplete", field="--secrets", wanted=wanted)
    return [Credentials(way.name, secrets, settings) for way in able]


def judge(
    adapter: BankAdapter, request: BankRequest, ways: list[Credentials], now: datetime
) -> dict[str, Any]:
    """Return what the service would make of a request, as JSON has it.

    ``authenticated`` is true when one of the ways proves the sender; ``error`` names the field of a
    body that cannot be read.
    """
    reasons: dict[str, NotAuthenticated] = {}
    for credentials in ways:
        try:
            require_declared(adapter.declaration, request)
            authenticate(adapter, request, credentials, now)
        except NotAuthenticated as error:
            reasons[credentials.way] = error
        else:
            return _proven(adapter, request, credentials, now)
    said = Answer(ReplyKind.NOT_AUTHENTICATED)
    told = [str(error) for error in reasons.values()]
    if len(set(told)) > 1:
        told = [f"{way}: {error}" for way, error in reasons.items()]
    return {
        "authenticated": False,
        "reason": "; ".join(dict.fromkeys(told)),
        "reasons": {way: _problem(error) for way, error in reasons.items()},
        "way": None,
        "events": [],
        "reply": _reply(adapter, said, request, ways[0], now),
    }


def require_declared(declared: Declaration, request: BankRequest) -> None:
    """Raise NotAuthenticated for what the service turns away before an adapter sees it.

    A content type that is not told is let pass: what is checked here was often copied without it.
    """
    if request.path not in declared.paths:
        raise NotAuthenticated("path_not_declared", known=", ".join(declared.paths))
    if request.method not in declared.methods:
        raise NotAuthenticated("wrong_method", known=", ".join(declared.methods))
    if len(request.body) > declared.max_body_bytes:
        raise NotAuthenticated("body_too_large", limit=declared.max_body_bytes)
    kind = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if request.body and kind and kind not in declared.content_types:
        known = ", ".join(declared.content_types)
        raise NotAuthenticated("content_type_not_declared", known=known)


def _proven(
    adapter: BankAdapter, request: BankRequest, credentials: Credentials, now: datetime
) -> dict[str, Any]:
    """Return what a request says whose sender is proven."""
    report: dict[str, Any] = {"authenticated": True, "reason": "", "way": credentials.way}
    try:
        events = tuple(
            checked(event) if isinstance(event, TransferNotice) else event
            for event in read_events(adapter, request, credentials)
        )
    except Invalid as error:
        problem = _problem(error)
        said = Answer(
            ReplyKind.UNREADABLE, field=problem.get("field", "body"), problem=problem["code"]
        )
        report |= {"reason": str(error), "events": [], "error": problem}
    else:
        is_question = any(isinstance(event, BillInquiry) for event in events)
        # Which bill it is only a database knows; this is the answer to a code of nobody's.
        kind = ReplyKind.UNKNOWN_REFERENCE if is_question else ReplyKind.ACCEPTED
        said = Answer(kind, events)
        report["events"] = [shown(event) for event in events]
    report["reply"] = _reply(adapter, said, request, credentials, now)
    return report


def shown(event: Event) -> dict[str, Any]:
    """Return an event as JSON has it: its kind, amounts in whole đồng, times in ISO 8601."""
    values: dict[str, Any] = {"event": type(event).__name__}
    for one in fields(event):
        value = getattr(event, one.name)
        values[one.name] = value.isoformat() if isinstance(value, datetime) else value
    return values


def _reply(
    adapter: BankAdapter,
    answer: Answer,
    request: BankRequest,
    credentials: Credentials,
    now: datetime,
) -> dict[str, Any]:
    reply = word_reply(adapter, answer, request, credentials, now)
    body = reply.body.decode("utf-8", "backslashreplace")
    return {"status": reply.status, "content_type": reply.content_type, "body": body}


def _problem(error: PaymentsError) -> dict[str, str]:
    """Return an error's code and facts as texts."""
    return {"code": error.code, **{name: str(value) for name, value in error.facts.items()}}


def _values(name: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str) and one.strip() for one in values):
        raise Invalid("secret_not_text", field=name)
    return tuple(values)


def _setting(name: str, value: object) -> str:
    """Return a setting; one that is itself a JSON object may stand there as one."""
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        raise Invalid("setting_not_text", field=name)
    return value
