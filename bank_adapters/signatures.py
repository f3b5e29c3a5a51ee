"""How a bank proves that a message is its own: secrets, signatures and the time they are good for.

Every comparison takes the same time whether the first or the last character differs, and every
secret of a rotation is tried even after one has fitted.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

WINDOW_S = 300
"""How far a signed time may lie from ours, either way (the providers' own five minutes)."""


def is_one_of(given: str, secrets: Iterable[str]) -> bool:
    """Say whether ``given`` is one of the secrets. Empty secrets fit nothing."""
    return _fits_any(_raw(given), (_raw(secret) for secret in secrets if secret.strip()))


def hmac_text(secret: str, message: bytes, algorithm: str = "sha256", form: str = "hex") -> str:
    """Sign a message as text (RFC 2104): lower-case hexadecimal, or base64 with its padding.

    ``message`` is the raw bytes to sign, ``algorithm`` sha256 or sha512, ``form`` hex or base64.
    """
    digest = hmac.digest(_raw(secret), message, algorithm)
    return digest.hex() if form == "hex" else base64.b64encode(digest).decode("ascii")


def is_hmac(
    given: str,
    message: bytes,
    secrets: Iterable[str],
    algorithm: str = "sha256",
    form: str = "hex",
) -> bool:
    """Say whether ``given`` is a signature of the message as ``hmac_text`` writes it.

    Every other spelling of the same bytes is refused, capital digits too: no provider sends them,
    and a signature must have one spelling only. Empty secrets sign nothing.
    """
    signatures = (hmac_text(s, message, algorithm, form) for s in secrets if s.strip())
    return _fits_any(_raw(given), (_raw(signature) for signature in signatures))


def is_within_window(unix_s: int, now: datetime, window_s: int = WINDOW_S) -> bool:
    """Say whether a signed time (seconds since 1970) is near enough to ``now``, which is aware.

    Both sides count: an old message is a replay, one from the future outlives the window.
    """
    return abs(now.timestamp() - unix_s) <= window_s


def _fits_any(given: bytes, expected: Iterable[bytes]) -> bool:
    fits = False
    for one in expected:
        # The comparison stands first, so that it runs for every secret.
        fits = hmac.compare_digest(one, given) or fits
    return fits


def _raw(text: str) -> bytes:
    # Headers may hold any byte; surrogates are kept so that two texts never become one.
    return text.encode("utf-8", "surrogatepass")
