"""Short-lived tokens of our own for providers that ask for one before they announce anything.

A token is a JSON Web Token signed with HS256 (RFC 7519, RFC 7515). Only the one form that we write
ourselves is read: the signature is compared over the text before anything of it is decoded.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bank_adapters import fields
from bank_adapters.signatures import WINDOW_S, is_one_of
from payments.domain.errors import Invalid, NotAuthenticated

LONGEST: Final = 1024


def issue(secret: str, audience: str, now: datetime, lasts_s: int) -> str:
    """Return a token that lets one adapter's provider in for a while. ``now`` is aware."""
    start = int(now.timestamp())
    claims = {"aud": audience, "iat": start, "exp": start + lasts_s}
    return _signed(secret, _HEADER + "." + _encoded(json.dumps(claims).encode()))


def check(token: str, audience: str, secrets: Sequence[str], now: datetime) -> None:
    """Prove a token as one that we issued for this adapter and that is still good.

    Raises NotAuthenticated: ``wrong_token`` or ``token_expired``.
    """
    text, _, _ = token.rpartition(".")
    fitting = [_signed(secret, text) for secret in secrets if secret.strip()]
    # The whole text is compared, so that a token has one spelling only.
    if len(token) > LONGEST or not is_one_of(token, fitting):
        raise NotAuthenticated("wrong_token")
    header, _, payload = text.partition(".")
    claims = _claims(payload)
    start, end = claims.get("iat"), claims.get("exp")
    if header != _HEADER or claims.get("aud") != audience:
        raise NotAuthenticated("wrong_token")
    if not isinstance(start, int) or not isinstance(end, int):
        raise NotAuthenticated("wrong_token")
    if not start - WINDOW_S <= now.timestamp() < end:
        raise NotAuthenticated("token_expired")


def _claims(payload: str) -> fields.JsonObject:
    try:
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return fields.read_object(raw)
    except (binascii.Error, ValueError, Invalid):
        raise NotAuthenticated("wrong_token") from None


def _signed(secret: str, text: str) -> str:
    digest = hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), "sha256")
    return f"{text}.{_encoded(digest)}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


_HEADER: Final = _encoded(b'{"alg":"HS256","typ":"JWT"}')
