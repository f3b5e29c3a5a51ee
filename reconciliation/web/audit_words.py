"""The words of the audit log: what was done, by whom, and the facts of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask import Flask

from payments.domain.bank_messages import Direction
from payments.domain.fees import Channel, PayerClass
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.domain.staff import Role
from payments.domain.transfers import Outcome
from payments.web.formatting import day, number
from payments.web.i18n import N_, sentence_of
from payments.web.words import WORDS, word

ACTIONS: dict[str, str] = {
    "acceptance.decided": N_("Acceptance of a statement decided"),
    "acceptance.proposed": N_("Acceptance of a statement proposed"),
    "account.added": N_("Bank account added"),
    "api_key.created": N_("API key created"),
    "api_key.revoked": N_("API key revoked"),
    "break.resolved": N_("Difference worked off"),
    "calendar.said": N_("Open day of the centre set"),
    "cash.taken": N_("Cash taken"),
    "centre.created": N_("Centre created"),
    "counter.added": N_("Counter added"),
    "day.closed": N_("Day closed"),
    "dossier.registered": N_("Dossier registered"),
    "endpoint.added": N_("Bank connection added"),
    "endpoint.configured": N_("Settings of a bank connection changed"),
    "endpoint.disabled": N_("Bank connection switched off"),
    "endpoint.polling_off": N_("Bank no longer asked for transfers"),
    "endpoint.polling_on": N_("Bank asked for transfers regularly"),
    "endpoint.secret_renewed": N_("Secret of a bank connection renewed"),
    "subscription.added": N_("Other software told of payments"),
    "subscription.ended": N_("Other software no longer told of payments"),
    "feed.double": N_("Transfer told under two numbers"),
    "feed.gap": N_("Balance of the bank does not follow"),
    "fee.changed": N_("Fee changed"),
    "fee.ended": N_("Fee ended"),
    "fee.new": N_("Fee added"),
    "field.added": N_("Field added"),
    "field.renamed": N_("Field renamed"),
    "message.replayed": N_("Bank message read again"),
    "message.unreadable": N_("Bank message unreadable"),
    "notice.foreign": N_("Message of another account"),
    "notice.not_booked": N_("Message of money that is not booked"),
    "order.asked": N_("Provider asked about an order"),
    "procedure.added": N_("Procedure added"),
    "procedure.renamed": N_("Procedure renamed"),
    "profile.ended": N_("Columns of a statement ended"),
    "profile.remade": N_("Columns of a statement changed"),
    "profile.renamed": N_("Columns of a statement renamed"),
    "request.cancelled": N_("Request cancelled"),
    "request.issued": N_("Request issued"),
    "request.settled": N_("Request settled"),
    "staff.added": N_("Person added"),
    "staff.changed": N_("Person changed"),
    "staff.password_set": N_("Password set"),
    "staff.signed_in": N_("Signed in"),
    "staff.signed_out": N_("Signed out"),
    "statement.booked": N_("Large statement booked"),
    "statement.difference": N_("Difference of a statement accepted"),
    "statement.gap_filled": N_("Accepted gap filled by a late statement"),
    "statement.imported": N_("Statement imported"),
    "statement.mapped": N_("Statement columns named"),
    "statement.quarantined": N_("Statement kept apart"),
    "statement_source.added": N_("Source of statements added"),
    "statement_source.ended": N_("Source of statements closed"),
    "till.closed": N_("Till counted"),
    "till.opened": N_("Till opened"),
    "transfer.conflict": N_("Transfer told differently"),
    "transfer.identified": N_("Purpose of a transfer told later"),
    "transfer.placed": N_("Transfer placed by a person"),
    "transfer.received": N_("Transfer received"),
    "transfer.taken_back": N_("Transfer taken back by the bank"),
}
"""What an event says was done, by its code."""

FACTS: dict[str, str] = {
    "accepted_missing_statement": N_("closed without a statement"),
    "account": N_("account"),
    "adapter": N_("kind of connection"),
    "amount": N_("amount"),
    "approved": N_("approved"),
    "bank": N_("bank"),
    "before": N_("before"),
    "behind": N_("transfer before"),
    "change": N_("change given"),
    "channel": N_("channel"),
    "closed": N_("days closed"),
    "closing": N_("closing balance"),
    "code": N_("code"),
    "counted": N_("counted"),
    "counter": N_("counter"),
    "currency": N_("currency"),
    "difference": N_("difference"),
    "direction": N_("direction"),
    "dossier": N_("dossier"),
    "entries": N_("new lines"),
    "event": N_("bank event"),
    "expected": N_("expected"),
    "explanation": N_("explanation"),
    "fee": N_("fee"),
    "field": N_("field"),
    "file": N_("file"),
    "files": N_("statement files"),
    "findings": N_("broken rules"),
    "float": N_("opening cash"),
    "holder": N_("holder"),
    "kind": N_("kind"),
    "known": N_("known amount"),
    "message": N_("message"),
    "method": N_("way of payment"),
    "minutes": N_("minutes of grace"),
    "missing": N_("missing"),
    "name": N_("name"),
    "names": N_("names"),
    "number": N_("number"),
    "open": N_("open day"),
    "outcome": N_("outcome"),
    "payer_class": N_("payer"),
    "period_to": N_("through"),
    "reason": N_("reason"),
    "receipts": N_("receipts"),
    "reference": N_("payment reference"),
    "report": N_("seal of the report"),
    "request": N_("request"),
    "role": N_("role"),
    "rules": N_("broken rules"),
    "sha256": N_("SHA-256"),
    "skipped": N_("lines known before"),
    "status": N_("status"),
    "tendered": N_("tendered"),
    "told": N_("told amount"),
    "total": N_("total"),
    "transfer": N_("transfer"),
    "transfers": N_("transfers"),
    "unit": N_("unit code"),
    "username": N_("user name"),
    "valid_from": N_("valid from"),
    "waited": N_("was waiting"),
    "way": N_("proof of the sender"),
}
"""The facts that events carry, by the names they have in the log."""

_KINDS: dict[str, type[StrEnum]] = {
    "channel": Channel,
    "direction": Direction,
    "method": PaymentMethod,
    "outcome": Outcome,
    "payer_class": PayerClass,
    "role": Role,
}
"""Facts whose values are codes that have words of their own."""
_DIRECTIONS = {Direction.IN: N_("in"), Direction.OUT: N_("out")}

_LONGEST_NAME, _SHORT_NAME = 20, 8
_EVENING = "evening"
_HOURLY_CHECK = "books_check_"
_BALANCES = "balances"

_ACTOR_KINDS = {
    "endpoint": N_("Bank connection"),
    "api_key": N_("One-stop software"),
    "job": N_("Scheduled job"),
    "cli": N_("Command line"),
    "staff": N_("Person"),
}


def install(app: Flask) -> None:
    """Give the templates the filters ``action``, ``actor``, ``job`` and ``job_result``."""
    app.jinja_env.filters.update(action=action, actor=actor, job=job, job_result=job_result)


def action(code: str) -> str:
    """Return what an audit event says was done."""
    return sentence_of(ACTIONS[code]) if code in ACTIONS else code


def actor(actor_id: str, names: Mapping[str, str]) -> str:
    """Return who did a thing: a person's name, or the kind of program."""
    if actor_id in names:
        return names[actor_id]
    kind, _colon, name = actor_id.partition(":")
    if kind not in _ACTOR_KINDS:
        return actor_id
    if kind == "job" and name:
        return f"{sentence_of(_ACTOR_KINDS[kind])}: {job(name)}"
    return f"{sentence_of(_ACTOR_KINDS[kind])} {_short(name)}".strip()


