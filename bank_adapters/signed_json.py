"""A bank that posts signed JSON, known from a declaration alone.

The setting ``declaration`` holds a JSON document (``signed_json_declaration.py``); nothing of the
bank is written in code. What a bank's paper leaves open cannot be declared, so it is asked for.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import fields
from bank_adapters.amounts import FORMS
from bank_adapters.contract import REFUSALS, only_header, refuse_unfit
from bank_adapters.rsa_keys import is_rsa_sha256, public_key
from bank_adapters.signatures import is_one_of, is_within_window
from bank_adapters.signed_bodies import read_unproven, signed_text
from bank_adapters.signed_json_declaration import (
    BODY,
    HMAC,
    RSA,
    TIME,
    BankDeclaration,
    Notices,
    Place,
    Value,
    read_declaration,
)
from bank_adapters.signed_json_replies import declared_reply, value_at
from bank_adapters.time_patterns import read_time
from payments.domain.adapters import Answer, Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    ReplyKind,
    TransferNotice,
    TransferStatus,
)
from payments.domain.errors import Invalid, NotAuthenticated

DECLARATION: Final = "declaration"
SECRET: Final = "secret"  # noqa: S105 # the name of a secret
PUBLIC_KEY: Final = "public_key"

_HASHES: Final = {"hmac-sha256": "sha256", "hmac-sha512": "sha512"}
_IDENTIFIER = re.compile(r"[!-~]{1,128}")

_DECLARATION: Final = Declaration(
    title="Signed JSON bank",
    ways=(Way(HMAC, (SECRET,)), Way(RSA, (PUBLIC_KEY,))),
    secrets=(
        Secret(SECRET, "the secret of the bank's HMAC"),
        Secret(PUBLIC_KEY, "the bank's RSA key (PEM)", 400, is_public=True, is_drawn=False),
    ),
    settings=(
        Setting(DECLARATION, "how the bank signs, writes and is answered (JSON)", is_needed=True),
    ),
    fields=MappingProxyType(
        {
            "event_id": "as declared in notice.event_id",
            "amount": "as declared in notice.amount",
            "direction": "as declared in notice.direction",
            "status": "as declared in notice.status",
            "account": "as declared in notice.account",
            "time": "as declared in notice.time",
            "text": "as declared in notice.text",
        }
    ),
    source="docs/adapters-signed-json.md",
    retries="by contract",
)


@dataclass(frozen=True, slots=True)
class SignedJson:
    """The adapter. It holds no state: one value serves every declared bank."""

    name: str = "signed_json"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the request as the bank is declared to sign.

        Raises NotAuthenticated: ``wrong_method``, ``body_too_large``, ``unknown_way``, what is
        wrong with the declaration, ``header_missing``, ``header_repeated``, ``json_field_missing``,
        ``field_malformed``, ``outside_time_window``, ``rsa_key_unreadable`` or ``wrong_signature``.
        """
        refuse_unfit(request, credentials, self.declaration)
        try:
            declared = _declared(credentials)
            _Proof(request, declared).check(credentials, now)
        except Invalid as error:
            raise NotAuthenticated(error.code, **error.facts) from None

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read the notices of an authenticated request. Raises Invalid naming the field."""
        notices = _declared(credentials).notices
        body = fields.read_object(request.body)
        if not notices.items:
            return (_notice(body, notices),)
        items = value_at(body, notices.items)
        if not isinstance(items, list) or not items:
            raise Invalid("json_list_wanted", field=notices.items)
        if not all(isinstance(item, dict) for item in items):
            raise Invalid("body_not_object", field=notices.items)
        return tuple(_notice(item, notices) for item in items)

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Fill the declared answer; one that is not declared is *accepted*."""
        try:
            declared = _declared(credentials)
        except Invalid:
            # Nobody can say what this bank wants to hear, so it is told to come again.
            return REFUSALS[ReplyKind.UNAVAILABLE]
        return declared_reply(declared.replies, answer, request, now)

    def check(self, credentials: Credentials) -> None:
        """Raise Invalid naming the key of the declaration, or the secret, that cannot work."""
        declared = read_declaration(credentials.setting(DECLARATION))
        if declared.way != credentials.way:
            raise Invalid("field_malformed", field="declaration.signature.algorithm")
        for key in credentials.values(PUBLIC_KEY):
            public_key(key)


