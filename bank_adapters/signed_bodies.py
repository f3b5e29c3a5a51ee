"""Providers whose signature covers parsed content: the body is read strictly, then proven.

Nothing of such a body is decided on before its signature holds. Whatever the strict reader does not
take (a key that stands twice, NaN, a number too long) cannot be proven, so it is refused the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from bank_adapters import fields
from bank_adapters.contract import refuse_unfit
from payments.domain.adapters import Credentials, Declaration
from payments.domain.bank_messages import BankRequest
from payments.domain.errors import Invalid, NotAuthenticated

MOST_SIGNED_BYTES: Final = 8 * 1024
"""The longest body that is written again to be proven: what nobody has proven must cost little."""

Written = TypeVar("Written")

_SIGNS_ALIKE = (str, int)


def open_body(
    request: BankRequest, credentials: Credentials, declaration: Declaration
) -> fields.JsonObject:
    """Return the JSON object of a request whose method, path, size and way are the provider's.

    Raises NotAuthenticated: what ``refuse_unfit`` raises, or what ``fields.read_object`` names.
    """
    refuse_unfit(request, credentials, declaration)
    return read_unproven(request.body)


def read_unproven(body: bytes) -> fields.JsonObject:
    """Read a JSON object that is not proven yet. Raises NotAuthenticated where it is broken."""
    try:
        return fields.read_object(body)
    except Invalid as error:
        raise NotAuthenticated(error.code, **error.facts) from None


def signed_content(
    body: bytes,
    write: Callable[[fields.JsonObject], Written],
    most_bytes: int = MOST_SIGNED_BYTES,
) -> Written:
    """Return what ``write`` makes of a body that is signed as it is read, not as it is spelt.

    ``write`` may raise Invalid, and what text without an encoding or nested too deep raises.
    Raises NotAuthenticated: ``body_too_large``, or ``body_unsignable`` for whatever it was.
    """
    if len(body) > most_bytes:
        raise NotAuthenticated("body_too_large")
    try:
        return write(fields.read_object(body))
    except (Invalid, UnicodeEncodeError, RecursionError):
        raise NotAuthenticated("body_unsignable") from None


def echoed_body(request: BankRequest) -> fields.JsonObject:
    """Return the object of a request to word an answer by, empty where there is none.

    It may be unproven: what of it is given back has to be said by the answer's kind.
    """
    try:
        return fields.read_object(request.body)
    except Invalid:
        return {}


def signature_text(body: fields.JsonObject, name: str) -> str:
    """Return the text of the signature in a body. Raises NotAuthenticated naming the field."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise NotAuthenticated("json_field_missing", field=name)
    return value


def signed_text(body: fields.JsonObject, name: str) -> str:
    """Return how a value that has to be there stands in the signed text.

    Text and whole numbers have one spelling; any other value could be signed as one thing and
    read as another. Raises NotAuthenticated naming the field.
    """
    value = body.get(name)
    if type(value) not in _SIGNS_ALIKE:
        raise NotAuthenticated("field_malformed", field=name)
    return str(value)


def optional_signed_text(body: fields.JsonObject, name: str) -> str:
    """Return the same, or an empty text where the field is absent or null."""
    return "" if body.get(name) is None else signed_text(body, name)


def as_pairs(texts: Mapping[str, str], names: Iterable[str]) -> bytes:
    """Join ``name=value`` with ``&`` in the order of the names, as UTF-8."""
    joined = "&".join(f"{name}={texts[name]}" for name in names)
    return joined.encode("utf-8", "surrogatepass")