def job(name: str) -> str:
    """Return what a scheduled job does, by the name it has in the log."""
    if name == _EVENING:
        return sentence_of(N_("Evening run"))
    if name == _BALANCES:
        return sentence_of(N_("Check of balances"))
    hour = name.removeprefix(_HOURLY_CHECK)
    return sentence_of(N_("Books check at %(hour)s:00"), hour=hour) if hour != name else name


def job_result(result: str) -> list[tuple[str, str]]:
    """Return what came of a job as pairs of words, from its JSON; nothing counts as 0."""
    try:
        found = json.loads(result)
    except ValueError:
        return [("", result)] if result else []
    if not isinstance(found, dict):
        return [("", _value("", found))]
    return [(_fact(name), _value(name, value) or "0") for name, value in found.items()]


def facts(detail: str) -> list[tuple[str, str]]:
    """Return the facts of an event as pairs of words, from the JSON that the log keeps."""
    return [
        (_fact(name), _value(name, value))
        for name, value in json.loads(detail).items()
        if value not in ("", None, [])
    ]


def _fact(name: str) -> str:
    return sentence_of(FACTS[name]) if name in FACTS else name


def _short(name: str) -> str:
    """Return enough of a long random name to tell it from others."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_SHORT_NAME]}…"


def _value(name: str, value: object) -> str:
    """Write a fact: codes in words, numbers with their thousands, lists with commas."""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list):
        return ", ".join(_value(name, one) for one in value)
    return _text(name, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(name: str, value: str) -> str:
    """Write a fact that is a text: a code of this fact in words, a receipt, a day, or as it is."""
    if name in _KINDS and value in set(_KINDS[name]):
        code = _KINDS[name](value)
        if isinstance(code, Direction):
            return sentence_of(_DIRECTIONS[code])
        return word(code) if (type(code), code) in WORDS else value
    series, _slash, serial = value.partition("/")
    if name == "receipts" and series in set(SeriesKind) and serial.isdigit():
        return f"{word(SeriesKind(series))} {int(serial):07d}"
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value