class _Proof:
    """The proof of one request, piece by piece. The body is read when a piece stands in it."""

    def __init__(self, request: BankRequest, declared: BankDeclaration) -> None:
        self._request = request
        self._declared = declared
        self._body: fields.JsonObject | None = None

    def check(self, credentials: Credentials, now: datetime) -> None:
        """Raise NotAuthenticated or Invalid unless the bank has signed this, and just now."""
        signature, time = self._declared.signature, self._declared.time
        given = self._text_at(signature.place)
        if not given.startswith(signature.prefix):
            raise NotAuthenticated("wrong_signature")
        if time is not None:
            moment = read_time(self._text_at(time.place), time.pattern, "time")
            if not is_within_window(int(moment.timestamp()), now, time.window_s):
                raise NotAuthenticated("outside_time_window")
        if not self._fits(given.removeprefix(signature.prefix), self._message(), credentials):
            raise NotAuthenticated("wrong_signature")

    def _fits(self, given: str, message: bytes, credentials: Credentials) -> bool:
        signature = self._declared.signature
        if self._declared.way != credentials.way:
            raise NotAuthenticated("unknown_way", way=credentials.way)
        if self._declared.way == RSA:
            spelled = given if signature.encoding == "base64" else _hex_as_base64(given)
            keys = credentials.values(PUBLIC_KEY)
            is_signed = is_rsa_sha256(spelled, message, keys)
            return is_signed and (
                signature.encoding == "base64"
                or _encoded(base64.b64decode(spelled), signature.encoding) == given
            )
        name = _HASHES[signature.algorithm]
        secrets = [secret.encode("utf-8", "surrogatepass") for secret in credentials.values(SECRET)]
        digests = [hmac.digest(secret, message, name) for secret in secrets]
        return is_one_of(given, [_encoded(digest, signature.encoding) for digest in digests])

    def _message(self) -> bytes:
        signature = self._declared.signature
        separator = signature.separator.encode()
        pieces = [self._piece(sign) for sign in signature.signs]
        for sign, piece in zip(signature.signs[:-1], pieces, strict=False):
            if separator and sign != BODY and separator in piece:
                # It would move the pieces behind it, and the text would mean something else.
                raise NotAuthenticated("field_malformed", field=sign)
        return separator.join(pieces)

    def _piece(self, sign: str) -> bytes:
        if sign == BODY:
            return self._request.body
        if sign == TIME and self._declared.time is not None:
            text = self._text_at(self._declared.time.place)
        else:
            text = self._field(sign, may_be_absent=self._declared.signature.absent_is_empty)
        return text.encode("utf-8", "surrogatepass")

    def _text_at(self, place: Place) -> str:
        if place.header:
            return only_header(self._request, place.header)
        return self._field(place.field)

    def _field(self, path: str, *, may_be_absent: bool = False) -> str:
        if self._body is None:
            self._body = read_unproven(self._request.body)
        value = value_at(self._body, path)
        return "" if may_be_absent and value is None else signed_text({path: value}, path)


def _declared(credentials: Credentials) -> BankDeclaration:
    return read_declaration(credentials.setting(DECLARATION))


def _notice(body: fields.JsonObject, notices: Notices) -> TransferNotice:
    status = notices.statuses.get(_word(body, notices.status), TransferStatus.FAILED)
    direction = notices.directions.get(_word(body, notices.direction))
    if direction is None:
        raise Invalid("field_malformed", field=notices.direction.field)
    texts = [fields.free_text({path: value_at(body, path)}, path) for path in notices.text]
    return TransferNotice(
        event_id=_identifier(body, notices.event_id),
        account_number=_word(body, notices.account),
        direction=direction,
        amount=FORMS[notices.amount_form](value_at(body, notices.amount), notices.amount),
        currency=_word(body, notices.currency),
        occurred_at=read_time(value_at(body, notices.time), notices.time_pattern, notices.time),
        remittance_information=" ".join(text for text in texts if text),
        bank_reference=_optional(body, notices.bank_reference),
        virtual_account=_optional(body, notices.virtual_account),
        status=status,
    )


def _word(body: fields.JsonObject, value: Value) -> str:
    return value.always or _identifier(body, value.field)


def _identifier(body: fields.JsonObject, path: str) -> str:
    value = value_at(body, path)
    text = str(value) if type(value) is int else value
    return fields.identifier({path: text}, path, _IDENTIFIER)


def _optional(body: fields.JsonObject, path: str) -> str:
    value = value_at(body, path) if path else None
    return "" if value is None or value == "" else _identifier(body, path)


def _encoded(digest: bytes, encoding: str) -> str:
    if encoding == "base64":
        return base64.b64encode(digest).decode("ascii")
    return digest.hex().upper() if encoding == "hex-upper" else digest.hex()


def _hex_as_base64(given: str) -> str:
    try:
        return base64.b64encode(bytes.fromhex(given)).decode("ascii")
    except ValueError:
        raise NotAuthenticated("wrong_signature") from None


ADAPTER: Final = SignedJson()
