"""ThueAPI, which watches bank accounts and signs the raw body.

Source: dev.thueapi.vn/docs (nhan-webhook, xac-thuc-chu-ky). One page shows the signature behind the
word ``sha256=``, the other without it; both are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bank_adapters import transactions_list
from bank_adapters.contract import TableOfReplies, needed, only_header, refuse_unfit
from bank_adapters.signatures import is_hmac
from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.domain.errors import NotAuthenticated

WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 # a name, not a secret
HEADER: Final = "X-Webhook-Signature"
SCHEME: Final = "sha256="

_DECLARATION: Final = Declaration(
    title="ThueAPI",
    ways=(Way(WEBHOOK_SECRET, (WEBHOOK_SECRET,)),),
    secrets=(
        Secret(
            WEBHOOK_SECRET, "the secret shown once when the webhook was made", 32, is_drawn=False
        ),
    ),
    fields=transactions_list.FIELDS,
    source="dev.thueapi.vn/docs",
)


@dataclass(frozen=True, slots=True)
class ThueAPI(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "thueapi"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the raw body by its signature; no time is signed. Raises NotAuthenticated."""
        del now
        refuse_unfit(request, credentials, self.declaration)
        given = only_header(request, HEADER).removeprefix(SCHEME)
        if not is_hmac(given, request.body, needed(credentials, WEBHOOK_SECRET)):
            raise NotAuthenticated("wrong_signature")

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the field."""
        del credentials
        return transactions_list.notices(request.body)


ADAPTER: Final = ThueAPI()
