"""What a declaration says of a bank that signs JSON, read strictly: the next bank without code.

``docs/adapters-signed-json.md`` explains every key. An unknown key, a missing one and a value that
could not work are refused by their name, so that a slip is found when the endpoint is configured
and not when money comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bank_adapters import fields
from bank_adapters.amounts import FORMS
from bank_adapters.declared_values import Reader
from bank_adapters.placeholders import placeholders
from bank_adapters.time_patterns import check_pattern
from payments.domain.bank_messages import Direction, ReplyKind, TransferStatus
from payments.domain.errors import Invalid

HMAC: Final = "hmac"
RSA: Final = "rsa"
ALGORITHMS: Final = {"hmac-sha256": HMAC, "hmac-sha512": HMAC, "rsa-sha256": RSA}
ENCODINGS: Final = ("hex", "hex-upper", "base64")
BODY: Final = "@body"
TIME: Final = "@time"

_PATH = re.compile(r"[0-9A-Za-z_-]{1,64}(?:\.[0-9A-Za-z_-]{1,64}){0,5}")
_HEADER = re.compile(r"[0-9A-Za-z-]{1,64}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:; charset=[a-z0-9-]+)?")
_NEEDED_REPLIES: Final = (
    ReplyKind.ACCEPTED, ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE, ReplyKind.UNAVAILABLE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in a header, or in the body at a path."""

    header: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """How the bank signs: ``signs`` are paths of the body, ``@body`` and ``@time``, in order."""

    algorithm: str
    encoding: str
    place: Place
    prefix: str
    signs: tuple[str, ...]
    separator: str
    absent_is_empty: bool


@dataclass(frozen=True, slots=True)
class SignedTime:
    """When the bank has signed, and how far that may lie from now, either way."""

    place: Place
    pattern: str
    window_s: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value at a path of the body, or the same one for every notice."""

    field: str = ""
    always: str = ""


@dataclass(frozen=True, slots=True)
class Notices:
    """Where the facts of a transfer stand. ``items`` is the path of a list, empty for none."""

    items: str
    event_id: str
    account: Value
    amount: str
    amount_form: str
    currency: Value
    direction: Value
    directions: Mapping[str, Direction]
    status: Value
    statuses: Mapping[str, TransferStatus]
    time: str
    time_pattern: str
    text: tuple[str, ...]
    bank_reference: str
    virtual_account: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: ``body`` is a JSON value whose texts may hold placeholders, None is nothing."""

    status: int
    content_type: str
    body: object


@dataclass(frozen=True, slots=True)
class BankDeclaration:
    """All that is known of one bank."""

    signature: Signature
    time: SignedTime | None
    notices: Notices
    replies: Mapping[ReplyKind, Reply]

    @property
    def way(self) -> str:
        """The way of proof that the algorithm belongs to."""
        return ALGORITHMS[self.signature.algorithm]


@lru_cache(maxsize=64)
def read_declaration(text: str) -> BankDeclaration:
    """Read a declaration from JSON. Raises Invalid naming the key by its whole path."""
    try:
        whole = fields.read_object(text.encode("utf-8", "surrogatepass"))
    except Invalid as error:
        raise Invalid(error.code, field="declaration") from None
    reader = Reader(whole, "declaration")
    reader.text("bank", optional=True)
    declared = BankDeclaration(
        signature=_signature(reader.inner("signature")),
        time=_time(reader.inner("time")) if reader.has("time") else None,
        notices=_notices(reader.inner("notice")),
        replies=_replies(reader.inner("replies")),
    )
    reader.close()
    _check_cover(declared)
    return declared


def _signature(reader: Reader) -> Signature:
    signature = Signature(
        algorithm=reader.word("algorithm", ALGORITHMS),
        encoding=reader.word("encoding", ENCODINGS),
        place=_place(reader.inner("place")),
        prefix=reader.text("prefix", optional=True),
        signs=reader.texts("signs"),
        separator=reader.text("separator", may_be_empty=True),
        absent_is_empty=reader.word("absent", ("refused", "empty"), default="refused") == "empty",
    )
    for sign in signature.signs:
        if sign not in {BODY, TIME} and _PATH.fullmatch(sign) is None:
            raise reader.wrong("signs")
    if len(set(signature.signs)) != len(signature.signs):
        raise reader.wrong("signs")
    if BODY in signature.signs and signature.place.field:
        # A body cannot hold the signature of itself.
        raise reader.wrong("place")
    reader.close()
    return signature


