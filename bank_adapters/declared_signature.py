"""A signature over the raw body whose form a contract with a bank settles, and no page publishes.

The header, the algorithm and the spelling are settings without a default.
"""

from __future__ import annotations

from typing import Final

from bank_adapters.contract import needed, only_header
from bank_adapters.signatures import is_hmac
from payments.domain.adapters import Credentials, Setting
from payments.domain.bank_messages import BankRequest
from payments.domain.errors import Invalid, NotAuthenticated

HEADER: Final = "signature_header"
ALGORITHM: Final = "signature_algorithm"
FORM: Final = "signature_form"

SETTINGS: Final = (
    Setting(HEADER, "the header that holds the signature of the raw body", is_needed=True),
    Setting(ALGORITHM, "sha256 or sha512: the hash of the HMAC", is_needed=True),
    Setting(FORM, "hex or base64: how the signature is written", is_needed=True),
)


def check(request: BankRequest, credentials: Credentials, secret_name: str) -> None:
    """Prove the raw body by the declared signature.

    Raises NotAuthenticated, also when the declaration is not complete: without it nothing is
    authentic.
    """
    try:
        header = credentials.setting(HEADER)
        algorithm, form = credentials.setting(ALGORITHM), credentials.setting(FORM)
    except Invalid:
        raise NotAuthenticated("signature_not_declared") from None
    if algorithm not in {"sha256", "sha512"} or form not in {"hex", "base64"}:
        raise NotAuthenticated("signature_not_declared")
    given = only_header(request, header)
    if not is_hmac(given, request.body, needed(credentials, secret_name), algorithm, form):
        raise NotAuthenticated("wrong_signature")