def _time(reader: Reader) -> SignedTime:
    time = SignedTime(
        place=_place(reader.inner("place")),
        pattern=check_pattern(reader.text("pattern"), reader.name("pattern")),
        window_s=reader.whole("window_s", 30, 3600),
    )
    reader.close()
    return time


def _notices(reader: Reader) -> Notices:
    amount, time = reader.inner("amount"), reader.inner("time")
    direction, directions = _words(reader, "direction", ("in", "out"))
    status, statuses = _words(reader, "status", ("booked", "pending"))
    notices = Notices(
        items=_path(reader, "list", optional=True),
        event_id=_path(reader, "event_id"),
        account=_value(reader, "account"),
        amount=_path(amount, "field"),
        amount_form=amount.word("form", FORMS),
        currency=_value(reader, "currency"),
        direction=direction,
        directions={word: Direction(name) for word, name in directions.items()},
        status=status,
        statuses={word: TransferStatus(name) for word, name in statuses.items()},
        time=_path(time, "field"),
        time_pattern=check_pattern(time.text("pattern"), time.name("pattern")),
        text=tuple(reader.texts("text")),
        bank_reference=_path(reader, "bank_reference", optional=True),
        virtual_account=_path(reader, "virtual_account", optional=True),
    )
    if not all(_PATH.fullmatch(path) for path in notices.text):
        raise reader.wrong("text")
    for part in (amount, time, reader):
        part.close()
    return notices


def _words(reader: Reader, key: str, names: tuple[str, ...]) -> tuple[Value, dict[str, str]]:
    """Read which words of the bank mean what: ``{"field": …, "in": ["C"], "out": ["D"]}``."""
    inner = reader.inner(key)
    if inner.has("always"):
        value = Value(always=inner.word("always", names))
        inner.close()
        return value, {value.always: value.always}
    value = Value(field=_path(inner, "field"))
    meanings: dict[str, str] = {}
    for position, name in enumerate(names):
        for word in inner.texts(name, optional=position > 0):
            if word in meanings:
                raise inner.wrong(name)
            meanings[word] = name
    inner.close()
    return value, meanings


def _value(reader: Reader, key: str) -> Value:
    inner = reader.inner(key)
    if inner.has("always"):
        value = Value(always=inner.text("always"))
    else:
        value = Value(field=_path(inner, "field"))
    inner.close()
    return value


def _place(reader: Reader) -> Place:
    if reader.has("header"):
        header = reader.text("header")
        if _HEADER.fullmatch(header) is None:
            raise reader.wrong("header")
        place = Place(header=header)
    else:
        place = Place(field=_path(reader, "field"))
    reader.close()
    return place


def _path(reader: Reader, key: str, *, optional: bool = False) -> str:
    path = reader.text(key, optional=optional)
    if path and _PATH.fullmatch(path) is None:
        raise reader.wrong(key)
    return path


def _replies(reader: Reader) -> dict[ReplyKind, Reply]:
    replies = {}
    for kind in ReplyKind:
        if kind not in _NEEDED_REPLIES and not reader.has(kind):
            continue
        inner = reader.inner(kind)
        replies[kind] = Reply(
            status=inner.whole("status", 200, 599),
            content_type=inner.text("content_type", default="application/json"),
            body=inner.any("body"),
        )
        if _CONTENT_TYPE.fullmatch(replies[kind].content_type) is None:
            raise inner.wrong("content_type")
        _check_placeholders(replies[kind].body, inner)
        inner.close()
    reader.close()
    return replies


def _check_placeholders(body: object, reader: Reader) -> None:
    for name, behind in placeholders(body):
        if name == "field" and _PATH.fullmatch(behind):
            continue
        if name == "now":
            check_pattern(behind, reader.name("body"))
        elif name not in {"event_id", "amount"} or behind:
            raise reader.wrong("body")


def _check_cover(declared: BankDeclaration) -> None:
    """Refuse a signature that leaves the transfer's id, its amount or the time of signing open."""
    signs, notices = set(declared.signature.signs), declared.notices
    covers_body = BODY in signs
    if notices.items and not covers_body:
        raise Invalid("declaration_unsigned", field="declaration.notice.list")
    for path in () if covers_body else (notices.event_id, notices.amount):
        if path not in signs:
            raise Invalid("declaration_unsigned", field=path)
    if declared.time is None:
        if TIME in signs:
            raise Invalid("json_field_missing", field="declaration.time")
        return
    field = declared.time.place.field
    if TIME not in signs and not (field and (covers_body or field in signs)):
        raise Invalid("declaration_unsigned", field="declaration.time")
